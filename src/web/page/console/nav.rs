//! The entries of the console's navigation.

use super::super::{
    Visitor,
    admin::{code::CODES, user::USERS},
    path::{CONNECT, CONSOLE, DOCTOR, SETTINGS, START},
    rule::{RuleOwner, Section},
};
use crate::web::{
    component::{Icon, Shape},
    text::{Common, admin::Console, checklist::Checklist, codes::Codes, fill, replies::Replies},
};
use leptos::prelude::*;

/// Entries below one heading.
pub struct Group {
    /// Empty: no heading.
    title: &'static str,
    pub entries: Vec<Entry>,
}

/// A link of the navigation.
pub struct Entry {
    href: String,
    text: String,
    shape: Shape,
    pub is_current: bool,
    /// It has a place of its own at the bottom of a phone.
    pub is_frequent: bool,
}

impl Group {
    pub fn view(&self) -> AnyView {
        let title = (!self.title.is_empty()).then(|| view! { <p class="side-title">{self.title}</p> });
        let entries = self.entries.iter().map(Entry::view).collect_view();
        view! { {title} {entries} }.into_any()
    }
}

impl Entry {
    pub fn view(&self) -> AnyView {
        let (href, text, shape) = (self.href.clone(), self.text.clone(), self.shape);
        let is_current = self.is_current.then_some("page");
        view! { <a href=href aria-current=is_current><Icon shape /><span>{text}</span></a> }.into_any()
    }
}

/// The entries for this user. The rules of one owner are listed in full, those of the other are one entry.
pub fn groups(visitor: &Visitor, place: &str, start: Option<(usize, usize)>) -> Vec<Group> {
    let lang = visitor.request.lang();
    let (c, t, r) = (Common::of(lang), Console::of(lang), Replies::of(lang));
    let is_console = visitor.request.path().starts_with(CONSOLE);
    let owner = if is_console { RuleOwner::Account } else { RuleOwner::User };
    let entry = |href: &str, text: &str, shape: Shape| Entry {
        href: href.to_owned(),
        text: text.to_owned(),
        shape,
        is_current: href == place,
        is_frequent: false,
    };
    let sections = Section::ALL.into_iter().map(|section| {
        let is_frequent = matches!(section, Section::Rules | Section::Bench | Section::Unanswered | Section::Messages);
        Entry { is_frequent, ..entry(&section.address(owner), section.name(r), section.shape()) }
    });
    let rules = Group { title: c.replies, entries: sections.collect() };
    let users = entry(USERS, t.users, Shape::People);
    let codes = entry(CODES, Codes::of(lang).title, Shape::Star);
    let me = entry("/me", c.me, Shape::Person);
    let connect = entry(CONNECT, t.connect, Shape::Chat);
    let site = vec![connect, entry(DOCTOR, t.doctor, Shape::Heart), entry(SETTINGS, t.settings, Shape::Gear)];
    let start = start.map(|(n, all)| {
        let text = fill(Checklist::of(lang).nav, &[("n", &n.to_string()), ("all", &all.to_string())]);
        entry(START, &text, Shape::Check)
    });
    if is_console {
        let own = entry(RuleOwner::User.list(), r.to_own, Shape::Reply);
        vec![
            Group { title: "", entries: start.into_iter().chain([users, codes]).collect() },
            Group { title: r.title_account, ..rules },
            Group { title: t.site, entries: site },
            Group { title: t.own, entries: vec![own, me] },
        ]
    } else if visitor.is_admin() {
        let account = entry(RuleOwner::Account.list(), r.to_account, Shape::Reply);
        vec![
            rules,
            Group { title: t.title, entries: vec![account, users, codes] },
            Group { title: t.own, entries: vec![me] },
        ]
    } else {
        vec![rules, Group { title: t.own, entries: vec![me] }]
    }
}
