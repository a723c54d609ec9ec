//! `GET /signin/done`: the browser that began the session takes its result, once.

use crate::{
    core::{
        CoreError,
        signin::{Purpose, Secrets, collect::collect},
    },
    http::{client::Client, cookie::Jar, session, state::AppState},
    web::{
        action::{Flash, flash},
        page::{path::local_path, prefs_of},
        part::Tone,
        text::{login::Login, problem, register::Register, signin::Signin},
    },
};
use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use tower_sessions::Session;

/// Collects, signs in where that was the purpose, and leads on.
pub async fn done(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    session: Session,
    parts: Parts,
) -> Response {
    let lang = prefs_of(&parts).lang;
    let ctx = &state.ctx;
    let is_https = ctx.settings.is_https;
    let secrets = Jar::Signin.read(&parts.headers, is_https).and_then(Secrets::parse);
    let outcome = async {
        let collected = collect(ctx, &secrets.ok_or(CoreError::SessionOver)?).await?;
        if collected.purpose != Purpose::Bind {
            session::sign_in(&session, &collected.user, &client).await?;
        }
        Ok(collected)
    };
    let (path, flash) = match outcome.await {
        Ok(collected) => {
            let text = match collected.purpose {
                Purpose::Register => Register::of(lang).done,
                Purpose::Login | Purpose::Reset => Login::of(lang).done,
                Purpose::Bind => Signin::of(lang).linked,
            };
            let next = collected.next_path.as_deref().and_then(local_path).unwrap_or("/me").to_owned();
            (next, Some(Flash::notice(Tone::Success, text)))
        }
        Err(error) => refused(&state, &session, &error, lang).await,
    };
    let cookies = [
        flash.and_then(|f| Jar::Flash.write(&f.seal(ctx), flash::MAX_AGE_SECS, is_https)),
        Jar::Signin.write("", 0, is_https),
    ];
    let headers: HeaderMap = cookies.into_iter().flatten().fold(HeaderMap::new(), |mut headers, cookie| {
        headers.append(header::SET_COOKIE, cookie);
        headers
    });
    (headers, Redirect::to(&path)).into_response()
}

/// A second tab, or the way back in the browser's history, finds nothing to collect: who is signed in simply goes on.
async fn refused(
    state: &AppState,
    session: &Session,
    error: &CoreError,
    lang: crate::text::Lang,
) -> (String, Option<Flash>) {
    let is_in = matches!(session::current_user(&state.ctx, session).await, Ok(Some(_)));
    if is_in && matches!(error, CoreError::SessionOver) {
        return ("/me".to_owned(), None);
    }
    if let CoreError::Fault(_) | CoreError::Unavailable = error {
        tracing::error!(%error, "a sign-in could not be collected");
    }
    let (tone, text) = problem::line(lang, error);
    ("/login".to_owned(), Some(Flash::notice(tone, text)))
}
