//! Doors of client programs: a QR that lives for 30 days. Whoever scans it belongs to the client from then on.
//!
//! It binds at once, for there is no page that could wait for the phone's word. So the chat says what happened, and for a day
//! `取消` takes it back: then every token of the person ends, for nobody knows which of them the client has.

use super::{
    chat::Heard,
    complete::{Found, login},
};
use crate::{
    core::{
        CoreError, Ctx, Problem,
        account::{User, field},
        audit::{self, Act},
        credit,
        limit::{self, Limit},
        secret::Use,
        token,
    },
    store::{self, StoreError, Tx, follow::FollowRow, identity::IdentityRow},
    wechat::api::ApiError,
};
use std::{net::IpAddr, time::Duration};

/// How long a QR is good for: the platform's longest (docs/WECHAT.md, parametric codes).
pub const TTL_SECS: u32 = 2_592_000;
/// How long the token of a new follow is shown.
const FRESH_MS: i64 = 10 * 60_000;
/// How long the person may take it back.
const CANCEL_MS: i64 = 24 * 3_600_000;
/// The longest that the platform may take to make a QR.
const PATIENCE: Duration = Duration::from_secs(8);
const CLIENT_MAX_CHARS: usize = 128;

/// What a client program calls itself. Whoever knows it may follow what becomes of its QR, so it is kept as a hash.
#[derive(Clone)]
pub struct Client(String);

impl Client {
    /// Takes 1 to 128 visible characters.
    ///
    /// # Errors
    /// The flaw of the field `client_id`.
    pub fn parse(ctx: &Ctx, name: &str) -> Result<Self, CoreError> {
        let problem = match name.chars().take(CLIENT_MAX_CHARS + 1).count() {
            0 => Some(Problem::Empty),
            n if n > CLIENT_MAX_CHARS => Some(Problem::TooLong(CLIENT_MAX_CHARS)),
            _ if name.chars().any(|c| c.is_whitespace() || field::is_invisible(c)) => Some(Problem::Malformed),
            _ => None,
        };
        problem.map_or_else(|| Ok(Self(ctx.hash(Use::Client, name))), |p| Err(CoreError::flaw("client_id", p)))
    }
}

/// A QR for a client to show.
#[derive(Debug, Clone)]
pub struct Shown {
    pub scene: String,
    pub ticket: String,
    /// What the QR says.
    pub url: String,
    /// Where the platform has its picture.
    pub picture_url: String,
    /// Epoch milliseconds.
    pub expires_at: i64,
}

/// How far a client's QR has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    Pending,
    Completed,
    Expired,
}

/// What a client may know.
#[derive(Debug, Clone)]
pub struct State {
    pub progress: Progress,
    /// True while the person follows the account.
    pub is_following: bool,
    pub openid: Option<String>,
    pub credits: Option<i64>,
    /// Shown for ten minutes.
    pub token: Option<String>,
    /// Epoch milliseconds.
    pub completed_at: Option<i64>,
}

/// Makes a fresh QR for a client. Older ones stay good until they expire.
///
/// # Errors
/// [`CoreError::TooMany`]; [`CoreError::Platform`] where the platform makes none.
pub async fn begin(ctx: &Ctx, client: &Client, address: IpAddr) -> Result<Shown, CoreError> {
    limit::take_for_address(ctx, Limit::NewSessions, address).await?;
    let scene = ctx.chance.token();
    let made = tokio::time::timeout(PATIENCE, ctx.platform.create_qr(&scene, TTL_SECS)).await;
    let made = made.map_err(|_| CoreError::from(ApiError::Timeout))??;
    let now = ctx.now();
    let row = FollowRow {
        scene_hash: ctx.hash(Use::Scene, &scene),
        client_hash: client.0.clone(),
        appid: ctx.appid.clone(),
        openid: None,
        created_at: now,
        expires_at: now + i64::from(TTL_SECS) * 1000,
        completed_at: None,
        cancelled_at: None,
        generation: None,
    };
    let expires_at = row.expires_at;
    let mut tx = ctx.store.begin().await?;
    store::follow::insert_scene(&mut tx, row).await?;
    tx.commit().await?;
    let picture_url = ctx.platform.qr_image_url(&made.ticket).into();
    Ok(Shown { scene, ticket: made.ticket, url: made.url, picture_url, expires_at })
}

