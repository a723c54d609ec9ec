//! A sign-in that another program waits for. It holds the poll secret alone, follows the state with it and collects the result: a token,
//! handed out to the first look after success and for a minute more, in case that answer was lost.
//!
//! The phone agrees as for any browser: whoever began the session cannot let themselves in.

use super::{COLLECT_MS, Fault, Status, app, begin, begin::Asker};
use crate::{
    core::{
        CoreError, Ctx,
        account::{User, identity, identity::Proven},
        secret::Use,
        token,
    },
    store::{self, identity::IdentityRow, signin::SigninRow},
};

/// How long after it was handed out a result can be had once more.
const AGAIN_MS: i64 = 60_000;
const TRIES: u32 = 4;

/// A session that has just begun.
#[derive(Debug, Clone)]
pub struct Begun {
    /// Follows and collects; in nobody's hands but the program's.
    pub poll: String,
    /// A picture to be scanned: of this session where the account may have such codes, else of the account.
    pub picture_url: String,
    /// Digits to be sent to the account instead.
    pub code: String,
    /// Seconds that it waits.
    pub expires_in_secs: i64,
}

/// Somebody who was let in, and the token that proves it.
#[derive(Debug, Clone)]
pub struct Handed {
    pub user: User,
    pub identity: Option<IdentityRow>,
    pub token: String,
}

/// What a program sees of its session.
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
    /// True where nothing will change any more.
    #[must_use]
    pub fn is_final(&self) -> bool {
        !matches!(self, Self::Waiting | Self::Scanned)
    }
}

/// Begins a session.
///
/// # Errors
/// [`CoreError::TooMany`].
pub async fn begin(ctx: &Ctx, asker: Asker) -> Result<Begun, CoreError> {
    let secrets = begin::for_program(ctx, asker).await?;
    let row = find(ctx, secrets.poll()).await?;
    let picture_url = match &row.ticket {
        Some(ticket) => ctx.platform.qr_image_url(ticket).to_string(),
        None => format!("{}signin/account.png", ctx.settings.public_url),
    };
    Ok(Begun {
        poll: secrets.poll().to_owned(),
        picture_url,
        code: secrets.code().to_owned(),
        expires_in_secs: (row.expires_at - row.created_at).div_euclid(1000),
    })
}

/// How a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub id: i64,
    pub status: Status,
    /// Epoch milliseconds. Nobody tells when this has come.
    pub expires_at: i64,
}

/// How the session stands, without collecting anything: for waiting until it changes.
///
/// # Errors
/// [`CoreError::NotFound`] for a secret that follows nothing.
pub async fn state(ctx: &Ctx, poll: &str) -> Result<Standing, CoreError> {
    let row = find(ctx, poll).await?;
    Ok(Standing { id: row.id, status: status_of(&row, ctx.now()), expires_at: row.expires_at })
}

/// What has become of the session; a success is collected.
///
/// # Errors
/// [`CoreError::NotFound`] for a secret that follows nothing, and once the result was handed out for good.
pub async fn look(ctx: &Ctx, poll: &str) -> Result<Seen, CoreError> {
    let row = find(ctx, poll).await?;
    match status_of(&row, ctx.now()) {
        Status::Waiting => Ok(Seen::Waiting),
        Status::Scanned => Ok(Seen::Scanned),
        Status::Refused => Ok(Seen::Refused),
        Status::Expired => Ok(Seen::Expired),
        Status::Error => Ok(Seen::Failed(row.fault.as_deref().and_then(Fault::of))),
        Status::Success => collect(ctx, row).await,
    }
}

/// Ends a waiting session by a code of the open platform's web login, which proves the person by itself.
///
/// # Errors
/// [`CoreError::NotFound`]; [`CoreError::SessionOver`] where nothing waits any more, or for somebody else; what
/// [`app::by_web_login`] refuses.
pub async fn finalize(ctx: &Ctx, poll: &str, code: &str) -> Result<Seen, CoreError> {
    // Before the code is spent at the platform.
    let row = find(ctx, poll).await?;
    if status_of(&row, ctx.now()).is_final() {
        return Err(CoreError::SessionOver);
    }
    let proven = app::by_web_login(ctx, code).await?;
    for _ in 0..TRIES {
        match complete(ctx, row.id, &proven).await {
            Ok(()) => {
                ctx.hub.announce(row.id, Status::Success);
                return look(ctx, poll).await;
            }
            // Seen from a new start, a rival's row is simply there.
            Err(CoreError::Collided) => {}
            Err(e) => return Err(e),
        }
    }
    Err(CoreError::Busy)
}

async fn complete(ctx: &Ctx, id: i64, proven: &Proven) -> Result<(), CoreError> {
    let mut tx = ctx.store.begin().await?;
    // The session first: who comes too late has made nobody.
    if !store::signin::update_success(&mut tx, id, &proven.openid, ctx.now()).await? {
        return Err(CoreError::SessionOver);
    }
    let (user, is_united) = identity::meet_within(ctx, &mut tx, proven).await?;
    store::signin::update_winner(&mut tx, id, user.id, ctx.now() + COLLECT_MS).await?;
    tx.commit().await?;
    identity::forget_united(ctx, is_united);
    Ok(())
}

async fn find(ctx: &Ctx, poll: &str) -> Result<SigninRow, CoreError> {
    let row = store::signin::find_remote(&mut ctx.store.read().await?, &ctx.hash(Use::Poll, poll)).await?;
    row.ok_or(CoreError::NotFound)
}

/// The sweeper writes the end of its time a little later.
fn status_of(row: &SigninRow, now: i64) -> Status {
    let status = Status::of(&row.status);
    let is_uncollected = status == Status::Success && row.consumed_at.is_none();
    if row.expires_at <= now && (!status.is_final() || is_uncollected) { Status::Expired } else { status }
}

async fn collect(ctx: &Ctx, row: SigninRow) -> Result<Seen, CoreError> {
    let now = ctx.now();
    let user_id = row.user_id.ok_or(CoreError::NotFound)?;
    let found = store::user::find_user(&mut ctx.store.read().await?, user_id).await?;
    let user = found.map(User::from).ok_or(CoreError::NotFound)?;
    if !user.is_enabled {
        return Ok(Seen::Failed(Some(Fault::Disabled)));
    }
    // They signed out everywhere since they agreed: that ended this as well, handed out or not.
    if row.generation != Some(user.generation) {
        return Ok(Seen::Expired);
    }
    let mut tx = ctx.store.begin().await?;
    let is_first = store::signin::update_handed_out(&mut tx, row.id, now).await?;
    if is_first {
        store::user::update_last_login(&mut tx, user_id, now).await?;
    }
    tx.commit().await?;
    // A rival may have been first since the row was read: then it was just now.
    let handed_at = row.consumed_at.unwrap_or(now);
    if now > handed_at + AGAIN_MS {
        return Err(CoreError::NotFound);
    }
    let identities = store::identity::list_identities(&mut ctx.store.read().await?, user_id).await?;
    let openid = row.openid.as_deref();
    let identity = identities.into_iter().find(|i| Some(i.openid.as_str()) == openid);
    // Named after the session and dated by its end: asked again, it is the same token and not one more.
    let jti = ctx.hash(Use::Poll, &format!("token of {}", row.id))[..22].to_owned();
    let issued_at = row.completed_at.unwrap_or(now).div_euclid(1000);
    let whose = (user_id, user.generation);
    let token = token::issue_as(ctx, whose, openid, (issued_at, i64::MAX), jti, false).await?;
    Ok(Seen::Success(Box::new(Handed { user, identity, token })))
}
