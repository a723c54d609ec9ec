//! All routes, and the layers around them.

use super::ops;
use crate::http::{
    avatar, channel_events, client, compress, connect_events, events, guard, headers, limited, media, session,
    state::AppState, wrong_address::WrongAddresses,
};
use crate::{
    app::{App, shell},
    dialect,
    sandbox::{self, Phone},
    web,
};
use axum::{
    Extension, Router,
    extract::DefaultBodyLimit,
    http::{Method, StatusCode, header},
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{MethodRouter, any, get, post},
};
use leptos::{
    prelude::{IntoView, provide_context},
    server_fn::axum::server_fn_paths,
};
use leptos_axum::{AxumRouteListing, LeptosRoutes, generate_route_list_with_exclusions, render_app_async_with_context};
use std::{sync::Arc, time::Duration};
use tower::ServiceExt as _;
use tower_http::{
    catch_panic::CatchPanicLayer, classify::ServerErrorsFailureClass, services::ServeDir, timeout::TimeoutLayer,
    trace::TraceLayer,
};

/// The prefix of form actions, by which the CSRF check and the logs recognize them.
pub const ACTIONS: &str = "/do";
/// The longest path of a file below the site's folder: leaves room for the folder's own path within Linux's limit
/// (4,096).
const FILE_PATH_MAX_BYTES: usize = 2_048;
/// The longest name of a file, less the suffix of a compressed one (Linux: 255).
const FILE_NAME_MAX_BYTES: usize = 250;
/// The longest time until a request's response begins.
const PATIENCE: Duration = Duration::from_secs(20);

/// The whole program as a service.
///
/// `phone`: the sandbox's, where there is no account.
pub fn router(state: AppState, phone: Option<Arc<Phone>>) -> Router {
    let context = {
        let state = state.clone();
        move || {
            provide_context(state.ctx());
            provide_context(state.clone());
        }
    };
    let pages = shell;
    let limited = from_fn_with_state(state.clone(), limited::forms);
    let actions = {
        let (state, context) = (state.clone(), context.clone());
        post(move |request: axum::extract::Request| {
            let (state, context) = (state.clone(), context.clone());
            async move { web::action::run(&state, context, request).await }
        })
        .layer(limited.clone())
    };
    let submitted = {
        let (state, context, pages) = (state.clone(), context.clone(), pages);
        post(move |request: axum::extract::Request| {
            let (state, context, pages) = (state.clone(), context.clone(), pages);
            async move { page_of_form(&state, context, pages, request).await }
        })
        .layer(DefaultBodyLimit::max(web::form::FORM_MAX_BYTES))
        .layer(limited.clone())
    };
    let settings = state.core.settings.clone();
    let guard_settings = settings.clone();
    let wrong_addresses = Arc::<WrongAddresses>::default();
    let own_pages = settings.clone();
    let unknown_calls = dialect::unknown(&state);
    let is_https = settings.is_https;
    let mut router = Router::new()
        .route(&format!("{ACTIONS}/{{action}}"), actions)
        .route("/signin/events", get(events::signin))
        .route("/signin/status", get(events::status))
        .route("/me/wechat/events", get(channel_events::events))
        .route("/me/wechat/state", get(channel_events::status))
        .route("/admin/connect/events", get(connect_events::events))
        .route("/admin/connect/state", get(connect_events::status))
        .merge(web::page::routes())
        .merge(takers_of_forms(submitted))
        .leptos_routes_with_context(&state, routes_of_pages(), context.clone(), pages)
        .fallback(files(&state, any(render_app_async_with_context(context, pages)), unknown_calls))
        .layer(DefaultBodyLimit::max(web::action::FORM_MAX_BYTES));
    if let Some(phone) = phone {
        let admit = from_fn_with_state(state.clone(), sandbox::admit);
        router = router.merge(sandbox::routes()).layer(admit).layer(Extension(phone));
    }
    router
        .layer(session::layer(&state.core))
        .route("/api/openapi.json", get(ops::openapi))
        .merge(media::routes())
        .merge(avatar::routes())
        .route("/healthz", get(ops::healthz))
        .route("/readyz", get(ops::readyz))
        .route("/metrics", get(ops::metrics))
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn(move |request, next| {
            guard::same_origin(guard_settings.clone(), wrong_addresses.clone(), request, next)
        }))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PATIENCE))
        // Outside the layers above: a dialect renders its own errors and timeouts, and reads no cookie of the pages.
        .merge(dialect::routes(&state))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(move |request, next| compress::prepare(own_pages.clone(), request, next)))
        .layer(compress::layer())
        // Outside the layers above: a layer costs each push a microsecond or more, and a reply is too small to compress.
        .merge(dialect::pushes().layer(CatchPanicLayer::custom(panicked)))
        .layer(from_fn(move |request, next| headers::secure(is_https, request, next)))
        .layer(TraceLayer::new_for_http().make_span_with(named_span).on_failure(log_failure))
        .layer(from_fn_with_state(state.clone(), client::identify))
        .with_state(state)
}

