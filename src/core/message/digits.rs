//! Digits sent in the chat, which may be the code of a sign-in page. They are counted before they are looked up: per follower, and in
//! total. Over the limit no code is looked up, and the chat says how long to wait; rules still answer.

use super::chat_text;
use crate::{
    core::{
        CoreError, Ctx, OfficialCtx,
        limit::{self, Limit, Sent},
        signin::chat::{self, ChatStep},
        signin_log::{self, Door},
    },
    store::{self, StoreError, Tx, identity::IdentityRow},
    text::Lang,
};

/// The answer to digits with one more or one fewer than a code, if a page waits for a code.
pub(super) async fn slip(ctx: &Ctx, db: &mut Tx, appid: &str, sent: usize) -> Result<Option<String>, StoreError> {
    let is_waiting = store::signin::is_any_waiting(db, appid, ctx.now()).await?;
    Ok(is_waiting.then(|| chat_text::wrong_length(ctx, Lang::Zh, sent)))
}

/// The state of one message's digits.
#[derive(Debug, Default)]
pub(super) struct SentDigits {
    /// Counted as a wrong code.
    is_counted: bool,
    /// Seconds until the next attempt, if there were too many.
    over: Option<i64>,
}

impl SentDigits {
    /// The outcome for the sign-in page with this code; `None` if there is none, or too many were tried.
    ///
    /// Digits that a rule matches are a keyword and no wrong code. They have their own limit: otherwise a user's rule that matches all
    /// digits would make guessing free.
    pub(super) async fn look_up(
        &mut self,
        ctx: &OfficialCtx,
        db: &mut Tx,
        digits: &str,
        identity: &IdentityRow,
        has_rule: bool,
    ) -> Result<Option<ChatStep>, CoreError> {
        if has_rule {
            if !limit::take_within(ctx, db, Limit::KeywordDigits, &identity.openid).await? {
                return Ok(None);
            }
            return Ok(chat::send_code(ctx, db, digits, identity).await?);
        }
        let Some(taken) = self.count(ctx, db, &identity.openid).await? else { return Ok(None) };
        let step = chat::send_code(ctx, db, digits, identity).await?;
        if step.is_some() {
            limit::give_back(db, &taken).await?;
        }
        Ok(step)
    }

    /// The answer to digits that neither a page nor a rule matches.
    pub(super) async fn wrong(&mut self, ctx: &Ctx, db: &mut Tx, identity: &IdentityRow) -> Result<String, CoreError> {
        // A matching rule had nothing to show, so the digits were not counted yet.
        if !self.is_counted && self.over.is_none() {
            self.count(ctx, db, &identity.openid).await?;
        }
        let (user_id, cause) = (identity.user_id, if self.over.is_some() { "too-many" } else { "wrong-code" });
        db.after_commit(move || signin_log::refused(Door::WeChat, user_id, cause));
        metrics::counter!("weida_wrong_sent_codes_total").increment(1);
        Ok(match self.over {
            Some(seconds) => chat_text::too_many_codes(Lang::Zh, seconds),
            None => chat_text::wrong_code(ctx, Lang::Zh),
        })
    }

    async fn count(&mut self, ctx: &Ctx, db: &mut Tx, openid: &str) -> Result<Option<limit::Taken>, CoreError> {
        match limit::take_sent(ctx, db, openid).await? {
            Sent::Counted(taken) => {
                self.is_counted = true;
                Ok(Some(taken))
            }
            Sent::Over(seconds) => {
                self.over = Some(seconds);
                Ok(None)
            }
        }
    }
}
