//! The wire form of a token: what is signed, and what is looked at before anything in it is believed.

use super::keys::Key;
use crate::core::CoreError;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};

/// What a token says. `exp`, `iat`, `sub` and `jti` must be there.
#[derive(Debug, Serialize, Deserialize)]
pub struct Claims {
    /// The user's id.
    pub sub: String,
    /// Seconds since the Unix epoch, as all times here.
    pub iat: i64,
    pub exp: i64,
    pub jti: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub openid: Option<String>,
    /// At the time of issue; for the bearer's eyes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// The user's generation; 0 where it is left out.
    #[serde(rename = "gen", default)]
    pub generation: i64,
    /// True where it ends with its time and is never renewed.
    #[serde(rename = "once", default, skip_serializing_if = "std::ops::Not::not")]
    pub is_final: bool,
    /// Never written; one that is there must have come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
    /// Never written: who else signs with our key does not speak for us.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iss: Option<serde_json::Value>,
}

/// Signs.
pub fn sign(key: &Key, claims: &Claims) -> Result<String, CoreError> {
    let header = Header { kid: Some(key.id.clone()), ..Header::new(Algorithm::HS256) };
    encode(&header, claims, &EncodingKey::from_secret(key.secret.expose_secret().as_bytes()))
        .map_err(|e| CoreError::Fault(e.to_string()))
}

/// Which key a token names.
#[derive(Debug, PartialEq, Eq)]
pub struct Naming(pub Option<String>);

/// The key that a token names, if it names one; None for what is no token of this kind at all.
pub fn naming(token: &str) -> Option<Naming> {
    let header = decode_header(token).ok()?;
    // A header that demands more than we know must not be taken (RFC 7515, 4.1.11).
    let is_plain =
        header.alg == Algorithm::HS256 && header.crit.is_none() && header.zip.is_none() && header.enc.is_none();
    is_plain.then_some(Naming(header.kid))
}

/// The claims, where this key signed them. Times are compared by the caller, whose clock is the program's.
pub fn verify(key: &Key, token: &str) -> Option<Claims> {
    let mut rules = Validation::new(Algorithm::HS256);
    rules.set_required_spec_claims(&["exp", "sub"]);
    rules.validate_exp = false;
    let key = DecodingKey::from_secret(key.secret.expose_secret().as_bytes());
    decode::<Claims>(token, &key, &rules).ok().map(|data| data.claims)
}
