//! Connects a user's WeChat: a sign-in that waits for a scan, from any instance's point of view.
//!
//! The instance that began it talks to the platform in a task; its state is a row, so that pages at other instances can follow it. A number
//! that the person types is stored there, too, and taken once. A sign-in belongs to the browser session that began it: only there its QR
//! code is shown.

use super::{
    connection,
    secret::{Field, decrypt, encrypt},
};
use crate::{
    base::secret::Use,
    core::{
        CoreError, Ctx, Problem,
        limit::{self, Limit},
    },
    ilink::{
        LoginCode,
        login::{LOGIN_MAX_MS, Login, LoginFailure, LoginOutcome, LoginView},
    },
    store::{self, ilink_login::LoginRow},
};
use secrecy::{ExposeSecret as _, SecretString};
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// How long the platform may take to give a QR code.
const START_MS: i64 = 20_000;
/// How often the task looks for a typed number while one is awaited.
const TYPED: Duration = Duration::from_millis(500);
/// How long the last state can be seen.
const ENDED_MS: i64 = 10 * 60_000;

/// The state of a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The platform is asked for a QR code.
    Starting,
    /// The QR code waits for a scan.
    Scan,
    /// Scanned: the person must confirm on the phone.
    Scanned,
    /// The person must type the number that the phone shows.
    EnterNumber,
    /// The number was wrong: the person must type it again.
    WrongNumber,
    /// The number is being checked.
    Checking,
    /// Connected.
    Done,
    /// The QR code expired too often, or the whole time is over.
    Expired,
    /// Too many wrong numbers.
    Blocked,
    /// The platform refused, or could not be reached.
    Failed,
}

impl State {
    const ALL: [Self; 10] = [
        Self::Starting,
        Self::Scan,
        Self::Scanned,
        Self::EnterNumber,
        Self::WrongNumber,
        Self::Checking,
        Self::Done,
        Self::Expired,
        Self::Blocked,
        Self::Failed,
    ];

    /// The word in the database, in events and in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Scan => "scan",
            Self::Scanned => "scanned",
            Self::EnterNumber => "enter_number",
            Self::WrongNumber => "wrong_number",
            Self::Checking => "checking",
            Self::Done => "done",
            Self::Expired => "expired",
            Self::Blocked => "blocked",
            Self::Failed => "failed",
        }
    }

    fn of(word: &str) -> Self {
        Self::ALL.into_iter().find(|state| state.as_str() == word).unwrap_or(Self::Failed)
    }

    /// True if nothing more happens.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Expired | Self::Blocked | Self::Failed)
    }

    fn of_view(view: &LoginView) -> Self {
        match view {
            LoginView::Scan { .. } => Self::Scan,
            LoginView::Scanned => Self::Scanned,
            LoginView::EnterCode { is_wrong: false } => Self::EnterNumber,
            LoginView::EnterCode { is_wrong: true } => Self::WrongNumber,
            LoginView::Checking => Self::Checking,
            LoginView::Done | LoginView::AlreadyConnected => Self::Done,
            LoginView::Failed(failure) => Self::of_failure(*failure),
        }
    }

    fn of_failure(failure: LoginFailure) -> Self {
        match failure {
            LoginFailure::TimedOut | LoginFailure::Expired => Self::Expired,
            LoginFailure::Blocked => Self::Blocked,
            LoginFailure::ForeignHost | LoginFailure::Platform => Self::Failed,
        }
    }
}

/// A sign-in, as its page shows it.
#[derive(Debug, Clone)]
pub struct View {
    pub state: State,
    /// The text of the QR code, while it may be scanned.
    pub qr_text: Option<String>,
    /// Epoch milliseconds.
    pub expires_at: i64,
}

/// Begins a sign-in for a user in this browser session, replacing an earlier one. Returns the public name of its picture.
///
/// # Errors
/// [`CoreError::Conflict`] while another one is being made; [`CoreError::TooMany`].
pub async fn begin(ctx: &Ctx, user_id: i64, session: &str) -> Result<String, CoreError> {
    let pid = ctx.rng.token();
    let now = ctx.now();
    let row = LoginRow {
        user_id,
        pid_hash: ctx.hash(Use::IlinkLogin, &pid),
        session_hash: ctx.hash(Use::IlinkLogin, session),
        state: State::Starting.as_str().to_owned(),
        qr_text: None,
        typed_number: None,
        created_at: now,
        expires_at: now + START_MS,
    };
    // Counted in a transaction of its own: an attempt that is refused counts, too.
    let subject = user_id.to_string();
    if !store::transact!(ctx.store, |tx| limit::take_within(ctx, tx, Limit::IlinkLogins, &subject).await)? {
        return Err(CoreError::TooMany(60));
    }
    store::transact!(ctx.store, |tx| {
        crate::core::account::lock_owner(tx, user_id).await?;
        let earlier = store::ilink_login::find_login(tx, user_id).await?;
        if earlier.is_some_and(|row| State::of(&row.state) == State::Starting && row.expires_at > now) {
            return Err(CoreError::Conflict);
        }
        store::ilink_login::insert_login(tx, row.clone()).await?;
        Ok(())
    })?;
    let stop = ctx.ilink.begin_login(user_id);
    let (ctx, pid_hash) = (ctx.clone(), row.pid_hash);
    tokio::spawn(async move {
        let task = Task { ctx: &ctx, user_id, pid_hash: &pid_hash };
        tokio::select! {
            () = stop.cancelled() => {}
            () = task.run() => stop.cancel(),
        }
    });
    Ok(pid)
}

