//! Serves the media files that the fake platform stores.

use crate::sandbox::{Phone, page::PICTURE};
use axum::{
    Extension,
    extract::Path,
    http::header,
    response::{IntoResponse as _, Redirect, Response},
};
use std::sync::Arc;

/// The file of a media id, or a placeholder picture for an unknown one.
pub async fn picture(Extension(phone): Extension<Arc<Phone>>, Path(media_id): Path<String>) -> Response {
    match phone.platform.medium(&media_id).await {
        Some((kind, bytes)) => ([(header::CONTENT_TYPE, kind)], bytes).into_response(),
        None => Redirect::to(PICTURE).into_response(),
    }
}
