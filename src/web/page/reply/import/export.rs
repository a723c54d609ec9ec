//! `GET …/export.csv` and `…/export.json`: all rules as a file.

use super::Scope;
use crate::{
    core::{
        CoreError,
        account::Role,
        reply::{
            search,
            transfer::{self, Format},
        },
    },
    http::{session, state::AppState},
    text::Lang,
    web::page::{path::with_next, prefs_of},
};
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse as _, Redirect, Response},
    routing::get,
};
use tower_sessions::Session;

/// The files' addresses.
pub fn routes() -> Router<AppState> {
    let (own, accounts) = (Scope::Own, Scope::Account);
    let mut router = Router::new();
    for scope in [own, accounts] {
        for format in [Format::Csv, Format::Json] {
            let answer = move |State(state): State<AppState>, parts: Parts| export(state, parts, scope, format);
            router = router.route(&scope.below(&format!("export.{}", format.as_str())), get(answer));
        }
    }
    router
}

async fn export(state: AppState, parts: Parts, scope: Scope, format: Format) -> Response {
    let lang = prefs_of(&parts).lang;
    match file(&state, &parts, scope, format, lang).await {
        Ok(bytes) => (headers(&state, format), bytes).into_response(),
        Err(CoreError::NotSignedIn) => {
            let page = scope.below("import");
            Redirect::to(&with_next("/login", &page)).into_response()
        }
        Err(CoreError::Forbidden) => StatusCode::FORBIDDEN.into_response(),
        Err(error) => {
            tracing::error!(%error, "rules were not exported");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

async fn file(state: &AppState, parts: &Parts, scope: Scope, format: Format, lang: Lang) -> Result<Vec<u8>, CoreError> {
    let session = parts.extensions.get::<Session>().ok_or(CoreError::NotSignedIn)?;
    let user = session::current_user(&state.ctx, session).await?.ok_or(CoreError::NotSignedIn)?;
    if scope == Scope::Account && user.role != Role::Admin {
        return Err(CoreError::Forbidden);
    }
    let rules = search::list(&state.ctx, scope.owner_id(user.id)).await?;
    // A hundred thousand of them take a moment.
    let work = move || transfer::write(format, &rules, lang);
    tokio::task::spawn_blocking(work).await.map_err(|e| CoreError::Fault(e.to_string()))
}

fn headers(state: &AppState, format: Format) -> HeaderMap {
    let name = format!("attachment; filename=\"weida-rules-{}.{}\"", day(state.ctx.now()), format.as_str());
    let mut headers = HeaderMap::new();
    headers.extend([(header::CONTENT_TYPE, header::HeaderValue::from_static(format.media_type()))]);
    headers.extend(name.parse().ok().map(|name| (header::CONTENT_DISPOSITION, name)));
    headers
}

/// The day in Beijing, as in a file's name.
fn day(ms: i64) -> String {
    let beijing = time::UtcOffset::from_hms(8, 0, 0).unwrap_or(time::UtcOffset::UTC);
    let at = time::OffsetDateTime::from_unix_timestamp(ms.div_euclid(1000)).ok();
    at.map(|at| at.to_offset(beijing).date().to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::day;

    #[test]
    fn a_file_is_called_after_the_day_in_beijing() {
        assert_eq!(day(1_757_606_399_999), "2025-09-11");
        assert_eq!(day(1_757_606_400_000), "2025-09-12");
    }
}
