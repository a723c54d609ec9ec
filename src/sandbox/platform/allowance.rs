//! Limits of an account's messages to a follower that are not replies to pushes.
//!
//! Five customer-service messages within 48 hours of the follower's message, three within a minute of a menu item, a follow
//! or a scan. A later action renews the allowance of its kind. Facts: docs/WECHAT.md, 4.4 ("客服消息", 下发条数限制).

use super::fault::{self, Fault};
use serde::{Deserialize, Serialize};

const MESSAGE: (u32, i64) = (5, 48 * 3600 * 1000);
const EVENT: (u32, i64) = (3, 60 * 1000);
/// "对方正在输入" may be shown this long after the follower's last action (45080).
const TYPING_MS: i64 = 30 * 1000;

/// One follower's allowances.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Allowance {
    message: Option<Grant>,
    event: Option<Grant>,
    last_act_ms: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Grant {
    left: u32,
    until_ms: i64,
}

impl Allowance {
    /// The follower sent a message.
    pub fn on_message(&mut self, now_ms: i64) {
        self.last_act_ms = now_ms;
        self.message = Some(grant(MESSAGE, now_ms));
    }

    /// The user followed, scanned, or tapped a menu item or an item of a message menu.
    pub fn on_event(&mut self, now_ms: i64) {
        self.last_act_ms = now_ms;
        self.event = Some(grant(EVENT, now_ms));
    }

    /// The user unfollowed: no further messages are allowed.
    pub fn end(&mut self) {
        *self = Self::default();
    }

    /// Uses one message of the allowance that ends first.
    ///
    /// # Errors
    /// 45015 without any open allowance, 45047 if the open ones are used up.
    pub fn take(&mut self, now_ms: i64) -> Result<(), Fault> {
        let mut is_open = false;
        for grant in [&mut self.event, &mut self.message].into_iter().flatten() {
            if now_ms < grant.until_ms {
                is_open = true;
                if grant.left > 0 {
                    grant.left -= 1;
                    return Ok(());
                }
            }
        }
        Err(if is_open { fault::COUNT } else { fault::WINDOW })
    }

    /// Whether the account may show that it is typing.
    ///
    /// # Errors
    /// 45080 if the follower did nothing for half a minute.
    pub fn type_now(&self, now_ms: i64) -> Result<(), Fault> {
        if now_ms - self.last_act_ms < TYPING_MS { Ok(()) } else { Err(fault::TYPING_WINDOW) }
    }
}

fn grant((left, for_ms): (u32, i64), now_ms: i64) -> Grant {
    Grant { left, until_ms: now_ms + for_ms }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(allowance: &mut Allowance, now_ms: i64) -> usize {
        (0..9).take_while(|_| allowance.take(now_ms).is_ok()).count()
    }

    #[test]
    fn a_message_allows_five_answers_within_48_hours() {
        let mut allowance = Allowance::default();
        assert_eq!(allowance.take(0), Err(fault::WINDOW));
        allowance.on_message(0);
        assert_eq!(taken(&mut allowance, 48 * 3600 * 1000 - 1), 5);
        assert_eq!(allowance.take(1), Err(fault::COUNT));
        assert_eq!(allowance.take(48 * 3600 * 1000), Err(fault::WINDOW));
    }

    #[test]
    fn an_event_allows_three_more_within_a_minute() {
        let mut allowance = Allowance::default();
        allowance.on_message(0);
        allowance.on_event(0);
        assert_eq!(taken(&mut allowance, 59_999), 8);
        allowance.on_event(100_000);
        assert_eq!(taken(&mut allowance, 100_000), 3);
        assert_eq!(allowance.take(160_000), Err(fault::COUNT));
    }

    #[test]
    fn the_next_message_renews_the_allowance_and_unfollowing_ends_it() {
        let mut allowance = Allowance::default();
        allowance.on_message(0);
        assert_eq!(taken(&mut allowance, 0), 5);
        allowance.on_message(1);
        assert_eq!(taken(&mut allowance, 1), 5);
        allowance.on_message(2);
        allowance.end();
        assert_eq!(allowance.take(2), Err(fault::WINDOW));
    }
}
