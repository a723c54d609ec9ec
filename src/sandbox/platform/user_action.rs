//! A user's actions, and the pushes that they cause. Facts: docs/WECHAT.md, 2.
//!
//! A program distinguishes events by sender and second (they have no `MsgId`), so here the same event of one user never
//! occurs twice in a second: the later one is dated one second later.

use super::{
    act::Act,
    chat::{By, Note, Unanswered},
    compose::{KEY_MAX_BYTES, head, spoken, within},
    push::Push,
    world::{Follow, Person, Refusal, World},
};
use crate::base::rng::Rng;

/// The current time, and the random source.
#[derive(Clone, Copy)]
pub(super) struct Moment<'a> {
    pub now_ms: i64,
    pub rng: &'a dyn Rng,
}

impl World {
    /// Carries out the action: changes the chat, the follow and the allowance, and returns the push.
    ///
    /// # Errors
    /// [`Refusal`]
    pub(super) fn act(&mut self, openid: &str, act: &Act, at: Moment<'_>) -> Result<Push, Refusal> {
        let is_follower = self.person(openid)?.follow.is_some();
        match act {
            Act::Follow if is_follower => Err(Refusal::FollowsAlready),
            Act::Follow => self.follow(openid, None, at),
            Act::FollowAndScan { code } => self.scan(openid, code, true, at),
            Act::Scan { code } => self.scan(openid, code, is_follower, at),
            _ if !is_follower => Err(Refusal::MustFollow),
            Act::Unfollow => {
                let person = self.person(openid)?;
                person.follow = None;
                person.allowance.end();
                person.note(at.now_ms, Note::Unfollowed);
                self.event(openid, "unsubscribe", "", None, at)
            }
            Act::Click { key } => {
                let key = within(key, KEY_MAX_BYTES)?;
                let person = self.person(openid)?;
                person.allowance.on_event(at.now_ms);
                person.note(at.now_ms, Note::Clicked(key.clone()));
                Ok(self.event(openid, "CLICK", &key, None, at)?.expecting_answer(Unanswered::Menu))
            }
            message => self.message(openid, message, at),
        }
    }

    fn follow(&mut self, openid: &str, scan: Option<(&str, &str)>, at: Moment<'_>) -> Result<Push, Refusal> {
        let scene = scan.map(|(scene, _)| scene.to_owned());
        let key = scene.as_deref().map(|scene| format!("qrscene_{scene}")).unwrap_or_default();
        let person = self.person(openid)?;
        person.follow = Some(Follow { since_secs: at.now_ms.div_euclid(1000), scene });
        person.allowance.on_event(at.now_ms);
        person.note(at.now_ms, if scan.is_some() { Note::FollowedByScan } else { Note::Followed });
        let push = self.event(openid, "subscribe", &key, scan.map(|(_, ticket)| ticket), at)?;
        Ok(push.expecting_answer(Unanswered::Follow))
    }

    fn scan(&mut self, openid: &str, seen: &str, agrees: bool, at: Moment<'_>) -> Result<Push, Refusal> {
        let is_follower = self.person(openid)?.follow.is_some();
        if seen.trim() == self.credentials.account_qr {
            // The account's own code leads to its profile, where a user can only follow.
            return match (is_follower, agrees) {
                (true, _) => Err(Refusal::FollowsAlready),
                (false, true) => self.follow(openid, None, at),
                (false, false) => Err(Refusal::MustFollow),
            };
        }
        let code = self.codes.find(seen).ok_or(Refusal::ForeignCode)?;
        if !code.is_alive(at.now_ms) {
            return Err(Refusal::CodeExpired);
        }
        let (scene, ticket) = (code.scene.to_string(), code.ticket.clone());
        match (is_follower, agrees) {
            (true, _) => {
                let person = self.person(openid)?;
                person.allowance.on_event(at.now_ms);
                person.note(at.now_ms, Note::Scanned);
                self.event(openid, "SCAN", &scene, Some(&ticket), at)
            }
            (false, true) => self.follow(openid, Some((&scene, &ticket)), at),
            (false, false) => Err(Refusal::MustFollow),
        }
    }

    fn event(
        &mut self,
        openid: &str,
        name: &str,
        key: &str,
        ticket: Option<&str>,
        at: Moment<'_>,
    ) -> Result<Push, Refusal> {
        let original_id = self.credentials.original_id.clone();
        let person = self.person(openid)?;
        let secs = person.next_second(&format!("{name} {key}"), at.now_ms.div_euclid(1000));
        let document = head(&original_id, openid, secs, "event").text("Event", name).text("EventKey", key);
        Ok(Push::new(openid, document.text_if("Ticket", ticket).finish(), true))
    }

    fn message(&mut self, openid: &str, act: &Act, at: Moment<'_>) -> Result<Push, Refusal> {
        let (original_id, secs) = (self.credentials.original_id.clone(), at.now_ms.div_euclid(1000));
        let begin = |kind: &str| head(&original_id, openid, secs, kind);
        let (content, document) = spoken(act, begin, at.rng)?;
        let msg_id = self.next_msg_id();
        let person = self.person(openid)?;
        // A tap counts as a menu item and does not start the 48 hours (docs/WECHAT.md, 3).
        match act {
            Act::Text { menu_id: Some(_), .. } => person.allowance.on_event(at.now_ms),
            _ => person.allowance.on_message(at.now_ms),
        }
        person.chat.add(at.now_ms, By::Person, content);
        let document = document.number("MsgId", i64::try_from(msg_id).unwrap_or(i64::MAX));
        let unanswered = if matches!(act, Act::Text { .. }) { Unanswered::Text } else { Unanswered::Kind };
        Ok(Push::new(openid, document.finish(), false).expecting_answer(unanswered))
    }
}

impl Person {
    /// The next free second for an event that may already have happened in this one.
    fn next_second(&mut self, event: &str, now_secs: i64) -> i64 {
        self.event_secs.retain(|_, secs| *secs >= now_secs);
        let secs = self.event_secs.get(event).map_or(now_secs, |last| last + 1);
        self.event_secs.insert(event.to_owned(), secs);
        secs
    }
}

#[cfg(test)]
mod tests;
