//! The wire format of a token: claims, signing, and checks before verification.

use super::Scope;
use super::key_ring::Key;
use crate::core::CoreError;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};

/// The `iss` claim of our tokens. Other programs may sign with the same secret: their tokens are not ours.
pub const ISSUER: &str = "weida";
/// The `typ` claim of our tokens.
pub const TYPE: &str = "access";

/// A token's claims. `exp`, `iat`, `sub` and `jti` are required.
///
/// There is no `aud`: a program that verifies with the shared secret and names no audience would refuse the token (RFC 7519, 4.1.3;
/// `PyJWT` does).
#[derive(Debug, Serialize, Deserialize)]
pub struct Claims {
    /// [`ISSUER`]; missing in a token from before there were issuers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    /// [`TYPE`]; missing in the same ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typ: Option<String>,
    /// The user's id.
    pub sub: String,
    /// The same as a number, for programs of the mini program that read this claim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<i64>,
    /// Seconds since the Unix epoch, like all times here.
    pub iat: i64,
    pub exp: i64,
    pub jti: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub openid: Option<String>,
    /// At the time of issue; informational.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// The user's generation; 0 if missing.
    #[serde(rename = "gen", default)]
    pub generation: i64,
    /// The scope; `None` in a token from before there were scopes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// True if the token cannot be renewed.
    #[serde(rename = "once", default, skip_serializing_if = "std::ops::Not::not")]
    pub is_final: bool,
    /// Never written; if present it must have passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
}

impl Claims {
    /// True if this program issued the token. One of before there were issuers has neither of the two claims; the id of our key, which
    /// the caller has checked, tells it from a foreign one.
    pub fn is_ours(&self) -> bool {
        match self.iss.as_deref() {
            Some(issuer) => issuer == ISSUER && self.typ.as_deref() == Some(TYPE),
            None => self.typ.as_deref().is_none_or(|typ| typ == TYPE),
        }
    }
}

/// Signs the claims.
pub fn sign(key: &Key, claims: &Claims) -> Result<String, CoreError> {
    let header = Header { kid: Some(key.id.clone()), ..Header::new(Algorithm::HS256) };
    encode(&header, claims, &EncodingKey::from_secret(key.secret.expose_secret().as_bytes()))
        .map_err(|e| CoreError::Fault(e.to_string()))
}

/// The key id in a token's header; `None` for a text that is not a token of ours. All of ours name their key.
pub fn key_id(token: &str) -> Option<String> {
    let header = decode_header(token).ok()?;
    // A header with unknown critical extensions must be refused (RFC 7515, 4.1.11).
    let is_plain =
        header.alg == Algorithm::HS256 && header.crit.is_none() && header.zip.is_none() && header.enc.is_none();
    header.kid.filter(|_| is_plain)
}

/// The claims, if this key signed them. The caller compares the times, with the program's clock.
pub fn verify(key: &Key, token: &str) -> Option<Claims> {
    let mut rules = Validation::new(Algorithm::HS256);
    rules.set_required_spec_claims(&["exp", "sub"]);
    rules.validate_exp = false;
    let key = DecodingKey::from_secret(key.secret.expose_secret().as_bytes());
    decode::<Claims>(token, &key, &rules).ok().map(|data| data.claims)
}
