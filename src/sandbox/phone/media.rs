//! Pictures of answers, as the stand-in has them.

use crate::{http::state::AppState, sandbox::page::PICTURE};
use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
};

/// The file of a media id; for one that the stand-in did not make, a picture that stands for all.
pub async fn picture(State(state): State<AppState>, Path(media_id): Path<String>) -> Response {
    let Some(phone) = &state.sandbox else { return StatusCode::NOT_FOUND.into_response() };
    match phone.platform.medium(&media_id).await {
        Some((kind, bytes)) => ([(header::CONTENT_TYPE, kind)], bytes).into_response(),
        None => Redirect::to(PICTURE).into_response(),
    }
}
