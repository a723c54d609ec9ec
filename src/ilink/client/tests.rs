//! The client against a server that answers whatever a test wants.

use super::*;
use crate::base::rng::SystemRng;
use crate::ilink::login::LoginOutcome;
use crate::ilink::media::{MediaKind, MediaRef};
use crate::ilink::qr::QrStatus;
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    response::Response,
};
use std::sync::Mutex;
use url::Url;

mod junk;
mod requests;

/// A token that must not appear anywhere.
const TOKEN: &str = "SECRET-BOT-TOKEN";

/// What the server received: the head with the whole body.
type Received = axum::http::Request<Bytes>;

/// A server that answers each request by the same function, and stores the requests.
struct Server {
    client: Client,
    received: Arc<Mutex<Vec<Received>>>,
}

type Answer = Arc<dyn Fn(&Received) -> Response + Send + Sync>;

async fn handle(State((answer, received)): State<(Answer, Arc<Mutex<Vec<Received>>>)>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let request = axum::http::Request::from_parts(head, axum::body::to_bytes(body, 64 << 20).await.unwrap());
    let response = answer(&request);
    received.lock().unwrap().push(request);
    response
}

impl Server {
    async fn start(answer: impl Fn(&Received) -> Response + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let received = Arc::default();
        let state: (Answer, Arc<Mutex<Vec<Received>>>) = (Arc::new(answer), Arc::clone(&received));
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(handle).with_state(state)).await });
        let client = Client::new(Hosts::new(Some(base), None).unwrap(), Arc::new(SystemRng)).unwrap();
        Self { client, received }
    }

    /// A server that answers with this body.
    async fn of(body: impl Into<Bytes>) -> Self {
        let body = body.into();
        Self::start(move |_| Response::new(Body::from(body.clone()))).await
    }

    fn bot(&self) -> Bot {
        Bot::new(self.client.hosts().login_base(), TOKEN.into())
    }

    fn received(&self) -> Vec<Received> {
        std::mem::take(&mut *self.received.lock().unwrap())
    }

    async fn updates(&self) -> Result<Updates, Error> {
        self.client.updates(&self.bot(), "", None).await
    }

    async fn send(&self, text: &str) -> Result<SendOutcome, Error> {
        let (token, content) = (SecretString::from("SECRET-CONTEXT"), OutgoingContent::Text(text));
        let message =
            OutgoingMessage { to_user_id: "u@im.wechat", client_id: "c-1", context_token: Some(&token), content };
        self.client.send(&self.bot(), &message).await
    }

    async fn status(&self) -> QrStatus {
        let qr = crate::ilink::qr::QrCode { handle: "SECRET-HANDLE".into(), content: "x".to_owned() };
        self.client.qr_status(&self.client.hosts().login_base(), &qr, None).await
    }
}
