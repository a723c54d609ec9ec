//! Forms that are sent to the address of their own page, which then shows itself again or leads on.
//!
//! Most forms go to an action (`web::action`), and what was typed comes back in a cookie. What is longer than a cookie holds (a
//! rule with five texts, two hundred lines at once, a file) is sent to the page itself: `Here::posted` has it.

use crate::{
    core::Ctx,
    http::{session, state::AppState},
    web::page::path::with_next,
};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{FromRequest, Multipart, Request},
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use std::sync::Arc;
use tower_sessions::Session;
use url::form_urlencoded;

/// The largest form that is kept in memory: a video of 10 MiB and the rule it belongs to.
const POSTED_MAX_BYTES: usize = 12 * 1024 * 1024;
/// The largest form that is read to its end, so that its page can say at its field which file is too large.
pub const SENT_MAX_BYTES: usize = 100 * 1024 * 1024;

/// What a form said, in its own order.
#[derive(Debug, Clone, Default)]
pub struct Posted {
    fields: Arc<Vec<(String, String)>>,
    files: Arc<Vec<Upload>>,
}

/// A file that was sent along.
#[derive(Debug, Clone)]
pub struct Upload {
    /// The field's name.
    pub field: String,
    /// What the file was called, as the sender says.
    pub name: String,
    /// Empty where it is too large.
    pub bytes: Bytes,
    /// There was no room for it: larger than any file may be.
    pub is_too_large: bool,
}

impl Posted {
    /// A form of these fields.
    pub fn of(fields: impl IntoIterator<Item = (String, String)>) -> Self {
        // Browsers break lines as mail does; the chat does not.
        let fields = fields.into_iter().map(|(name, value)| (name, value.replace("\r\n", "\n"))).collect();
        Self { fields: Arc::new(fields), files: Arc::default() }
    }

    /// What was typed; None where the form has no such field.
    pub fn value(&self, field: &str) -> Option<&str> {
        self.fields.iter().find(|(name, _)| name == field).map(|(_, value)| value.as_str())
    }

    /// What was typed; empty where the form has no such field.
    pub fn text(&self, field: &str) -> String {
        self.value(field).unwrap_or_default().to_owned()
    }

    /// Every value of a field that may stand there several times.
    pub fn all<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(name, _)| name == field).map(|(_, value)| value.as_str())
    }

    /// The file of a field; None where none was chosen.
    pub fn file(&self, field: &str) -> Option<&Upload> {
        self.files.iter().find(|file| file.field == field && (file.is_too_large || !file.bytes.is_empty()))
    }

    async fn read(request: Request) -> Result<Self, Response> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("multipart/form-data") {
            let body = to_bytes(request.into_body(), POSTED_MAX_BYTES).await;
            let body = body.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE.into_response())?;
            return Ok(Self::of(form_urlencoded::parse(&body).into_owned()));
        }
        let mut parts = Multipart::from_request(request, &()).await.map_err(IntoResponse::into_response)?;
        let (mut fields, mut files, mut room) = (Vec::new(), Vec::new(), POSTED_MAX_BYTES);
        while let Some(mut part) = parts.next_field().await.map_err(IntoResponse::into_response)? {
            let field = part.name().unwrap_or_default().to_owned();
            let name = part.file_name().map(str::to_owned);
            let (mut bytes, mut is_too_large) = (Vec::new(), false);
            while let Some(chunk) = part.chunk().await.map_err(IntoResponse::into_response)? {
                // The rest of a file without room is read and dropped: what is typed behind it counts.
                is_too_large |= bytes.len() + chunk.len() > room;
                if is_too_large {
                    bytes = Vec::new();
                } else {
                    bytes.extend_from_slice(&chunk);
                }
            }
            room -= bytes.len();
            match name {
                Some(name) => files.push(Upload { field, name, bytes: bytes.into(), is_too_large }),
                None if is_too_large => return Err(StatusCode::PAYLOAD_TOO_LARGE.into_response()),
                None => fields.push((field, String::from_utf8_lossy(&bytes).into_owned())),
            }
        }
        Ok(Self { files: Arc::new(files), ..Self::of(fields) })
    }
}

