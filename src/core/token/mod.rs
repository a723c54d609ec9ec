//! Tokens for other programs: a JWT says who somebody is, and memory says whether that still holds.
//!
//! HS256 and nothing else. A token ends with its time, with its user's next generation (signed out everywhere, password changed,
//! disabled, deleted), or by its own id. Verifying one reads the database only where this instance has not asked about the user
//! since the last change; a revocation is known here at once and at every other instance within a second. No token carries a
//! `session_key`, and none is ever logged.

pub mod keys;
pub mod standing;

mod claims;

pub use keys::Ring;
pub use standing::Standings;

use standing::Standing;
use std::sync::Arc;

use super::{
    CoreError, Ctx,
    account::{Role, User},
};
use crate::store::{self, StoreError, Tx};
use claims::Claims;

/// A token may be renewed in its last day.
const RENEWABLE_SECS: i64 = 24 * 3600;
/// How far an instance's clock may be behind another's, in seconds.
const SKEW_SECS: i64 = 60;
/// Ours are about 300 bytes.
const MAX_BYTES: usize = 4096;

/// Why a token is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenFault {
    /// Not one of ours, or changed.
    Malformed,
    Expired,
    /// Its user signed out everywhere, or the token itself was ended.
    Revoked,
    /// Its user was deleted.
    Gone,
    /// It is good for longer than a day: there is nothing to renew.
    Fresh,
    /// It was given for trying, and ends with its time.
    Final,
}

/// Who a token proves its bearer to be, as things stand now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    pub user_id: i64,
    /// The identity that signed in, where there was one.
    pub openid: Option<String>,
    /// The level now, not the one at the time of issue.
    pub level: String,
    pub role: Role,
    /// Names the token; opens nothing.
    pub jti: String,
    /// Seconds since the Unix epoch.
    pub expires_at_secs: i64,
    /// The user's generation.
    generation: i64,
    /// True where the token may not be renewed.
    is_final: bool,
}

/// Makes a token for a user who has just been proven, in the generation in which that was. `openid`: the identity they came with.
///
/// # Errors
/// [`CoreError::BadToken`] where the user is gone; [`CoreError::Disabled`].
pub async fn issue(ctx: &Ctx, user: &User, openid: Option<&str>) -> Result<String, CoreError> {
    let times = (ctx.clock.now_secs(), life_secs(ctx));
    issue_as(ctx, (user.id, user.generation), openid, times, ctx.chance.token(), false).await
}

/// [`issue`] for this many seconds, no longer than any other token lives, and never to be renewed.
///
/// # Errors
/// As [`issue`].
pub async fn issue_once(ctx: &Ctx, user: &User, openid: Option<&str>, secs: i64) -> Result<String, CoreError> {
    let times = (ctx.clock.now_secs(), secs);
    issue_as(ctx, (user.id, user.generation), openid, times, ctx.chance.token(), true).await
}

/// A token with a given name and time (seconds now, seconds of life): the same ones make the same token again. The generation is the
/// one in which its user agreed to it: where that was raised since, the token is born dead.
pub(super) async fn issue_as(
    ctx: &Ctx,
    (user_id, generation): (i64, i64),
    openid: Option<&str>,
    (now, secs): (i64, i64),
    jti: String,
    is_final: bool,
) -> Result<String, CoreError> {
    let standing = standing::of(ctx, user_id).await?.ok_or(CoreError::BadToken(TokenFault::Gone))?;
    if !standing.is_enabled {
        return Err(CoreError::Disabled);
    }
    let claims = Claims {
        sub: user_id.to_string(),
        iat: now,
        exp: now + secs.min(life_secs(ctx)),
        jti,
        openid: openid.map(str::to_owned),
        level: Some(standing.level.clone()),
        generation,
        is_final,
        nbf: None,
        iss: None,
    };
    claims::sign(&ctx.ring.signing(now * 1000)?, &claims)
}

