//! How an action ends: on to somewhere, or back to its form.

use super::{Flash, flash::Offer};
use crate::{
    core::{CoreError, Flaw},
    web::{
        page::{Here, path::with_next},
        part::Tone,
        text::{flaw, problem},
    },
};
use leptos::prelude::ServerFnError;

/// Where an action that was done leads.
#[derive(Debug, Clone)]
pub enum Step {
    /// There.
    Go(String),
    /// There, saying that it worked.
    Tell(String, String),
    /// There, saying that it worked, with what can still be done about it.
    Offer(String, String, Offer),
}

impl Step {
    /// There, saying that it worked.
    pub fn tell(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self::Tell(path.into(), text.into())
    }
}

/// Where an action that was refused leads back to.
#[must_use]
#[derive(Debug, Clone, Default)]
pub struct Back {
    path: String,
    flash: Flash,
    /// What being forbidden means for this action.
    forbidden: Option<&'static str>,
}

impl Back {
    /// To the form of this name on the page at `path`.
    pub fn to(path: impl Into<String>, form: &str) -> Self {
        Self { path: path.into(), flash: Flash { form: form.to_owned(), ..Flash::default() }, forbidden: None }
    }

    /// With what was typed.
    pub fn keep(mut self, field: &str, value: &str) -> Self {
        self.flash.keep(field, value, false);
        self
    }

    /// With words of its own for what is forbidden.
    pub fn or_forbidden(mut self, text: &'static str) -> Self {
        self.forbidden = Some(text);
        self
    }
}

impl Here {
    /// Ends an action.
    ///
    /// # Errors
    /// None: whatever was refused is said on the page.
    pub fn answer(&self, outcome: Result<Step, CoreError>, back: Back) -> Result<(), ServerFnError> {
        match outcome {
            Ok(Step::Go(path)) => self.go(&path),
            Ok(Step::Tell(path, text)) => {
                self.leave(&Flash::notice(Tone::Success, text));
                self.go(&path);
            }
            Ok(Step::Offer(path, text, offer)) => {
                self.leave(&Flash { offer: Some(offer), ..Flash::notice(Tone::Success, text) });
                self.go(&path);
            }
            Err(CoreError::NotSignedIn) => self.go(&with_next("/login", &back.path)),
            Err(error) => self.send_back(&error, back),
        }
        Ok(())
    }

    fn send_back(&self, error: &CoreError, back: Back) {
        let Back { path, mut flash, forbidden } = back;
        match error {
            CoreError::Invalid(flaws) => {
                let say = |f: &Flaw| (f.field.to_owned(), flaw::told(self.lang(), f));
                flash.flaws = flaws.iter().map(say).collect();
                if flash.is_cut {
                    flash.notice = Some((Tone::Warning, problem::Problems::of(self.lang()).cut.to_owned()));
                }
            }
            // At the field that is typed again.
            CoreError::WrongCredentials => self.blame(&mut flash, "password", error),
            CoreError::WrongCode => self.blame(&mut flash, "code", error),
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
        self.leave(&flash);
        self.go(&path);
    }

    fn blame(&self, flash: &mut Flash, field: &str, error: &CoreError) {
        flash.flaws = vec![(field.to_owned(), problem::line(self.lang(), error).1)];
    }
}
