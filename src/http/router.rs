//! Every URL there is, and the layers around them.

use super::{client, events, guard, headers, limited, media, ops, session, state::AppState};
use crate::{
    app::{App, shell},
    dialect, sandbox, web,
};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::StatusCode,
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{MethodRouter, any, get, post},
};
use leptos::{
    prelude::{IntoView, provide_context},
    server_fn::axum::server_fn_paths,
};
use leptos_axum::{AxumRouteListing, LeptosRoutes, generate_route_list_with_exclusions, render_app_async_with_context};
use std::time::Duration;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer, Predicate,
        predicate::{DefaultPredicate, NotForContentType},
    },
    services::ServeDir,
    timeout::TimeoutLayer,
    trace::TraceLayer,
};

/// Where the pages' forms go; a prefix of its own, so that the guard and the logs know them.
pub const ACTIONS: &str = "/do";
/// Forms are read whole so that a field that is too long is told at the field; beyond this it is nobody's typing.
const FORM_MAX_BYTES: usize = 1024 * 1024;
/// The longest that a request may take until its answer begins.
const PATIENCE: Duration = Duration::from_secs(20);

/// The whole program as a service.
pub fn router(state: AppState) -> Router {
    let context = {
        let state = state.clone();
        move || {
            provide_context(state.ctx.clone());
            provide_context(state.clone());
        }
    };
    let pages = {
        let options = state.leptos.clone();
        move || shell(options.clone())
    };
    let limited = from_fn_with_state(state.clone(), limited::forms);
    let actions = {
        let context = context.clone();
        post(move |request: axum::extract::Request| {
            let context = context.clone();
            async move { web::action::run(context, request).await }
        })
        .layer(limited.clone())
    };
    let posted = {
        let (state, context, pages) = (state.clone(), context.clone(), pages.clone());
        post(move |request: axum::extract::Request| {
            let (state, context, pages) = (state.clone(), context.clone(), pages.clone());
            async move { page_of_form(&state, context, pages, request).await }
        })
        .layer(DefaultBodyLimit::max(web::page::SENT_MAX_BYTES))
        .layer(limited.clone())
    };
    let (settings, chance) = (state.ctx.settings.clone(), state.ctx.chance.clone());
    let guard_settings = settings.clone();
    let is_https = settings.is_https;
    let mut router = Router::new()
        .route(&format!("{ACTIONS}/{{action}}"), actions)
        .route("/signin/events", get(events::signin))
        .merge(web::page::routes())
        .merge(takers_of_forms(posted))
        .leptos_routes_with_context(&state, routes_of_pages(), context.clone(), pages.clone())
        .fallback_service(files(&state, any(render_app_async_with_context(context, pages))))
        .layer(DefaultBodyLimit::max(FORM_MAX_BYTES));
    if state.sandbox.is_some() {
        let settings = settings.clone();
        router = router
            .merge(sandbox::routes())
            .layer(from_fn(move |request, next| sandbox::own_host(settings.clone(), request, next)));
    }
    router
        .layer(session::layer(&state.ctx))
        .route("/api/openapi.json", get(ops::openapi))
        .merge(media::routes())
        .route("/healthz", get(ops::healthz))
        .route("/readyz", get(ops::readyz))
        .route("/metrics", get(ops::metrics))
        .layer(from_fn(move |request, next| guard::same_origin(guard_settings.clone(), request, next)))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PATIENCE))
        // Behind none of the above: a dialect refuses, breaks and takes its time in its own words, and looks at no cookie of ours.
        .merge(dialect::routes(&state))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(CompressionLayer::new().compress_when(is_worth_compressing()))
        .layer(from_fn(move |request, next| headers::secure(is_https, request, next)))
        .layer(TraceLayer::new_for_http().make_span_with(named_span))
        .layer(from_fn(move |request, next| client::identify(settings.clone(), chance.clone(), request, next)))
        .with_state(state)
}

/// The pages. Their actions are left out: [`web::action::run`] serves them.
fn routes_of_pages() -> Vec<AxumRouteListing> {
    let actions = server_fn_paths().map(|(path, _)| path.to_owned()).collect();
    generate_route_list_with_exclusions(App, Some(actions))
}

/// The pages that forms are sent to.
fn takers_of_forms(posted: MethodRouter<AppState>) -> Router<AppState> {
    let takers = routes_of_pages().into_iter().filter(|page| web::page::reply::takes_forms(page.path()));
    takers.fold(Router::new(), |router, page| router.route(page.path(), posted.clone()))
}

/// A page that has been sent a form.
async fn page_of_form<IV: IntoView + 'static>(
    state: &AppState,
    context: impl Fn() + Clone + Send + Sync + 'static,
    pages: impl Fn() -> IV + Clone + Send + Sync + 'static,
    request: axum::extract::Request,
) -> Response {
    match web::page::take_posted(state, request).await {
        Ok((request, posted)) => {
            let context = move || {
                context();
                provide_context(posted.clone());
            };
            render_app_async_with_context(context, pages)(request).await
        }
        Err(refused) => refused,
    }
}

/// Files of the site, else the page that says that there is none.
///
/// Not by leptos's own handler (`file_and_error_handler` of `leptos_axum` 0.8.10): it looks for headers in whichever reactive owner
/// the thread used last. So a file takes the headers of a page that is still being made along, somebody else's cookies among
/// them, and the page goes without.
fn files(state: &AppState, missing: MethodRouter<AppState>) -> ServeDir<MethodRouter> {
    ServeDir::new(state.leptos.site_root.as_ref())
        .precompressed_br()
        .precompressed_gzip()
        .append_index_html_on_directories(false)
        .call_fallback_on_method_not_allowed(true)
        .fallback(missing.with_state(state.clone()))
}

/// Sound and films are compressed already, and large.
fn is_worth_compressing() -> impl Predicate {
    DefaultPredicate::new().and(NotForContentType::const_new("audio/")).and(NotForContentType::const_new("video/"))
}

/// Path only: queries carry signatures and secrets.
fn named_span(request: &axum::extract::Request) -> tracing::Span {
    let id = request.extensions().get::<client::Client>().map(|c| c.request_id.clone()).unwrap_or_default();
    tracing::info_span!("request", method = %request.method(), path = request.uri().path(), id)
}

fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    tracing::error!("a request handler panicked");
    (StatusCode::INTERNAL_SERVER_ERROR, "系统出错，请稍后再试。\nSomething went wrong. Please try again later.\n")
        .into_response()
}
