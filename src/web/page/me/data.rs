//! Taking one's data along, and the way out.

use crate::text::Lang;
use crate::{
    core::{CoreError, account::export},
    http::{session, state::AppState},
    web::{
        part::{Cell, Cells},
        text::me::Me,
    },
};
use axum::{
    body::Body,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use futures::TryStreamExt as _;
use leptos::prelude::*;
use tower_sessions::Session;

/// Download, and deletion.
pub fn card(lang: Lang) -> impl IntoView {
    let t = Me::of(lang);
    view! {
        <Cells title=t.data>
            <Cell label=t.export note=t.export_note href="/me/data.json" />
            <Cell label=t.delete note=t.delete_note href="/me/delete" />
        </Cells>
    }
}

/// `GET /me/data.json`: everything that is known of whoever asks.
pub async fn download(State(state): State<AppState>, session: Session) -> Response {
    let outcome = async {
        let user = session::current_user(&state.ctx, &session).await?.ok_or(CoreError::NotSignedIn)?;
        Ok::<_, CoreError>((user.id, export::export(&state.ctx, user.id).await?))
    };
    match outcome.await {
        Ok((id, data)) => {
            let name = format!("attachment; filename=\"weida-{id}.json\"");
            let kind = "application/json".to_owned();
            let pieces = data.inspect_err(|error| tracing::error!(%error, "a person's data broke off"));
            ([(header::CONTENT_DISPOSITION, name), (header::CONTENT_TYPE, kind)], Body::from_stream(pieces))
                .into_response()
        }
        // They are reading it already.
        Err(CoreError::Busy) => StatusCode::TOO_MANY_REQUESTS.into_response(),
        Err(CoreError::NotSignedIn | CoreError::NotFound) => Redirect::to("/login?next=%2Fme").into_response(),
        Err(error) => {
            tracing::error!(%error, "a person's data could not be put together");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
