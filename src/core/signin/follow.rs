//! QR codes of client programs, valid for 30 days. A follower who scans one is bound to the client.
//!
//! The scan binds immediately, because no page waits for a confirmation. The chat reports it, and `取消` undoes it for a day: then
//! all tokens of the user end, because the program does not know which of them the client has. An admin must confirm in the chat
//! first, whatever `signin.confirm` says.
//!
//! A `client_id` is no secret. The response with the QR contains a poll token: only with it can the client read the follower's
//! token, which has the scope `follow`. Without it the client sees the first follower who completed one of its QR codes; later ones
//! do not replace them.

use super::{
    chat_outcome::ChatOutcome,
    complete::{Found, login},
    plain_mode, qr_availability,
};
use crate::{
    base::secret::Use,
    core::{
        CoreError, Ctx, OfficialCtx, Problem,
        account::{Role, User},
        audit::{self, Act},
        credit,
        limit::{self, Limit},
        signin_log::{self, Door},
        token::{self, Scope},
    },
    store::{self, StoreError, Tx, follow::FollowRow, identity::IdentityRow},
    text::visible::is_invisible,
};
use std::{net::IpAddr, time::Duration};

/// How long a QR is valid: the platform's longest (docs/WECHAT.md, parametric codes).
pub const TTL_SECS: u32 = 2_592_000;
/// How long the token of a new binding is shown.
const FRESH_MS: i64 = 10 * 60_000;
/// How long the follower may undo it.
const CANCEL_MS: i64 = 24 * 3_600_000;
/// The timeout for the platform to create a QR.
const PATIENCE: Duration = Duration::from_secs(8);
/// How long the question to an admin stays open.
const QUESTION_MS: i64 = 5 * 60_000;
const CLIENT_MAX_CHARS: usize = 128;

/// The kind of the question to an admin in `chat_questions`; its subject is the user's id and the scene's hash.
pub const QUESTION: &str = "follow";

/// A client program's name. With it, the state of the client's QR codes can be read, so it is stored as a hash.
#[derive(Clone)]
pub struct Client(String);

impl Client {
    /// Parses 1 to 128 visible characters.
    ///
    /// # Errors
    /// The field error of `client_id`.
    pub fn parse(ctx: &Ctx, name: &str) -> Result<Self, CoreError> {
        let problem = match name.chars().take(CLIENT_MAX_CHARS + 1).count() {
            0 => Some(Problem::Empty),
            n if n > CLIENT_MAX_CHARS => Some(Problem::TooLong(CLIENT_MAX_CHARS)),
            _ if name.chars().any(|c| c.is_whitespace() || is_invisible(c)) => Some(Problem::Malformed),
            _ => None,
        };
        problem.map_or_else(|| Ok(Self(ctx.hash(Use::Client, name))), |p| Err(CoreError::field_error("client_id", p)))
    }
}

/// A QR for a client to show.
#[derive(Debug, Clone)]
pub struct Shown {
    pub scene: String,
    pub ticket: String,
    /// The QR's content.
    pub url: String,
    /// The URL of its picture at the platform.
    pub picture_url: String,
    /// The poll token: reads the token of this QR. Only the program that requested the QR gets it.
    pub poll: String,
    /// Epoch milliseconds.
    pub expires_at: i64,
}

/// The state of a client's QR.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    Pending,
    Completed,
    Expired,
}

/// The data that a client may read.
#[derive(Debug, Clone)]
pub struct State {
    pub progress: Progress,
    /// True while the follower follows the account.
    pub is_following: bool,
    pub openid: Option<String>,
    pub credits: Option<i64>,
    /// Shown for ten minutes.
    pub token: Option<String>,
    /// Epoch milliseconds.
    pub completed_at: Option<i64>,
}

