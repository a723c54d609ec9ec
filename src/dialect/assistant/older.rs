//! `/mongodb/…`, the older addresses of the same rules. Their table of codes is their own: what it does not name is "其他错误".

use super::{
    Assistant,
    caller::Caller,
    code::{
        UNKNOWN,
        older::{DUPLICATE, NO_SUCH_KEY, OF_CHANGES, OF_SHOW, OTHER, UNKNOWN_USER},
        word,
    },
    fault::{Fault, repeated},
    pairs::Pairs,
    wire,
};
use crate::{
    core::{
        CoreError, account,
        rule::{
            edit::{self, Editor},
            pairs,
        },
    },
    http::{
        api::{ApiFailure, Dialect, Params, RequestError},
        state::AppState,
    },
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};

/// Dialect B at an older address; `REST` is its code for what its table does not name.
#[derive(Debug)]
pub struct Older<const REST: i64>;

impl<const REST: i64> Dialect for Older<REST> {
    const NAME: &'static str = Assistant::NAME;
    const HAS_COOKIES: bool = Assistant::HAS_COOKIES;
    const TAKES_FORMS: bool = Assistant::TAKES_FORMS;

    type Verdict = (StatusCode, i64);

    fn of_core(error: &CoreError) -> (StatusCode, i64) {
        in_table::<REST>(Assistant::of_core(error))
    }

    fn of_request(what: &RequestError) -> (StatusCode, i64) {
        in_table::<REST>(Assistant::of_request(what))
    }

    fn render((status, code): (StatusCode, i64), text: String) -> Response {
        wire::refused(status, code, if code == REST { OTHER } else { word(code) }, &text)
    }
}

/// A failure with an HTTP status of its own (not signed in, too many requests) has the code of all addresses.
fn in_table<const REST: i64>((status, code): (StatusCode, i64)) -> (StatusCode, i64) {
    let is_general = status != StatusCode::OK && code == UNKNOWN;
    (status, if is_general { UNKNOWN } else { REST })
}

/// Every failure of a call at an older address.
#[derive(Debug)]
pub enum OlderFault<const REST: i64> {
    Common(ApiFailure<Older<REST>>),
    /// `id` is missing, no number, or not the caller's own (any user's for an admin).
    UnknownUser,
    Duplicates(Vec<String>),
    NoSuchKey,
}

impl<const REST: i64> From<Fault> for OlderFault<REST> {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Common(ApiFailure(refusal, _)) => Self::Common(ApiFailure::new(refusal)),
            Fault::Duplicates(keywords) => Self::Duplicates(keywords),
        }
    }
}

impl<const REST: i64> From<CoreError> for OlderFault<REST> {
    fn from(error: CoreError) -> Self {
        Self::Common(error.into())
    }
}

impl<const REST: i64> IntoResponse for OlderFault<REST> {
    fn into_response(self) -> Response {
        let refused = |(code, message): (i64, &str), detail: &str| wire::refused(StatusCode::OK, code, message, detail);
        match self {
            Self::Common(failed) => failed.into_response(),
            Self::UnknownUser => refused(UNKNOWN_USER, "参数 id 应是自己的用户 ID"),
            Self::Duplicates(keywords) => refused(DUPLICATE, &repeated(&keywords)),
            Self::NoSuchKey => refused(NO_SUCH_KEY, "没有这个主键的回复"),
        }
    }
}

type OldShow = OlderFault<OF_SHOW>;
type OldChange = OlderFault<OF_CHANGES>;

pub async fn show(
    State(state): State<AppState>,
    caller: Result<Caller, Fault>,
    params: Params<Assistant>,
) -> Result<Response, OldShow> {
    let editor = named::<OF_SHOW>(&state, &caller?, &params).await?;
    let _turn = state.ctx().list_locks.lock(editor.actor_id).await;
    Ok(wire::old_data(wire::numbered(pairs::list(&state.ctx(), editor.owner_id).await?)))
}

pub async fn add(
    State(state): State<AppState>,
    caller: Result<Caller, Fault>,
    params: Params<Assistant>,
    new: Result<Pairs, Fault>,
) -> Result<Response, OldChange> {
    let editor = named::<OF_CHANGES>(&state, &caller?, &params).await?;
    pairs::add(&state.ctx(), &editor, new?.0).await.map_err(Fault::of_rules)?;
    Ok(wire::done())
}

pub async fn delete(
    State(state): State<AppState>,
    caller: Result<Caller, Fault>,
    params: Params<Assistant>,
) -> Result<Response, OldChange> {
    let editor = named::<OF_CHANGES>(&state, &caller?, &params).await?;
    let key = params.need("key").map_err(Fault::Common)?;
    // As `show` writes it (`01`), or without the zero.
    let number = key.parse::<i64>().map_err(|_| OldChange::NoSuchKey)?;
    match edit::delete(&state.ctx(), &editor, &[number]).await.map_err(CoreError::from) {
        Ok(_) => Ok(wire::done()),
        Err(CoreError::NotFound) => Err(OldChange::NoSuchKey),
        Err(error) => Err(error.into()),
    }
}

/// The editor of the rules of the user that `id` names: the caller's own or, for an admin, any user's.
async fn named<const REST: i64>(
    state: &AppState,
    caller: &Caller,
    params: &Params<Assistant>,
) -> Result<Editor, OlderFault<REST>> {
    let id = params.number("id").ok().flatten();
    let editor = id.and_then(|id| caller.editor_named(id)).ok_or(OlderFault::UnknownUser)?;
    account::find(&state.ctx(), editor.owner_id).await?.ok_or(OlderFault::UnknownUser)?;
    Ok(editor)
}
