//! The routes of this dialect.

use super::{
    Assistant, account, channel,
    code::older::{OF_CHANGES, OF_SHOW},
    fault::STATUSES,
    older::{self, Older},
    reply,
};
use crate::http::{
    api::{ApiFailure, Dialect, RequestError, calls, layer, no_such_call, own_site, slashed, unknown_below},
    session,
    state::AppState,
};
use axum::{
    Router,
    middleware::{from_fn_with_state, map_response},
    response::{IntoResponse as _, Response},
    routing::{MethodRouter, any, delete, get, post},
};

/// The routes of this dialect, with the session layer that identifies the caller.
pub fn routes(state: &AppState) -> Router<AppState> {
    // A GET that changes something must not be cross-site.
    let own = |methods: MethodRouter<AppState>| methods.layer(from_fn_with_state(state.clone(), own_site::<Assistant>));
    let delete_reply = own(get(reply::delete)).merge(post(reply::delete).delete(reply::delete));
    let routes = calls([
        ("/account/register", post(account::register)),
        ("/account/login", post(account::sign_in)),
        ("/account/logout", own(get(account::sign_out))),
        ("/account/info", get(account::info)),
        ("/account/password", post(account::password)),
        ("/account/email", post(account::email)),
        ("/database/show", get(reply::show)),
        ("/database/add", post(reply::add)),
        ("/database/update", get(reply::look).post(reply::update)),
        ("/database/delete", delete_reply),
        ("/wechat/autoreply", get(reply::auto_reply).post(reply::set_auto_reply)),
        ("/wechat/testlogin", own(get(channel::begin))),
        ("/wechat/testlogin/status", get(channel::status).post(channel::enter_number)),
        ("/static/qrimages/{picture}", get(channel::picture)),
    ]);
    let prefixes = ["/account", "/database", "/wechat", "/mongodb"];
    let routes = prefixes.into_iter().fold(routes, unknown_below::<Assistant>);
    let no_such_call = any(no_such_call::<Assistant>);
    let routes = slashed(routes, "/static/qrimages", no_such_call.clone())
        .route("/static/qrimages/{picture}/{*call}", no_such_call);
    // The older addresses have other codes, also for what their layer refuses.
    let older_show = calls([("/mongodb/show", get(older::show))]);
    let older_changes = calls([("/mongodb/add", post(older::add)), ("/mongodb/delete", delete(older::delete))]);
    with_session::<Assistant>(routes, state)
        .merge(with_session::<Older<OF_SHOW>>(older_show, state))
        .merge(with_session::<Older<OF_CHANGES>>(older_changes, state))
}

/// Adds the shared layer, and the session layer outside of it.
fn with_session<D: Dialect>(routes: Router<AppState>, state: &AppState) -> Router<AppState> {
    layer::<D>(routes, state).layer(session::layer(&state.core)).layer(map_response(only_its_statuses::<D>))
}

/// The session layer answers an unreachable database with an empty 500, which this dialect's clients do not know.
async fn only_its_statuses<D: Dialect>(response: Response) -> Response {
    if STATUSES.contains(&response.status()) {
        return response;
    }
    tracing::error!(status = %response.status(), "a call of the reply assistant failed outside its handler");
    ApiFailure::<D>::from(RequestError::Broke).into_response()
}
