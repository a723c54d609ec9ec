//! A JSON body, read with care: its size, its type, and which field is wrong.

use super::{Dialect, Failed, Unreadable};
use axum::{
    body::{Bytes, to_bytes},
    extract::{FromRequest, Request},
    http::{HeaderMap, header},
};
use http_body_util::LengthLimitError;
use serde::de::DeserializeOwned;
use std::{error::Error, marker::PhantomData};
use tower_http::timeout::TimeoutError;

/// The largest body that is not a picture (api.md).
pub const BODY_MAX_BYTES: usize = 64 * 1024;

/// A JSON object as `T`; fields that `T` does not know are passed over.
pub struct Body<D, T>(pub T, pub PhantomData<D>);

impl<D: Dialect, T: DeserializeOwned, S: Sync> FromRequest<S> for Body<D, T> {
    type Rejection = Failed<D>;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failed<D>> {
        let Json(bytes, _) = Json::<D>::from_request(request, state).await?;
        Ok(Self(read(&bytes)?, PhantomData))
    }
}

/// What says that it is JSON, as it came: for a dialect that reads it in its own way.
pub struct Json<D>(pub Bytes, pub PhantomData<D>);

impl<D: Dialect, S: Sync> FromRequest<S> for Json<D> {
    type Rejection = Failed<D>;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failed<D>> {
        if !is_json(request.headers()) {
            return Err(Unreadable::ContentType.into());
        }
        Ok(Self(whole(request, BODY_MAX_BYTES).await?, PhantomData))
    }
}

/// [`Body`], or none where the request has none.
pub struct MaybeBody<D, T>(pub Option<T>, pub PhantomData<D>);

impl<D: Dialect, T: DeserializeOwned, S: Sync> FromRequest<S> for MaybeBody<D, T> {
    type Rejection = Failed<D>;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failed<D>> {
        let is_json = is_json(request.headers());
        let bytes = whole(request, BODY_MAX_BYTES).await?;
        match bytes.is_empty() {
            true => Ok(Self(None, PhantomData)),
            false if is_json => Ok(Self(Some(read(&bytes)?), PhantomData)),
            false => Err(Unreadable::ContentType.into()),
        }
    }
}

/// The whole body, if it is no larger than this.
pub(super) async fn whole(request: Request, most: usize) -> Result<Bytes, Unreadable> {
    to_bytes(request.into_body(), most).await.map_err(|e| {
        if has_cause::<LengthLimitError>(&e) {
            Unreadable::TooLarge(most)
        } else if has_cause::<TimeoutError>(&e) {
            Unreadable::TimedOut
        } else {
            // A caller that hung up; nobody reads the answer.
            Unreadable::NotJson
        }
    })
}

/// True where an error is one of this kind, or comes from one.
pub fn has_cause<E: Error + 'static>(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<E>() {
            return true;
        }
        cause = error.source();
    }
    false
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Unreadable> {
    // Parsed on its own first: a text that is no JSON must not be taken for one with a wrong field.
    let value: serde_json::Value = serde_json::from_slice(bytes).map_err(|_| Unreadable::NotJson)?;
    serde_path_to_error::deserialize(value).map_err(|e| {
        let path = e.path().to_string();
        let text = e.inner().to_string();
        match missing(&text) {
            Some(field) if path == "." => Unreadable::Missing { field: field.to_owned() },
            Some(field) => Unreadable::Missing { field: format!("{path}.{field}") },
            None if path == "." => Unreadable::NotJson,
            None => Unreadable::IllTyped { field: path },
        }
    })
}

/// The name in serde's "missing field `name`".
fn missing(text: &str) -> Option<&str> {
    text.strip_prefix("missing field `")?.split('`').next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    struct Wanted {
        #[expect(dead_code, reason = "only read")]
        openid: String,
        #[expect(dead_code, reason = "only read")]
        amount: Option<i64>,
        #[expect(dead_code, reason = "only read")]
        list: Option<Vec<Inner>>,
    }

    #[derive(Debug, Deserialize)]
    struct Inner {
        #[expect(dead_code, reason = "only read")]
        kind: String,
    }

    #[test]
    fn the_field_that_is_wrong_is_named() {
        let read = |text: &str| read::<Wanted>(text.as_bytes());
        assert!(read(r#"{"openid":"o","other":[1],"amount":null}"#).is_ok());
        let missing = |field: &str| Unreadable::Missing { field: field.to_owned() };
        let ill = |field: &str| Unreadable::IllTyped { field: field.to_owned() };
        let cases = [
            ("{}", missing("openid")),
            (r#"{"openid":null}"#, ill("openid")),
            (r#"{"openid":7}"#, ill("openid")),
            (r#"{"openid":"o","amount":"1"}"#, ill("amount")),
            (r#"{"openid":"o","amount":1.5}"#, ill("amount")),
            (r#"{"openid":"o","amount":99999999999999999999}"#, ill("amount")),
            (r#"{"openid":"o","list":[{"kind":"a"},{}]}"#, missing("list[1].kind")),
            (r#"{"openid":"o","list":[{"kind":3}]}"#, ill("list[0].kind")),
            ("[]", Unreadable::NotJson),
            ("7", Unreadable::NotJson),
            ("", Unreadable::NotJson),
            (r#"{"openid":"o"} x"#, Unreadable::NotJson),
            ("{\"openid\":\"\u{1}\"}", Unreadable::NotJson),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text).unwrap_err(), expected, "{text}");
        }
        let deep = "[".repeat(60_000);
        assert_eq!(read(&deep).unwrap_err(), Unreadable::NotJson);
    }

    #[test]
    fn json_is_known_by_its_content_type() {
        let of = |kind: &str| is_json(&HeaderMap::from_iter([(header::CONTENT_TYPE, kind.parse().unwrap())]));
        for kind in ["application/json", "application/json; charset=utf-8", "Application/JSON", "application/ld+json"] {
            assert!(of(kind), "{kind}");
        }
        for kind in ["text/plain", "application/x-www-form-urlencoded", "text/json", "", "application/jsonx"] {
            assert!(!of(kind), "{kind}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}
