//! Who looks at a page, and what it has to tell them once.

use super::Here;
use crate::{
    core::{
        CoreError,
        account::{Role, User},
    },
    http::cookie::Jar,
    web::action::Flash,
};

/// Who looks at a page.
#[derive(Clone)]
pub struct Visitor {
    pub here: Here,
    pub user: Option<User>,
    pub flash: Flash,
}

impl Visitor {
    /// # Errors
    /// The database cannot be reached.
    pub async fn of(here: Here) -> Result<Self, CoreError> {
        let user = here.user().await?;
        Ok(Self { user, ..Self::stranger(here) })
    }

    /// Somebody whom nothing is known of, for pages that must be shown without asking the database.
    pub fn stranger(here: Here) -> Self {
        let flash = here.cookie(Jar::Flash).and_then(|cookie| Flash::open(&here.ctx, cookie)).unwrap_or_default();
        Self { here, user: None, flash }
    }

    /// The user who is signed in.
    ///
    /// # Errors
    /// [`CoreError::NotSignedIn`].
    pub fn signed_in(&self) -> Result<User, CoreError> {
        self.user.clone().ok_or(CoreError::NotSignedIn)
    }

    pub fn is_admin(&self) -> bool {
        self.user.as_ref().is_some_and(|user| user.role == Role::Admin)
    }

    /// What was typed into this form and what is wrong with it, where it was just sent.
    pub fn form(&self, name: &str) -> Filled {
        let Flash { form, flaws, values, .. } = &self.flash;
        if form == name { Filled { flaws: flaws.clone(), values: values.clone() } } else { Filled::default() }
    }
}

/// A form that came back.
#[derive(Debug, Clone, Default)]
pub struct Filled {
    flaws: Vec<(String, String)>,
    values: Vec<(String, String)>,
}

impl Filled {
    /// What was typed.
    pub fn value(&self, field: &str) -> Option<String> {
        find(&self.values, field)
    }

    /// What was typed, else what is stored.
    pub fn value_or(&self, field: &str, stored: &str) -> String {
        self.value(field).unwrap_or_else(|| stored.to_owned())
    }

    /// What is wrong with it.
    pub fn error(&self, field: &str) -> Option<String> {
        find(&self.flaws, field)
    }

    /// True where something is wrong.
    pub fn is_flawed(&self) -> bool {
        !self.flaws.is_empty()
    }
}

fn find(pairs: &[(String, String)], field: &str) -> Option<String> {
    pairs.iter().find(|(name, _)| name == field).map(|(_, text)| text.clone())
}
