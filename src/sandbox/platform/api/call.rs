//! One call, and the checks that many calls share.

use crate::sandbox::platform::{
    fault::{self, Fault},
    state::PlatformState,
    world::AccountKind,
};
use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderName, Method, Uri, header},
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::HashMap;

/// The request.
pub struct Call {
    is_post: bool,
    query: HashMap<String, String>,
    headers: HeaderMap,
    body: Bytes,
}

/// The response.
pub enum Reply {
    Json(Value),
    /// JSON labelled as text, as that of `sns/…`.
    TextJson(Value),
    Picture(Vec<u8>),
    /// A file of this media type.
    File(&'static str, Vec<u8>),
    NotFound,
}

impl Call {
    pub fn new(method: &Method, uri: &Uri, headers: HeaderMap, body: Bytes) -> Self {
        let query = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
            .into_owned()
            .take(crate::http::form::PARAMETERS_MAX)
            .collect();
        Self { is_post: method == Method::POST, query, headers, body }
    }

    /// The body's content type.
    pub fn content_type(&self) -> &str {
        self.header(&header::CONTENT_TYPE)
    }

    /// The host name under which the fake platform was called.
    pub fn host(&self) -> &str {
        self.header(&header::HOST)
    }

    fn header(&self, name: &HeaderName) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The raw body.
    ///
    /// # Errors
    /// 43002 without POST, 44002 without a body.
    pub fn bytes(&self) -> Result<Bytes, Fault> {
        if !self.is_post {
            return Err(fault::NOT_POST);
        }
        if self.body.is_empty() { Err(fault::EMPTY_BODY) } else { Ok(self.body.clone()) }
    }

    /// A query parameter; empty if absent.
    pub fn query(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }

    /// The parsed body.
    ///
    /// # Errors
    /// 43002 without POST, 44002 without a body, 47001 if it cannot be parsed.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        serde_json::from_slice(&self.bytes()?).map_err(|_| fault::NOT_JSON)
    }
}

impl PlatformState {
    /// For APIs that every account may call.
    ///
    /// # Errors
    /// Those of the access token.
    pub fn authorise(&self, call: &Call) -> Result<(), Fault> {
        let now_ms = self.clock.now_ms();
        self.look(|world| world.tokens.check(Some(call.query("access_token")), now_ms))
    }

    /// For APIs of verified accounts only.
    ///
    /// # Errors
    /// Those of the access token; 48001.
    pub fn authorise_verified(&self, call: &Call) -> Result<(), Fault> {
        self.authorise(call)?;
        match self.look(|world| world.kind) {
            AccountKind::VerifiedService => Ok(()),
            AccountKind::PersonalSubscription => Err(fault::UNAUTHORIZED),
        }
    }
}
