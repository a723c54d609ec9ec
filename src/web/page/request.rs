//! The request that a page or action answers: user, preferences, and redirects.

use super::{path::local_path, prefs};
use crate::text::{Lang, Prefs};
use crate::{
    core::{
        CoreError, OfficialCtx,
        account::User,
        signin::{Secrets, begin::Asker},
    },
    http::{client::Client, cookie::Jar, session, wrong_address::WrongAddress},
    web::{
        action::flash::{self, Flash},
        form::ReturnedForm,
    },
};
use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse as _, Response},
};
use leptos::prelude::{expect_context, use_context};
use leptos_axum::ResponseOptions;
use std::sync::PoisonError;
use tower_sessions::Session;
use url::form_urlencoded;

/// The request being answered.
#[derive(Clone)]
pub struct PageRequest {
    pub ctx: OfficialCtx,
    pub prefs: Prefs,
    pub client: Client,
    pub session: Session,
    path: String,
    query: String,
    headers: HeaderMap,
    returned: Option<ReturnedForm>,
    /// The address under which the page was opened, if that is wrong.
    pub wrong_address: Option<WrongAddress>,
    response: ResponseOptions,
}

impl PageRequest {
    /// The request of the page or action that is running.
    pub fn now() -> Self {
        Self { returned: use_context(), ..Self::of(expect_context(), expect_context(), expect_context()) }
    }

    /// A request that is answered outside of leptos; `response` collects status and headers.
    #[expect(
        clippy::expect_used,
        clippy::missing_panics_doc,
        reason = "the router's layers put both into every request"
    )]
    pub fn of(ctx: OfficialCtx, parts: Parts, response: ResponseOptions) -> Self {
        Self {
            ctx,
            prefs: prefs::of(&parts),
            client: parts.extensions.get().cloned().expect("http::client::identify names every caller"),
            session: parts.extensions.get().cloned().expect("http::session::layer gives every request a session"),
            wrong_address: parts.extensions.get().cloned(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: parts.headers,
            returned: None,
            response,
        }
    }

    pub fn lang(&self) -> Lang {
        self.prefs.lang
    }

    /// The requested path and query.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The path and query of the page, for a form's `action`.
    pub fn address_of_page(&self) -> String {
        if self.query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, self.query) }
    }

    /// The form that is shown again; `None` for a GET.
    pub fn returned(&self) -> Option<&ReturnedForm> {
        self.returned.as_ref()
    }

    /// A query parameter; empty if absent.
    pub fn query(&self, name: &str) -> String {
        form_urlencoded::parse(self.query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    }

    /// True if the query has this parameter, with any value.
    pub fn has(&self, name: &str) -> bool {
        form_urlencoded::parse(self.query.as_bytes()).any(|(key, _)| key == name)
    }

    /// The redirect target in the query; empty if it is absent or not valid.
    pub fn next(&self) -> String {
        local_path(&self.query("next")).unwrap_or_default().to_owned()
    }

    /// The signed-in user.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn user(&self) -> Result<Option<User>, CoreError> {
        session::current_user(&self.ctx, &self.session).await
    }

    /// The sign-in session's secrets stored in this browser.
    pub fn secrets(&self) -> Option<Secrets> {
        self.cookie(Jar::Signin).and_then(Secrets::parse)
    }

    /// This browser, for starting a sign-in session.
    pub fn asker(&self, next: &str) -> Asker {
        Asker {
            browser_label: self.client.browser_label.clone(),
            address: self.client.address,
            next_path: local_path(next).map(str::to_owned),
        }
    }

    /// The client's address as text.
    pub fn address(&self) -> String {
        self.client.address.to_string()
    }

    pub fn cookie(&self, jar: Jar) -> Option<&str> {
        jar.read(&self.headers, self.ctx.settings.is_https)
    }

    pub fn set_cookie(&self, jar: Jar, value: &str, max_age_secs: i64) {
        if let Some(cookie) = jar.write(value, max_age_secs, self.ctx.settings.is_https) {
            self.response.append_header(header::SET_COOKIE, cookie);
        }
    }

    /// Stores a sign-in session's secrets in this browser, a little longer than the session lasts, so that the page can say that it has
    /// expired.
    pub fn set_secrets(&self, secrets: &Secrets) {
        let minutes = self.ctx.settings.settings.signin.session_minutes;
        self.set_cookie(Jar::Signin, &secrets.to_cookie(), minutes * 60 + 3600);
    }

    /// Sets the flash for the next page.
    pub fn set_flash(&self, flash: &Flash) {
        self.set_cookie(Jar::Flash, &flash.seal(&self.ctx), flash::MAX_AGE_SECS);
    }

    pub fn set_status(&self, status: StatusCode) {
        self.response.set_status(status);
    }

    /// Redirects the browser, always with a GET.
    pub fn redirect(&self, path: &str) {
        let place = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
        self.set_header(header::LOCATION, place);
        self.set_status(StatusCode::SEE_OTHER);
    }

    /// The collected status and headers, without a body.
    pub fn response(&self) -> Response {
        let collected = std::mem::take(&mut *self.response.0.write().unwrap_or_else(PoisonError::into_inner));
        (collected.status.unwrap_or_default(), collected.headers).into_response()
    }

    fn set_header(&self, name: HeaderName, value: HeaderValue) {
        self.response.insert_header(name, value);
    }
}
