//! The outcome of an action: a redirect to the next page, or back to the form.

use super::{Flash, flash::Offer};
use crate::{
    core::{CoreError, FieldError},
    web::{
        component::Tone,
        page::{PageRequest, path::with_next},
        text::{field_error, problem},
    },
};
use leptos::prelude::ServerFnError;

/// Where a successful action redirects to.
#[derive(Debug, Clone)]
pub enum Step {
    /// To this path.
    Redirect(String),
    /// To this path, with a success notice.
    RedirectWithNotice(String, String),
    /// To this path, with a success notice and a follow-up action.
    Offer(String, String, Offer),
}

impl Step {
    /// Redirects with a success notice.
    pub fn redirect_with_notice(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self::RedirectWithNotice(path.into(), text.into())
    }
}

/// Where a refused action redirects back to.
#[must_use]
#[derive(Debug, Clone, Default)]
pub struct Back {
    path: String,
    flash: Flash,
    /// The text for "forbidden" in this action.
    forbidden: Option<&'static str>,
}

impl Back {
    /// Back to this form on the page at `path`.
    pub fn to(path: impl Into<String>, form: &str) -> Self {
        Self { path: path.into(), flash: Flash { form: form.to_owned(), ..Flash::default() }, forbidden: None }
    }

    /// Adds a typed value, to be shown again.
    pub fn keep(mut self, field: &str, value: &str) -> Self {
        self.flash.keep(field, value, false);
        self
    }

    /// Sets the text for "forbidden".
    pub fn or_forbidden(mut self, text: &'static str) -> Self {
        self.forbidden = Some(text);
        self
    }
}

impl PageRequest {
    /// Ends an action with a redirect.
    ///
    /// # Errors
    /// Never fails: a refusal is shown on the next page.
    pub fn answer(&self, outcome: Result<Step, CoreError>, back: Back) -> Result<(), ServerFnError> {
        match outcome {
            Ok(Step::Redirect(path)) => self.redirect(&path),
            Ok(Step::RedirectWithNotice(path, text)) => {
                self.set_flash(&Flash::notice(Tone::Success, text));
                self.redirect(&path);
            }
            Ok(Step::Offer(path, text, offer)) => {
                self.set_flash(&Flash { offer: Some(offer), ..Flash::notice(Tone::Success, text) });
                self.redirect(&path);
            }
            Err(CoreError::NotSignedIn) => self.redirect(&with_next("/login", &back.path)),
            Err(error) => self.send_back(&error, back),
        }
        Ok(())
    }

    fn send_back(&self, error: &CoreError, back: Back) {
        let Back { path, mut flash, forbidden } = back;
        match error {
            CoreError::Invalid(flaws) => {
                let say = |f: &FieldError| (f.field.to_owned(), field_error::message(self.lang(), f));
                flash.flaws = flaws.iter().map(say).collect();
                if flash.is_cut {
                    flash.notice = Some((Tone::Warning, problem::Problems::of(self.lang()).cut.to_owned()));
                }
            }
            // At the password field, which must be typed again.
            CoreError::WrongCredentials => self.set_error(&mut flash, "password", error),
            CoreError::WrongCode => self.set_error(&mut flash, "code", error),
            other => {
                let (tone, text) = problem::line(self.lang(), other);
                let own = forbidden.filter(|_| matches!(other, CoreError::Forbidden));
                flash.notice = Some((tone, own.map_or(text, str::to_owned)));
                if matches!(other, CoreError::Fault(_) | CoreError::Unavailable) {
                    tracing::error!(error = %other, path = self.path(), "an action failed");
                    flash.request_id = Some(self.client.request_id.clone());
                }
            }
        }
        self.set_flash(&flash);
        self.redirect(&path);
    }

    fn set_error(&self, flash: &mut Flash, field: &str, error: &CoreError) {
        flash.flaws = vec![(field.to_owned(), problem::line(self.lang(), error).1)];
    }
}