/// Creates a new QR for a client. Older ones stay valid until they expire.
///
/// # Errors
/// [`CoreError::TooMany`]; [`CoreError::Platform`] if the platform creates none.
pub async fn begin(ctx: &OfficialCtx, client: &Client, address: IpAddr) -> Result<Shown, CoreError> {
    if !ctx.account.is_connected() {
        return Err(CoreError::NotConfigured("wechat"));
    }
    limit::take_for_address(ctx, Limit::NewSessions, address).await?;
    let (scene, poll) = (ctx.rng.token(), ctx.rng.token());
    let made = qr_availability::create_qr(ctx, &scene, TTL_SECS, PATIENCE).await??;
    let now = ctx.now();
    let row = FollowRow {
        scene_hash: ctx.hash(Use::Scene, &scene),
        client_hash: client.0.clone(),
        appid: ctx.account.appid.clone(),
        openid: None,
        created_at: now,
        expires_at: now + i64::from(TTL_SECS) * 1000,
        completed_at: None,
        cancelled_at: None,
        generation: None,
        poll_hash: Some(ctx.hash(Use::Poll, &poll)),
        user_id: None,
    };
    let expires_at = row.expires_at;
    store::transact!(ctx.store, |tx| store::follow::insert_scene(tx, row.clone()).await)?;
    let picture_url = ctx.account.platform.qr_image_url(&made.ticket).into();
    Ok(Shown { scene, ticket: made.ticket, url: made.url, picture_url, poll, expires_at })
}

