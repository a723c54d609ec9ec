//! `GET /media/<key>`: files of answers, for the chat's readers and for the platform. Whoever has the address may look; it cannot
//! be guessed, and what is there never changes.

use super::state::AppState;
use crate::core::{
    CoreError,
    reply::media::{
        is_key,
        keep::{self, Kept},
    },
};
use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};

/// The address of files.
pub fn routes() -> Router<AppState> {
    Router::new().route("/media/{key}", get(file))
}

async fn file(State(state): State<AppState>, Path(key): Path<String>, headers: HeaderMap) -> Response {
    if !is_key(&key) {
        return StatusCode::NOT_FOUND.into_response();
    }
    match keep::look(&state.ctx, &key).await {
        Ok((kept, bytes)) => render(&kept, bytes, &headers),
        Err(CoreError::NotFound) => StatusCode::NOT_FOUND.into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

fn render(kept: &Kept, bytes: Vec<u8>, asked: &HeaderMap) -> Response {
    let range = asked.get(header::RANGE).and_then(|v| v.to_str().ok());
    let whole = bytes.len();
    let mut response = match range.and_then(|range| part(range, whole)) {
        Some((first, last)) => {
            let mut response = (StatusCode::PARTIAL_CONTENT, bytes[first..=last].to_vec()).into_response();
            set(response.headers_mut(), header::CONTENT_RANGE, &format!("bytes {first}-{last}/{whole}"));
            response
        }
        None => bytes.into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kept.format.media_type()));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    // Shown by itself, never as a page of this site.
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    let name: String = url::form_urlencoded::byte_serialize(kept.name.as_bytes()).collect();
    let name = name.replace('+', "%20");
    set(headers, header::CONTENT_DISPOSITION, &format!("inline; filename*=UTF-8''{name}"));
    response
}

fn set(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// The first and the last byte of `bytes=…`, for players that begin with a look at a film's end. None: all of it, as for
/// several ranges or ones that are out of reach.
fn part(range: &str, whole: usize) -> Option<(usize, usize)> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let end = whole.checked_sub(1)?;
    let (first, last) = match (first.trim(), last.trim()) {
        ("", "") => return None,
        ("", suffix) => (whole.saturating_sub(suffix.parse().ok()?), end),
        (first, "") => (first.parse().ok()?, end),
        (first, last) => (first.parse().ok()?, last.parse::<usize>().ok()?.min(end)),
    };
    (first <= last && first < whole).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::part;

    #[test]
    fn a_part_is_within_the_file() {
        assert_eq!(part("bytes=0-1", 10), Some((0, 1)));
        assert_eq!(part("bytes=4-", 10), Some((4, 9)));
        assert_eq!(part("bytes=-3", 10), Some((7, 9)));
        assert_eq!(part("bytes=5-99", 10), Some((5, 9)));
        for none in ["bytes=10-", "bytes=3-2", "bytes=0-1,4-5", "bytes=-", "items=0-1", "bytes=a-b", "bytes=-0"] {
            assert_eq!(part(none, 10), None, "{none}");
        }
        assert_eq!(part("bytes=0-", 0), None);
    }
}
