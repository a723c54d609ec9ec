//! Replay protection in plain mode: a signature is accepted for one body only.
//!
//! The platform's signature does not cover the body there, so a logged URL would be valid with any body for five minutes. The
//! signature is claimed in the transaction of the delivery, for all instances and across restarts. The same body again is a
//! redelivery; a redelivery with a new signature is recognised by its message.

use crate::{
    base::secret::Use,
    core::Ctx,
    store::{self, StoreError, Tx},
    wechat::callback::PlainSignature,
};

/// The result of a claim.
pub enum Claim {
    /// The signature is claimed in this transaction, was used with the same body before, or is missing.
    Accepted(Tx),
    /// It was used with another body.
    Replayed,
}

/// Begins a transaction that claims the signature.
///
/// # Errors
/// The database cannot be reached; [`StoreError::Collision`] if a concurrent claim was rolled back.
pub async fn begin(ctx: &Ctx, signature: Option<&PlainSignature>) -> Result<Claim, StoreError> {
    let mut tx = ctx.store.begin_urgent().await?;
    let Some(PlainSignature { signed_at_ms, triple, body_digest }) = signature else { return Ok(Claim::Accepted(tx)) };
    let (used, body) = (ctx.hash(Use::PushSignature, triple), ctx.hash(Use::PushBody, body_digest));
    match store::used_signature::insert_signature(&mut tx, *signed_at_ms, &used, &body).await {
        Ok(()) => return Ok(Claim::Accepted(tx)),
        Err(StoreError::Duplicate) => tx.rollback().await?,
        Err(e) => return Err(e),
    }
    let known = store::used_signature::find_body(&mut ctx.store.read().await?, *signed_at_ms, &used).await?;
    if known.ok_or(StoreError::Collision)? == body {
        return Ok(Claim::Accepted(ctx.store.begin_urgent().await?));
    }
    metrics::counter!("weida_pushes_refused_total", "class" => "replay").increment(1);
    tracing::warn!("a push was refused: its signature was used before, with another body");
    Ok(Claim::Replayed)
}

/// Claims the signature of a push without a delivery. False if it was used with another body.
///
/// # Errors
/// The database cannot be reached.
pub async fn claim(ctx: &Ctx, signature: Option<&PlainSignature>) -> Result<bool, StoreError> {
    if signature.is_none() {
        return Ok(true);
    }
    match begin(ctx, signature).await? {
        Claim::Accepted(tx) => tx.commit().await.map(|()| true),
        Claim::Replayed => Ok(false),
    }
}
