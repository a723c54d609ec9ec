//! Limits the cost of reading forms: counts fields before parsing; large forms are read a few at a time and parsed on a separate
//! thread.

use crate::core::CoreError;
use axum::{
    body::{Body, Bytes, to_bytes},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
};
use http_body_util::LengthLimitError;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{api::has_cause, connection::TooSlow};

/// The most fields of a form, and parts of a multipart form. The largest page has about two hundred.
pub const FIELDS_MAX: usize = 2_000;
/// The most query parameters that are read.
pub const PARAMETERS_MAX: usize = 200;
/// Forms above this size count as large.
const SMALL_BYTES: usize = 64 * 1024;
/// The most large forms at a time, each with up to 12 MiB in memory.
const PLACES: usize = 8;
const PLACES_EACH: usize = 2;
/// The most large forms at a time to actions, each with up to 1 MiB in memory; they need no signed-in user.
const ACTION_PLACES: usize = 16;
/// How long a large form waits for a slot before its body is received.
const PATIENCE: Duration = Duration::from_secs(5);
/// The most bytes of cookies that are read, and the most cookies: no browser sends more.
const COOKIES_MAX_BYTES: usize = 16 * 1024;
const COOKIES_MAX: usize = 200;

/// Counts the fields of a form or query without parsing it.
#[must_use]
pub fn count_fields(encoded: &[u8]) -> usize {
    occurrences(encoded, b'&') + 1
}

#[expect(clippy::naive_bytecount, reason = "a form of 12 MB takes a millisecond; not worth a dependency")]
fn occurrences(text: &[u8], wanted: u8) -> usize {
    text.iter().filter(|byte| **byte == wanted).count()
}

/// Reads a form of at most `most` bytes, with a limited number of fields.
///
/// # Errors
/// 413 for too many bytes or fields, 408 if it arrived too slowly, 400 if the connection broke.
pub async fn read(body: Body, most: usize) -> Result<Bytes, StatusCode> {
    let bytes = to_bytes(body, most).await.map_err(|error| {
        if has_cause::<LengthLimitError>(&error) {
            StatusCode::PAYLOAD_TOO_LARGE
        } else if has_cause::<TooSlow>(&error) {
            StatusCode::REQUEST_TIMEOUT
        } else {
            StatusCode::BAD_REQUEST
        }
    })?;
    if count_fields(&bytes) > FIELDS_MAX { Err(StatusCode::PAYLOAD_TOO_LARGE) } else { Ok(bytes) }
}

/// Drops cookies if they are too many or too long.
pub fn limit_cookies(headers: &mut HeaderMap) {
    let all = || headers.get_all(header::COOKIE).iter().map(HeaderValue::as_bytes);
    let bytes: usize = all().map(<[u8]>::len).sum();
    let count: usize = all().map(|value| occurrences(value, b';') + 1).sum();
    if bytes > COOKIES_MAX_BYTES || count > COOKIES_MAX {
        headers.remove(header::COOKIE);
    }
}

/// The slots in which large forms are read.
#[derive(Debug)]
pub struct Forms {
    places: Arc<Semaphore>,
    users: Arc<Mutex<HashMap<i64, usize>>>,
    actions: Arc<Semaphore>,
}

impl Default for Forms {
    fn default() -> Self {
        let of = |places| Arc::new(Semaphore::new(places));
        Self { places: of(PLACES), users: Arc::default(), actions: of(ACTION_PLACES) }
    }
}

/// True if the form declares a large size, or none.
fn is_large(headers: &HeaderMap) -> bool {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    length.is_none_or(|length| length > SMALL_BYTES)
}

/// A user's slot, released on drop.
#[derive(Debug)]
pub struct Place {
    _permit: OwnedSemaphorePermit,
    _own: Own,
}

#[derive(Debug)]
struct Own(Arc<Mutex<HashMap<i64, usize>>>, i64);

impl Drop for Own {
    fn drop(&mut self) {
        let mut users = lock(&self.0);
        if let Some(count) = users.get_mut(&self.1) {
            *count -= 1;
            if *count == 0 {
                users.remove(&self.1);
            }
        }
    }
}

