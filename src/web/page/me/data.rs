//! The download of the user's data.

use crate::{
    core::{CoreError, account::export},
    http::{session, state::AppState},
};
use axum::{
    body::Body,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use futures::TryStreamExt as _;
use tower_sessions::Session;

/// `GET /me/data.json`: all data about the signed-in user.
pub async fn download(State(state): State<AppState>, session: Session) -> Response {
    let outcome = async {
        let user = session::current_user(&state.ctx(), &session).await?.ok_or(CoreError::NotSignedIn)?;
        Ok::<_, CoreError>((user.id, export::export(&state.core, user.id).await?))
    };
    match outcome.await {
        Ok((id, data)) => {
            let name = format!("attachment; filename=\"weida-{id}.json\"");
            let kind = "application/json".to_owned();
            let pieces = data.inspect_err(|error| tracing::error!(%error, "a user's data export broke off"));
            ([(header::CONTENT_DISPOSITION, name), (header::CONTENT_TYPE, kind)], Body::from_stream(pieces))
                .into_response()
        }
        // Another download of this user is running.
        Err(CoreError::Busy) => StatusCode::TOO_MANY_REQUESTS.into_response(),
        Err(CoreError::NotSignedIn | CoreError::NotFound) => Redirect::to("/login?next=%2Fme").into_response(),
        Err(error) => {
            tracing::error!(%error, "a user's data could not be exported");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
