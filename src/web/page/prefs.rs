//! `POST /prefs`: a language or a theme, kept in this browser.

use super::path::local_path;
use crate::{
    http::state::AppState,
    web::lang::{LANG_COOKIE, Lang, THEME_COOKIE, Theme},
};
use axum::{
    Form,
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

const YEAR_SECS: u32 = 31_536_000;

#[derive(Debug, Deserialize)]
pub struct Choice {
    #[serde(default)]
    lang: String,
    #[serde(default)]
    theme: String,
    #[serde(default)]
    next: String,
}

/// Keeps the choice and leads back.
pub async fn choose(State(state): State<AppState>, Form(choice): Form<Choice>) -> Response {
    let mut headers = HeaderMap::new();
    let secure = if state.ctx.settings.is_https { "; Secure" } else { "" };
    let mut keep = |name: &str, value: &'static str| {
        let cookie = format!("{name}={value}; Path=/; SameSite=Lax; HttpOnly; Max-Age={YEAR_SECS}{secure}");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            headers.append(header::SET_COOKIE, cookie);
        }
    };
    if let Some(lang) = Lang::parse(&choice.lang) {
        keep(LANG_COOKIE, lang.code());
    }
    if let Some(theme) = Theme::parse(&choice.theme) {
        keep(THEME_COOKIE, theme.code());
    }
    (headers, Redirect::to(local_path(&choice.next).unwrap_or("/"))).into_response()
}
