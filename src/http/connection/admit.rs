//! Checks the limit of concurrent requests per address, then serves the request.

use super::{
    Policy,
    body::{Answering, Paced},
    entry::{Entry, Phase},
    table::Table,
};
use axum::{
    Router,
    body::{Body, HttpBody as _},
    http::{HeaderValue, StatusCode, Version, header},
    response::{IntoResponse as _, Response},
};
use hyper::{Request, body::Incoming};
use std::{net::IpAddr, sync::Arc};
use tower::ServiceExt as _;

/// The service in front of the router.
pub struct Gate {
    pub policy: Policy,
    router: Router,
    table: Arc<Table>,
}

impl Gate {
    pub fn new(router: Router, policy: Policy, table: Arc<Table>) -> Self {
        Self { policy, router, table }
    }

    pub async fn answer(&self, entry: &Arc<Entry>, request: Request<Incoming>, peer: IpAddr) -> Response {
        let (parts, body) = request.into_parts();
        let is_proven = (self.policy.is_proven)(&parts);
        let is_http2 = parts.version == Version::HTTP_2;
        let serving = entry.begin(is_http2, !body.is_end_stream(), is_proven);
        let address = (self.policy.caller)(&parts, peer);
        // A declared proxy is not counted for its own requests; the clients it forwards are, also those that claim its address.
        let is_forwarded = parts.headers.contains_key("x-forwarded-for");
        let is_free = is_proven || (!is_forwarded && (self.policy.is_trusted_proxy)(address));
        let share = if is_free || entry.is_beyond { None } else { self.table.share(&self.policy, address) };
        let is_refused = !is_free && share.is_none();
        let response = if is_refused {
            too_many(is_http2)
        } else {
            let body = Body::new(Paced::of(body, self.policy.limits.pace, &serving));
            let done = self.router.clone().oneshot(Request::from_parts(parts, body)).await;
            done.unwrap_or_else(|never| match never {})
        };
        serving.goes_on(Phase::Sending);
        response.map(|body| Body::new(Answering { body, serving, _share: share }))
    }
}

fn too_many(is_http2: bool) -> Response {
    let text = "连接太多，请稍后再试。\nToo many connections. Please try again later.\n";
    let mut response =
        (StatusCode::TOO_MANY_REQUESTS, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    if !is_http2 {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}
