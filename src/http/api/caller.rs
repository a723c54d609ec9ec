//! Identifies the caller by a bearer token.

use super::{ApiFailure, Dialect};
use crate::{
    core::{CoreError, Ctx, TokenFault, token, token::Bearer},
    http::state::AppState,
};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use std::{marker::PhantomData, sync::Arc};

/// The bearer of a valid token. A request without one is refused.
pub struct Caller<D>(pub Bearer, pub PhantomData<D>);

/// The text of a request's token, valid or not. A request without a token is refused.
pub struct Bearing<D>(pub String, pub PhantomData<D>);

impl<D: Dialect, S: Sync> FromRequestParts<S> for Bearing<D> {
    type Rejection = ApiFailure<D>;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiFailure<D>> {
        Ok(Self(token_of(&parts.headers)?.to_owned(), PhantomData))
    }
}

/// The result of checking the request's token, stored before its handler runs. `None`: no token.
#[derive(Clone)]
pub(super) struct Found(pub Option<Arc<Result<Bearer, CoreError>>>);

impl<D: Dialect> FromRequestParts<AppState> for Caller<D> {
    type Rejection = ApiFailure<D>;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiFailure<D>> {
        // Already checked if the request passed `layer`.
        let bearer = match parts.extensions.get::<Found>() {
            Some(Found(None)) => return Err(CoreError::NotSignedIn.into()),
            Some(Found(Some(found))) if found.is_ok() => found.as_ref().as_ref().ok().cloned(),
            _ => None,
        };
        match bearer {
            Some(bearer) => Ok(Self(bearer, PhantomData)),
            // Checked again to get the error by value; the result is cached.
            None => Ok(Self(of(&state.ctx(), &parts.headers).await?, PhantomData)),
        }
    }
}

/// Identifies the user by the request's token.
///
/// # Errors
/// [`CoreError::NotSignedIn`] without a token; otherwise the fault of the token.
pub(super) async fn of(ctx: &Ctx, headers: &HeaderMap) -> Result<Bearer, CoreError> {
    match token_of(headers) {
        Ok(text) => token::verify(ctx, text).await,
        Err(error) => Err(error),
    }
}

/// The text after `Bearer`. Accepts exactly one such header: with two, it is unclear which is meant for this program.
pub(super) fn token_of(headers: &HeaderMap) -> Result<&str, CoreError> {
    let malformed = || CoreError::BadToken(TokenFault::Malformed);
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let value = given.next().ok_or(CoreError::NotSignedIn)?;
    if given.next().is_some() {
        return Err(malformed());
    }
    let text = value.to_str().map_err(|_| malformed())?;
    let (scheme, token) = text.split_once(' ').ok_or_else(malformed)?;
    let token = token.trim();
    if scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() { Ok(token) } else { Err(malformed()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn a_token_comes_in_one_header_after_the_word_bearer() {
        let of = |values: &[&'static str]| {
            let headers: HeaderMap =
                values.iter().map(|v| (header::AUTHORIZATION, HeaderValue::from_static(v))).collect();
            token_of(&headers).map(str::to_owned)
        };
        assert_eq!(of(&["Bearer a.b.c"]).unwrap(), "a.b.c");
        assert_eq!(of(&["bearer  a.b.c "]).unwrap(), "a.b.c");
        assert!(matches!(of(&[]), Err(CoreError::NotSignedIn)));
        for bad in [&["Bearer"][..], &["Bearer "], &["Basic eDp4"], &["a.b.c"], &["Bearer x", "Bearer y"]] {
            assert!(matches!(of(bad), Err(CoreError::BadToken(_))), "{bad:?}");
        }
    }
}