/// A user's sign-in in this browser session; `None` without one.
///
/// # Errors
/// The database cannot be reached.
pub async fn find(ctx: &Ctx, user_id: i64, session: &str) -> Result<Option<View>, CoreError> {
    Ok(find_row(ctx, user_id, session).await?.map(|row| view(ctx, row)))
}

/// [`find`] for the one with this public name.
///
/// # Errors
/// The database cannot be reached.
pub async fn find_named(ctx: &Ctx, user_id: i64, session: &str, pid: &str) -> Result<Option<View>, CoreError> {
    let pid_hash = ctx.hash(Use::IlinkLogin, pid);
    Ok(find_row(ctx, user_id, session).await?.filter(|row| row.pid_hash == pid_hash).map(|row| view(ctx, row)))
}

async fn find_row(ctx: &Ctx, user_id: i64, session: &str) -> Result<Option<LoginRow>, CoreError> {
    let row = store::ilink_login::find_login(&mut ctx.store.read().await?, user_id).await?;
    let session_hash = ctx.hash(Use::IlinkLogin, session);
    Ok(row.filter(|row| row.session_hash == session_hash && row.expires_at + ENDED_MS > ctx.now()))
}

fn view(ctx: &Ctx, row: LoginRow) -> View {
    let mut state = State::of(&row.state);
    if !state.is_final() && row.expires_at <= ctx.now() {
        // The instance that ran it may have ended.
        state = State::Expired;
    }
    let qr_text = row.qr_text.filter(|_| state == State::Scan);
    let qr_text = qr_text.and_then(|stored| decrypt(ctx, row.user_id, Field::QrText, &stored));
    View { state, qr_text: qr_text.map(|text| text.expose_secret().to_owned()), expires_at: row.expires_at }
}

/// Takes the number that the person typed.
///
/// # Errors
/// A field error of `number` if it is not a number of 1 to 12 digits; [`CoreError::SessionOver`] if none is awaited.
pub async fn enter_number(ctx: &Ctx, user_id: i64, session: &str, number: &str) -> Result<(), CoreError> {
    let Some(code) = LoginCode::parse(number) else {
        let problem = if number.trim().is_empty() { Problem::Empty } else { Problem::Malformed };
        return Err(CoreError::field_error("number", problem));
    };
    let row = find_row(ctx, user_id, session).await?.ok_or(CoreError::SessionOver)?;
    let is_awaited = matches!(State::of(&row.state), State::EnterNumber | State::WrongNumber);
    if !is_awaited || row.expires_at <= ctx.now() {
        return Err(CoreError::SessionOver);
    }
    let is_taken = store::transact!(ctx.store, |tx| {
        store::ilink_login::update_typed(tx, (user_id, &row.pid_hash), Some(code.as_str().to_owned())).await
    })?;
    if is_taken { Ok(()) } else { Err(CoreError::SessionOver) }
}

/// Ends a sign-in.
///
/// # Errors
/// The database cannot be reached.
pub async fn cancel(ctx: &Ctx, user_id: i64) -> Result<(), CoreError> {
    // The token of a new, empty sign-in ends the earlier one.
    ctx.ilink.begin_login(user_id).cancel();
    store::transact!(ctx.store, |tx| store::ilink_login::delete_login(tx, user_id).await)?;
    Ok(())
}

/// The task of a sign-in.
struct Task<'a> {
    ctx: &'a Ctx,
    user_id: i64,
    pid_hash: &'a str,
}

