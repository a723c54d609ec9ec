//! What all pages about rules share: permission check, and head.

use super::{RuleOwner, Section};
use crate::{
    core::{
        CoreError,
        account::{Role, User},
    },
    text::Lang,
    web::{
        component::Words,
        page::{ConsolePage, PageContent, Visitor, head},
        text::replies::Replies,
    },
};
use leptos::prelude::*;

/// Whose rules the page shows, and to whom.
#[derive(Debug, Clone, Copy)]
pub struct RuleScope {
    pub owner: RuleOwner,
    /// The account, or the signed-in user.
    pub owner_id: i64,
    pub user_id: i64,
    pub is_admin: bool,
    pub lang: Lang,
}

impl RuleScope {
    /// The scope for this user: the only check of who may see and change which rules.
    ///
    /// # Errors
    /// [`CoreError::NotSignedIn`]; [`CoreError::Forbidden`] for the account's rules if the user is not an admin.
    pub fn new(owner: RuleOwner, user: Option<&User>, lang: Lang) -> Result<Self, CoreError> {
        let user = user.ok_or(CoreError::NotSignedIn)?;
        let is_admin = user.role == Role::Admin;
        if owner == RuleOwner::Account && !is_admin {
            return Err(CoreError::Forbidden);
        }
        Ok(Self { owner, owner_id: owner.owner_id(user.id), user_id: user.id, is_admin, lang })
    }

    /// The scope of the current page; each page calls this first.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn of(visitor: &Visitor) -> Result<Self, CoreError> {
        Self::new(RuleOwner::at(visitor.request.path()), visitor.user.as_ref(), visitor.request.lang())
    }

    /// True on the pages about the account's rules.
    pub fn is_accounts(self) -> bool {
        self.owner == RuleOwner::Account
    }

    pub fn texts(self) -> &'static Replies {
        Replies::of(self.lang)
    }

    /// A page that scrolls as a whole: its head with `actions`, and its content.
    pub fn page(
        self,
        section: Section,
        title: impl Into<String>,
        note: impl Into<Words>,
        actions: AnyView,
        body: AnyView,
    ) -> PageContent {
        let title: String = title.into();
        let head = Some(head(title.clone(), note, actions));
        let console =
            Some(ConsolePage { place: section.address(self.owner), head, is_filled: false, skip: None, start: None });
        PageContent { title, width: "", body, console }
    }

    /// A page whose parts scroll by themselves; the body begins with its own head.
    pub fn sheet(self, section: Section, title: impl Into<String>, body: AnyView) -> PageContent {
        let place = section.address(self.owner);
        let console = Some(ConsolePage { place, head: None, is_filled: true, skip: None, start: None });
        PageContent { title: title.into(), width: "", body, console }
    }
}
