//! Signing in by typing a code from the chat into the page. Guesses are counted before the code is checked.

use super::{
    Fault, Purpose, Secrets, Status,
    chat_outcome::ChatOutcome,
    complete::{Completed, complete},
    plain_mode,
    status_broadcast::announce,
};
use crate::{
    base::secret::Use,
    core::{
        CoreError, Ctx, OfficialCtx,
        account::field,
        limit::{self, Taken},
        signin_log::{self, Door},
    },
    store::{self, StoreError, Tx, signin::SigninRow},
};
use std::net::IpAddr;

/// Stored purposes of codes from the chat.
pub(crate) const SIGNIN: &str = "signin";
pub(crate) const RESET: &str = "reset";

/// A sign-in by a typed code; the chat may report it.
#[derive(Debug, Clone)]
pub struct EnteredCode {
    pub openid: String,
    /// The outcome for the chat to report.
    pub outcome: ChatOutcome,
}

/// Tries a typed code on the browser's session. On success the browser may collect.
///
/// # Errors
/// A field error of `code` (not counted as a guess); [`CoreError::WrongCode`]; [`CoreError::SessionOver`] if the session is over
/// or out of guesses; [`CoreError::TooMany`] if the address, or all addresses together, guessed wrong too often; errors of
/// completing.
pub async fn enter_code(
    ctx: &OfficialCtx,
    secrets: &Secrets,
    typed: &str,
    address: IpAddr,
) -> Result<EnteredCode, CoreError> {
    let mut user_id = None;
    let entered = enter(ctx, secrets, typed, address, &mut user_id).await;
    entered.map_err(|error| signin_log::failed(Door::Code, user_id, error))
}

/// `user_id`: receives the owner of the code, if it is right and has one.
async fn enter(
    ctx: &OfficialCtx,
    secrets: &Secrets,
    typed: &str,
    address: IpAddr,
    user_id: &mut Option<i64>,
) -> Result<EnteredCode, CoreError> {
    let digits = field::code(typed, ctx.settings.settings.signin.code_digits)?;
    let guess = spend_guess(ctx, secrets, address, |purpose| purpose != Purpose::Reset).await?;
    let row = &guess.row;
    let now = ctx.now();
    let completed = store::transact!(ctx.store, |tx| {
        let hash = ctx.hash(Use::Code, &digits);
        let Some(openid) = store::code::delete_code(tx, &hash, SIGNIN, &ctx.account.appid, now).await? else {
            return Ok(None);
        };
        let identity =
            store::identity::find_identity(tx, &ctx.account.appid, &openid).await?.ok_or(CoreError::WrongCode)?;
        *user_id = identity.user_id;
        if plain_mode::refuses(ctx, tx, &identity).await? {
            return Err(CoreError::WrongCode);
        }
        let completed = complete(ctx, tx, row, &identity).await?;
        guess.accept(tx).await?;
        match completed {
            Completed::Success { .. } => announce(ctx, tx, row.id, Status::Success),
            Completed::Failed(_) => announce(ctx, tx, row.id, Status::Error),
            Completed::TooLate => {}
        }
        Ok(Some((openid, completed)))
    });
    let Some((openid, completed)) = completed.map_err(CoreError::busy_if_collided)? else {
        return Err(wrong(ctx, row).await?);
    };
    match completed {
        Completed::Success { is_new, credits, name } => {
            let outcome = ChatOutcome::Done { purpose: Purpose::of(&row.purpose), is_new, credits, name };
            Ok(EnteredCode { openid, outcome })
        }
        Completed::Failed(fault) => Err(refusal(fault)),
        Completed::TooLate => Err(CoreError::SessionOver),
    }
}

/// A counted guess: for the session, for the address, and in total.
pub(super) struct Guess {
    pub row: SigninRow,
    taken: Taken,
}

impl Guess {
    /// The code was right: gives back all counts except the session's.
    pub async fn accept(&self, db: &mut Tx) -> Result<(), StoreError> {
        limit::give_back(db, &self.taken).await
    }

    /// The code was not checked after all.
    pub async fn was_not_made(self, ctx: &Ctx) -> Result<(), StoreError> {
        store::transact!(ctx.store, |tx| {
            store::signin::update_guess_given_back(tx, self.row.id).await?;
            limit::give_back(tx, &self.taken).await
        })
    }
}

/// Takes one guess of the session, of the address and of the total, or refuses. All counts are committed before the code is checked:
/// concurrent guesses cannot exceed the limits.
pub(super) async fn spend_guess(
    ctx: &Ctx,
    secrets: &Secrets,
    address: IpAddr,
    is_for: impl Fn(Purpose) -> bool,
) -> Result<Guess, CoreError> {
    let row = store::signin::find_by_browser(&mut ctx.store.read().await?, &secrets.browser_hash(ctx))
        .await?
        .ok_or(CoreError::SessionOver)?;
    if !is_for(Purpose::of(&row.purpose)) {
        return Err(CoreError::SessionOver);
    }
    // The session's first: a session without guesses must not use up the total.
    let most = ctx.live().limits.guesses_per_session;
    if !store::transact!(ctx.store, |tx| store::signin::update_guess(tx, row.id, most, ctx.now()).await)? {
        return Err(CoreError::SessionOver);
    }
    match limit::take_guess(ctx, address).await {
        Ok(taken) => Ok(Guess { row, taken }),
        Err(refused) => {
            store::transact!(ctx.store, |tx| store::signin::update_guess_given_back(tx, row.id).await)?;
            Err(refused)
        }
    }
}

/// A code was wrong: the session ends with its last guess.
pub(super) async fn wrong(ctx: &Ctx, row: &SigninRow) -> Result<CoreError, CoreError> {
    metrics::counter!("weida_wrong_codes_total").increment(1);
    let now_used =
        store::signin::find_by_browser(&mut ctx.store.read().await?, row.browser_hash.as_deref().unwrap_or_default())
            .await?
            .map_or(i64::MAX, |r| r.guesses);
    if now_used < ctx.live().limits.guesses_per_session {
        return Ok(CoreError::WrongCode);
    }
    store::transact!(ctx.store, |tx| {
        announce(ctx, tx, row.id, Status::Error);
        let (status, fault) = (Status::Error.as_str(), Some(Fault::Guesses.as_str()));
        store::signin::update_ended(tx, row.id, status, fault, ctx.now()).await
    })?;
    Ok(CoreError::SessionOver)
}

/// The error to show for a session that ended with a fault.
fn refusal(fault: Fault) -> CoreError {
    match fault {
        Fault::AlreadyRegistered => CoreError::AlreadyRegistered,
        Fault::UsernameTaken => CoreError::field_error("username", crate::core::Problem::Taken),
        Fault::AlreadyBound => CoreError::AlreadyBound,
        Fault::Disabled => CoreError::Disabled,
        Fault::Guesses => CoreError::SessionOver,
    }
}
