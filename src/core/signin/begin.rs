//! Beginning, viewing and renewing a sign-in session.

use super::{Purpose, Secrets, Status, View, qr_availability};
use crate::{
    base::secret::Use,
    core::{
        CoreError, Ctx, OfficialCtx, Problem,
        account::{field::Username, password::Password, profile::collect},
        limit::{self, Limit},
    },
    store::{self, signin::SigninRow},
};
use std::net::IpAddr;

/// How often a page renews its session before the user must press a button.
pub const OWN_REFRESHES: i64 = 3;

/// The browser that begins a session.
#[derive(Debug, Clone)]
pub struct Asker {
    /// Like `Chrome · Windows`; shown in the chat.
    pub browser_label: String,
    pub address: IpAddr,
    /// A path of this site to redirect to afterwards.
    pub next_path: Option<String>,
}

/// Begins a registration: the name and the password are checked and stored; no account exists yet.
///
/// # Errors
/// Field errors of `username` and `password`; [`CoreError::TooMany`].
pub async fn register(ctx: &OfficialCtx, username: &str, password: &str, asker: Asker) -> Result<Secrets, CoreError> {
    let mut flaws = Vec::new();
    let username = collect(&mut flaws, Username::parse(username));
    let password = collect(&mut flaws, Password::parse_new("password", password));
    let (Some(username), Some(password)) = (username, password) else { return Err(CoreError::Invalid(flaws)) };
    // Counted before the name is looked up: an attacker must not enumerate names quickly.
    limit::take_for_address(ctx, Limit::NewSessions, asker.address).await?;
    if store::user::find_user_by_name(&mut ctx.store.read().await?, &username.key()).await?.is_some() {
        return Err(CoreError::field_error("username", Problem::Taken));
    }
    let hash = ctx.hasher.hash("password", password, Some(username.as_str())).await?;
    let pending =
        Pending { username: Some(username.as_str().to_owned()), password_hash: Some(hash), ..Pending::default() };
    start(ctx, Purpose::Register, asker, pending, 0).await
}

/// Begins a sign-in or a password reset.
///
/// # Errors
/// [`CoreError::TooMany`].
pub async fn login(ctx: &OfficialCtx, purpose: Purpose, asker: Asker) -> Result<Secrets, CoreError> {
    limit::take_for_address(ctx, Limit::NewSessions, asker.address).await?;
    start(ctx, purpose, asker, Pending::default(), 0).await
}

/// Begins a sign-in, or goes on with the one that this browser has begun and that still waits: reopening a page asks the platform for
/// nothing.
///
/// # Errors
/// [`CoreError::TooMany`].
pub async fn login_again(ctx: &OfficialCtx, own: Option<Secrets>, asker: Asker) -> Result<Secrets, CoreError> {
    if let Some(secrets) = own
        && let Some(view) = view(ctx, &secrets).await?
        && view.waits_for_login(asker.next_path.as_deref())
    {
        return Ok(secrets);
    }
    login(ctx, Purpose::Login, asker).await
}

/// Begins binding WeChat to the signed-in user.
///
/// # Errors
/// [`CoreError::TooMany`].
pub async fn bind(ctx: &OfficialCtx, user_id: i64, asker: Asker) -> Result<Secrets, CoreError> {
    limit::take_for_address(ctx, Limit::NewSessions, asker.address).await?;
    start(ctx, Purpose::Bind, asker, Pending { user_id: Some(user_id), ..Pending::default() }, 0).await
}

/// Begins a sign-in for another program, which polls and collects it with the poll secret alone: see [`super::api_session`].
///
/// # Errors
/// [`CoreError::TooMany`].
pub(super) async fn for_program(ctx: &OfficialCtx, asker: Asker) -> Result<Secrets, CoreError> {
    limit::take_for_address(ctx, Limit::NewSessions, asker.address).await?;
    start(ctx, Purpose::Login, asker, Pending { is_remote: true, ..Pending::default() }, 0).await
}

/// The page's view of the session with these secrets.
///
/// # Errors
/// The database cannot be reached.
pub async fn view(ctx: &Ctx, secrets: &Secrets) -> Result<Option<View>, CoreError> {
    let row = store::signin::find_by_browser(&mut ctx.store.read().await?, &secrets.browser_hash(ctx)).await?;
    Ok(row.map(|row| View::of(row, ctx.live().limits.guesses_per_session, ctx.now())))
}

/// [`view`] for a client with both the cookie and the poll secret.
///
/// # Errors
/// The database cannot be reached.
pub async fn view_polled(ctx: &Ctx, secrets: &Secrets, poll: &str) -> Result<Option<View>, CoreError> {
    let row = store::signin::find_by_browser(&mut ctx.store.read().await?, &secrets.browser_hash(ctx)).await?;
    let row = row.filter(|row| row.poll_hash == ctx.hash(Use::Poll, poll));
    Ok(row.map(|row| View::of(row, ctx.live().limits.guesses_per_session, ctx.now())))
}