impl Task<'_> {
    async fn run(&self) {
        match self.attempt().await {
            Ok(()) => {}
            Err(error) => {
                tracing::warn!(%error, user_id = self.user_id, "a sign-in to the personal channel failed");
                self.show(State::Failed, None).await.ok();
            }
        }
    }

    async fn attempt(&self) -> Result<(), CoreError> {
        let ctx = self.ctx;
        let known = connection::known_token(ctx, self.user_id).await?.into_iter().collect();
        let login = match Login::start(&ctx.platforms().ilink, ctx.clock.as_ref(), known).await {
            Ok(login) => login,
            Err(error) => {
                tracing::warn!(%error, "the iLink platform gave no QR code");
                self.show(State::Failed, None).await?;
                return Ok(());
            }
        };
        let (codes, typed) = mpsc::channel(1);
        let (views, mut shown) = watch::channel(login.view().clone());
        shown.mark_changed();
        let platforms = ctx.platforms();
        let outcome = tokio::select! {
            outcome = login.run(&platforms.ilink, ctx.clock.as_ref(), typed, &views) => outcome,
            followed = self.follow(shown, codes) => return followed,
        };
        self.finish(outcome).await
    }

    /// Stores each state, and passes on typed numbers. Ends only if the sign-in was replaced, or with an error.
    async fn follow(
        &self,
        mut views: watch::Receiver<LoginView>,
        codes: mpsc::Sender<LoginCode>,
    ) -> Result<(), CoreError> {
        let mut state = State::Starting;
        loop {
            let waits = matches!(state, State::EnterNumber | State::WrongNumber);
            tokio::select! {
                changed = views.changed() => {
                    if changed.is_err() {
                        // The outcome is on its way.
                        return std::future::pending().await;
                    }
                    let view = views.borrow_and_update().clone();
                    state = State::of_view(&view);
                    if state.is_final() {
                        return std::future::pending().await;
                    }
                    let qr = if let LoginView::Scan { qr_content } = view { Some(qr_content) } else { None };
                    if !self.show(state, qr).await? {
                        return Ok(());
                    }
                }
                () = tokio::time::sleep(TYPED), if waits => {
                    if let Some(code) = self.typed().await? {
                        codes.send(code).await.ok();
                    }
                }
            }
        }
    }

    /// Stores the state; false if the sign-in was replaced.
    async fn show(&self, state: State, qr: Option<String>) -> Result<bool, CoreError> {
        let (ctx, user_id) = (self.ctx, self.user_id);
        let qr = qr.map(|qr| encrypt(ctx, user_id, Field::QrText, &SecretString::from(qr)));
        let row = store::ilink_login::find_login(&mut ctx.store.read().await?, user_id).await?;
        let Some(row) = row.filter(|row| row.pid_hash == self.pid_hash) else { return Ok(false) };
        let expires_at = if state.is_final() { ctx.now() } else { row.created_at + LOGIN_MAX_MS };
        let name = (user_id, self.pid_hash);
        Ok(store::transact!(ctx.store, |tx| {
            store::ilink_login::update_login(tx, name, state.as_str(), qr.clone(), expires_at).await
        })?)
    }

    /// The number that the person typed, once.
    async fn typed(&self) -> Result<Option<LoginCode>, CoreError> {
        let (ctx, name) = (self.ctx, (self.user_id, self.pid_hash));
        let row = store::ilink_login::find_login(&mut ctx.store.read().await?, self.user_id).await?;
        let typed = row.filter(|row| row.pid_hash == self.pid_hash).and_then(|row| row.typed_number);
        let Some(typed) = typed else { return Ok(None) };
        store::transact!(ctx.store, |tx| store::ilink_login::update_typed(tx, name, None).await)?;
        Ok(LoginCode::parse(&typed))
    }

    /// Stores the connection and the last state in one transaction.
    async fn finish(&self, outcome: LoginOutcome) -> Result<(), CoreError> {
        let (ctx, user_id) = (self.ctx, self.user_id);
        let (name, now) = ((user_id, self.pid_hash), ctx.now());
        store::transact!(ctx.store, |tx| -> Result<(), CoreError> {
            crate::core::account::lock_owner(tx, user_id).await?;
            // A sign-in that was replaced or cancelled connects nothing.
            let login = store::ilink_login::find_login(tx, user_id).await?;
            if login.is_none_or(|login| login.pid_hash != self.pid_hash) {
                return Ok(());
            }
            let state = match &outcome {
                LoginOutcome::Connected(_) => State::Done,
                LoginOutcome::AlreadyConnected if connection::reconnect_within(ctx, tx, user_id).await? => State::Done,
                LoginOutcome::AlreadyConnected => State::Failed,
                LoginOutcome::Failed(failure) => State::of_failure(*failure),
            };
            store::ilink_login::update_login(tx, name, state.as_str(), None, now).await?;
            if let LoginOutcome::Connected(credentials) = &outcome {
                connection::connect_within(ctx, tx, user_id, credentials).await?;
            }
            Ok(())
        })
    }
}
