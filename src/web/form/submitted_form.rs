//! The fields and files of a form, as a browser sends them.
//!
//! Most forms are read by leptos, and typed values come back in a cookie. Forms larger than a cookie (a rule with five texts, two
//! hundred lines, a file) are sent to the address of their own page and are read here.

use crate::{
    core::Ctx,
    http::{
        form::{self, FIELDS_MAX},
        session,
        state::AppState,
    },
    web::page::path::with_next,
};
use axum::{
    body::Bytes,
    extract::{FromRequest, Multipart, Request},
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use std::sync::Arc;
use tower_sessions::Session;
use url::form_urlencoded;

/// The largest form that is held in memory: a video of 10 MiB and the rule it belongs to.
const IN_MEMORY_MAX_BYTES: usize = 12 * 1024 * 1024;
/// The largest form that is read to its end, so that its page can say at the field which file is too large.
pub const FORM_MAX_BYTES: usize = 100 * 1024 * 1024;

/// The fields of a form, in order.
#[derive(Debug, Clone, Default)]
pub struct SubmittedForm {
    fields: Arc<Vec<(String, String)>>,
    files: Arc<Vec<Upload>>,
}

/// An uploaded file.
#[derive(Debug, Clone)]
pub struct Upload {
    /// The field's name.
    pub field: String,
    /// The file name, as the client sent it.
    pub name: String,
    /// Empty if the file is too large.
    pub bytes: Bytes,
    /// The file is larger than any file may be.
    pub is_too_large: bool,
}

impl SubmittedForm {
    /// Creates a form of these fields.
    pub fn of(fields: impl IntoIterator<Item = (String, String)>) -> Self {
        // Browsers send CRLF line breaks; the chat uses LF.
        let fields = fields.into_iter().map(|(name, value)| (name, value.replace("\r\n", "\n"))).collect();
        Self { fields: Arc::new(fields), files: Arc::default() }
    }

    /// The typed value; `None` if the form has no such field.
    pub fn value(&self, field: &str) -> Option<&str> {
        self.fields.iter().find(|(name, _)| name == field).map(|(_, value)| value.as_str())
    }

    /// The typed value; empty if the form has no such field.
    pub fn text(&self, field: &str) -> String {
        self.value(field).unwrap_or_default().to_owned()
    }

    /// All values of a repeated field.
    pub fn all<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(name, _)| name == field).map(|(_, value)| value.as_str())
    }

    /// The file of a field; `None` if none was chosen.
    pub fn file(&self, field: &str) -> Option<&Upload> {
        self.files.iter().find(|file| file.field == field && (file.is_too_large || !file.bytes.is_empty()))
    }

    async fn parse(request: Request) -> Result<Self, Response> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("multipart/form-data") {
            let body =
                form::read(request.into_body(), IN_MEMORY_MAX_BYTES).await.map_err(IntoResponse::into_response)?;
            let submitted = form::parse(body, |body| Self::of(form_urlencoded::parse(body).into_owned())).await;
            return submitted.map_err(|_| StatusCode::BAD_REQUEST.into_response());
        }
        let mut parts = Multipart::from_request(request, &()).await.map_err(IntoResponse::into_response)?;
        let (mut fields, mut files, mut space) = (Vec::new(), Vec::new(), IN_MEMORY_MAX_BYTES);
        while let Some(mut part) = parts.next_field().await.map_err(IntoResponse::into_response)? {
            if fields.len() + files.len() >= FIELDS_MAX {
                return Err(StatusCode::PAYLOAD_TOO_LARGE.into_response());
            }
            let field = part.name().unwrap_or_default().to_owned();
            let name = part.file_name().map(str::to_owned);
            let (mut bytes, mut is_too_large) = (Vec::new(), false);
            while let Some(chunk) = part.chunk().await.map_err(IntoResponse::into_response)? {
                // The rest of an oversized file is read and dropped: the fields after it are needed.
                is_too_large |= bytes.len() + chunk.len() > space;
                if is_too_large {
                    bytes = Vec::new();
                } else {
                    bytes.extend_from_slice(&chunk);
                }
            }
            space -= bytes.len();
            match name {
                Some(name) => files.push(Upload { field, name, bytes: bytes.into(), is_too_large }),
                None if is_too_large => return Err(StatusCode::PAYLOAD_TOO_LARGE.into_response()),
                None => fields.push((field, String::from_utf8_lossy(&bytes).into_owned())),
            }
        }
        Ok(Self { files: Arc::new(files), ..Self::of(fields) })
    }
}