/// Reads a form for its page; the request goes on without its body. Only from somebody who is signed in: nobody else's files are
/// worth the memory.
///
/// # Errors
/// The answer instead of the page.
pub async fn take(state: &AppState, request: Request) -> Result<(Request, Posted), Response> {
    let (parts, body) = request.into_parts();
    if !is_signed_in(&state.ctx, &parts).await {
        return Err(Redirect::to(&with_next("/login", parts.uri.path())).into_response());
    }
    let posted = Posted::read(Request::from_parts(parts.clone(), body)).await.map_err(|refused| {
        let (status, text) = match refused.status() {
            StatusCode::PAYLOAD_TOO_LARGE => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "文件太大，请返回后换一个小一点的。\nToo large. Please go back and choose a smaller file.\n",
            ),
            _ => (
                StatusCode::BAD_REQUEST,
                "表单无法读取，请返回后重试。\nThis form cannot be read. Please go back and try again.\n",
            ),
        };
        (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
    })?;
    Ok((Request::from_parts(parts, Body::empty()), posted))
}

async fn is_signed_in(ctx: &Ctx, parts: &Parts) -> bool {
    let Some(session) = parts.extensions.get::<Session>() else { return false };
    // A database that cannot be reached is the page's to tell.
    !matches!(session::current_user(ctx, session).await, Ok(None))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::extract::DefaultBodyLimit;

    fn request(kind: &str, body: &str) -> Request {
        Request::builder().method("POST").header("content-type", kind).body(Body::from(body.to_owned())).unwrap()
    }

    #[tokio::test]
    async fn a_plain_form_is_read_in_its_order() {
        let kind = "application/x-www-form-urlencoded";
        let posted = Posted::read(request(kind, "n=3&text=a%0D%0Ab&n=1&empty=")).await.unwrap();
        assert_eq!(posted.all("n").collect::<Vec<_>>(), ["3", "1"]);
        assert_eq!(
            (posted.text("text").as_str(), posted.value("empty"), posted.value("none")),
            ("a\nb", Some(""), None)
        );
    }

    #[tokio::test]
    async fn a_form_with_a_file_is_read_alike() {
        let body = "--x\r\ncontent-disposition: form-data; name=\"text\"\r\n\r\n你好\r\n\
                    --x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n1,2\r\n\
                    --x\r\ncontent-disposition: form-data; name=\"none\"; filename=\"\"\r\n\r\n\r\n--x--\r\n";
        let posted = Posted::read(request("multipart/form-data; boundary=x", body)).await.unwrap();
        assert_eq!(posted.text("text"), "你好");
        assert_eq!(posted.file("file").map(|f| (f.name.as_str(), &f.bytes[..])), Some(("a.csv", &b"1,2"[..])));
        assert!(posted.file("none").is_none());
        let large = format!(
            "--x\r\ncontent-disposition: form-data; name=\"film\"; filename=\"a.mp4\"\r\n\r\n{}\r\n\
             --x\r\ncontent-disposition: form-data; name=\"name\"\r\n\r\n片\r\n--x--\r\n",
            "7".repeat(POSTED_MAX_BYTES + 1)
        );
        let mut asked = request("multipart/form-data; boundary=x", &large);
        DefaultBodyLimit::max(SENT_MAX_BYTES).apply(&mut asked);
        let posted = Posted::read(asked).await.unwrap();
        assert!(posted.file("film").is_some_and(|film| film.is_too_large && film.bytes.is_empty()));
        assert_eq!(posted.text("name"), "片");
        let broken = Posted::read(request("multipart/form-data; boundary=x", "--y")).await;
        assert_eq!(broken.unwrap_err().status(), StatusCode::BAD_REQUEST);
    }
}
