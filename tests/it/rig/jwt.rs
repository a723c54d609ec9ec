//! Tokens, read and signed without the program's code.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use std::collections::BTreeMap;

/// The secret that signs tokens where a test signs its own.
pub const JWT_SECRET: &str = "jwt-secret-of-the-tests-at-least-32-bytes";

/// The claims of a token, unverified.
pub fn claims_of(token: &str) -> BTreeMap<String, Value> {
    part(token, 1)
}

/// The header of a token.
pub fn header_of(token: &str) -> BTreeMap<String, Value> {
    part(token, 0)
}

fn part(token: &str, at: usize) -> BTreeMap<String, Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(at).unwrap()).unwrap()).unwrap()
}

/// A token with this header and these claims, signed with HMAC-SHA256 whatever the header says.
pub fn signed(header: &Value, claims: &Value, secret: &str) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(header), part(claims));
    let mut mac = <Hmac<sha2::Sha256>>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}
