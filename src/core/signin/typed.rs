//! Door 3: the person types into the page the code that the account gave them. Counted before it is looked at.

use super::{
    Fault, Purpose, Secrets, Status,
    chat::Heard,
    complete::{Completed, complete},
};
use crate::{
    core::{
        CoreError, Ctx,
        account::field,
        limit::{self, Taken},
        secret::Use,
    },
    store::{self, StoreError, Tx, signin::SigninRow},
};

/// What codes from the chat are for, as stored.
pub(crate) const SIGNIN: &str = "signin";
pub(crate) const RESET: &str = "reset";

/// Somebody got in by typing: their chat may be told.
#[derive(Debug, Clone)]
pub struct TypedIn {
    pub openid: String,
    /// What the chat says.
    pub heard: Heard,
}

/// Tries a typed code on the browser's session. On success the browser may collect.
///
/// # Errors
/// A flaw of `code` (not counted: it is no guess); [`CoreError::WrongCode`]; [`CoreError::SessionOver`] when the session is
/// over or out of guesses; [`CoreError::TooMany`] while guesses are slowed for everybody; what completing refuses.
pub async fn type_code(ctx: &Ctx, secrets: &Secrets, typed: &str) -> Result<TypedIn, CoreError> {
    let digits = field::code(typed, ctx.settings.settings.signin.code_digits)?;
    let guess = spend_guess(ctx, secrets, |purpose| purpose != Purpose::Reset).await?;
    let row = &guess.row;
    let now = ctx.now();
    // Twice: a rival may make the same name or take the same grant in between.
    for _ in 0..2 {
        let mut tx = ctx.store.begin().await?;
        let Some(openid) =
            store::code::delete_code(&mut tx, &ctx.hash(Use::Code, &digits), SIGNIN, &ctx.appid, now).await?
        else {
            tx.rollback().await?;
            return Err(wrong(ctx, row).await?);
        };
        let Some(identity) = store::identity::find_identity(&mut tx, &ctx.appid, &openid).await? else {
            return Err(CoreError::WrongCode);
        };
        let completed = match complete(ctx, &mut tx, row, &identity).await {
            Err(e) if e.is_retryable() => {
                tx.rollback().await?;
                continue;
            }
            other => other?,
        };
        guess.was_right(&mut tx).await?;
        tx.commit().await?;
        return match completed {
            Completed::Success { is_new, credits, name } => {
                ctx.hub.announce(row.id, Status::Success);
                let heard = Heard::Done { purpose: Purpose::of(&row.purpose), is_new, credits, name };
                Ok(TypedIn { openid, heard })
            }
            Completed::Failed(fault) => {
                ctx.hub.announce(row.id, Status::Error);
                Err(refusal(fault))
            }
            Completed::TooLate => Err(CoreError::SessionOver),
        };
    }
    Err(CoreError::Busy)
}

/// A guess that was counted, as one of the session's and as one of everybody's.
pub(super) struct Guess {
    pub row: SigninRow,
    taken: Taken,
}

impl Guess {
    /// The code was the right one: it is none of everybody's wrong ones. The session's count stays.
    pub async fn was_right(&self, db: &mut Tx) -> Result<(), StoreError> {
        limit::give_back(db, &self.taken).await
    }

    /// No code was looked at after all.
    pub async fn was_not_made(self, ctx: &Ctx) -> Result<(), StoreError> {
        let mut tx = ctx.store.begin().await?;
        store::signin::update_guess_given_back(&mut tx, self.row.id).await?;
        limit::give_back(&mut tx, &self.taken).await?;
        tx.commit().await
    }
}

/// Takes one guess of the session and one of everybody's, or refuses. Both counts are committed before anything else is looked at:
/// however many guess at once, no more than are left get to look.
pub(super) async fn spend_guess(
    ctx: &Ctx,
    secrets: &Secrets,
    is_for: impl Fn(Purpose) -> bool,
) -> Result<Guess, CoreError> {
    let row = store::signin::find_by_browser(&mut ctx.store.read().await?, &secrets.browser_hash(ctx))
        .await?
        .ok_or(CoreError::SessionOver)?;
    if !is_for(Purpose::of(&row.purpose)) {
        return Err(CoreError::SessionOver);
    }
    // The session's first: one that has none left must not use up everybody's.
    let mut tx = ctx.store.begin().await?;
    if !store::signin::update_guess(&mut tx, row.id, ctx.settings.settings.limits.guesses_per_session, ctx.now())
        .await?
    {
        return Err(CoreError::SessionOver);
    }
    tx.commit().await?;
    match limit::take_guess(ctx).await {
        Ok(taken) => {
            metrics::counter!("weida_code_guesses_total").increment(1);
            Ok(Guess { row, taken })
        }
        Err(refused) => {
            let mut tx = ctx.store.begin().await?;
            store::signin::update_guess_given_back(&mut tx, row.id).await?;
            tx.commit().await?;
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
    if now_used < ctx.settings.settings.limits.guesses_per_session {
        return Ok(CoreError::WrongCode);
    }
    let mut tx = ctx.store.begin().await?;
    store::signin::update_ended(&mut tx, row.id, Status::Error.as_str(), Some(Fault::Guesses.as_str()), ctx.now())
        .await?;
    tx.commit().await?;
    ctx.hub.announce(row.id, Status::Error);
    Ok(CoreError::SessionOver)
}

/// Why a session that met a person ended, as an error to the one who typed.
fn refusal(fault: Fault) -> CoreError {
    match fault {
        Fault::AlreadyRegistered => CoreError::AlreadyRegistered,
        Fault::UsernameTaken => CoreError::flaw("username", crate::core::Problem::Taken),
        Fault::AlreadyBound => CoreError::AlreadyBound,
        Fault::Disabled => CoreError::Disabled,
        Fault::Guesses => CoreError::SessionOver,
    }
}