/// Replaces an expired session by a new one with new secrets and the same purpose. The number of automatic renewals
/// (`by_itself`) is limited.
///
/// # Errors
/// [`CoreError::SessionOver`] if no session can be renewed; [`CoreError::TooMany`].
pub async fn renew(ctx: &OfficialCtx, secrets: &Secrets, asker: Asker, by_itself: bool) -> Result<Secrets, CoreError> {
    let old = store::signin::find_by_browser(&mut ctx.store.read().await?, &secrets.browser_hash(ctx))
        .await?
        .ok_or(CoreError::SessionOver)?;
    let guesses = ctx.live().limits.guesses_per_session;
    let view = View::of(old.clone(), guesses, ctx.now());
    let is_over = matches!(view.status, Status::Expired | Status::Refused | Status::Error);
    // A registration that found an existing account, or whose name was taken, begins again from its form.
    let is_renewable = match view.purpose {
        Purpose::Register => old.pending_password_hash.is_some(),
        // The user's browser was signed out since: see `store::web_session`.
        Purpose::Bind => old.user_id.is_some(),
        Purpose::Login | Purpose::Reset => true,
    };
    if !is_over || !is_renewable || (by_itself && (view.status != Status::Expired || old.refreshes >= OWN_REFRESHES)) {
        return Err(CoreError::SessionOver);
    }
    limit::take_for_address(ctx, Limit::NewSessions, asker.address).await?;
    let refreshes = if by_itself { old.refreshes + 1 } else { 0 };
    let user_id = old.user_id.filter(|_| view.purpose == Purpose::Bind);
    let pending =
        Pending { username: old.pending_username, password_hash: old.pending_password_hash, user_id, is_remote: false };
    let asker = Asker { next_path: old.next_path, ..asker };
    let renewed = start(ctx, view.purpose, asker, pending, refreshes).await?;
    store::transact!(ctx.store, |tx| store::signin::delete_uncollected(tx, old.id).await)?;
    Ok(renewed)
}

#[derive(Debug, Clone, Default)]
struct Pending {
    username: Option<String>,
    password_hash: Option<String>,
    user_id: Option<i64>,
    /// True if a program waits instead of a browser: it has only the poll secret.
    is_remote: bool,
}

async fn start(
    ctx: &OfficialCtx,
    purpose: Purpose,
    asker: Asker,
    pending: Pending,
    refreshes: i64,
) -> Result<Secrets, CoreError> {
    if !ctx.account.is_connected() {
        return Err(CoreError::NotConfigured("wechat"));
    }
    let minutes = ctx.settings.settings.signin.session_minutes;
    let scene = ctx.rng.token();
    let (id, secrets) = insert(ctx, purpose, asker, pending, refreshes, &scene, minutes * 60_000).await?;
    // Outside any transaction: the platform may be slow.
    let is_scannable = purpose != Purpose::Reset;
    if is_scannable
        && let Some(qr) = qr_availability::open_qr(ctx, &scene, u32::try_from(minutes * 60).unwrap_or(600)).await
    {
        store::transact!(ctx.store, |tx| store::signin::update_ticket(tx, id, &qr.ticket, &qr.url).await)?;
    }
    Ok(secrets)
}

/// Draws secrets until no other session has the code.
async fn insert(
    ctx: &OfficialCtx,
    purpose: Purpose,
    asker: Asker,
    pending: Pending,
    refreshes: i64,
    scene: &str,
    ttl_ms: i64,
) -> Result<(i64, Secrets), CoreError> {
    let inserted = store::transact!(ctx.store, |tx| {
        let secrets = Secrets::new(ctx);
        let (now, id) = (ctx.now(), ctx.next_id());
        let row = SigninRow {
            id,
            purpose: purpose.as_str().to_owned(),
            status: Status::Waiting.as_str().to_owned(),
            fault: None,
            scene_hash: ctx.hash(Use::Scene, scene),
            poll_hash: secrets.poll_hash(ctx),
            browser_hash: (!pending.is_remote).then(|| secrets.browser_hash(ctx)),
            // A password reset needs a code from the chat: a code sent in the chat must not complete it.
            code_hash: (purpose != Purpose::Reset).then(|| secrets.code_hash(ctx)),
            client_id: None,
            ticket: None,
            qr_url: None,
            appid: ctx.account.appid.clone(),
            openid: None,
            user_id: pending.user_id,
            pending_username: pending.username.clone(),
            pending_password_hash: pending.password_hash.clone(),
            next_path: asker.next_path.clone(),
            browser_label: asker.browser_label.clone(),
            address: limit::subject_of(asker.address),
            guesses: 0,
            refreshes,
            created_at: now,
            expires_at: now + ttl_ms,
            scanned_at: None,
            completed_at: None,
            consumed_at: None,
            changed_at: now,
            generation: None,
        };
        // A code from the chat with the same digits would make the two directions ambiguous.
        if store::code::has_code(tx, &secrets.code_hash(ctx), now).await? {
            return Err(CoreError::Collided);
        }
        store::signin::insert_signin(tx, &row).await?;
        Ok((id, secrets))
    });
    inserted.map_err(CoreError::busy_if_collided)
}
