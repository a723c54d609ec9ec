//! The answer to the doctor's own push: how it reached this program, in two parts of an event stream.

use crate::{
    core::{
        OfficialCtx,
        doctor::probe::{self, Seen},
    },
    http::{client::Client, proxy::is_forwarded, sse},
};
use axum::{
    extract::{ConnectInfo, Request},
    response::{Response, sse::Event},
};
use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

/// What is known of a request's way.
#[derive(Debug)]
pub struct Reached {
    client: IpAddr,
    peer: IpAddr,
    is_forwarded: bool,
}

impl Reached {
    pub fn of(request: &Request) -> Self {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip().to_canonical());
        let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        let client = request.extensions().get::<Client>().map_or(peer, |client| client.address);
        Self { client, peer, is_forwarded: is_forwarded(request.headers()) }
    }
}

/// The pause between the parts shows whether a proxy passes a stream on at once.
pub fn answer(ctx: &OfficialCtx, reached: &Reached, query: &str) -> Response {
    let nonce = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "nonce");
    let seen = Seen {
        proof: probe::proof(ctx, nonce.as_ref().map_or("", |(_, nonce)| nonce)),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        client: reached.client,
        peer: reached.peer,
        is_forwarded: reached.is_forwarded,
        is_trusted: ctx.settings.is_trusted_proxy(reached.peer),
        pushes: ctx.account.doctor.pushes(),
    };
    let first = serde_json::to_string(&seen).unwrap_or_default();
    let stream = async_stream::stream! {
        yield Ok::<_, Infallible>(Event::default().data(first));
        tokio::time::sleep(probe::PAUSE).await;
        yield Ok(Event::default().data(probe::END));
    };
    sse::respond(stream, sse::comments())
}
