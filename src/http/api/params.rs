//! The parameters of a query.

use super::{Dialect, Failed};
use axum::{
    extract::FromRequestParts,
    http::{Uri, request::Parts},
};
use std::{marker::PhantomData, str::FromStr};

/// What stands behind the `?`. Of a parameter that comes twice the first one counts; unknown ones are passed over.
pub struct Params<D>(Vec<(String, String)>, PhantomData<D>);

impl<D: Dialect, S: Sync> FromRequestParts<S> for Params<D> {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(&parts.uri))
    }
}

impl<D> Params<D> {
    /// The parameters of an address.
    #[must_use]
    pub fn of(uri: &Uri) -> Self {
        let query = uri.query().unwrap_or_default();
        Self(url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(), PhantomData)
    }

    /// A parameter's text, if it is there.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A parameter that must be there and say something.
    ///
    /// # Errors
    /// The dialect's parameter error, naming it.
    pub fn need(&self, name: &str) -> Result<&str, Failed<D>> {
        self.get(name).filter(|text| !text.is_empty()).ok_or_else(|| Failed::missing(name))
    }

    /// A number, if the parameter is there and says something.
    ///
    /// # Errors
    /// The dialect's parameter error, naming it.
    pub fn number<T: FromStr>(&self, name: &str) -> Result<Option<T>, Failed<D>> {
        let given = self.get(name).filter(|text| !text.is_empty());
        given.map(|text| text.parse().map_err(|_| Failed::ill_typed(name))).transpose()
    }
}
