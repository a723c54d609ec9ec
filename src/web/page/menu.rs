//! The command menu that `Ctrl` or `Cmd` with `K` opens: every place by its name, and what was typed as a search. Without a script
//! there is none; all of it stands in the navigation as well.

use super::{
    Visitor,
    reply::{Room, Scope},
};
use crate::web::{
    part::{Icon, Shape},
    text::{Common, admin::Console, menu::CommandMenu},
};
use leptos::{nonce::use_nonce, prelude::*};

/// A place, and what it is part of.
struct Place {
    href: String,
    text: String,
    room: &'static str,
}

/// The menu, for whoever is signed in.
pub fn command_menu(visitor: &Visitor, has_sandbox: bool) -> Option<AnyView> {
    visitor.user.as_ref()?;
    let t = CommandMenu::of(visitor.here.lang());
    let places = places(visitor, has_sandbox).into_iter().enumerate().map(|(n, place)| {
        let words = format!("{} {} {}", place.text, place.room, place.href).to_lowercase();
        view! {
            <a id=format!("place-{n}") role="option" aria-selected="false" tabindex="-1" href=place.href data-words=words>
                <span>{place.text}</span>
                <small>{place.room}</small>
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
        <script src="/menu.js" nonce=use_nonce() defer="true"></script>
    };
    Some(menu.into_any())
}

fn places(visitor: &Visitor, has_sandbox: bool) -> Vec<Place> {
    let lang = visitor.here.lang();
    let (c, t) = (Common::of(lang), CommandMenu::of(lang));
    let at = |href: &str, text: &str, room| Place { href: href.to_owned(), text: text.to_owned(), room };
    let rules = |scope, room| {
        let rooms = Room::places(scope, lang).into_iter();
        rooms.map(move |(href, text)| Place { href, text: text.to_owned(), room })
    };
    let mut places = vec![at("/me", c.me, "")];
    places.extend(rules(Scope::Own, c.replies));
    if visitor.is_admin() {
        let console = Console::of(lang);
        places.push(at("/admin/users", console.users, c.admin));
        places.extend(rules(Scope::Account, t.accounts));
    }
    places.push(at("/docs", c.docs, ""));
    if has_sandbox {
        places.push(at("/sandbox", c.sandbox, ""));
    }
    places
}

/// Where what was typed can be looked for: an address that it is added to, and how that is called.
fn searches(visitor: &Visitor) -> Vec<(&'static str, &'static str)> {
    let t = CommandMenu::of(visitor.here.lang());
    let mut searches = vec![("/replies?q=", t.find_rules)];
    if visitor.is_admin() {
        searches.extend([("/admin/replies?q=", t.find_account_rules), ("/admin/users?q=", t.find_users)]);
    }
    searches
}
