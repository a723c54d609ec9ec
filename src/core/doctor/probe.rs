//! What the running program answers to the doctor's own push, which only a holder of the account's Token can sign.

use super::memory::PushLog;
use crate::{
    base::secret::Use,
    core::Ctx,
    wechat::{message::Message, round_trip::EVENT},
};
use serde::{Deserialize, Serialize};
use std::{net::IpAddr, time::Duration};

/// The pause between the two parts of the answer: a proxy that holds a stream back delivers both at once.
pub const PAUSE: Duration = Duration::from_millis(1200);
/// The second part of the answer.
pub const END: &str = "end";

/// How the request reached the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Proves that this installation answers: see [`proof`].
    pub proof: String,
    pub version: String,
    /// The address that counts as the caller's.
    pub client: IpAddr,
    /// The address of the connection: the proxy's, if there is one.
    pub peer: IpAddr,
    /// A proxy added the caller's address.
    pub is_forwarded: bool,
    /// The settings declare the peer as a proxy.
    pub is_trusted: bool,
    /// The pushes of this account since the start of the program.
    #[serde(default)]
    pub pushes: PushLog,
}

/// True for the doctor's push. It has no effect.
#[must_use]
pub fn is_probe(message: &Message) -> bool {
    message.event_name() == Some(EVENT)
}

/// A value that only this installation can compute.
#[must_use]
pub fn proof(ctx: &Ctx, nonce: &str) -> String {
    ctx.hash(Use::Doctor, nonce)
}
