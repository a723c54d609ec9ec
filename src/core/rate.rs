//! Rate limits of single callers: a token bucket in memory for each, generous, in each instance separately.
//!
//! Limits on guessing are in the database: see `limit`.

mod bucket;

pub use bucket::{Allowance, Rates};

use super::{
    Ctx,
    limit::{factor, subject_of},
};
use crate::base::secret::Use;
use std::net::IpAddr;

/// Polls per second of one thing identified by its secret name: it does not change more often.
const LOOKS_PER_SECOND: i64 = 5;
/// The factor of an address's polling limit over its request limit: it may be a server with many sessions.
const FOLLOWING_FACTOR: i64 = 10;

/// The caller that is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// A user, with any of their tokens or sessions: those cost nothing, so they must not have limits of their own.
    User(i64),
    /// A WeChat user identified by a gateway in front of us.
    Openid(String),
    /// A client that polls something by its secret name, for instance a sign-in session.
    Follower(String),
    /// An unidentified client.
    Anyone,
}

/// Questions to the phone of the home page, per address and minute.
const QUESTIONS_PER_MINUTE: i64 = 20;

/// Takes one question to the phone of the home page; false if the address asked too many.
#[must_use]
pub fn take_question(ctx: &Ctx, address: IpAddr) -> bool {
    let most = QUESTIONS_PER_MINUTE * factor(ctx, address);
    ctx.rates.take_in_a_minute(format!("q/{}", subject_of(address)), most, ctx.now() * 1000).is_within
}

/// Takes one request. Callers on this machine have the configured factor on a private installation.
pub fn take(ctx: &Ctx, caller: &Caller, address: IpAddr) -> Allowance {
    let live = ctx.live();
    let limits = &live.limits;
    let factor = factor(ctx, address);
    let most = limits.requests_per_second * factor;
    let take = |subject: String, most: i64| ctx.rates.take(subject, most, ctx.now() * 1000);
    match caller {
        Caller::User(id) => take(format!("u/{id}"), most),
        Caller::Openid(openid) => take(format!("o/{openid}"), most),
        Caller::Follower(name) => {
            // Clients can make up names, so the address is limited too.
            let together = take(format!("af/{}", subject_of(address)), most * FOLLOWING_FACTOR);
            if !together.is_within {
                return together;
            }
            take(format!("f/{}", ctx.hash(Use::Limit, name)), LOOKS_PER_SECOND.min(limits.requests_per_second) * factor)
        }
        Caller::Anyone => take(format!("a/{}", subject_of(address)), most),
    }
}
