//! The command menu that `Ctrl` or `Cmd` with `K` opens: every page by name, and searches for the typed text. It needs a script;
//! without one the navigation has the same links.

use super::{
    Visitor,
    admin::code::CODES,
    me::places as places_of_account,
    path::{CONNECT, DOCTOR, SETTINGS},
    rule::{RuleOwner, Section},
    script,
};
use crate::web::{
    component::{Icon, Shape},
    text::{Common, admin::Console, codes::Codes, menu::CommandMenu},
};
use leptos::prelude::*;

/// A page, and the section it belongs to.
struct Place {
    href: String,
    text: String,
    section: &'static str,
}

/// The menu of the signed-in user.
pub fn command_menu(visitor: &Visitor, has_sandbox: bool) -> Option<AnyView> {
    visitor.user.as_ref()?;
    let t = CommandMenu::of(visitor.request.lang());
    let places = places(visitor, has_sandbox).into_iter().enumerate().map(|(n, place)| {
        let words = format!("{} {} {}", place.text, place.section, place.href).to_lowercase();
        view! {
            <a id=format!("place-{n}") role="option" aria-selected="false" tabindex="-1" href=place.href data-words=words>
                <span>{place.text}</span>
                <small>{place.section}</small>
            </a>
        }
    });
    let searches = searches(visitor).into_iter().enumerate().map(|(n, (href, text))| {
        view! {
            <a id=format!("find-{n}") role="option" aria-selected="false" tabindex="-1" hidden href=href data-find=text>
                <span></span>
            </a>
        }
    });
    let menu = view! {
        <dialog class="command-menu" id="command-menu" aria-label=t.title>
            <div class="command-field">
                <Icon shape=Shape::Search />
                <input
                    type="text"
                    role="combobox"
                    aria-expanded="true"
                    aria-controls="command-places"
                    aria-autocomplete="list"
                    aria-label=t.title
                    placeholder=t.hint
                    autocomplete="off"
                    spellcheck="false"
                    autofocus
                />
                <kbd>"Esc"</kbd>
            </div>
            <div id="command-places" role="listbox" aria-label=t.title>
                {places.collect_view()}
                {searches.collect_view()}
            </div>
        </dialog>
        {script("/menu.js")}
    };
    Some(menu.into_any())
}

fn places(visitor: &Visitor, has_sandbox: bool) -> Vec<Place> {
    let lang = visitor.request.lang();
    let (c, t) = (Common::of(lang), CommandMenu::of(lang));
    let at = |href: &str, text: &str, section| Place { href: href.to_owned(), text: text.to_owned(), section };
    let rules = |owner, section| {
        let sections = Section::places(owner, lang).into_iter();
        sections.map(move |(href, text)| Place { href, text: text.to_owned(), section })
    };
    let mut places = vec![at("/me", c.me, "")];
    places.extend(places_of_account(lang).map(|(href, text)| at(href, text, c.me)));
    places.extend(rules(RuleOwner::User, c.replies));
    if visitor.is_admin() {
        let console = Console::of(lang);
        places.push(at("/admin/users", console.users, c.admin));
        places.push(at(CONNECT, console.connect, c.admin));
        places.push(at(DOCTOR, console.doctor, c.admin));
        places.push(at(SETTINGS, console.settings, c.admin));
        places.push(at(CODES, Codes::of(lang).title, c.admin));
        places.extend(rules(RuleOwner::Account, t.accounts));
    }
    places.push(at("/docs", c.docs, ""));
    if has_sandbox {
        places.push(at("/sandbox", c.sandbox, ""));
    }
    places
}

/// Searches for the typed text: the URL that the text is appended to, and its name.
fn searches(visitor: &Visitor) -> Vec<(&'static str, &'static str)> {
    let t = CommandMenu::of(visitor.request.lang());
    let mut searches = vec![("/replies?q=", t.find_rules)];
    if visitor.is_admin() {
        searches.extend([("/admin/replies?q=", t.find_account_rules), ("/admin/users?q=", t.find_users)]);
    }
    searches
}