/// The pages, without the form actions: [`web::action::run`] serves those.
fn routes_of_pages() -> Vec<AxumRouteListing> {
    let actions = server_fn_paths().map(|(path, _)| path.to_owned()).collect();
    generate_route_list_with_exclusions(App, Some(actions))
}

/// The pages that accept forms.
fn takers_of_forms(submitted: MethodRouter<AppState>) -> Router<AppState> {
    let takers = routes_of_pages().into_iter().filter(|page| web::page::rule::takes_forms(page.path()));
    takers.fold(Router::new(), |router, page| router.route(page.path(), submitted.clone()))
}

/// Renders a page that received a form.
async fn page_of_form<IV: IntoView + 'static>(
    state: &AppState,
    context: impl Fn() + Clone + Send + Sync + 'static,
    pages: impl Fn() -> IV + Clone + Send + Sync + 'static,
    request: axum::extract::Request,
) -> Response {
    match web::action::rule::submit(state, request).await {
        Ok((request, returned)) => {
            let context = move || {
                context();
                if let Some(returned) = returned.clone() {
                    provide_context(returned);
                }
            };
            render_app_async_with_context(context, pages)(request).await
        }
        Err(response) => response,
    }
}

/// Files of the site; else the page for a missing address, for browsers, and an API's answer to an unknown call, for programs.
///
/// Not with leptos's own handler (`file_and_error_handler` of `leptos_axum` 0.8.10): it reads headers from the reactive owner that
/// the thread used last, so a file would take the headers of another user's unfinished page, cookies included, and that page would
/// lose them.
fn files(state: &AppState, page: MethodRouter<AppState>, unknown: Router<AppState>) -> MethodRouter<AppState> {
    let (page, unknown) = (page.with_state::<()>(state.clone()), unknown.with_state(state.clone()));
    let missing = any(move |request: axum::extract::Request| async move {
        if asks_for_page(&request) {
            page.oneshot(request).await.into_response()
        } else {
            unknown.oneshot(request).await.into_response()
        }
    });
    let files = ServeDir::new(state.leptos.site_root.as_ref())
        .precompressed_br()
        .precompressed_gzip()
        .append_index_html_on_directories(false)
        .call_fallback_on_method_not_allowed(true)
        .fallback(missing.clone());
    any(move |request: axum::extract::Request| async move {
        if may_name_a_file(request.uri().path()) {
            files.oneshot(request).await.into_response()
        } else {
            missing.oneshot(request).await.into_response()
        }
    })
}

/// True for the request of a browser that opens an address.
fn asks_for_page(request: &axum::extract::Request) -> bool {
    let kinds = request.headers().get_all(header::ACCEPT).iter().filter_map(|kinds| kinds.to_str().ok());
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    is_read && kinds.into_iter().any(|kinds| kinds.to_ascii_lowercase().contains("text/html"))
}

/// False for a path that no file can have: the operating system refuses such a name, which `ServeDir` answers with an empty 500.
fn may_name_a_file(path: &str) -> bool {
    let is_short = path.len() <= FILE_PATH_MAX_BYTES && path.split('/').all(|name| name.len() <= FILE_NAME_MAX_BYTES);
    is_short && !path.contains("%00")
}

/// Logs the path only: queries carry signatures and secrets.
fn named_span(request: &axum::extract::Request) -> tracing::Span {
    let id = request.extensions().get::<client::Client>().map(|c| c.request_id.clone()).unwrap_or_default();
    tracing::info_span!("request", method = %request.method(), path = request.uri().path(), id)
}

/// Logs an answer of 500 or above. A flood makes the program refuse thousands of requests with 503 ("busy"): those are no fault of the
/// program and are logged at the level `debug` only.
fn log_failure(failure: ServerErrorsFailureClass, latency: Duration, _: &tracing::Span) {
    let latency_ms = u64::try_from(latency.as_millis()).unwrap_or(u64::MAX);
    match failure {
        ServerErrorsFailureClass::StatusCode(StatusCode::SERVICE_UNAVAILABLE) => {
            tracing::debug!(latency_ms, "a request was refused as busy");
        }
        failure => tracing::error!(%failure, latency_ms, "a request failed"),
    }
}

async fn wrong_method() -> Response {
    let text = "这个地址不支持这种请求方法。\nThis address does not take this method.\n";
    (StatusCode::METHOD_NOT_ALLOWED, text).into_response()
}

fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    tracing::error!("a request handler panicked");
    (StatusCode::INTERNAL_SERVER_ERROR, "系统出错，请稍后再试。\nSomething went wrong. Please try again later.\n")
        .into_response()
}
