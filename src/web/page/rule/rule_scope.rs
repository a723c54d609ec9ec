//! What all pages about rules share: permission check, header, and navigation.

use super::{RuleOwner, Section};
use crate::{
    core::{
        CoreError,
        account::{Role, User},
    },
    text::Lang,
    web::{
        component::{NavLink, PageHead, Tab, Tabs, Words},
        page::{PageContent, PageRequest, Visitor, admin::with_console_menu, script},
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

    /// A page: its header with `acts`, the navigation, and its content.
    pub fn page(
        self,
        section: Section,
        title: impl Into<String>,
        note: impl Into<Words>,
        actions: AnyView,
        body: AnyView,
    ) -> PageContent {
        let title: String = title.into();
        let (heading, note) = (title.clone(), note.into());
        let body = view! {
            <PageHead title=heading note=note>{actions}</PageHead>
            {self.sections(section)}
            {body}
            {script("/replies.js")}
        };
        let content = PageContent { title, width: "wide", body: body.into_any() };
        match self.owner {
            RuleOwner::User => content,
            // The account's rules are a section of the console.
            RuleOwner::Account => with_console_menu(&PageRequest::now(), content),
        }
    }

    fn sections(self, section: Section) -> impl IntoView {
        let t = self.texts();
        let link = |href: String, text: &str, is_current| Tab {
            link: NavLink { href, text: text.to_owned(), is_current },
            count: None,
        };
        let mut tabs: Vec<Tab> =
            Section::ALL.into_iter().map(|of| link(of.address(self.owner), of.name(t), of == section)).collect();
        if self.is_admin {
            let (other, text) = match self.owner {
                RuleOwner::User => (RuleOwner::Account, t.to_account),
                RuleOwner::Account => (RuleOwner::User, t.to_own),
            };
            tabs.push(link(other.list().to_owned(), text, false));
        }
        view! { <Tabs label=t.sections tabs /> }
    }
}
