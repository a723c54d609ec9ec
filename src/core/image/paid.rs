//! Paid edits: credits are held before the edit begins, and spent only if there is a result to deliver.
//!
//! The exception is repeated timeouts: each costs five seconds of a core. From a user's third within an hour, the credit stays
//! spent. A caller that disconnects after half of that time has used the core as well, and is counted the same way.

use super::{EditError, Operation, Picture, PictureError, Slot, edit_queue::Began};
use crate::core::{
    CoreError, Ctx,
    credit::{self, Held, Key, hold::Hold},
    limit::{self, Limit},
};

/// The price of one edit.
pub const COST: i64 = 1;
/// The ledger's reason, and the feature that an edit is one use of.
const REASON: &str = "image_edit";
/// Free timeouts per hour.
pub const FREE_TIMEOUTS: i64 = 2;

/// A paid picture.
#[derive(Debug)]
pub struct Paid {
    pub picture: Picture,
    pub cost: i64,
    /// The user's balance after the edit.
    pub remaining: i64,
}

/// Edits a picture for a user. A repeated request with the same key is paid once: the edit runs again with the same result.
///
/// Callers that disconnect early pay nothing: the hold is refunded on drop.
///
/// # Errors
/// [`CoreError::OutOfCredits`]; [`CoreError::OverQuota`]; [`CoreError::KeyReused`]; errors of [`Slot::edit`]. None of these
/// costs credits. [`EditError::Charged`] from the third timeout in an hour: the credit was spent.
pub async fn edit(
    ctx: &Ctx,
    user_id: i64,
    place: Slot,
    bytes: Vec<u8>,
    operations: Vec<Operation>,
    key: Option<&Key>,
) -> Result<Paid, EditError> {
    let (taken, before) = match credit::hold::hold(ctx, user_id, COST, REASON, key).await? {
        Held::Now(hold) => (Some(hold), None),
        // Paid already; only a timeout costs something.
        Held::Before(answer) => {
            if let Some(key) = key {
                credit::hold::repeat(ctx, user_id, key).await?;
            }
            (None, Some(answer))
        }
    };
    let mut work = Work { ctx: ctx.clone(), user_id, began: place.began(), hold: taken, is_over: false };
    let edited = place.edit(bytes, operations).await;
    work.is_over = true;
    let hold = work.hold.take();
    match (edited, hold, before) {
        (Ok(picture), Some(hold), _) => {
            let remaining = hold.balance;
            hold.commit(&remaining.to_string()).await?;
            Ok(Paid { picture, cost: COST, remaining })
        }
        (Ok(picture), None, before) => {
            let answer = before.unwrap_or_default();
            let remaining = answer.parse().map_err(|_| CoreError::Fault(format!("{REASON}: {answer}")))?;
            Ok(Paid { picture, cost: COST, remaining })
        }
        (Err(EditError::Refused(PictureError::TooLong)), hold, _) => Err(timed_out(ctx, user_id, hold).await),
        (Err(error), hold, _) => {
            give_back(hold).await;
            Err(error)
        }
    }
}

/// Handles the credits if the caller disconnects.
struct Work {
    ctx: Ctx,
    user_id: i64,
    began: Began,
    hold: Option<Hold>,
    is_over: bool,
}

impl Drop for Work {
    fn drop(&mut self) {
        if self.is_over || !self.began.is_long_ago() {
            return;
        }
        let (ctx, user_id, hold) = (self.ctx.clone(), self.user_id, self.hold.take());
        // Without a runtime the program is ending, and the hold expires.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                timed_out(&ctx, user_id, hold).await;
            });
        }
    }
}

/// Counts a timeout and keeps the credit if there were too many.
async fn timed_out(ctx: &Ctx, user_id: i64, hold: Option<Hold>) -> EditError {
    let refused = EditError::Refused(PictureError::TooLong);
    match limit::count(ctx, Limit::EditTimeouts, &format!("user/{user_id}")).await {
        Ok(times) if times > FREE_TIMEOUTS => charge(ctx, user_id, hold).await.unwrap_or(refused),
        Ok(_) => {
            give_back(hold).await;
            refused
        }
        Err(error) => {
            tracing::warn!(%error, "a picture that timed out could not be counted");
            give_back(hold).await;
            refused
        }
    }
}

/// Keeps the credit; `None` if there is none to keep.
async fn charge(ctx: &Ctx, user_id: i64, hold: Option<Hold>) -> Option<EditError> {
    let hold = match hold {
        Some(hold) => hold,
        // A repeated request that was paid before is free, unless it times out.
        None => match credit::hold::hold(ctx, user_id, COST, REASON, None).await {
            Ok(Held::Now(hold)) => hold,
            Ok(Held::Before(_)) | Err(_) => return None,
        },
    };
    let remaining = hold.balance;
    match hold.keep().await {
        Ok(is_kept) => is_kept.then_some(EditError::Charged { remaining }),
        Err(error) => {
            tracing::warn!(%error, "the credit of a picture that timed out is given back");
            None
        }
    }
}

async fn give_back(hold: Option<Hold>) {
    // If the database is unreachable now, the hold expires and is refunded later; the caller gets the edit's error.
    if let Some(hold) = hold
        && let Err(late) = hold.refund().await
    {
        tracing::warn!(error = %late, "credits of a failed edit are given back later");
    }
}
