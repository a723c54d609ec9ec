//! What a request brings along: who asks, how they like it, and the way to answer.

use super::{Posted, path::local_path, prefs};
use crate::text::{Lang, Prefs};
use crate::{
    core::{
        CoreError, Ctx,
        account::User,
        signin::{Secrets, begin::Asker},
    },
    http::{client::Client, cookie::Jar, session},
    web::action::flash::{self, Flash},
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts};
use leptos::prelude::{expect_context, use_context};
use leptos_axum::ResponseOptions;
use tower_sessions::Session;
use url::form_urlencoded;

/// The request that is being answered.
#[derive(Clone)]
pub struct Here {
    pub ctx: Ctx,
    pub prefs: Prefs,
    pub client: Client,
    pub session: Session,
    path: String,
    query: String,
    headers: HeaderMap,
    posted: Option<Posted>,
    response: ResponseOptions,
}

impl Here {
    /// The request of the page or action that runs now.
    #[expect(
        clippy::expect_used,
        clippy::missing_panics_doc,
        reason = "the router's layers put both into every request"
    )]
    pub fn now() -> Self {
        let parts = expect_context::<Parts>();
        Self {
            ctx: expect_context(),
            prefs: prefs::of(&parts),
            client: parts.extensions.get().cloned().expect("http::client::identify names every caller"),
            session: parts.extensions.get().cloned().expect("http::session::layer gives every request a session"),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: parts.headers,
            posted: use_context(),
            response: expect_context(),
        }
    }

    pub fn lang(&self) -> Lang {
        self.prefs.lang
    }

    /// Path and query asked for.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The address with its query, as far as a form's `action` may repeat it.
    pub fn address_of_page(&self) -> String {
        if self.query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, self.query) }
    }

    /// The form that was sent to this page; None where it is only looked at.
    pub fn posted(&self) -> Option<&Posted> {
        self.posted.as_ref()
    }

    /// A parameter of the query; empty where there is none.
    pub fn query(&self, name: &str) -> String {
        form_urlencoded::parse(self.query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    }

    /// True where the query has this parameter, whatever its value.
    pub fn has(&self, name: &str) -> bool {
        form_urlencoded::parse(self.query.as_bytes()).any(|(key, _)| key == name)
    }

    /// Where to go afterwards, as the query says it; empty where it says nothing that may be followed.
    pub fn next(&self) -> String {
        local_path(&self.query("next")).unwrap_or_default().to_owned()
    }

    /// Who is signed in.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn user(&self) -> Result<Option<User>, CoreError> {
        session::current_user(&self.ctx, &self.session).await
    }

    /// What this browser holds of a sign-in session.
    pub fn secrets(&self) -> Option<Secrets> {
        self.cookie(Jar::Signin).and_then(Secrets::parse)
    }

    /// This browser, as it begins a sign-in session.
    pub fn asker(&self, next: &str) -> Asker {
        Asker {
            browser_label: self.client.browser_label.clone(),
            address: self.client.address,
            next_path: local_path(next).map(str::to_owned),
        }
    }

    /// The address, as it is written down.
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

    /// Keeps the secrets of a sign-in session in this browser; a little longer than it lasts, so that its page can say that it is over.
    pub fn set_secrets(&self, secrets: &Secrets) {
        let minutes = self.ctx.settings.settings.signin.session_minutes;
        self.set_cookie(Jar::Signin, &secrets.to_cookie(), minutes * 60 + 3600);
    }

    /// Leaves something for the next page to say.
    pub fn leave(&self, flash: &Flash) {
        self.set_cookie(Jar::Flash, &flash.seal(&self.ctx), flash::MAX_AGE_SECS);
    }

    pub fn set_status(&self, status: StatusCode) {
        self.response.set_status(status);
    }

    /// Sends the browser on, with a GET whatever it sent itself.
    pub fn go(&self, path: &str) {
        let place = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
        self.set_header(header::LOCATION, place);
        self.set_status(StatusCode::SEE_OTHER);
    }

    fn set_header(&self, name: HeaderName, value: HeaderValue) {
        self.response.insert_header(name, value);
    }
}