/// Reads the form of a request. Only for signed-in users: files of others must not use memory.
///
/// # Errors
/// The response instead of the page.
pub async fn read(state: &AppState, request: Request) -> Result<(Parts, SubmittedForm), Response> {
    let (parts, body) = request.into_parts();
    let Some(user_id) = signed_in(&state.ctx(), &parts).await else {
        return Err(Redirect::to(&with_next("/login", parts.uri.path())).into_response());
    };
    let Ok(_place) = state.forms.enter(&parts, user_id).await else {
        return Err(plain(
            StatusCode::SERVICE_UNAVAILABLE,
            "正在处理的表单太多，请稍后再试。\nToo many forms at a time. Please try again later.\n",
        ));
    };
    let submitted = SubmittedForm::parse(Request::from_parts(parts.clone(), body)).await.map_err(|refused| {
        let (status, text) = match refused.status() {
            StatusCode::PAYLOAD_TOO_LARGE => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "内容或文件太大，请返回后缩小再试。\nToo large. Please go back and choose a smaller file or send less.\n",
            ),
            StatusCode::REQUEST_TIMEOUT => (
                StatusCode::REQUEST_TIMEOUT,
                "上传太慢，请检查网络后重试。\nThe upload was too slow. Please check your connection and try again.\n",
            ),
            _ => (
                StatusCode::BAD_REQUEST,
                "表单无法读取，请返回后重试。\nThis form cannot be read. Please go back and try again.\n",
            ),
        };
        plain(status, text)
    })?;
    Ok((parts, submitted))
}

fn plain(status: StatusCode, text: &'static str) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

/// The id of the signed-in user; 0 if the database cannot be reached, which the page reports.
async fn signed_in(ctx: &Ctx, parts: &Parts) -> Option<i64> {
    let session = parts.extensions.get::<Session>()?;
    session::current_user(ctx, session).await.map_or(Some(0), |user| user.map(|user| user.id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{body::Body, extract::DefaultBodyLimit};

    fn request(kind: &str, body: &str) -> Request {
        Request::builder().method("POST").header("content-type", kind).body(Body::from(body.to_owned())).unwrap()
    }

    #[tokio::test]
    async fn a_plain_form_is_read_in_its_order() {
        let kind = "application/x-www-form-urlencoded";
        let submitted = SubmittedForm::parse(request(kind, "n=3&text=a%0D%0Ab&n=1&empty=")).await.unwrap();
        assert_eq!(submitted.all("n").collect::<Vec<_>>(), ["3", "1"]);
        assert_eq!(
            (submitted.text("text").as_str(), submitted.value("empty"), submitted.value("none")),
            ("a\nb", Some(""), None)
        );
    }

    #[tokio::test]
    async fn a_form_with_a_file_is_read_alike() {
        let body = "--x\r\ncontent-disposition: form-data; name=\"text\"\r\n\r\n你好\r\n\
                    --x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n1,2\r\n\
                    --x\r\ncontent-disposition: form-data; name=\"none\"; filename=\"\"\r\n\r\n\r\n--x--\r\n";
        let submitted = SubmittedForm::parse(request("multipart/form-data; boundary=x", body)).await.unwrap();
        assert_eq!(submitted.text("text"), "你好");
        assert_eq!(submitted.file("file").map(|f| (f.name.as_str(), &f.bytes[..])), Some(("a.csv", &b"1,2"[..])));
        assert!(submitted.file("none").is_none());
        let large = format!(
            "--x\r\ncontent-disposition: form-data; name=\"film\"; filename=\"a.mp4\"\r\n\r\n{}\r\n\
             --x\r\ncontent-disposition: form-data; name=\"name\"\r\n\r\n片\r\n--x--\r\n",
            "7".repeat(IN_MEMORY_MAX_BYTES + 1)
        );
        let mut asked = request("multipart/form-data; boundary=x", &large);
        DefaultBodyLimit::max(FORM_MAX_BYTES).apply(&mut asked);
        let submitted = SubmittedForm::parse(asked).await.unwrap();
        assert!(submitted.file("film").is_some_and(|film| film.is_too_large && film.bytes.is_empty()));
        assert_eq!(submitted.text("name"), "片");
        let part = "--x\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n\r\n";
        let many = SubmittedForm::parse(request(
            "multipart/form-data; boundary=x",
            &(part.repeat(FIELDS_MAX + 1) + "--x--\r\n"),
        ));
        assert_eq!(many.await.unwrap_err().status(), StatusCode::PAYLOAD_TOO_LARGE);
        let broken = SubmittedForm::parse(request("multipart/form-data; boundary=x", "--y")).await;
        assert_eq!(broken.unwrap_err().status(), StatusCode::BAD_REQUEST);
    }
}
