//! The entries of the console's navigation.

use super::super::{
    Visitor,
    admin::{code::CODES, user::USERS},
    path::{CONNECT, CONSOLE, DOCTOR, SETTINGS},
    rule::{RuleOwner, Section},
};
use crate::web::{
    component::{Icon, Shape},
    text::{Common, admin::Console, codes::Codes, replies::Replies},
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
    text: &'static str,
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
        let (href, text, shape) = (self.href.clone(), self.text, self.shape);
        let is_current = self.is_current.then_some("page");
        view! { <a href=href aria-current=is_current><Icon shape /><span>{text}</span></a> }.into_any()
    }
}

/// The entries for this user. The rules of one owner are listed in full, those of the other are one entry.
pub fn groups(visitor: &Visitor, place: &str) -> Vec<Group> {
    let lang = visitor.request.lang();
    let (c, t, r) = (Common::of(lang), Console::of(lang), Replies::of(lang));
    let is_console = visitor.request.path().starts_with(CONSOLE);
    let owner = if is_console { RuleOwner::Account } else { RuleOwner::User };
    let entry = |href: &str, text: &'static str, shape: Shape| Entry {
        href: href.to_owned(),
        text,
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
    if is_console {
        let own = entry(RuleOwner::User.list(), r.to_own, Shape::Reply);
        vec![
            Group { title: "", entries: vec![users, codes] },
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
