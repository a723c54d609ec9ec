//! The visitor of a page, and their flash.

use super::PageRequest;
use crate::{
    core::{
        CoreError,
        account::{Role, User},
    },
    http::cookie::Jar,
    web::action::Flash,
};

/// The visitor of a page.
#[derive(Clone)]
pub struct Visitor {
    pub request: PageRequest,
    pub user: Option<User>,
    pub flash: Flash,
}

impl Visitor {
    /// # Errors
    /// The database cannot be reached.
    pub async fn of(request: PageRequest) -> Result<Self, CoreError> {
        let user = request.user().await?;
        Ok(Self { user, ..Self::anonymous(request) })
    }

    /// A visitor without a user, for pages that must work without the database.
    pub fn anonymous(request: PageRequest) -> Self {
        let flash = request.cookie(Jar::Flash).and_then(|cookie| Flash::open(&request.ctx, cookie)).unwrap_or_default();
        Self { request, user: None, flash }
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

    /// The typed values and errors of this form, if it was just sent.
    pub fn form(&self, name: &str) -> Filled {
        let Flash { form, flaws, values, .. } = &self.flash;
        if form == name { Filled { flaws: flaws.clone(), values: values.clone() } } else { Filled::default() }
    }
}

/// A form that is shown again.
#[derive(Debug, Clone, Default)]
pub struct Filled {
    flaws: Vec<(String, String)>,
    values: Vec<(String, String)>,
}

impl Filled {
    /// The typed value.
    pub fn value(&self, field: &str) -> Option<String> {
        find(&self.values, field)
    }

    /// The typed value, else the stored one.
    pub fn value_or(&self, field: &str, stored: &str) -> String {
        self.value(field).unwrap_or_else(|| stored.to_owned())
    }

    /// The field's error.
    pub fn error(&self, field: &str) -> Option<String> {
        find(&self.flaws, field)
    }

    /// True if the form has errors.
    pub fn is_flawed(&self) -> bool {
        !self.flaws.is_empty()
    }
}

fn find(pairs: &[(String, String)], field: &str) -> Option<String> {
    pairs.iter().find(|(name, _)| name == field).map(|(_, text)| text.clone())
}
