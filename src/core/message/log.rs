//! The message log, for admins and for users who view their own messages.

use super::{answered_by::AnsweredBy, trace::Trace};
use crate::{
    core::{CoreError, Ctx},
    store::{self, message::MessageRow},
};

pub use crate::store::message::MessageFilter as Filter;

/// The most messages per page.
pub const PAGE_MAX: i64 = 200;

/// A received message.
#[derive(Debug, Clone)]
pub struct Entry {
    pub id: i64,
    pub openid: String,
    /// `None`: a follower without an account.
    pub user_id: Option<i64>,
    /// The platform's name of the message or event type.
    pub kind: String,
    /// `None`: not text, not to be stored, or deleted by now.
    pub content: Option<String>,
    pub answered_by: AnsweredBy,
    pub rule_id: Option<i64>,
    /// The type of the first answer: `text`, `image`, …; or `none`.
    pub reply_kind: String,
    /// Microseconds.
    pub took_us: i64,
    /// Epoch milliseconds.
    pub at: i64,
    /// `None`: not stored, or deleted by now.
    pub trace: Option<Trace>,
}

impl From<MessageRow> for Entry {
    fn from(row: MessageRow) -> Self {
        Self {
            id: row.id,
            openid: row.openid,
            user_id: row.user_id,
            kind: row.kind,
            content: row.content,
            answered_by: AnsweredBy::of(&row.answered_by),
            rule_id: row.rule_id,
            reply_kind: row.reply_kind,
            took_us: row.took_us,
            at: row.received_at,
            trace: row.trace.as_deref().and_then(Trace::of_stored),
        }
    }
}

/// Messages that match a filter, newest first; the next page has ids below the last one's.
///
/// # Errors
/// The database cannot be reached.
pub async fn list(ctx: &Ctx, filter: &Filter, most: i64) -> Result<Vec<Entry>, CoreError> {
    let most = most.clamp(1, PAGE_MAX);
    let rows = store::message::list_found(&mut ctx.store.read().await?, filter, most).await?;
    Ok(rows.into_iter().map(Entry::from).collect())
}

/// One message of this user; without one, of anyone, except those of personal channels.
///
/// # Errors
/// [`CoreError::NotFound`].
pub async fn find(ctx: &Ctx, id: i64, user_id: Option<i64>) -> Result<Entry, CoreError> {
    let row = store::message::find_message(&mut ctx.store.read().await?, id, user_id).await?;
    row.map(Entry::from).ok_or(CoreError::NotFound)
}
