//! Paid calls: each edits a picture of one pixel and costs its user a credit.

use crate::{
    Fault,
    args::Args,
    push::{Message, Signer, now_nanos},
    wire::Wire,
};
use serde_json::Value;
use std::net::SocketAddr;

const BOUNDARY: &str = "edge";
const OPERATIONS: &str = r#"[{"op":"format","format":"png"}]"#;
/// A PNG of one grey pixel.
const PIXEL: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00,
    0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00, 0x00, 0x3a, 0x7e, 0x9b, 0x55, 0x00, 0x00, 0x00, 0x0a, 0x49,
    0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x68, 0x00, 0x00, 0x00, 0x82, 0x00, 0x81, 0x77, 0xcd, 0x72, 0xb6, 0x00, 0x00,
    0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];

/// Tokens of so many new followers: each scans the QR code of a client program. The instance calls `load platform`.
pub async fn tokens(args: &Args, to: SocketAddr, users: usize) -> Result<Vec<String>, Fault> {
    let (mut wire, mut signer) = (Wire::new(to), Signer::new(args)?);
    let mut tokens = Vec::with_capacity(users);
    for _ in 0..users {
        let id = now_nanos();
        let name = format!("load-{id}-of-a-benchmark");
        let body = format!(r#"{{"client_id":"{name}"}}"#);
        let shown = call(&mut wire, "POST", "/api/v1/auth/wechat/qrcode", &body).await?;
        let scene = need(&shown, "scene_id")?;
        let message = Message { openid: format!("oSpender{id}"), id, created_secs: id / 1_000_000_000, text: None };
        let scan = signer.request_scan(&message, &scene);
        let answer = wire.ask(&scan).await.map_err(|e| format!("a scan: {e}"))?;
        if answer.status != 200 {
            return Err(format!("a scan: status {}", answer.status));
        }
        let path =
            format!("/api/v1/auth/wechat/check-follow?client_id={name}&poll_token={}", need(&shown, "poll_token")?);
        tokens.push(need(&call(&mut wire, "GET", &path, "").await?, "token")?);
    }
    Ok(tokens)
}

fn need(json: &Value, name: &str) -> Result<String, Fault> {
    json[name].as_str().map(str::to_owned).ok_or_else(|| format!("no {name} in {json}"))
}

async fn call(wire: &mut Wire, method: &str, path: &str, body: &str) -> Result<Value, Fault> {
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: weida.test\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = wire.ask(request.as_bytes()).await.map_err(|e| format!("{path}: {e}"))?;
    let text = String::from_utf8_lossy(wire.body(&answer)).into_owned();
    if answer.status != 200 {
        return Err(format!("{path}: status {} {text}", answer.status));
    }
    serde_json::from_str(&text).map_err(|e| format!("{path}: {e} in {text}"))
}

/// An edit with an idempotency key of its own.
pub fn request(token: &str, id: u64) -> Vec<u8> {
    let mut body = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"operations\"\r\n\r\n{OPERATIONS}\r\n--{BOUNDARY}\r\n\
         Content-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(PIXEL);
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    let mut request = format!(
        "POST /api/v1/image/edit HTTP/1.1\r\nhost: weida.test\r\nauthorization: Bearer {token}\r\nidempotency-key: load-{id}\r\n\
         content-type: multipart/form-data; boundary={BOUNDARY}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    request.extend_from_slice(&body);
    request
}
