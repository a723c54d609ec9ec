//! Parses the query of a request. Each parameter may occur once: with two signatures it would be unclear which one was
//! checked.

use super::Refusal;
use crate::wechat::signature::{Nonce, Stamp};
use std::collections::HashMap;

/// The platform sends six.
const MOST: usize = 32;

/// Parameters by name, decoded.
pub(super) struct Query<'a>(HashMap<std::borrow::Cow<'a, str>, std::borrow::Cow<'a, str>>);

impl<'a> Query<'a> {
    /// Decodes a raw query (without the `?`).
    ///
    /// # Errors
    /// [`Refusal::Duplicate`] when a name occurs twice, or there are too many.
    pub(super) fn parse(raw: &'a str) -> Result<Self, Refusal> {
        let mut parameters = HashMap::new();
        for (name, value) in url::form_urlencoded::parse(raw.as_bytes()) {
            if parameters.len() >= MOST || parameters.insert(name, value).is_some() {
                return Err(Refusal::Duplicate);
            }
        }
        Ok(Self(parameters))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(AsRef::as_ref)
    }

    pub(super) fn stamp(&self) -> Result<Stamp, Refusal> {
        self.get("timestamp").and_then(Stamp::parse).ok_or(Refusal::Shape)
    }

    pub(super) fn nonce(&self) -> Result<Nonce, Refusal> {
        self.get("nonce").and_then(Nonce::parse).ok_or(Refusal::Shape)
    }
}
