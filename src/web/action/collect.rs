//! `/signin/done`: the browser that began the session collects its result, once. A cross-site GET must be confirmed with a button.

use crate::{
    core::{
        CoreError,
        account::session::SignInMethod,
        signin::{Purpose, Secrets, collect::collect},
    },
    http::{client::Client, cookie::Jar, guard, session, state::AppState},
    web::{
        action::{Flash, flash},
        component::Tone,
        page::{
            path::{local_path, with_next},
            prefs_of,
        },
        text::{login::Login, problem, register::Register, signin::Signin},
    },
};
use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, Method, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use tower_sessions::Session;

/// Collects the result, signs in if that was the purpose, and redirects.
pub async fn done(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    session: Session,
    parts: Parts,
) -> Response {
    let lang = prefs_of(&parts).lang;
    let ctx = &state.ctx();
    let is_https = ctx.settings.is_https;
    // A form has been checked already (`guard::same_origin`).
    if parts.method != Method::POST && guard::is_foreign(&parts.method, &parts.headers, &ctx.settings.public_url) {
        return Redirect::to("/signin?go").into_response();
    }
    let secrets = Jar::Signin.read(&parts.headers, is_https).and_then(Secrets::parse);
    let outcome = async {
        let collected = collect(ctx, &secrets.ok_or(CoreError::SessionOver)?).await?;
        if collected.purpose != Purpose::Bind {
            let door =
                if collected.purpose == Purpose::Register { SignInMethod::Register } else { SignInMethod::WeChat };
            session::sign_in(&session, &collected.user, &client, door).await?;
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
            let is_due = collected.purpose == Purpose::Login && collected.user.review_generation.is_some();
            let next = if is_due { with_next("/me/review", if next == "/me" { "" } else { &next }) } else { next };
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

/// In a second tab, or after going back in the history, there is nothing to collect: a signed-in user is redirected.
async fn refused(
    state: &AppState,
    session: &Session,
    error: &CoreError,
    lang: crate::text::Lang,
) -> (String, Option<Flash>) {
    let is_in = matches!(session::current_user(&state.ctx(), session).await, Ok(Some(_)));
    if is_in && matches!(error, CoreError::SessionOver) {
        return ("/me".to_owned(), None);
    }
    if let CoreError::Fault(_) | CoreError::Unavailable = error {
        tracing::error!(%error, "a sign-in could not be collected");
    }
    let (tone, text) = problem::line(lang, error);
    ("/login".to_owned(), Some(Flash::notice(tone, text)))
}
