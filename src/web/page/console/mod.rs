//! The console: the navigation at the side (on a phone at the bottom), and the sheet with the page.

mod nav;

use super::{
    ConsolePage, Visitor,
    menu::command_menu,
    path::{CONNECT, CONSOLE},
};
use crate::{
    http::state::AppState,
    web::{
        asset,
        component::{Account, AccountMenu, Icon, Mark, NavLink, Notice, Shape, Tone, Words},
        escape::escaped,
        text::{Common, admin::Console, connect::Connect, fill},
    },
};
use leptos::prelude::*;
use leptos_meta::{Stylesheet, Title};
use nav::{Group, groups};

/// The whole page: navigation, head, notices, body.
pub fn frame(
    visitor: &Visitor,
    title: &str,
    page: ConsolePage,
    (width, notices, body): (&'static str, AnyView, AnyView),
) -> AnyView {
    let lang = visitor.request.lang();
    let (c, t) = (Common::of(lang), Console::of(lang));
    let ConsolePage { place, head, is_filled, skip, start } = page;
    let groups = groups(visitor, &place, start);
    let (skip_to, skip_text) = skip.unwrap_or(("#main", c.skip));
    let body = if is_filled {
        body
    } else {
        let class = format!("sheet-body {width}").trim_end().to_owned();
        view! { <div class="scroll"><div class=class>{body}</div></div> }.into_any()
    };
    let has_sandbox = expect_context::<AppState>().has_sandbox();
    view! {
        <Title text=escaped(&format!("{title} · {}", c.brand)) />
        <Stylesheet href=asset::url("/pkg/weida.css") />
        <Stylesheet href=asset::url("/pkg/console.css") />
        <a class="skip" href=skip_to>{skip_text}</a>
        <div class="shell">
            <aside class="side" aria-label=t.side>
                <a class="side-brand" href="/"><Mark /><span>{c.brand}</span></a>
                <button type="button" class="side-find" data-command-menu hidden>
                    <Icon shape=Shape::Search /><span>{t.find}</span><kbd>"Ctrl K"</kbd>
                </button>
                <nav class="side-groups" aria-label=c.nav>{groups.iter().map(Group::view).collect_view()}</nav>
                {account(visitor, has_sandbox).map(|account| {
                    view! { <div class="side-foot"><AccountMenu prefs=visitor.request.prefs.clone() account=Some(account) /></div> }
                })}
            </aside>
            <main class="sheet" id="main" tabindex="-1">
                {head}
                <div class="sheet-notices">{notices}</div>
                {body}
            </main>
            {hand(visitor, &groups, has_sandbox)}
        </div>
        {command_menu(visitor, has_sandbox)}
    }
    .into_any()
}

/// The head of a page: its heading, a line about it, and its buttons.
pub fn head(title: impl Into<String>, note: impl Into<Words>, actions: AnyView) -> AnyView {
    let (title, note): (String, Words) = (title.into(), note.into());
    view! {
        <header class="head">
            <h1>{title}</h1>
            {note.get().map(|note| view! { <p class="head-note">{note}</p> })}
            <div class="head-acts">{actions}</div>
        </header>
    }
    .into_any()
}

/// The bar at the bottom of a phone: the pages used most, and everything else behind the last entry.
fn hand(visitor: &Visitor, groups: &[Group], has_sandbox: bool) -> impl IntoView + use<> {
    let t = Console::of(visitor.request.lang());
    let entries: Vec<_> = groups.iter().flat_map(|group| &group.entries).collect();
    let first = entries.iter().filter(|entry| entry.is_frequent).map(|entry| entry.view()).collect_view();
    let is_behind = entries.iter().any(|entry| entry.is_current && !entry.is_frequent);
    let groups = groups.iter().map(Group::view).collect_view();
    // The user's own page is among the entries.
    let others = account(visitor, has_sandbox).map(|account| {
        let links = account.links.into_iter().filter(|link| link.href != "/me").collect();
        Account { links, ..account }
    });
    let account = others.map(
        |account| view! { <AccountMenu prefs=visitor.request.prefs.clone() account=Some(account) is_open=true /> },
    );
    view! {
        <nav class="hand" aria-label=t.hand>
            {first}
            <details class="menu hand-more">
                <summary aria-current=is_behind.then_some("true")><Icon shape=Shape::More class="thick" /><span>{t.more}</span></summary>
                <div class="menu-panel">{groups} {account}</div>
            </details>
        </nav>
    }
}

/// The signed-in user, for the menu.
fn account(visitor: &Visitor, has_sandbox: bool) -> Option<Account> {
    let user = visitor.user.as_ref()?;
    let t = Common::of(visitor.request.lang());
    let link = |href: &str, text: &str| NavLink::new(href, text, visitor.request.path());
    let mut links = vec![link("/me", t.me), link("/docs", t.docs)];
    if has_sandbox {
        links.push(link("/sandbox", t.sandbox));
    }
    Some(Account { name: user.nickname.clone(), links, sign_out: "/do/sign-out".to_owned() })
}

/// Says to admins that there is no account, on the other pages of the console.
pub fn unconnected(visitor: &Visitor) -> Option<AnyView> {
    let path = visitor.request.path();
    let is_elsewhere = path.starts_with(CONSOLE) && !path.starts_with(CONNECT);
    if !visitor.is_admin() || !is_elsewhere || visitor.request.ctx.account.is_connected() {
        return None;
    }
    let t = Connect::of(visitor.request.lang());
    let text = view! { <p>{t.banner_text} " " <a href=CONNECT>{t.banner_link}</a></p> };
    Some(view! { <Notice tone=Tone::Warning title=t.banner>{text}</Notice> }.into_any())
}

/// Warns admins while requests come through a proxy that the settings do not declare.
pub fn undeclared_proxy(visitor: &Visitor) -> Option<AnyView> {
    if !visitor.is_admin() || !visitor.request.path().starts_with(CONSOLE) {
        return None;
    }
    let seen = expect_context::<AppState>().proxy.seen(visitor.request.ctx.now())?;
    let t = Console::of(visitor.request.lang());
    let text = fill(t.proxy_text, &[("peer", &seen.peer.to_string())]);
    Some(view! { <Notice tone=Tone::Warning title=t.proxy><p>{text}</p></Notice> }.into_any())
}
