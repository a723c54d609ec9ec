//! What all pages about rules share: who may see them, their head, and the ways between them.

use super::Scope;
use crate::{
    core::{
        CoreError,
        reply::{Door, edit::Editor},
    },
    text::Lang,
    web::{
        page::{Here, Leaf, Visitor, admin::beside_the_rooms},
        part::{NavLink, PageHead, Tab, Tabs, Words},
        text::replies::{Replies, list::List},
    },
};
use leptos::{nonce::use_nonce, prelude::*};

/// Whose rules the page is about, and for whom.
#[derive(Debug, Clone, Copy)]
pub struct Desk {
    pub scope: Scope,
    /// The account, or the user who is signed in.
    pub owner_id: i64,
    pub user_id: i64,
    pub is_admin: bool,
    pub lang: Lang,
}

/// The pages that are always at hand, in the order of their links.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    Rules,
    Bench,
    Unanswered,
    Messages,
    Numbers,
    Import,
    History,
}

impl Room {
    const ALL: [Self; 7] =
        [Self::Rules, Self::Bench, Self::Unanswered, Self::Messages, Self::Numbers, Self::Import, Self::History];

    /// All of them for one scope, and where rules are made: addresses and names.
    pub fn places(scope: Scope, lang: Lang) -> Vec<(String, &'static str)> {
        let t = List::of(lang);
        let mut places: Vec<_> =
            Self::ALL.into_iter().map(|room| (room.address(scope), room.name(Replies::of(lang)))).collect();
        places.splice(1..1, [(scope.below("new"), t.add), (scope.below("several"), t.several)]);
        places
    }

    fn address(self, scope: Scope) -> String {
        match self {
            Self::Rules => scope.list().to_owned(),
            Self::Bench => scope.below("bench"),
            Self::Unanswered => scope.below("unanswered"),
            Self::Messages => scope.below("messages"),
            Self::Numbers => scope.below("numbers"),
            Self::Import => scope.below("import"),
            Self::History => scope.below("history"),
        }
    }

    fn name(self, t: &'static Replies) -> &'static str {
        match self {
            Self::Rules => t.room_rules,
            Self::Bench => t.room_bench,
            Self::Unanswered => t.room_unanswered,
            Self::Messages => t.room_messages,
            Self::Numbers => t.room_numbers,
            Self::Import => t.room_import,
            Self::History => t.room_history,
        }
    }
}

impl Desk {
    /// The desk of the page that is shown: the first line of each page.
    ///
    /// # Errors
    /// [`CoreError::NotSignedIn`]; [`CoreError::Forbidden`] for the account's rules to whoever is no admin.
    pub fn of(visitor: &Visitor) -> Result<Self, CoreError> {
        let user = visitor.signed_in()?;
        let scope = Scope::at(visitor.here.path());
        if scope == Scope::Account && !visitor.is_admin() {
            return Err(CoreError::Forbidden);
        }
        let (owner_id, is_admin) = (scope.owner_id(user.id), visitor.is_admin());
        Ok(Self { scope, owner_id, user_id: user.id, is_admin, lang: visitor.here.lang() })
    }

    /// True on the pages about the account's rules.
    pub fn is_accounts(self) -> bool {
        self.scope == Scope::Account
    }

    pub fn texts(self) -> &'static Replies {
        Replies::of(self.lang)
    }

    /// Who changes these rules from this page.
    pub fn editor(self, here: &Here) -> Editor {
        Editor { owner_id: self.owner_id, actor_id: self.user_id, door: Door::Web, address: here.address() }
    }

    /// A page: its head with `acts`, the ways to the others, and its own part.
    pub fn leaf(
        self,
        room: Room,
        title: impl Into<String>,
        note: impl Into<Words>,
        acts: AnyView,
        body: AnyView,
    ) -> Leaf {
        let title: String = title.into();
        let (heading, note) = (title.clone(), note.into());
        let body = view! {
            <PageHead title=heading note=note>{acts}</PageHead>
            {self.rooms(room)}
            {body}
            <script src="/replies.js" nonce=use_nonce() defer="true"></script>
        };
        let leaf = Leaf { title, width: "wide", body: body.into_any() };
        match self.scope {
            Scope::Own => leaf,
            // The account's rules are a room of the console.
            Scope::Account => beside_the_rooms(&Here::now(), leaf),
        }
    }

    fn rooms(self, room: Room) -> impl IntoView {
        let t = self.texts();
        let link = |href: String, text: &str, is_current| Tab {
            link: NavLink { href, text: text.to_owned(), is_current },
            count: None,
        };
        let mut tabs: Vec<Tab> =
            Room::ALL.into_iter().map(|of| link(of.address(self.scope), of.name(t), of == room)).collect();
        if self.is_admin {
            let (other, text) = match self.scope {
                Scope::Own => (Scope::Account, t.to_account),
                Scope::Account => (Scope::Own, t.to_own),
            };
            tabs.push(link(other.list().to_owned(), text, false));
        }
        view! { <Tabs label=t.rooms tabs /> }
    }
}
