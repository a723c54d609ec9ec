//! Servers: a route with a constant answer, and a stand-in for the platform.

use crate::{Fault, args::Args};
use axum::{
    Json, Router,
    routing::{any, post},
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// What Weida answers where nothing is to be said.
const ANSWER: &str = "success";

/// The fastest that this framework can answer a push: it reads the body and checks nothing.
pub async fn bare(args: Args) -> Result<(), Fault> {
    let answer = async |_body: String| ANSWER;
    serve(&args, Router::new().route("/api/v1/auth/wechat/verify", post(answer))).await
}

/// Access tokens and QR codes; every other call succeeds without a result.
pub async fn platform(args: Args) -> Result<(), Fault> {
    let token = async || Json(json!({ "access_token": "load", "expires_in": 7200 }));
    let qr = async |Json(asked): Json<Value>| {
        let scene = asked["action_info"]["scene"]["scene_str"].as_str().unwrap_or_default();
        Json(
            json!({ "ticket": scene, "expire_seconds": asked["expire_seconds"], "url": "http://weixin.qq.com/q/load" }),
        )
    };
    let other = async || Json(json!({ "errcode": 0, "errmsg": "ok" }));
    let routes = Router::new()
        .route("/cgi-bin/stable_token", post(token))
        .route("/cgi-bin/qrcode/create", post(qr))
        .fallback(any(other));
    serve(&args, routes).await
}

async fn serve(args: &Args, routes: Router) -> Result<(), Fault> {
    let at = args.need("at")?;
    let listener = TcpListener::bind(at).await.map_err(|e| format!("{at}: {e}"))?;
    println!("listening on {at}");
    axum::serve(listener, routes).await.map_err(|e| e.to_string())
}
