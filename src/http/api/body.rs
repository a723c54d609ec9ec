//! Extracts a JSON body, whatever its content type says, and reports its faults: size, syntax, and which field is wrong.

use super::{ApiFailure, Dialect, Json, RequestError};
use crate::http::connection::TooSlow;
use axum::{
    body::{Bytes, to_bytes},
    extract::{FromRequest, Request},
    http::{HeaderMap, header},
};
use http_body_util::LengthLimitError;
use serde::de::DeserializeOwned;
use std::{error::Error, marker::PhantomData};
use url::form_urlencoded;

/// The largest body that is not a picture (api.md).
pub const BODY_MAX_BYTES: usize = 64 * 1024;

/// A JSON object as `T`; unknown fields are ignored. An empty body is an empty object, so the failure names the field that is missing.
pub struct Body<D, T>(pub T, pub PhantomData<D>);

impl<D: Dialect, T: DeserializeOwned, S: Sync> FromRequest<S> for Body<D, T> {
    type Rejection = ApiFailure<D>;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiFailure<D>> {
        Ok(Self(read(parsed::<D>(request).await?)?, PhantomData))
    }
}

/// The fields of a JSON object whose names are data: in the order written, with duplicates.
pub struct Entries<D>(pub Vec<(String, Json)>, pub PhantomData<D>);

impl<D: Dialect, S: Sync> FromRequest<S> for Entries<D> {
    type Rejection = ApiFailure<D>;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiFailure<D>> {
        match parsed::<D>(request).await? {
            Json::Object(entries) => Ok(Self(entries, PhantomData)),
            _ => Err(RequestError::NotJson.into()),
        }
    }
}

/// The whole body. Clients send JSON under many content types, and it is read under all of them: whether another site may have sent it
/// was decided before, by the shared layer ([`Dialect::HAS_COOKIES`]).
async fn parsed<D: Dialect>(request: Request) -> Result<Json, RequestError> {
    let may_be_form = D::TAKES_FORMS && is_form(request.headers());
    let bytes = whole(request, BODY_MAX_BYTES).await?;
    let text = bytes.trim_ascii();
    // Forms encode brackets, so a text that begins with one is JSON under the content type of a form, as `curl -d` sends it.
    let looks_like_json = text.starts_with(b"{") || text.starts_with(b"[");
    if text.is_empty() {
        Ok(Json::Object(Vec::new()))
    } else if may_be_form && !looks_like_json {
        of_form(text)
    } else {
        serde_json::from_slice(text).map_err(|_| RequestError::NotJson)
    }
}

/// Reads the whole body, up to `most` bytes.
pub(super) async fn whole(request: Request, most: usize) -> Result<Bytes, RequestError> {
    to_bytes(request.into_body(), most).await.map_err(|e| {
        if has_cause::<LengthLimitError>(&e) {
            RequestError::TooLarge(most)
        } else if has_cause::<TooSlow>(&e) {
            RequestError::TimedOut
        } else {
            // The client disconnected and will not read the response.
            RequestError::NotJson
        }
    })
}

/// True if an error, or one of its sources, has this type.
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

fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// The fields of a form (`a=1&b=2`).
fn of_form(text: &[u8]) -> Result<Json, RequestError> {
    let mut fields = Vec::new();
    for (name, value) in form_urlencoded::parse(text) {
        // Stands for bytes that are not UTF-8; a garbled name or password must not be stored.
        if name.contains('\u{fffd}') || value.contains('\u{fffd}') {
            return Err(RequestError::IllTyped { field: name.into_owned() });
        }
        fields.push((name.into_owned(), Json::Field(value.into_owned())));
    }
    Ok(Json::Object(fields))
}

fn read<T: DeserializeOwned>(json: Json) -> Result<T, RequestError> {
    serde_path_to_error::deserialize(json).map_err(|e| {
        let (path, text) = (e.path().to_string(), e.inner().to_string());
        let within = |field: &str| if path == "." { field.to_owned() } else { format!("{path}.{field}") };
        if let Some(field) = quoted_after(&text, "missing field `") {
            RequestError::Missing { field: within(field) }
        } else if let Some(field) = quoted_after(&text, "duplicate field `") {
            RequestError::IllTyped { field: within(field) }
        } else if path == "." {
            RequestError::NotJson
        } else {
            RequestError::IllTyped { field: path }
        }
    })
}

/// The name in an error of serde: "missing field `name`".
fn quoted_after<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    text.strip_prefix(start)?.split('`').next()
}

#[cfg(test)]
mod tests;
