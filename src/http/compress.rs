//! Compresses responses that are generated for one request (pages and JSON), up to a size, at the lowest level.
//!
//! Files are never compressed here: the build has done it (`xtask/src/assets.rs`), and the file server picks the variant.

use super::guard;
use crate::config::Checked;
use axum::{
    body::{Body, Bytes},
    extract::Request,
    http::{HeaderMap, Response as HttpResponse, header},
    middleware::Next,
    response::Response,
};
use futures::{StreamExt as _, stream};
use http_body_util::BodyExt as _;
use std::sync::Arc;
use tower_http::{
    CompressionLevel,
    compression::{CompressionLayer, Predicate},
};

/// Smaller responses fit into one packet anyway.
const MIN_BYTES: u64 = 1024;
/// Compressing larger responses would block a core too long; they are sent uncompressed.
const MAX_BYTES: u64 = 512 * 1024;

/// Compressed content types: generated text. Pictures, audio, event streams and archives are excluded.
const TYPES: [&str; 4] = ["text/html", "text/plain", "text/csv", "application/json"];

/// Marks the response to a cross-site request.
#[derive(Clone, Copy)]
struct Foreign;

/// The compression layer.
#[must_use]
pub fn layer() -> CompressionLayer<Light> {
    CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(Light)
}

/// Decides which responses are compressed.
#[derive(Debug, Clone, Copy)]
pub struct Light;

impl Predicate for Light {
    fn should_compress<B: axum::body::HttpBody>(&self, response: &HttpResponse<B>) -> bool {
        let is_sized = response.body().size_hint().exact().is_some_and(|n| (MIN_BYTES..=MAX_BYTES).contains(&n));
        is_sized && is_text_made_now(response.headers()) && response.extensions().get::<Foreign>().is_none()
    }
}

/// Files have a `Last-Modified`; generated responses have none.
fn is_text_made_now(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    TYPES.contains(&kind) && !headers.contains_key(header::LAST_MODIFIED)
}

/// Gives rendered pages a `Content-Length` and marks responses to cross-site requests: the size of a compressed page that
/// repeats an attacker's text would reveal parts of the rest (BREACH).
pub async fn prepare(settings: Arc<Checked>, request: Request, next: Next) -> Response {
    let is_foreign = guard::says_foreign(request.headers(), &settings.public_url) == Some(true);
    let mut response = next.run(request).await;
    if is_foreign {
        response.extensions_mut().insert(Foreign);
        return response;
    }
    let is_page = response.headers().get(header::CONTENT_TYPE).is_some_and(|v| v.as_bytes().starts_with(b"text/html"));
    if !is_page || axum::body::HttpBody::size_hint(response.body()).exact().is_some() {
        return response;
    }
    let (parts, body) = response.into_parts();
    Response::from_parts(parts, gathered(body).await)
}

/// Collects the body into memory; a body that is too large stays a stream.
async fn gathered(mut body: Body) -> Body {
    let mut chunks: Vec<Result<Bytes, axum::Error>> = Vec::new();
    let mut size = 0;
    while let Some(frame) = body.frame().await {
        match frame {
            Ok(frame) => {
                // Pages have no trailers.
                let Ok(data) = frame.into_data() else { continue };
                size += data.len();
                chunks.push(Ok(data));
            }
            Err(error) => {
                chunks.push(Err(error));
                return Body::from_stream(stream::iter(chunks));
            }
        }
        if u64::try_from(size).unwrap_or(u64::MAX) > MAX_BYTES {
            return Body::from_stream(stream::iter(chunks).chain(body.into_data_stream()));
        }
    }
    let chunks: Vec<Bytes> = chunks.into_iter().flatten().collect();
    if let [one] = chunks.as_slice() { Body::from(one.clone()) } else { Body::from(chunks.concat()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::HttpBody as _;

    fn is_compressed(kind: &str, size: usize) -> bool {
        let answer = HttpResponse::builder().header("content-type", kind).body(Body::from(vec![b'a'; size])).unwrap();
        Light.should_compress(&answer)
    }

    #[test]
    fn texts_are_compressed_up_to_a_size_and_nothing_else_is() {
        assert!(is_compressed("text/html; charset=utf-8", 20_000) && is_compressed("application/json", 500_000));
        assert!(!is_compressed("text/html", 1_000) && !is_compressed("text/html", 600_000));
        for kind in ["image/png", "image/svg+xml", "text/event-stream", "text/javascript", "text/css", ""] {
            assert!(!is_compressed(kind, 20_000), "{kind}");
        }
    }

    #[tokio::test]
    async fn a_page_is_gathered_up_to_a_size_and_loses_nothing() {
        for (chunks, is_sized) in [(0, true), (3, true), (600, false)] {
            let parts =
                (0..chunks).map(|n| Ok::<_, axum::Error>(Bytes::from(vec![u8::try_from(n % 251).unwrap(); 1024])));
            let body = gathered(Body::from_stream(stream::iter(parts.collect::<Vec<_>>()))).await;
            assert_eq!(body.size_hint().exact().is_some(), is_sized, "{chunks}");
            let all = body.collect().await.unwrap().to_bytes();
            assert_eq!(all.len(), chunks * 1024);
            assert!(all.iter().enumerate().all(|(at, byte)| usize::from(*byte) == at / 1024 % 251));
        }
    }
}
