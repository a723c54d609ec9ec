//! `GET …/export.csv` and `…/export.json`: all rules as a file.

use super::{RuleOwner, RuleScope};
use crate::{
    core::{
        CoreError,
        keyed_lock::InFlightGuard,
        rule::{
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
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse as _, Redirect, Response},
    routing::get,
};
use std::convert::Infallible;
use tower_sessions::Session;

/// The chunk size of a download, in bytes.
const PART_BYTES: usize = 64 * 1024;

/// The routes of the files.
pub fn routes() -> Router<AppState> {
    let (own, accounts) = (RuleOwner::User, RuleOwner::Account);
    let mut router = Router::new();
    for owner in [own, accounts] {
        for format in [Format::Csv, Format::Json] {
            let answer = move |State(state): State<AppState>, parts: Parts| export(state, parts, owner, format);
            router = router.route(&owner.below(&format!("export.{}", format.as_str())), get(answer));
        }
    }
    router
}

async fn export(state: AppState, parts: Parts, owner: RuleOwner, format: Format) -> Response {
    let lang = prefs_of(&parts).lang;
    match file(&state, &parts, owner, format, lang).await {
        Ok((bytes, alone)) => (headers(&state, format), in_parts(bytes, alone)).into_response(),
        // Another export of this user is running.
        Err(CoreError::Busy) => StatusCode::TOO_MANY_REQUESTS.into_response(),
        Err(CoreError::NotSignedIn) => {
            let page = owner.below("import");
            Redirect::to(&with_next("/login", &page)).into_response()
        }
        Err(CoreError::Forbidden) => StatusCode::FORBIDDEN.into_response(),
        Err(error) => {
            tracing::error!(%error, "rules could not be exported");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// The file in chunks. The user's lock is held until the download ends or is dropped: parallel exports would fill the
/// memory.
fn in_parts(bytes: Vec<u8>, alone: InFlightGuard) -> Body {
    let bytes = Bytes::from(bytes);
    Body::from_stream(async_stream::stream! {
        let _alone = alone;
        for first in (0..bytes.len()).step_by(PART_BYTES) {
            yield Ok::<_, Infallible>(bytes.slice(first..bytes.len().min(first + PART_BYTES)));
        }
    })
}

async fn file(
    state: &AppState,
    parts: &Parts,
    owner: RuleOwner,
    format: Format,
    lang: Lang,
) -> Result<(Vec<u8>, InFlightGuard), CoreError> {
    let session = parts.extensions.get::<Session>().ok_or(CoreError::NotSignedIn)?;
    let user = session::current_user(&state.ctx(), session).await?;
    let scope = RuleScope::new(owner, user.as_ref(), lang)?;
    let alone = state.ctx().exports_in_flight.enter(scope.user_id).ok_or(CoreError::Busy)?;
    let rules = search::list(&state.ctx(), scope.owner_id).await?;
    // Writing a hundred thousand rules takes a while.
    let work = move || transfer::write(format, &rules, lang);
    let bytes = tokio::task::spawn_blocking(work).await.map_err(|e| CoreError::Fault(e.to_string()))?;
    Ok((bytes, alone))
}

fn headers(state: &AppState, format: Format) -> HeaderMap {
    let name = format!("attachment; filename=\"weida-rules-{}.{}\"", day(state.ctx().now()), format.as_str());
    let mut headers = HeaderMap::new();
    headers.extend([(header::CONTENT_TYPE, header::HeaderValue::from_static(format.media_type()))]);
    headers.extend(name.parse().ok().map(|name| (header::CONTENT_DISPOSITION, name)));
    headers
}

/// The date in Beijing, for the file name.
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