/// The state of a client's QR codes: with `poll`, of the QR of that poll token, including the follower's token; without it,
/// of the one that was completed first, without a token.
///
/// # Errors
/// [`CoreError::NotFound`] if this client has no QR, or none with this poll token.
pub async fn look(ctx: &Ctx, client: &Client, poll: Option<&str>) -> Result<State, CoreError> {
    let mut db = ctx.store.read().await?;
    let found = match poll {
        Some(poll) => store::follow::find_polled(&mut db, &client.0, &ctx.hash(Use::Poll, poll)).await?,
        None => match store::follow::find_completed(&mut db, &client.0).await? {
            None => store::follow::find_latest(&mut db, &client.0).await?,
            found => found,
        },
    };
    let row = found.ok_or(CoreError::NotFound)?;
    if row.completed_at.is_none() || row.cancelled_at.is_some() {
        return Ok(incomplete(&row, ctx.now()));
    }
    let openid = row.openid.clone().unwrap_or_default();
    let identity = store::identity::find_identity(&mut db, &row.appid, &openid).await?;
    let user_id = identity.as_ref().and_then(|identity| identity.user_id);
    let user = match user_id {
        Some(id) => store::user::find_user(&mut db, id)
            .await?
            .map(|row| User::at(row, ctx.now()))
            .filter(|user| user.is_enabled),
        None => None,
    };
    drop(db);
    let token = match &user {
        Some(user) if poll.is_some() && is_fresh(ctx, &row, user) => {
            Some(token::issue_scoped(ctx, user, Scope::Follow, Some(&openid)).await?)
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

fn incomplete(row: &FollowRow, now: i64) -> State {
    let is_open = row.expires_at > now && row.cancelled_at.is_none();
    State {
        progress: if is_open { Progress::Pending } else { Progress::Expired },
        is_following: false,
        openid: None,
        credits: None,
        token: None,
        completed_at: None,
    }
}

/// True for ten minutes after this user completed the QR, unless they signed out everywhere since: that revoked the token.
fn is_fresh(ctx: &Ctx, row: &FollowRow, user: &User) -> bool {
    row.completed_at.is_some_and(|at| ctx.now() - at < FRESH_MS)
        && row.user_id == Some(user.id)
        && row.generation == Some(user.generation)
}

/// The follower scanned a client's QR. `None` if the scene is not a client's.
pub(super) async fn scan(
    ctx: &OfficialCtx,
    db: &mut Tx,
    scene: &str,
    identity: &IdentityRow,
) -> Result<Option<ChatOutcome>, StoreError> {
    meet(ctx, db, &ctx.hash(Use::Scene, scene), identity, false).await
}

/// An admin confirms the question of [`scan`]. `scene_hash`: from the question.
///
/// # Errors
/// The database cannot be reached, or a concurrent transaction won: retry the transaction.
pub async fn confirm(
    ctx: &OfficialCtx,
    db: &mut Tx,
    scene_hash: &str,
    identity: &IdentityRow,
) -> Result<Option<ChatOutcome>, StoreError> {
    meet(ctx, db, scene_hash, identity, true).await
}

async fn meet(
    ctx: &OfficialCtx,
    db: &mut Tx,
    hash: &str,
    identity: &IdentityRow,
    has_agreed: bool,
) -> Result<Option<ChatOutcome>, StoreError> {
    let Some(row) = store::follow::find_scene(db, hash).await? else { return Ok(None) };
    if row.appid != identity.appid || row.expires_at <= ctx.now() || row.cancelled_at.is_some() {
        return Ok(Some(ChatOutcome::Expired));
    }
    if row.completed_at.is_some() {
        let is_same = row.openid.as_deref() == Some(identity.openid.as_str());
        return Ok(Some(if is_same { ChatOutcome::DoneBefore } else { ChatOutcome::TakenByOther }));
    }
    let log_refusal = |db: &mut Tx, user_id: Option<i64>, cause: &'static str| {
        db.after_commit(move || signin_log::refused(Door::FollowQr, user_id, cause));
    };
    if plain_mode::refuses(ctx, db, identity).await? {
        log_refusal(db, identity.user_id, "plain-mode");
        return Ok(Some(ChatOutcome::PlainMode));
    }
    // Checked first: a disabled user must not use up the QR.
    let found: Found = login(ctx, db, identity).await?;
    let user_id = match found {
        Ok((user_id, _)) => user_id,
        Err(fault) => {
            log_refusal(db, identity.user_id, fault.as_str());
            return Ok(Some(ChatOutcome::Failed(fault)));
        }
    };
    let user =
        store::user::find_user(db, user_id).await?.map(|row| User::at(row, ctx.now())).ok_or(StoreError::Collision)?;
    if user.role == Role::Admin && !has_agreed {
        return ask(ctx, db, &row, identity, user).await.map(Some);
    }
    if !store::follow::update_completed(db, hash, &identity.openid, user_id, ctx.now()).await? {
        // A concurrent scan won: retried, the transaction sees it above, and no user was created in vain.
        return Err(StoreError::Collision);
    }
    let credits = credit::grant_welcome(ctx, db, user_id, &identity.openid).await?;
    db.after_commit(move || signin_log::signed_in(Door::FollowQr, user_id));
    Ok(Some(ChatOutcome::Followed { credits, name: user.nickname }))
}

/// Asks an admin; replaces an earlier question.
async fn ask(
    ctx: &Ctx,
    db: &mut Tx,
    row: &FollowRow,
    identity: &IdentityRow,
    user: User,
) -> Result<ChatOutcome, StoreError> {
    let person = (identity.appid.as_str(), identity.openid.as_str());
    let subject = format!("{}:{}", user.id, row.scene_hash);
    store::question::insert_question(db, person, QUESTION, &subject, ctx.now() + QUESTION_MS).await?;
    Ok(ChatOutcome::AskFollow { name: user.username.unwrap_or(user.nickname), asked_at: row.created_at })
}

/// A binding that the follower undid.
#[derive(Debug)]
pub(super) struct Cancelled {
    /// The user whose tokens were ended; `None` if the follower has no account any more.
    pub user_id: Option<i64>,
}

/// The follower undoes the latest binding. `None` if there is none of the last day.
pub(super) async fn cancel(ctx: &Ctx, db: &mut Tx, identity: &IdentityRow) -> Result<Option<Cancelled>, StoreError> {
    let now = ctx.now();
    let found = store::follow::find_of_person(db, &identity.appid, &identity.openid, now - CANCEL_MS).await?;
    let Some(row) = found else { return Ok(None) };
    if !store::follow::update_cancelled(db, &row.scene_hash, now).await? {
        return Ok(None);
    }
    if let Some(user_id) = identity.user_id {
        token::revoke_all_within(ctx, db, user_id).await?;
        audit::note(ctx, db, Act::FollowCancel, audit::user(user_id), (Some(user_id), "wechat"), "").await?;
    }
    Ok(Some(Cancelled { user_id: identity.user_id }))
}
