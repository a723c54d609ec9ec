//! `GET /avatars/<key>`: pictures of users. The key is the permission: it cannot be guessed, and the picture under a key never changes.

use super::{client::Client, limited::too_often, state::AppState};
use crate::core::{
    CoreError,
    account::avatar,
    rate::{self, Caller},
    rule::media::is_key,
};
use axum::{
    Extension, Router,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};

/// The route of the pictures.
pub fn routes() -> Router<AppState> {
    Router::new().route("/avatars/{key}", get(picture))
}

async fn picture(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    Path(key): Path<String>,
) -> Response {
    // Some databases cannot even look for an odd text.
    if !is_key(&key) {
        return missing();
    }
    let allowance = rate::take(&state.ctx(), &Caller::Anyone, client.address);
    if !allowance.is_within {
        return too_often(allowance.reset_secs);
    }
    match avatar::find(&state.ctx(), &key).await {
        Ok(bytes) => {
            let headers = [
                (header::CONTENT_TYPE, "image/webp"),
                (header::CACHE_CONTROL, "private, max-age=31536000, immutable"),
                // Shown alone, never as a page of this site.
                (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
            ];
            (headers, bytes).into_response()
        }
        Err(CoreError::NotFound) => missing(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

fn missing() -> Response {
    (StatusCode::NOT_FOUND, "没有这张图片。\nNo such picture.\n").into_response()
}
