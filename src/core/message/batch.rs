//! Answers common messages in batches: those that wait while a transaction is committed are answered together by the next one.
//!
//! A message is common if a rule, the default or nothing answers it, and nothing else of the follower is touched: no command, no digits,
//! no sign-in, no new follower, no stored file, no rest of a long answer. Every other message gets a transaction of its own
//! (`Batched::Alone`), and so does each message of a batch that fails. A batch reads inside its transaction what its messages depend on, so
//! a redelivery, a used signature and a follower's account are as exact as there.

mod plan;
mod queue;
mod transaction;

pub use queue::PushQueue;

use super::{
    given_reply::{self, GivenReply},
    replay,
};
use crate::{
    base::secret::Use,
    core::OfficialCtx,
    store::used_signature::SignatureRow,
    wechat::{callback::PlainSignature, message::Message},
};

/// The outcome of a message in a batch.
#[derive(Debug, Clone)]
pub(super) enum Batched {
    /// Its answer, which is committed; `None` for `success`.
    Given(Option<GivenReply>),
    /// Its signature was used with another body: nothing was done.
    Replayed,
    /// The database cannot be reached: nothing was done.
    Unavailable,
    /// Nothing was done: it needs a transaction of its own.
    Alone,
}

/// A message that waits for a batch.
#[derive(Debug)]
struct Unit {
    message: Message,
    /// The key of its delivery.
    delivery: String,
    /// The keys that earlier versions would have given to it.
    keys_of_before: [String; 2],
    signature: Option<SignatureRow>,
    /// Epoch milliseconds.
    started_at: i64,
}

/// Answers a message together with others.
pub(super) async fn answer(ctx: &OfficialCtx, message: &Message, signature: Option<&PlainSignature>) -> Batched {
    if !plan::may_be_common(ctx, message) {
        return Batched::Alone;
    }
    let delivery = ctx.hash(Use::Delivery, &message.dedupe_key);
    let unit = Unit {
        keys_of_before: given_reply::keys_of_before(ctx, message, &delivery),
        message: message.clone(),
        delivery,
        signature: signature.map(|given| replay::row_of(ctx, given)),
        started_at: ctx.now(),
    };
    queue::submit(ctx, unit).await
}
