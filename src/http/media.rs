//! `GET /media/<key>`: files of replies, for followers and for the platform. The key is the permission: it cannot be guessed, and
//! the content under a key never changes.

use super::{client::Client, limited::too_often, state::AppState};
use crate::core::{
    CoreError,
    rate::{self, Caller},
    rule::media::{
        is_key,
        storage::{self, StoredFile},
    },
};
use axum::{
    Extension, Router,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};

/// The route of media files.
pub fn routes() -> Router<AppState> {
    Router::new().route("/media/{key}", get(file))
}

async fn file(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    Path(key): Path<String>,
    headers: HeaderMap,
) -> Response {
    if !is_key(&key) {
        return (StatusCode::NOT_FOUND, "没有这个文件。\nNo such file.\n").into_response();
    }
    let allowance = rate::take(&state.ctx(), &Caller::Anyone, client.address);
    if !allowance.is_within {
        return too_often(allowance.reset_secs);
    }
    match storage::look(&state.ctx(), &key).await {
        Ok(kept) if is_known(&headers, &kept.key) => with_headers(&kept, StatusCode::NOT_MODIFIED.into_response()),
        Ok(kept) => render(&state, &kept, &headers),
        Err(CoreError::NotFound) => (StatusCode::NOT_FOUND, "没有这个文件。\nNo such file.\n").into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// True if the client has the file already: the content under a key never changes, so the key is its `ETag`.
fn is_known(asked: &HeaderMap, key: &str) -> bool {
    let marks = asked.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok()).unwrap_or_default();
    marks.split(',').map(str::trim).any(|mark| mark == "*" || mark.trim_start_matches("W/") == format!("\"{key}\""))
}

fn render(state: &AppState, kept: &StoredFile, asked: &HeaderMap) -> Response {
    let range = asked.get(header::RANGE).and_then(|v| v.to_str().ok());
    let whole = usize::try_from(kept.size_bytes).unwrap_or_default();
    let within = range.and_then(|range| part(range, whole));
    let (first, last) = within.unwrap_or((0, whole.saturating_sub(1)));
    let body = Body::from_stream(storage::bytes(&state.ctx(), kept.id, (first, last)));
    let mut response = with_headers(kept, body.into_response());
    let length = if whole == 0 { 0 } else { last + 1 - first };
    set(response.headers_mut(), header::CONTENT_LENGTH, &length.to_string());
    if within.is_some() {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        set(response.headers_mut(), header::CONTENT_RANGE, &format!("bytes {first}-{last}/{whole}"));
    }
    response
}

fn with_headers(kept: &StoredFile, mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kept.format.media_type()));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    set(headers, header::ETAG, &format!("\"{}\"", kept.key));
    // Shown alone, never as a page of this site.
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

/// The first and the last byte of `bytes=…`, for players that first read the end of a video. `None`: send the whole
/// file, as for several ranges or ranges outside the file.
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
