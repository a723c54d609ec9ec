//! The cookie that lists the users who signed in with this browser. Read and written in the layer that identifies clients, so that
//! every sign-in method sets it.

use super::cookie::Jar;
use crate::core::{
    CoreError, Ctx,
    account::{self, User, known},
};
use axum::http::{HeaderMap, HeaderValue};
use std::sync::{Arc, OnceLock};

/// The cookie that the browser sent, and the one that the response sets.
#[derive(Clone, Default)]
pub struct Known {
    ctx: Option<Ctx>,
    brought: String,
    given: Arc<OnceLock<String>>,
}

impl std::fmt::Debug for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Known(…)")
    }
}

impl Known {
    pub(super) fn of(ctx: &Ctx, headers: &HeaderMap) -> Self {
        let brought = Jar::Known.read(headers, ctx.settings.is_https).unwrap_or_default().to_owned();
        Self { ctx: Some(ctx.clone()), brought, given: Arc::default() }
    }

    /// The cookie that the browser sent; empty if it has none.
    #[must_use]
    pub fn cookie(&self) -> &str {
        &self.brought
    }

    /// The response records that this user signed in with the browser. Called at most once for a response.
    pub fn remember(&self, user: &User) {
        if let Some(ctx) = &self.ctx {
            self.given.get_or_init(|| known::marked(ctx, &self.brought, user));
        }
    }

    /// Keeps this browser known to a user whose other browsers were just forgotten.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn remember_again(&self, user_id: i64) -> Result<(), CoreError> {
        if let Some(ctx) = &self.ctx
            && let Some(user) = account::find(ctx, user_id).await?
        {
            self.remember(&user);
        }
        Ok(())
    }

    /// The `Set-Cookie` header of the response.
    pub(super) fn set_cookie(&self) -> Option<HeaderValue> {
        let is_https = self.ctx.as_ref()?.settings.is_https;
        Jar::Known.write(self.given.get()?, known::MAX_AGE_SECS, is_https)
    }
}
