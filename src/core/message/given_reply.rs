//! Stored answers for redeliveries: the typed reply as JSON, encrypted if it contains a code or names an account that its message deleted.
//!
//! An earlier version stored the rendered XML. Such a row is sent again unchanged.

mod typed;

pub use typed::GivenReply;

use super::handle::{GivenCode, Outcome};
use crate::{
    base::secret::{Use, unordered},
    core::{Ctx, OfficialCtx, secret_key::Purpose},
    store::{self, StoreError, Tx, delivery::DeliveryRow},
    wechat::{message::Message, reply::PassiveReply},
};
use secrecy::ExposeSecret as _;

/// How long the answer to a message that deleted its account is repeated: WeChat delivers again within seconds.
const LAST_ANSWER_MS: i64 = 60_000;

/// Why an answer is stored encrypted, and for a limited time.
#[derive(Debug, Clone, Copy)]
pub(super) enum Secrecy<'a> {
    None,
    /// It contains this code, and is deleted with it.
    Code(&'a GivenCode),
    /// Its message deleted the account that it names.
    LastAnswer,
}

impl<'a> Secrecy<'a> {
    pub(super) fn of(outcome: &'a Outcome) -> Self {
        match &outcome.code {
            Some(code) => Self::Code(code),
            None if outcome.is_forgotten => Self::LastAnswer,
            None => Self::None,
        }
    }
}

/// Stores the answer for redeliveries.
pub(super) async fn store(
    ctx: &OfficialCtx,
    tx: &mut Tx,
    delivery: &str,
    given: &PassiveReply,
    secrecy: Secrecy<'_>,
) -> Result<(), StoreError> {
    let json = serde_json::to_string(given).unwrap_or_default();
    let follower = (ctx.account.appid.as_str(), given.to.as_str());
    let encrypted = || ctx.secret_key.encrypt(Purpose::Reply, delivery, &json, ctx.rng.as_ref());
    match secrecy {
        Secrecy::None => store::delivery::update_reply(tx, delivery, follower, &json, None).await,
        Secrecy::Code(code) => {
            store::delivery::update_reply(tx, delivery, follower, &encrypted(), Some(code.expires_at)).await?;
            store::code::update_delivery(tx, &code.hash, delivery).await
        }
        Secrecy::LastAnswer => {
            let until = ctx.now() + LAST_ANSWER_MS;
            store::delivery::update_reply(tx, delivery, ("", ""), &encrypted(), Some(until)).await
        }
    }
}

/// The keys under which earlier versions stored the answer to this push, hashes without a number before them: that of `delivery`, and one
/// of a key in which a message had no sender.
pub(super) fn keys_of_before(ctx: &Ctx, message: &Message, delivery: &str) -> [String; 2] {
    let without_number = unordered(delivery).to_owned();
    [without_number, unordered(&ctx.hash(Use::Delivery, &message.former_dedupe_key)).to_owned()]
}

/// The answer that an earlier version gave; `None` for `success`.
pub(super) struct OfBefore(pub Option<GivenReply>);

/// The answer under one of the [`keys_of_before`]; `None` if it is not to this push: where the key has no sender, only an answer to this
/// sender is.
pub(super) fn read_of_before(ctx: &Ctx, message: &Message, key: &str, stored: DeliveryRow) -> Option<OfBefore> {
    let reply = read(ctx, key, stored);
    let has_sender = message.msg_id.is_none() || message.event_name().is_some();
    (has_sender || reply.as_ref().is_some_and(|reply| reply.is_to(&message.from))).then_some(OfBefore(reply))
}

/// The answer to a redelivery: the stored one. `None` if there was none, its code has expired, or it cannot be read.
pub(super) fn read(ctx: &Ctx, delivery: &str, stored: DeliveryRow) -> Option<GivenReply> {
    let reply = stored.reply?;
    match stored.reply_until {
        None => GivenReply::parse(&reply),
        Some(until) if until <= ctx.now() => None,
        Some(_) => {
            let plain = ctx.secret_key.decrypt(Purpose::Reply, delivery, &reply)?;
            GivenReply::parse(plain.expose_secret())
        }
    }
}
