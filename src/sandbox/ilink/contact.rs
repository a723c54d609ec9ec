//! One person's bot: the token, received messages that wait, the limits, and the chat.

use super::chat::Chat;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use tokio::sync::watch;

/// How many messages the bot may send for each one of the owner. (O)
pub const MESSAGES_PER_INBOUND: u32 = 10;
/// How long the bot may send after the owner's last message. (O)
pub const WINDOW_MS: i64 = 24 * 3600 * 1000;
/// The most messages that wait, and that come again for an old cursor.
const INBOX_MAX: usize = 200;
/// The most `client_id`s that are remembered.
const CLIENT_IDS_MAX: usize = 1_000;

/// One person's bot.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Contact {
    /// `…@im.bot`.
    pub bot_id: String,
    /// `None` before the first login, and after the token became stale.
    pub token: Option<String>,
    /// The owner's messages, with their numbers; those that a cursor has passed stay for a while.
    inbox: VecDeque<(u64, Value)>,
    last_seq: u64,
    /// The highest cursor that a poll had: messages up to there were handled.
    passed: u64,
    /// The newest context tokens, the newest last.
    pub contexts: VecDeque<String>,
    /// When the owner last wrote, epoch milliseconds.
    pub last_inbound_ms: Option<i64>,
    /// Messages of the bot since then.
    pub sent: u32,
    /// The id of the message of each `client_id`.
    client_ids: BTreeMap<String, u64>,
    client_order: VecDeque<String>,
    pub chat: Chat,
    pub typing_until_ms: i64,
    pub counts: Counts,
    /// Polls that are held now.
    #[serde(skip)]
    pub polling: usize,
    /// When the last poll began or ended; 0: there was none.
    #[serde(skip)]
    pub polled_at_ms: i64,
    /// Increases with each change that a held poll must notice.
    #[serde(skip)]
    pub wake: watch::Sender<u64>,
}

/// What happened to one bot, for tests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// The most polls that were held at once with one token.
    pub polls_at_once: usize,
    /// Polls with a cursor before one that an earlier poll had.
    pub cursor_went_back: usize,
    /// Messages that were sent with a known `client_id`: not shown again.
    pub duplicates: usize,
    /// Messages that were shown to the owner.
    pub shown: usize,
    pub notified_start: usize,
    pub notified_stop: usize,
}

impl Contact {
    /// Adds a message of the owner.
    pub fn receive(&mut self, message: impl FnOnce(u64) -> Value) {
        self.last_seq += 1;
        self.inbox.push_back((self.last_seq, message(self.last_seq)));
        while self.inbox.len() > INBOX_MAX {
            self.inbox.pop_front();
        }
        self.notify();
    }

    /// Notes the cursor of a poll; `None` is the empty one.
    pub fn pass(&mut self, cursor: Option<u64>) {
        let Some(cursor) = cursor else { return };
        if cursor < self.passed {
            self.counts.cursor_went_back += 1;
        }
        self.passed = self.passed.max(cursor);
    }

    /// The messages behind a cursor, at most `max`, and the cursor behind them. The empty cursor is behind all that were passed.
    pub fn after(&self, cursor: Option<u64>, max: usize) -> (Vec<Value>, u64) {
        let from = cursor.unwrap_or(self.passed);
        let behind: Vec<&(u64, Value)> = self.inbox.iter().filter(|(seq, _)| *seq > from).take(max).collect();
        let next = behind.last().map_or(from, |(seq, _)| *seq);
        (behind.into_iter().map(|(_, message)| message.clone()).collect(), next)
    }

    /// The number of messages that no cursor has passed.
    pub fn waiting(&self) -> usize {
        self.inbox.iter().filter(|(seq, _)| *seq > self.passed).count()
    }

    /// How many messages the bot may still send.
    pub fn left(&self, now_ms: i64) -> u32 {
        let is_open = self.last_inbound_ms.is_some_and(|at_ms| now_ms < at_ms + WINDOW_MS);
        if is_open { MESSAGES_PER_INBOUND.saturating_sub(self.sent) } else { 0 }
    }

    /// The message that has this `client_id` already.
    pub fn sent_as(&self, client_id: &str) -> Option<u64> {
        self.client_ids.get(client_id).copied()
    }

    pub fn remember(&mut self, client_id: &str, message_id: u64) {
        self.client_ids.insert(client_id.to_owned(), message_id);
        self.client_order.push_back(client_id.to_owned());
        while self.client_order.len() > CLIENT_IDS_MAX {
            if let Some(oldest) = self.client_order.pop_front() {
                self.client_ids.remove(&oldest);
            }
        }
    }

    /// Wakes the polls that are held.
    pub fn notify(&self) {
        self.wake.send_modify(|n| *n += 1);
    }
}
