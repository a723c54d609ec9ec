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
        limit::{self, Limit},
        secret::Use,
    },
    store::{self, signin::SigninRow},
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
    let row = spend_guess(ctx, secrets, |purpose| purpose != Purpose::Reset).await?;
    let now = ctx.now();
    // Twice: a rival may make the same name or take the same grant in between.
    for _ in 0..2 {
        let mut tx = ctx.store.begin().await?;
        let Some(openid) =
            store::code::delete_code(&mut tx, &ctx.hash(Use::Code, &digits), SIGNIN, &ctx.appid, now).await?
        else {
            tx.rollback().await?;
            return Err(wrong(ctx, &row).await?);
        };
        let Some(identity) = store::identity::find_identity(&mut tx, &ctx.appid, &openid).await? else {
            return Err(CoreError::WrongCode);
        };
        let completed = match complete(ctx, &mut tx, &row, &identity).await {
            Err(e) if e.is_retryable() => {
                tx.rollback().await?;
                continue;
            }
            other => other?,
        };
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

/// Takes one guess of the session, or refuses. The count is committed before anything else is looked at.
pub(super) async fn spend_guess(
    ctx: &Ctx,
    secrets: &Secrets,
    is_for: impl Fn(Purpose) -> bool,
) -> Result<SigninRow, CoreError> {
    if limit::is_used_up(ctx, Limit::WrongCodes).await? {
        limit::take_in_total(ctx, Limit::SlowedGuesses).await?;
    }
    let row = store::signin::find_by_browser(&mut ctx.store.read().await?, &secrets.browser_hash(ctx))
        .await?
        .ok_or(CoreError::SessionOver)?;
    if !is_for(Purpose::of(&row.purpose)) {
        return Err(CoreError::SessionOver);
    }
    let mut tx = ctx.store.begin().await?;
    if !store::signin::update_guess(&mut tx, row.id, ctx.settings.settings.limits.guesses_per_session, ctx.now())
        .await?
    {
        return Err(CoreError::SessionOver);
    }
    tx.commit().await?;
    metrics::counter!("weida_code_guesses_total").increment(1);
    Ok(row)
}

/// Counts a wrong code in total, and ends the session with its last guess.
pub(super) async fn wrong(ctx: &Ctx, row: &SigninRow) -> Result<CoreError, CoreError> {
    metrics::counter!("weida_wrong_codes_total").increment(1);
    if let Err(CoreError::TooMany(_)) = limit::take_in_total(ctx, Limit::WrongCodes).await {
        tracing::warn!("too many wrong codes in this minute: guesses are slowed for everybody");
    }
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
