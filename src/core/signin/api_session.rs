//! Sign-in sessions of other programs. The program has only the poll secret: with it, it polls the state and collects the result, a
//! token that is returned to the first poll after success and for a minute more, in case that answer was lost.
//!
//! The user confirms in the chat as for any browser: the program that began the session cannot let itself in.

use super::{COLLECT_MS, Fault, Status, begin, begin::Asker, status_broadcast::announce, wechat_apps};
use crate::{
    base::secret::Use,
    core::{
        CoreError, Ctx, OfficialCtx,
        account::{
            User, avatar,
            identity::{self, Proven},
        },
        message::join,
        signin_log::{self, Door},
        token,
    },
    store::{self, identity::IdentityRow, signin::SigninRow},
};

/// How long after the first delivery a result can be collected again.
const AGAIN_MS: i64 = 60_000;

/// A new session.
#[derive(Debug, Clone)]
pub struct Begun {
    /// The secret for polling and collecting; only the program knows it.
    pub poll: String,
    /// A QR code to scan: of this session if the account may create such codes, else of the account itself.
    pub picture_url: String,
    /// Digits to send to the account instead.
    pub code: String,
    /// Seconds until the session expires.
    pub expires_in_secs: i64,
}

/// A signed-in user with a token.
#[derive(Debug, Clone)]
pub struct Handed {
    pub user: User,
    pub identity: Option<IdentityRow>,
    pub token: String,
}

/// The state of a session as its program sees it.
#[derive(Debug, Clone)]
pub enum Seen {
    Waiting,
    Scanned,
    Success(Box<Handed>),
    Expired,
    Refused,
    Failed(Option<Fault>),
}

impl Seen {
    /// True if the state will not change any more.
    #[must_use]
    pub fn is_final(&self) -> bool {
        !matches!(self, Self::Waiting | Self::Scanned)
    }
}

/// Begins a session.
///
/// # Errors
/// [`CoreError::TooMany`].
pub async fn begin(ctx: &OfficialCtx, asker: Asker) -> Result<Begun, CoreError> {
    let secrets = begin::for_program(ctx, asker).await?;
    let row = find(ctx, secrets.poll()).await?;
    let picture_url = match &row.ticket {
        Some(ticket) => ctx.account.platform.qr_image_url(ticket).to_string(),
        None => format!("{}signin/account.png", ctx.settings.public_url),
    };
    Ok(Begun {
        poll: secrets.poll().to_owned(),
        picture_url,
        code: secrets.code().to_owned(),
        expires_in_secs: (row.expires_at - row.created_at).div_euclid(1000),
    })
}

/// The state of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApiSession {
    pub id: i64,
    pub status: Status,
    /// Epoch milliseconds. Expiry is not broadcast.
    pub expires_at: i64,
}

/// The state of the session, without collecting the result: for waiting until it changes.
///
/// # Errors
/// [`CoreError::NotFound`] for an unknown poll secret.
pub async fn state(ctx: &Ctx, poll: &str) -> Result<ApiSession, CoreError> {
    let row = find(ctx, poll).await?;
    Ok(ApiSession { id: row.id, status: status_of(&row, ctx.now()), expires_at: row.expires_at })
}

/// The state of the session; collects the result of a success.
///
/// # Errors
/// [`CoreError::NotFound`] for an unknown poll secret, and when the result can no longer be collected.
pub async fn look(ctx: &Ctx, poll: &str) -> Result<Seen, CoreError> {
    look_from(ctx, poll, Door::Program).await
}

async fn look_from(ctx: &Ctx, poll: &str, door: Door) -> Result<Seen, CoreError> {
    let row = find(ctx, poll).await?;
    match status_of(&row, ctx.now()) {
        Status::Waiting => Ok(Seen::Waiting),
        Status::Scanned => Ok(Seen::Scanned),
        Status::Refused => Ok(Seen::Refused),
        Status::Expired => Ok(Seen::Expired),
        Status::Error => Ok(Seen::Failed(row.fault.as_deref().and_then(Fault::of))),
        Status::Success => collect(ctx, row, door).await,
    }
}

