//! Tokens for other programs: a JWT identifies a user, and a cache says whether it is still valid.
//!
//! HS256 and nothing else. A token ends with its lifetime, with its user's next generation (signed out everywhere, password
//! changed, disabled, deleted), or by its own id. Verifying a token reads the database only if this instance has not read the
//! user since the last change; a revocation takes effect here immediately and at every other instance within a second. No token
//! contains a `session_key`, and none is ever logged.
//!
//! Tokens name their issuer, their type and their key, and no others are accepted: another program may sign with the same secret, and
//! its user 1 is not ours.
//!
//! A token's [`Scope`] depends on the sign-in method that issued it, and stays the same when it is renewed. The role of a
//! [`Bearer`] is limited by the scope: a token without admin rights makes its bearer an ordinary user in every dialect.

pub mod keys;
pub mod status;

mod claims;
mod key_ring;

pub use key_ring::KeyRing;
pub use status::TokenStatusCache;

use status::TokenStatus;
use std::sync::Arc;

use super::{
    CoreError, Ctx, TokenFault,
    account::{Role, User},
};
use crate::store::{self, StoreError, Tx};
use claims::Claims;
use serde::{Deserialize, Serialize};

/// The topic in `revisions`: whatever could end a token raises its revision.
pub(crate) const TOPIC: &str = "tokens";
/// A token may be renewed on its last day.
const RENEWABLE_SECS: i64 = 24 * 3600;
/// The largest clock difference between instances, in seconds.
const SKEW_SECS: i64 = 60;
/// Ours have about 300 bytes.
const MAX_BYTES: usize = 4096;

/// The permissions of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Everything that the user may do; issued if the user proved their identity.
    Account,
    /// `/api/v1`, and the user's own profile and quota; never admin calls. Issued by a QR that binds immediately.
    Follow,
}

impl Scope {
    /// The effective role of a user with this role and a token with this scope. A token from before there were scopes counts as the
    /// least.
    fn role(scope: Option<Self>, role: Role) -> Role {
        match scope {
            Some(Self::Account) => role,
            Some(Self::Follow) | None => Role::User,
        }
    }
}

/// The verified bearer of a token, by current data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    pub user_id: i64,
    /// The identity that signed in, if any.
    pub openid: Option<String>,
    /// The current level, not the one at the time of issue.
    pub level: String,
    /// The effective role: limited by the token's scope.
    pub role: Role,
    /// Identifies the token; grants no access.
    pub jti: String,
    /// Seconds since the Unix epoch.
    pub expires_at_secs: i64,
    /// The user's generation.
    generation: i64,
    scope: Option<Scope>,
    /// True if the token may not be renewed.
    is_final: bool,
}

/// The contents of a token besides its user.
#[derive(Debug, Clone)]
pub(super) struct Terms {
    pub scope: Option<Scope>,
    /// Seconds since the Unix epoch.
    pub issued_at_secs: i64,
    /// At most the general lifetime of tokens.
    pub life_secs: i64,
    pub jti: String,
    /// True if it cannot be renewed.
    pub is_final: bool,
}

impl Terms {
    /// Valid from now, for the general lifetime.
    fn of(ctx: &Ctx, scope: Option<Scope>) -> Self {
        let (issued_at_secs, jti) = (ctx.clock.now_secs(), ctx.rng.token());
        Self { scope, issued_at_secs, life_secs: life_secs(ctx), jti, is_final: false }
    }
}

/// Issues a token for a verified user, with the generation of the verification. `openid`: the identity that signed in.
///
/// # Errors
/// [`CoreError::BadToken`] if the user does not exist; [`CoreError::Disabled`].
pub async fn issue(ctx: &Ctx, user: &User, openid: Option<&str>) -> Result<String, CoreError> {
    issue_scoped(ctx, user, Scope::Account, openid).await
}

/// [`issue`] with a given scope.
///
/// # Errors
/// As [`issue`].
pub async fn issue_scoped(ctx: &Ctx, user: &User, scope: Scope, openid: Option<&str>) -> Result<String, CoreError> {
    issue_as(ctx, (user.id, user.generation), openid, Terms::of(ctx, Some(scope))).await
}

/// [`issue`] for this many seconds, at most the general lifetime, not renewable.
///
/// # Errors
/// As [`issue`].
pub async fn issue_once(ctx: &Ctx, user: &User, openid: Option<&str>, secs: i64) -> Result<String, CoreError> {
    let terms = Terms { life_secs: secs, is_final: true, ..Terms::of(ctx, Some(Scope::Account)) };
    issue_as(ctx, (user.id, user.generation), openid, terms).await
}

/// A token with given contents: equal contents give the same token. The generation is that of the user's consent: if it was raised
/// since, the token is invalid from the start.
pub(super) async fn issue_as(
    ctx: &Ctx,
    (user_id, generation): (i64, i64),
    openid: Option<&str>,
    terms: Terms,
) -> Result<String, CoreError> {
    let status = status::of(ctx, user_id).await?.ok_or(CoreError::BadToken(TokenFault::Gone))?;
    if !status.is_enabled {
        return Err(CoreError::Disabled);
    }
    let claims = Claims {
        iss: Some(claims::ISSUER.to_owned()),
        typ: Some(claims::TYPE.to_owned()),
        sub: user_id.to_string(),
        user_id: Some(user_id),
        iat: terms.issued_at_secs,
        exp: terms.issued_at_secs + terms.life_secs.min(life_secs(ctx)),
        jti: terms.jti,
        openid: openid.map(str::to_owned),
        level: Some(status.level(ctx.now())),
        generation,
        scope: terms.scope,
        is_final: terms.is_final,
        nbf: None,
    };
    claims::sign(&ctx.token_keys.signing(terms.issued_at_secs * 1000)?, &claims)
}

