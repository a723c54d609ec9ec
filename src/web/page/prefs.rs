//! Language, theme and shortcuts of a request, and `POST /prefs`, which stores a choice in a cookie.

use super::path::local_path;
use crate::http::state::AppState;
use crate::text::{KEYS_COOKIE, LANG_COOKIE, Lang, Prefs, THEME_COOKIE, Theme, has_no_keys};
use axum::{
    Form,
    extract::State,
    http::{HeaderMap, HeaderValue, header, request::Parts},
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
    keys: String,
    #[serde(default)]
    next: String,
}

/// Stores the choice and redirects back.
pub async fn choose(State(state): State<AppState>, Form(choice): Form<Choice>) -> Response {
    let mut headers = HeaderMap::new();
    let secure = if state.ctx().settings.is_https { "; Secure" } else { "" };
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
    if let Some(keys) = ["on", "off"].into_iter().find(|keys| *keys == choice.keys) {
        keep(KEYS_COOKIE, keys);
    }
    (headers, Redirect::to(local_path(&choice.next).unwrap_or("/"))).into_response()
}

/// Language, theme and address of a request.
pub fn of(parts: &Parts) -> Prefs {
    let text = |name| parts.headers.get(name).and_then(|v: &HeaderValue| v.to_str().ok());
    let cookies = text(header::COOKIE);
    Prefs {
        lang: Lang::of_request(parts.uri.query(), cookies, text(header::ACCEPT_LANGUAGE)),
        theme: Theme::of_request(cookies),
        has_no_keys: has_no_keys(cookies),
        address: without_lang(parts.uri.path(), parts.uri.query().unwrap_or_default()),
    }
}

/// A switch of language redirects here: a language in the URL would override the one just chosen.
fn without_lang(path: &str, query: &str) -> String {
    let rest: Vec<&str> = query.split('&').filter(|p| !p.is_empty() && !p.starts_with("lang=")).collect();
    if rest.is_empty() { path.to_owned() } else { format!("{path}?{}", rest.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::without_lang;

    #[test]
    fn the_way_back_names_no_language() {
        assert_eq!(without_lang("/me", "lang=en"), "/me");
        assert_eq!(without_lang("/setup", "lang=en&key=a%20b"), "/setup?key=a%20b");
        assert_eq!(without_lang("/x", "language=1&&q="), "/x?language=1&q=");
    }
}
