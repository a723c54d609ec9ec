//! The parameters of a query.

use super::{ApiFailure, Dialect};
use crate::http::form::PARAMETERS_MAX;
use axum::{
    extract::FromRequestParts,
    http::{Uri, request::Parts},
};
use std::{marker::PhantomData, str::FromStr};

/// The query string. The first value of a repeated parameter counts; unknown parameters are ignored.
pub struct Params<D>(Vec<(String, String)>, PhantomData<D>);

impl<D: Dialect, S: Sync> FromRequestParts<S> for Params<D> {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(&parts.uri))
    }
}

impl<D> Params<D> {
    /// Parses the query of an address.
    #[must_use]
    pub fn of(uri: &Uri) -> Self {
        let query = uri.query().unwrap_or_default();
        Self(url::form_urlencoded::parse(query.as_bytes()).into_owned().take(PARAMETERS_MAX).collect(), PhantomData)
    }

    /// A parameter's text, if present.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A required parameter, not empty.
    ///
    /// # Errors
    /// The dialect's parameter error, naming the parameter.
    pub fn need(&self, name: &str) -> Result<&str, ApiFailure<D>> {
        self.get(name).filter(|text| !text.is_empty()).ok_or_else(|| ApiFailure::missing(name))
    }

    /// A number, if the parameter is present and not empty.
    ///
    /// # Errors
    /// The dialect's parameter error, naming the parameter.
    pub fn number<T: FromStr>(&self, name: &str) -> Result<Option<T>, ApiFailure<D>> {
        let given = self.get(name).filter(|text| !text.is_empty());
        given.map(|text| text.parse().map_err(|_| ApiFailure::ill_typed(name))).transpose()
    }
}
