//! The calls of this dialect. A slash at the end is accepted everywhere: older clients send one at some addresses.

use super::{Assistant, account, reply};
use crate::http::{
    api::{Failed, Unreadable, own_site, seal, slashed},
    session,
    state::AppState,
};
use axum::{
    Router,
    middleware::from_fn_with_state,
    routing::{MethodRouter, any, delete, get, post},
};

/// The routes of this dialect, with the session that says who asks.
pub fn routes(state: &AppState) -> Router<AppState> {
    // A GET that changes something is only done where no other site caused it.
    let own = |methods: MethodRouter<AppState>| methods.layer(from_fn_with_state(state.clone(), own_site::<Assistant>));
    let delete_reply = own(get(reply::delete)).merge(post(reply::delete).delete(reply::delete));
    let calls = [
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
        ("/wechat/testlogin", get(reply::personal_channel)),
        ("/wechat/testlogin/status", get(reply::personal_channel)),
        ("/mongodb/show", get(reply::old_show)),
        ("/mongodb/add", post(reply::old_add)),
        ("/mongodb/delete", delete(reply::old_delete)),
    ];
    let routes = calls.into_iter().fold(Router::new(), |routes, (path, methods)| slashed(routes, path, methods));
    let routes = ["/account", "/database", "/wechat", "/mongodb", "/static/qrimages"]
        .into_iter()
        .fold(routes, |routes, prefix| routes.route(&format!("{prefix}/{{*call}}"), any(no_such_call)));
    seal::<Assistant>(routes, state).layer(session::layer(&state.ctx))
}

async fn no_such_call() -> Failed<Assistant> {
    Unreadable::NoSuchCall.into()
}
