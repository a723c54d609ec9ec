//! An edit that costs credits: they are set aside before the work begins, and kept only when there is something to hand out.

use super::{EditError, Operation, Picture, Place};
use crate::core::{
    CoreError, Ctx,
    credit::{self, Held, Key},
};

/// What one edit costs.
pub const COST: i64 = 1;
/// What stands in the ledger, and the feature that an edit is one use of.
const REASON: &str = "image_edit";

/// A picture that was paid for.
#[derive(Debug)]
pub struct Paid {
    pub picture: Picture,
    pub cost: i64,
    /// What the user had left after it.
    pub remaining: i64,
}

/// Edits a picture for a user. Asked for twice under one key it is paid once: the work is done again, its answer is the same.
///
/// Whoever stops waiting pays nothing: what is set aside is given back when this is dropped.
///
/// # Errors
/// [`CoreError::OutOfCredits`]; [`CoreError::OverQuota`]; [`CoreError::KeyReused`]; what [`Place::edit`] refuses. Nothing was
/// spent then.
pub async fn edit(
    ctx: &Ctx,
    user_id: i64,
    place: Place,
    bytes: Vec<u8>,
    operations: Vec<Operation>,
    key: Option<&Key>,
) -> Result<Paid, EditError> {
    let hold = match credit::hold::hold(ctx, user_id, COST, REASON, key).await? {
        Held::Now(hold) => hold,
        Held::Before(answer) => {
            let picture = place.edit(bytes, operations).await?;
            let remaining = answer.parse().map_err(|_| CoreError::Fault(format!("{REASON}: {answer}")))?;
            return Ok(Paid { picture, cost: COST, remaining });
        }
    };
    let remaining = hold.balance;
    match place.edit(bytes, operations).await {
        Ok(picture) => {
            hold.commit(&remaining.to_string()).await?;
            Ok(Paid { picture, cost: COST, remaining })
        }
        Err(error) => {
            // It goes back by itself a little later where the database cannot be reached now; the error is what counts.
            if let Err(late) = hold.refund().await {
                tracing::warn!(error = %late, "credits of a failed edit are given back later");
            }
            Err(error)
        }
    }
}