/// Completes a waiting session by a code of the open platform's web login, which proves the identity by itself.
///
/// # Errors
/// [`CoreError::NotFound`]; [`CoreError::SessionOver`] if the session no longer waits, or waits for another user;
/// errors of [`wechat_apps::by_web_login`].
pub async fn finalize(ctx: &OfficialCtx, poll: &str, code: &str) -> Result<Seen, CoreError> {
    let proven = async {
        // Checked before the code is used up at the platform.
        let row = find(ctx, poll).await?;
        if status_of(&row, ctx.now()).is_final() {
            return Err(CoreError::SessionOver);
        }
        Ok((row.id, wechat_apps::by_web_login(ctx, code).await?))
    };
    let (id, proven) = proven.await.map_err(|error| signin_log::failed(Door::WebLogin, None, error))?;
    if let Err(error) = complete(ctx, id, &proven).await {
        let user_id = wechat_apps::owner_of(ctx, &proven).await;
        return Err(signin_log::failed(Door::WebLogin, user_id, error.busy_if_collided()));
    }
    look_from(ctx, poll, Door::WebLogin).await
}

async fn complete(ctx: &OfficialCtx, id: i64, proven: &Proven) -> Result<(), CoreError> {
    store::transact!(ctx.store, |tx| {
        // The session first: a request that comes too late must not create a user.
        if !store::signin::update_success(tx, id, &proven.openid, ctx.now()).await? {
            return Err(CoreError::SessionOver);
        }
        let user = identity::meet_within(ctx, tx, proven).await?;
        store::signin::update_winner(tx, id, user.id, ctx.now() + COLLECT_MS).await?;
        announce(ctx, tx, id, Status::Success);
        let (ctx, unionid) = (ctx.clone(), proven.unionid.clone());
        tx.after_commit(move || {
            join::ask_soon(&ctx, unionid.as_deref());
            avatar::fetch_soon(&ctx, user.id);
        });
        Ok(())
    })
}

async fn find(ctx: &Ctx, poll: &str) -> Result<SigninRow, CoreError> {
    let row = store::signin::find_remote(&mut ctx.store.read().await?, &ctx.hash(Use::Poll, poll)).await?;
    row.ok_or(CoreError::NotFound)
}

/// The cleanup task stores the expiry a little later.
fn status_of(row: &SigninRow, now: i64) -> Status {
    let status = Status::of(&row.status);
    let is_uncollected = status == Status::Success && row.consumed_at.is_none();
    if row.expires_at <= now && (!status.is_final() || is_uncollected) { Status::Expired } else { status }
}

async fn collect(ctx: &Ctx, row: SigninRow, door: Door) -> Result<Seen, CoreError> {
    let now = ctx.now();
    let user_id = row.user_id.ok_or(CoreError::NotFound)?;
    let found = store::user::find_user(&mut ctx.store.read().await?, user_id).await?;
    let user = found.map(|row| User::at(row, ctx.now())).ok_or(CoreError::NotFound)?;
    if !user.is_enabled {
        signin_log::refused(door, Some(user_id), "disabled");
        return Ok(Seen::Failed(Some(Fault::Disabled)));
    }
    // The user signed out everywhere since the confirmation: that ended this session too, delivered or not.
    if row.generation != Some(user.generation) {
        return Ok(Seen::Expired);
    }
    store::transact!(ctx.store, |tx| -> Result<(), CoreError> {
        let is_first = store::signin::update_handed_out(tx, row.id, now).await?;
        if is_first {
            store::user::update_last_login(tx, user_id, now).await?;
            tx.after_commit(move || signin_log::signed_in(door, user_id));
        }
        Ok(())
    })?;
    // A concurrent request may have collected it since the row was read: just now.
    let handed_at = row.consumed_at.unwrap_or(now);
    if now > handed_at + AGAIN_MS {
        return Err(CoreError::NotFound);
    }
    let identities = store::identity::list_identities(&mut ctx.store.read().await?, user_id).await?;
    let openid = row.openid.as_deref();
    let identity = identities.into_iter().find(|i| Some(i.openid.as_str()) == openid);
    // Id and time derive from the session: a repeated poll returns the same token instead of a new one.
    let jti = ctx.hash(Use::Poll, &format!("token of {}", row.id))[..22].to_owned();
    let issued_at_secs = row.completed_at.unwrap_or(now).div_euclid(1000);
    let scope = Some(token::Scope::Account);
    let terms = token::Terms { scope, issued_at_secs, life_secs: i64::MAX, jti, is_final: false };
    let token = token::issue_as(ctx, (user_id, user.generation), openid, terms).await?;
    Ok(Seen::Success(Box::new(Handed { user, identity, token })))
}