/// Who bears this token.
///
/// # Errors
/// [`CoreError::BadToken`] and why; [`CoreError::Disabled`] for a user who may not sign in.
pub async fn verify(ctx: &Ctx, token: &str) -> Result<Bearer, CoreError> {
    let claims = read(ctx, token).await?;
    let subject = claims.sub.parse::<i64>().ok().filter(|id| *id > 0).ok_or(MALFORMED)?;
    let (user_id, generation, standing) = match standing::of(ctx, subject).await? {
        Some(standing) => (subject, claims.generation, standing),
        None => heir(ctx, subject, claims.generation).await?,
    };
    if !standing.is_enabled {
        return Err(CoreError::Disabled);
    }
    if standing.generation != generation || standing.revoked.contains(&claims.jti) {
        return Err(CoreError::BadToken(TokenFault::Revoked));
    }
    Ok(Bearer {
        user_id,
        openid: claims.openid,
        level: standing.level.clone(),
        role: standing.role,
        jti: claims.jti,
        expires_at_secs: claims.exp,
        generation,
        is_final: claims.is_final,
    })
}

/// Who the user of a token has become: their account went into another one, whose tokens were not ended since. The id, the generation
/// that must be that one's, and its standing. Rare enough to be asked of the database each time.
async fn heir(ctx: &Ctx, gone: i64, generation: i64) -> Result<(i64, i64, Arc<Standing>), CoreError> {
    const GONE: CoreError = CoreError::BadToken(TokenFault::Gone);
    let united = store::token::find_united(&mut ctx.store.read().await?, gone, ctx.now()).await?.ok_or(GONE)?;
    if united.generation != generation {
        return Err(CoreError::BadToken(TokenFault::Revoked));
    }
    let standing = standing::of(ctx, united.stays_id).await?.ok_or(GONE)?;
    Ok((united.stays_id, united.stays_generation, standing))
}

/// A new token for the bearer of one that ends within a day. The old one stays good until then: an answer may be lost on its way.
///
/// # Errors
/// As [`verify`]; [`TokenFault::Fresh`] where there is nothing to renew; [`TokenFault::Final`] where it may not be.
pub async fn refresh(ctx: &Ctx, token: &str) -> Result<String, CoreError> {
    let bearer = verify(ctx, token).await?;
    if bearer.is_final {
        return Err(CoreError::BadToken(TokenFault::Final));
    }
    if bearer.expires_at_secs - ctx.clock.now_secs() > RENEWABLE_SECS {
        return Err(CoreError::BadToken(TokenFault::Fresh));
    }
    let times = (ctx.clock.now_secs(), life_secs(ctx));
    let whose = (bearer.user_id, bearer.generation);
    issue_as(ctx, whose, bearer.openid.as_deref(), times, ctx.chance.token(), false).await
}

/// Ends one token, here at once and elsewhere within a second. Done twice, it is done.
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
    store::fact::bump_revision(&mut tx, standing::TOPIC).await?;
    tx.commit().await?;
    ctx.standings.forget(bearer.user_id);
    Ok(())
}

/// Ends all tokens of a user.
///
/// # Errors
/// The database cannot be reached.
pub async fn revoke_all(ctx: &Ctx, user_id: i64) -> Result<(), CoreError> {
    let mut tx = ctx.store.begin().await?;
    revoke_all_within(&mut tx, user_id).await?;
    tx.commit().await?;
    ctx.standings.forget(user_id);
    Ok(())
}

/// [`revoke_all`] inside the caller's transaction; after the commit `ctx.standings.forget` makes it hold here at once.
pub(crate) async fn revoke_all_within(db: &mut Tx, user_id: i64) -> Result<(), StoreError> {
    store::token::update_generation(db, user_id).await?;
    store::fact::bump_revision(db, standing::TOPIC).await
}

const MALFORMED: CoreError = CoreError::BadToken(TokenFault::Malformed);

/// The claims of a token whose signature and times are right.
async fn read(ctx: &Ctx, token: &str) -> Result<Claims, CoreError> {
    if token.len() > MAX_BYTES {
        return Err(MALFORMED);
    }
    let claims::Naming(id) = claims::naming(token).ok_or(MALFORMED)?;
    let keys = keys::verifying(ctx, id.as_deref()).await?;
    let claims = keys.iter().find_map(|key| claims::verify(key, token)).ok_or(MALFORMED)?;
    let now = ctx.clock.now_secs();
    let is_ours = claims.iss.is_none()
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

/// How long a token is good for, in seconds.
pub(super) fn life_secs(ctx: &Ctx) -> i64 {
    i64::from(ctx.settings.settings.token.expiration_days) * 24 * 3600
}