/// Verifies a token and returns its bearer.
///
/// # Errors
/// [`CoreError::BadToken`] with the reason; [`CoreError::Disabled`] for a disabled user.
pub async fn verify(ctx: &Ctx, token: &str) -> Result<Bearer, CoreError> {
    let claims = read(ctx, token).await?;
    let subject = claims.sub.parse::<i64>().ok().filter(|id| *id > 0).ok_or(MALFORMED)?;
    let (user_id, generation, status) = match status::of(ctx, subject).await? {
        Some(status) => (subject, claims.generation, status),
        None => heir(ctx, subject, claims.generation).await?,
    };
    if !status.is_enabled {
        return Err(CoreError::Disabled);
    }
    if status.generation != generation || status.revoked.contains(&claims.jti) {
        return Err(CoreError::BadToken(TokenFault::Revoked));
    }
    Ok(Bearer {
        user_id,
        openid: claims.openid,
        level: status.level(ctx.now()),
        role: Scope::role(claims.scope, status.role),
        jti: claims.jti,
        expires_at_secs: claims.exp,
        generation,
        scope: claims.scope,
        is_final: claims.is_final,
    })
}

/// The account that a token's deleted account was joined to, for a join that did not end the tokens. Returns the id, the
/// generation that the token must have, and the status. Rare enough to query the database each time.
async fn heir(ctx: &Ctx, gone: i64, generation: i64) -> Result<(i64, i64, Arc<TokenStatus>), CoreError> {
    const GONE: CoreError = CoreError::BadToken(TokenFault::Gone);
    let united = store::token::find_united(&mut ctx.store.read().await?, gone, ctx.now()).await?.ok_or(GONE)?;
    if united.generation != generation {
        return Err(CoreError::BadToken(TokenFault::Revoked));
    }
    let status = status::of(ctx, united.stays_id).await?.ok_or(GONE)?;
    Ok((united.stays_id, united.stays_generation, status))
}

/// A new token with the same scope for the bearer of one that expires within a day. The old one stays valid: the response may be lost.
///
/// # Errors
/// As [`verify`]; [`TokenFault::Fresh`] if renewal is not due; [`TokenFault::Final`] if the token cannot be renewed.
pub async fn refresh(ctx: &Ctx, token: &str) -> Result<String, CoreError> {
    let bearer = verify(ctx, token).await?;
    if bearer.is_final {
        return Err(CoreError::BadToken(TokenFault::Final));
    }
    if bearer.expires_at_secs - ctx.clock.now_secs() > RENEWABLE_SECS {
        return Err(CoreError::BadToken(TokenFault::Fresh));
    }
    let owner = (bearer.user_id, bearer.generation);
    issue_as(ctx, owner, bearer.openid.as_deref(), Terms::of(ctx, bearer.scope)).await
}

/// Revokes one token, here immediately and elsewhere within a second. Idempotent.
///
/// # Errors
/// The database cannot be reached.
pub async fn revoke(ctx: &Ctx, bearer: &Bearer) -> Result<(), CoreError> {
    let mut tx = ctx.store.begin().await?;
    match store::token::insert_revoked(&mut tx, &bearer.jti, bearer.user_id, bearer.expires_at_secs * 1000).await {
        Ok(()) => {}
        Err(StoreError::Duplicate) => return Ok(()),
        Err(e) => return Err(e.into()),
    }
    status::changed(ctx, &mut tx, bearer.user_id).await?;
    Ok(tx.commit().await?)
}

/// Revokes all tokens of a user.
///
/// # Errors
/// The database cannot be reached.
pub async fn revoke_all(ctx: &Ctx, user_id: i64) -> Result<(), CoreError> {
    Ok(store::transact!(ctx.store, |tx| revoke_all_within(ctx, tx, user_id).await)?)
}

/// [`revoke_all`] inside the caller's transaction.
pub(crate) async fn revoke_all_within(ctx: &Ctx, db: &mut Tx, user_id: i64) -> Result<(), StoreError> {
    store::token::update_generation(db, user_id).await?;
    status::changed(ctx, db, user_id).await
}

const MALFORMED: CoreError = CoreError::BadToken(TokenFault::Malformed);

/// The claims of a token with a valid signature and valid times.
async fn read(ctx: &Ctx, token: &str) -> Result<Claims, CoreError> {
    if token.len() > MAX_BYTES {
        return Err(MALFORMED);
    }
    let id = claims::key_id(token).ok_or(MALFORMED)?;
    let keys = keys::verifying(ctx, &id).await?;
    let claims = keys.iter().find_map(|key| claims::verify(key, token)).ok_or(MALFORMED)?;
    let now = ctx.clock.now_secs();
    let is_ours = claims.is_ours()
        && claims.iat <= now + SKEW_SECS
        && claims.iat < claims.exp
        && claims.nbf.is_none_or(|at| at <= now)
        && (1..=64).contains(&claims.jti.len());
    match claims.exp <= now {
        _ if !is_ours => Err(MALFORMED),
        true => Err(CoreError::BadToken(TokenFault::Expired)),
        false => Ok(claims),
    }
}

/// The lifetime of a token, in seconds.
pub(super) fn life_secs(ctx: &Ctx) -> i64 {
    i64::from(ctx.settings.settings.token.expiration_days) * 24 * 3600
}
