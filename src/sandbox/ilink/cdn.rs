//! The CDN: encrypted files, in memory.

use super::call::{BAD_RECIPIENT, BAD_REQUEST, Call, Refused};
use super::files::Announced;
use super::state::State;
use crate::ilink::media::{FILE_MAX_BYTES, MediaKey, encrypted_len};
use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Query, State as Shared},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use md5::{Digest as _, Md5};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use url::Url;

pub(super) fn base(server: &Url) -> Url {
    let mut base = server.clone();
    base.set_path("/c2c");
    base
}

pub(super) fn router() -> Router<Arc<State>> {
    Router::new()
        .route("/c2c/upload", post(upload))
        .route("/c2c/download", get(download))
        .layer(DefaultBodyLimit::max(encrypted_len(FILE_MAX_BYTES)))
}

/// `getuploadurl`. The platform answers a whole URL or a parameter; so does this: a URL for pictures and videos.
pub(super) fn upload_url(state: &State, call: &Call) -> Result<Value, Refused> {
    let body = &call.body;
    if call.text("to_user_id") != call.owner {
        return Err(BAD_RECIPIENT);
    }
    let number = |name: &str| body[name].as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or_default();
    let (raw, encrypted_bytes, kind) = (number("rawsize"), number("filesize"), number("media_type"));
    let key = MediaKey::from_hex(call.text("aeskey")).ok_or(BAD_REQUEST)?;
    let (file_key, md5) = (call.text("filekey").to_owned(), call.text("rawfilemd5").to_ascii_lowercase());
    let is_valid = (1..=FILE_MAX_BYTES).contains(&raw)
        && encrypted_bytes == encrypted_len(raw)
        && (1..=4).contains(&kind)
        && !file_key.is_empty()
        && body["no_need_thumb"] == true;
    if !is_valid {
        return Err(BAD_REQUEST);
    }
    let param = state.letters(40);
    let announced = Announced { file_key: file_key.clone(), key, encrypted_bytes, md5 };
    state.world().files.announce(param.clone(), announced);
    if kind > 2 {
        return Ok(json!({ "ret": 0, "upload_param": param }));
    }
    let mut url = base(&state.base);
    url.set_path("/c2c/upload");
    url.query_pairs_mut().append_pair("encrypted_query_param", &param).append_pair("filekey", &file_key);
    Ok(json!({ "ret": 0, "upload_full_url": url.as_str() }))
}

async fn upload(
    Shared(state): Shared<Arc<State>>,
    Query(query): Query<HashMap<String, String>>,
    body: Bytes,
) -> Response {
    let refused = |why: &'static str| (StatusCode::BAD_REQUEST, [("x-error-message", why)]).into_response();
    let field = |name: &str| query.get(name).map_or("", String::as_str);
    let announced = state.world().files.announced(field("encrypted_query_param"));
    let Some(announced) = announced.filter(|announced| announced.file_key == field("filekey")) else {
        return refused("unknown upload");
    };
    if body.len() != announced.encrypted_bytes {
        return refused("wrong size");
    }
    let plain = announced.key.decrypt(body.to_vec());
    if plain.is_none_or(|plain| hex::encode(Md5::digest(&plain)) != announced.md5) {
        return refused("wrong digest");
    }
    let param = state.letters(64);
    state.change(|world| world.files.add(param.clone(), body, announced.key));
    [("x-encrypted-param", param)].into_response()
}

async fn download(Shared(state): Shared<Arc<State>>, Query(query): Query<HashMap<String, String>>) -> Response {
    let param = query.get("encrypted_query_param").map_or("", String::as_str);
    match state.world().files.sealed(param) {
        Some(bytes) => ([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
