//! What the platform lets a bot send: about ten messages per message of the person, within 24 hours of it (docs/WECHAT.md, 7).

/// Messages that may be sent per received message.
pub const MOST_SENT: i64 = 10;
/// How long after the person's latest message the bot may write, in milliseconds.
pub const LENGTH_MS: i64 = 24 * 3_600_000;
/// How long before the end a reminder is offered and sent, in milliseconds.
pub const REMINDER_MS: i64 = 2 * 3_600_000;

/// The window of a connection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Window {
    /// The person's latest message, epoch milliseconds; `None`: they have not written yet.
    pub inbound_at: Option<i64>,
    /// Messages sent since.
    pub sent: i64,
}

impl Window {
    /// When the window ends, epoch milliseconds; `None` before the person's first message.
    #[must_use]
    pub fn ends_at(self) -> Option<i64> {
        self.inbound_at.map(|at| at + LENGTH_MS)
    }

    /// How many messages may be sent now, 0 to [`MOST_SENT`].
    #[must_use]
    pub fn left(self, now: i64) -> i64 {
        match self.ends_at() {
            Some(end) if now < end => (MOST_SENT - self.sent).max(0),
            _ => 0,
        }
    }

    /// True in the last two hours of the window, if a message may be sent still.
    #[must_use]
    pub fn is_ending(self, now: i64) -> bool {
        self.left(now) > 0 && self.ends_at().is_some_and(|end| now >= end - REMINDER_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    #[test]
    fn ten_messages_may_be_sent_within_a_day_of_the_last_one_received() {
        assert_eq!(Window::default().left(0), 0, "the person writes first");
        let window = |sent| Window { inbound_at: Some(0), sent };
        assert_eq!((window(0).left(0), window(9).left(1), window(10).left(1), window(12).left(1)), (10, 1, 0, 0));
        assert_eq!((window(0).left(24 * HOUR - 1), window(0).left(24 * HOUR)), (10, 0));
    }

    #[test]
    fn the_window_is_ending_in_its_last_two_hours() {
        let window = |sent| Window { inbound_at: Some(0), sent };
        assert!(!window(0).is_ending(22 * HOUR - 1));
        assert!(window(0).is_ending(22 * HOUR) && window(9).is_ending(24 * HOUR - 1));
        assert!(!window(10).is_ending(23 * HOUR), "the reminder itself could not be sent");
        assert!(!window(0).is_ending(24 * HOUR));
    }
}