fn lock(users: &Mutex<HashMap<i64, usize>>) -> MutexGuard<'_, HashMap<i64, usize>> {
    users.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Forms {
    /// Takes a slot for a user's form before its body is received; `None` if the form declares a small size.
    ///
    /// # Errors
    /// [`CoreError::Busy`] if this user, or all users together, have too many large forms.
    pub async fn enter(&self, parts: &Parts, user_id: i64) -> Result<Option<Place>, CoreError> {
        if !is_large(&parts.headers) {
            return Ok(None);
        }
        let own = {
            let mut users = lock(&self.users);
            let count = users.entry(user_id).or_default();
            if *count >= PLACES_EACH {
                return Err(CoreError::Busy);
            }
            *count += 1;
            Own(self.users.clone(), user_id)
        };
        let permit = tokio::time::timeout(PATIENCE, self.places.clone().acquire_owned()).await;
        let permit = permit.map_err(|_| CoreError::Busy)?.map_err(|_| CoreError::Busy)?;
        Ok(Some(Place { _permit: permit, _own: own }))
    }
}

impl Forms {
    /// Takes a slot for a form to an action; `None` if the form declares a small size.
    ///
    /// # Errors
    /// [`CoreError::Busy`] if there are too many large forms at a time.
    pub fn enter_action(&self, headers: &HeaderMap) -> Result<Option<OwnedSemaphorePermit>, CoreError> {
        if !is_large(headers) {
            return Ok(None);
        }
        self.actions.clone().try_acquire_owned().map(Some).map_err(|_| CoreError::Busy)
    }
}

/// Processes a form: on a separate thread if the form is large.
///
/// # Errors
/// The work panicked.
pub async fn parse<T: Send + 'static>(
    bytes: Bytes,
    work: impl FnOnce(&[u8]) -> T + Send + 'static,
) -> Result<T, CoreError> {
    if bytes.len() <= SMALL_BYTES {
        return Ok(work(&bytes));
    }
    tokio::task::spawn_blocking(move || work(&bytes)).await.map_err(|e| CoreError::Fault(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(length: &str) -> Parts {
        axum::http::Request::post("/").header("content-length", length).body(()).unwrap().into_parts().0
    }

    #[tokio::test]
    async fn fields_are_counted_before_they_are_parsed() {
        let of = |fields: usize| Body::from("a&".repeat(fields - 1) + "a");
        assert!(read(of(FIELDS_MAX), 1 << 20).await.is_ok());
        assert_eq!(read(of(FIELDS_MAX + 1), 1 << 20).await, Err(StatusCode::PAYLOAD_TOO_LARGE));
        assert_eq!(read(Body::from("a".repeat(101)), 100).await, Err(StatusCode::PAYLOAD_TOO_LARGE));
    }

    #[tokio::test]
    async fn one_user_has_few_places_and_a_small_form_needs_none() {
        let forms = Forms::default();
        let large = parts("1000000");
        let mine = (forms.enter(&large, 1).await.unwrap(), forms.enter(&large, 1).await.unwrap());
        assert!(mine.0.is_some() && mine.1.is_some());
        assert!(matches!(forms.enter(&large, 1).await, Err(CoreError::Busy)));
        assert!(forms.enter(&large, 2).await.is_ok() && forms.enter(&parts("10"), 1).await.unwrap().is_none());
        drop(mine);
        assert!(forms.enter(&large, 1).await.is_ok());
        assert!(lock(&forms.users).is_empty() && forms.places.available_permits() == PLACES);
    }

    #[test]
    fn cookies_of_no_browser_are_taken_away() {
        let of = |value: &str| {
            let mut headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(value).unwrap())]);
            limit_cookies(&mut headers);
            headers.contains_key(header::COOKIE)
        };
        assert!(of("weida=1; other=2"));
        assert!(!of(&"a;".repeat(COOKIES_MAX)));
        assert!(!of(&"a".repeat(COOKIES_MAX_BYTES + 1)));
    }
}
