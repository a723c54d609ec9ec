//! The bar at the top of every page.

use super::{Avatar, Icon, LangSwitch, Mark, Shape, ThemeSwitch, Words};
use crate::text::Prefs;
use crate::web::text::Common;
use leptos::prelude::*;

/// A link of a navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavLink {
    /// The target.
    pub href: String,
    /// Its name.
    pub text: String,
    /// True if the current page is this target or below it.
    pub is_current: bool,
}

impl NavLink {
    /// A link to `href`, current if `path` (a path, possibly with a query) is the target or below it.
    pub fn new(href: &str, text: &str, path: &str) -> Self {
        let path = path.split('?').next().unwrap_or_default();
        let is_current =
            path == href || href != "/" && path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/'));
        Self { href: href.to_owned(), text: text.to_owned(), is_current }
    }
}

/// The signed-in user, as shown in the bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Nickname, else username.
    pub name: String,
    /// The menu's links, such as the account page.
    pub links: Vec<NavLink>,
    /// The action that signs out.
    pub sign_out: String,
}

/// Brand, navigation, and the menu with account, language and theme. First child of `body`; the page's `main` has the id `main`.
#[component]
pub fn TopBar(
    /// Language, theme and current page.
    prefs: Prefs,
    /// The main pages; empty for visitors.
    #[prop(optional)]
    nav: Vec<NavLink>,
    /// The signed-in user.
    #[prop(optional_no_strip)]
    account: Option<Account>,
    /// The site's name, if configured.
    #[prop(optional, into)]
    brand: Words,
    /// The address of the sign-in page for visitors; empty: no sign-in button.
    #[prop(optional, into)]
    sign_in: Words,
) -> impl IntoView {
    let t = Common::of(prefs.lang);
    let sign_in = sign_in.get().filter(|_| account.is_none());
    view! {
        <a class="skip" href="#main">{t.skip}</a>
        <header class="bar">
            <div class="bar-in">
                <a class="bar-brand" href="/"><Mark /><span>{brand.or(t.brand)}</span></a>
                {(!nav.is_empty()).then(|| view! { <nav class="bar-nav" aria-label=t.nav>{links(nav, "")}</nav> })}
                <div class="bar-end">
                    {account.is_some().then(|| view! {
                        <button type="button" class="button quiet small command-open" data-command-menu hidden>
                            {t.go_to} " " <kbd>"Ctrl K"</kbd>
                        </button>
                    })}
                    {sign_in.map(|href| view! { <a class="button plain small" href=href>{t.sign_in}</a> })}
                    <Menu prefs account />
                </div>
            </div>
        </header>
    }
}

/// Opens and closes without a script, because it is a `details` element.
#[component]
fn Menu(prefs: Prefs, account: Option<Account>) -> impl IntoView {
    let t = Common::of(prefs.lang);
    let head = match &account {
        Some(account) => view! {
            <Avatar name=account.name.clone() />
            <span class="menu-name">{account.name.clone()}</span>
            <Icon shape=Shape::Down />
        }
        .into_any(),
        None => view! { <span class="sr-only">{t.menu}</span><Icon shape=Shape::Menu /> }.into_any(),
    };
    let (links_of_account, leave) = account.map_or_else(Default::default, |a| (a.links, Some(a.sign_out)));
    view! {
        <details class="menu">
            <summary>{head}</summary>
            <div class="menu-panel">
                {links(links_of_account, "menu-item")}
                <div class="menu-prefs">
                    <LangSwitch prefs=prefs.clone() />
                    <ThemeSwitch prefs />
                </div>
                {leave.map(|href| {
                    view! {
                        <hr class="menu-line" />
                        <form method="post" action=href>
                            <button class="menu-item"><Icon shape=Shape::Leave />{t.sign_out}</button>
                        </form>
                    }
                })}
            </div>
        </details>
    }
}

/// The links of a navigation, the current one marked.
pub(super) fn links(links: Vec<NavLink>, class: &'static str) -> impl IntoView {
    links
        .into_iter()
        .map(|NavLink { href, text, is_current }| {
            let class = (!class.is_empty()).then_some(class);
            view! { <a class=class href=href aria-current=is_current.then_some("page")>{text}</a> }
        })
        .collect_view()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_current_on_its_own_page_and_below_it_but_not_beside_it() {
        for (href, path, is_current) in [
            ("/admin", "/admin", true),
            ("/admin", "/admin/users?page=2", true),
            ("/admin", "/administrator", false),
            ("/", "/me", false),
            ("/", "/?lang=en", true),
        ] {
            assert_eq!(NavLink::new(href, "x", path).is_current, is_current, "{href} at {path}");
        }
    }
}
