//! The row of the message log.

use super::{handle::Outcome, trace::Trace};
use crate::{
    core::{OfficialCtx, rule::Content},
    store::message::MessageRow,
    text::cut,
    wechat::message::{Kind, Message},
};

/// The most characters of a message that are stored.
const STORED_MAX_CHARS: usize = 1_000;

/// The most characters of a kind or of an event's name that are stored. The longest known names have fewer than 40.
const KIND_MAX_CHARS: usize = 128;

/// The row of a message that arrived at `started_at` (epoch milliseconds).
pub(super) fn of(ctx: &OfficialCtx, message: &Message, outcome: &Outcome, started_at: i64) -> MessageRow {
    let is_stored = ctx.live().message.keep_days > 0 && !outcome.is_secret;
    let content = match &message.kind {
        Kind::Text { content, .. } if is_stored => Some(cut::chars(content, STORED_MAX_CHARS).to_owned()),
        _ => None,
    };
    MessageRow {
        id: ctx.next_id(),
        appid: ctx.account.appid.clone(),
        openid: message.from.clone(),
        user_id: outcome.user_id,
        kind: cut::chars(message.event_name().unwrap_or_else(|| message.msg_type()), KIND_MAX_CHARS).to_owned(),
        content,
        answered_by: outcome.answered_by.as_str().to_owned(),
        rule_id: outcome.rule_id,
        reply_kind: outcome.replies.first().map_or("none", Content::kind).to_owned(),
        took_us: (ctx.now() - started_at) * 1000,
        received_at: started_at,
        trace: outcome.trace.as_ref().map(Trace::to_stored),
        missed: outcome.missed.clone(),
    }
}
