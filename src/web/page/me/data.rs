//! Data export and account deletion.

use crate::text::Lang;
use crate::{
    core::{
        CoreError,
        account::{export, session::SignInMethod},
    },
    http::{session, state::AppState},
    web::{
        component::{Cell, Cells},
        text::{me::Me, review::Review},
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

/// Links to the review of the account's access (for a browser that signed in with WeChat), the download, and the
/// deletion.
pub fn card(lang: Lang, door: Option<SignInMethod>) -> impl IntoView {
    let (t, r) = (Me::of(lang), Review::of(lang));
    view! {
        <Cells title=t.data>
            {(door == Some(SignInMethod::WeChat)).then(|| view! { <Cell label=r.cell note=r.cell_note href="/me/review" /> })}
            <Cell label=t.export note=t.export_note href="/me/data.json" />
            <Cell label=t.delete note=t.delete_note href="/me/delete" />
        </Cells>
    }
}

/// `GET /me/data.json`: all data about the signed-in user.
pub async fn download(State(state): State<AppState>, session: Session) -> Response {
    let outcome = async {
        let user = session::current_user(&state.ctx, &session).await?.ok_or(CoreError::NotSignedIn)?;
        Ok::<_, CoreError>((user.id, export::export(&state.ctx, user.id).await?))
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
