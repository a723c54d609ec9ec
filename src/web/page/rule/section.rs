//! The pages about rules, one for each thing to do with them.

use super::RuleOwner;
use crate::{
    text::Lang,
    web::{
        component::Shape,
        text::replies::{Replies, list::List},
    },
};

/// The sections that are always linked, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    Rules,
    Bench,
    Unanswered,
    Messages,
    Stats,
    Import,
    History,
}

impl Section {
    pub const ALL: [Self; 7] =
        [Self::Rules, Self::Bench, Self::Unanswered, Self::Messages, Self::Stats, Self::Import, Self::History];

    /// The addresses and names of all sections of one scope.
    pub fn places(owner: RuleOwner, lang: Lang) -> Vec<(String, &'static str)> {
        let t = List::of(lang);
        let mut places: Vec<_> =
            Self::ALL.into_iter().map(|section| (section.address(owner), section.name(Replies::of(lang)))).collect();
        places.splice(1..1, [(owner.below("new"), t.add), (owner.below("several"), t.several)]);
        places
    }

    /// The address of its first page.
    pub fn address(self, owner: RuleOwner) -> String {
        match self {
            Self::Rules => owner.list().to_owned(),
            Self::Bench => owner.below("bench"),
            Self::Unanswered => owner.below("unanswered"),
            Self::Messages => owner.below("messages"),
            Self::Stats => owner.below("numbers"),
            Self::Import => owner.below("import"),
            Self::History => owner.below("history"),
        }
    }

    /// Its name in the navigation.
    pub fn name(self, t: &'static Replies) -> &'static str {
        match self {
            Self::Rules => t.section_rules,
            Self::Bench => t.section_bench,
            Self::Unanswered => t.section_unanswered,
            Self::Messages => t.section_messages,
            Self::Stats => t.section_stats,
            Self::Import => t.section_import,
            Self::History => t.section_history,
        }
    }

    /// Its icon in the navigation.
    pub fn shape(self) -> Shape {
        match self {
            Self::Rules => Shape::Reply,
            Self::Bench => Shape::Flask,
            Self::Unanswered => Shape::Tray,
            Self::Messages => Shape::Chat,
            Self::Stats => Shape::Chart,
            Self::Import => Shape::Upload,
            Self::History => Shape::History,
        }
    }
}
