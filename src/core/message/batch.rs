//! Answers common messages in batches: those that wait while a transaction is committed are answered together by the next one.
//!
//! A message is common if a rule, the default or nothing answers it, and nothing else of the follower is touched: no command, no digits,
//! no sign-in, no one who followed again, no stored file, no rest of a long answer. Every other message gets a transaction of its own
//! (`Batched::Alone`), and so does each message of a batch that fails. A batch reads inside its transaction what its messages depend on, so
//! a redelivery, a used signature and a follower's account are as exact as there.

mod plan;
mod queue;
mod transaction;
mod waiting;

pub(super) use waiting::Batched;
pub use waiting::PushQueue;

use super::{given_reply, replay};
use crate::{
    base::secret::Use,
    core::OfficialCtx,
    wechat::{callback::PlainSignature, message::Message},
};
use waiting::Unit;

/// Answers a message that arrived at `started_at` (epoch milliseconds) together with others.
pub(super) async fn answer(
    ctx: &OfficialCtx,
    message: &Message,
    signature: Option<&PlainSignature>,
    started_at: i64,
) -> Batched {
    if !plan::may_be_common(ctx, message) {
        return Batched::Alone;
    }
    let delivery = ctx.hash(Use::Delivery, &message.dedupe_key);
    let unit = Unit {
        keys_of_before: given_reply::keys_of_before(ctx, message, &delivery),
        message: message.clone(),
        delivery,
        signature: signature.map(|given| replay::row_of(ctx, given)),
        started_at,
    };
    queue::submit(ctx, unit).await
}