/// What has become of a client's QR codes.
///
/// # Errors
/// [`CoreError::NotFound`] where this client never had one.
pub async fn look(ctx: &Ctx, client: &Client) -> Result<State, CoreError> {
    let mut db = ctx.store.read().await?;
    let Some(row) = store::follow::find_completed(&mut db, &client.0).await? else {
        let row = store::follow::find_latest(&mut db, &client.0).await?.ok_or(CoreError::NotFound)?;
        let is_open = row.expires_at > ctx.now() && row.cancelled_at.is_none();
        let progress = if is_open { Progress::Pending } else { Progress::Expired };
        return Ok(State {
            progress,
            is_following: false,
            openid: None,
            credits: None,
            token: None,
            completed_at: None,
        });
    };
    let openid = row.openid.unwrap_or_default();
    let identity = store::identity::find_identity(&mut db, &row.appid, &openid).await?;
    let user_id = identity.as_ref().and_then(|identity| identity.user_id);
    let user = match user_id {
        Some(id) => store::user::find_user(&mut db, id).await?.map(User::from).filter(|user| user.is_enabled),
        None => None,
    };
    drop(db);
    let is_fresh = row.completed_at.is_some_and(|at| ctx.now() - at < FRESH_MS);
    let token = match &user {
        // Who signed out everywhere since they scanned it has taken the token back.
        Some(user) if is_fresh && row.generation == Some(user.generation) => {
            Some(token::issue(ctx, user, Some(&openid)).await?)
        }
        _ => None,
    };
    Ok(State {
        progress: Progress::Completed,
        is_following: identity.is_some_and(|identity| identity.is_subscribed == 1),
        openid: Some(openid),
        credits: user.map(|user| user.credits),
        token,
        completed_at: row.completed_at,
    })
}

/// The person scanned a client's QR. None where the scene is none of a client's.
pub(super) async fn scan(
    ctx: &Ctx,
    db: &mut Tx,
    scene: &str,
    identity: &IdentityRow,
) -> Result<Option<Heard>, StoreError> {
    let hash = ctx.hash(Use::Scene, scene);
    let Some(row) = store::follow::find_scene(db, &hash).await? else { return Ok(None) };
    if row.appid != identity.appid || row.expires_at <= ctx.now() || row.cancelled_at.is_some() {
        return Ok(Some(Heard::Expired));
    }
    if row.completed_at.is_some() {
        let is_same = row.openid.as_deref() == Some(identity.openid.as_str());
        return Ok(Some(if is_same { Heard::DoneBefore } else { Heard::TakenByOther }));
    }
    // Looked at first: a user who may not sign in must not use the QR up.
    let found: Found = login(ctx, db, identity).await?;
    let user_id = match found {
        Ok((user_id, _)) => user_id,
        Err(fault) => return Ok(Some(Heard::Failed(fault))),
    };
    if !store::follow::update_completed(db, &hash, &identity.openid, user_id, ctx.now()).await? {
        // A rival was there in between: from a new start it is seen above, and nobody has been made for nothing.
        return Err(StoreError::Collision);
    }
    let credits = credit::grant_welcome(ctx, db, user_id, &identity.openid).await?;
    let name = store::user::find_user(db, user_id).await?.map(|user| user.nickname).unwrap_or_default();
    Ok(Some(Heard::Followed { credits, name }))
}

/// The person takes the latest of these back. None where there is none of the last day.
pub(super) async fn cancel(ctx: &Ctx, db: &mut Tx, identity: &IdentityRow) -> Result<Option<Heard>, StoreError> {
    let now = ctx.now();
    let found = store::follow::find_of_person(db, &identity.appid, &identity.openid, now - CANCEL_MS).await?;
    let Some(row) = found else { return Ok(None) };
    if !store::follow::update_cancelled(db, &row.scene_hash, now).await? {
        return Ok(None);
    }
    if let Some(user_id) = identity.user_id {
        token::revoke_all_within(db, user_id).await?;
        audit::note(ctx, db, Act::FollowCancel, audit::user(user_id), (Some(user_id), "wechat"), "").await?;
    }
    Ok(Some(Heard::Cancelled))
}
