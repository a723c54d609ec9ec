//! Replay protection in plain mode: a signature is accepted for one body only.
//!
//! The platform's signature does not cover the body there, so a logged URL would be valid with any body for five minutes. The
//! signature is claimed in the transaction of the delivery, for all instances and across restarts. The same body again is a
//! redelivery; a redelivery with a new signature is recognised by its message.

use crate::{
    base::secret::Use,
    core::Ctx,
    store::{self, StoreError, Tx, used_signature::SignatureRow},
    wechat::callback::PlainSignature,
};

/// The result of a claim.
#[expect(clippy::large_enum_variant, reason = "one at a time, and used up at once")]
pub enum Claim {
    /// The signature is claimed in this transaction, was used with the same body before, or is missing.
    Accepted(Tx),
    /// It was used with another body.
    Replayed,
}

/// The row that claims a signature for its body.
pub(super) fn row_of(ctx: &Ctx, signature: &PlainSignature) -> SignatureRow {
    SignatureRow {
        signed_at: signature.signed_at_ms,
        signature_hash: ctx.hash(Use::PushSignature, &signature.triple),
        body_hash: ctx.hash(Use::PushBody, &signature.body_digest),
    }
}

/// Begins a transaction that claims the signature.
///
/// # Errors
/// The database cannot be reached; [`StoreError::Collision`] if a concurrent claim was rolled back.
pub async fn begin(ctx: &Ctx, signature: Option<&PlainSignature>) -> Result<Claim, StoreError> {
    let mut tx = ctx.store.begin_urgent().await?;
    let Some(SignatureRow { signed_at, signature_hash, body_hash }) = signature.map(|given| row_of(ctx, given)) else {
        return Ok(Claim::Accepted(tx));
    };
    match store::used_signature::insert_signature(&mut tx, signed_at, &signature_hash, &body_hash).await {
        Ok(()) => return Ok(Claim::Accepted(tx)),
        Err(StoreError::Duplicate) => tx.rollback().await?,
        Err(e) => return Err(e),
    }
    let known = store::used_signature::find_body(&mut ctx.store.read().await?, signed_at, &signature_hash).await?;
    if known.ok_or(StoreError::Collision)? == body_hash {
        return Ok(Claim::Accepted(ctx.store.begin_urgent().await?));
    }
    record_refusal();
    Ok(Claim::Replayed)
}

/// Logs and counts a push whose signature was used with another body.
pub(super) fn record_refusal() {
    metrics::counter!("weida_pushes_refused_total", "class" => "replay").increment(1);
    tracing::warn!("a push was refused: its signature was used before, with another body");
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
