//! What a user signed in with before: browsers, which have a signed mark in a cookie, and networks, which the database
//! stores.
//!
//! An attacker who guesses passwords of a name slows sign-ins from unknown browsers and networks, never from a known browser. A mark belongs to
//! one user and one generation: signing out everywhere, or a new password, invalidates it.

use super::User;
use crate::{
    base::secret::Use,
    core::{Ctx, limit},
    store::{self, StoreError, Tx},
};
use std::net::IpAddr;
use subtle::ConstantTimeEq as _;

/// The longest lifetime that browsers allow a cookie: 400 days.
pub const MAX_AGE_SECS: i64 = 400 * 86_400;
/// The most marks of other users kept in the same cookie.
const OTHERS: usize = 4;
/// The most characters of a cookie; a longer one is not ours.
const COOKIE_MAX_CHARS: usize = 600;
/// Characters of a mark's proof: 128 bits.
const PROOF_CHARS: usize = 32;

/// A user's mark in a browser: `id.issued.proof`.
#[derive(Debug, Clone, Copy)]
struct Mark<'a> {
    text: &'a str,
    id: &'a str,
    issued_secs: i64,
    proof: &'a str,
}

impl<'a> Mark<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split('.');
        let (id, issued, proof) = (parts.next()?, parts.next()?, parts.next()?);
        let is_whole = parts.next().is_none() && !id.is_empty() && proof.len() == PROOF_CHARS;
        Some(Self { text, id, issued_secs: issued.parse().ok()?, proof }).filter(|_| is_whole)
    }

    fn is_of(&self, ctx: &Ctx, user_id: i64, generation: i64) -> bool {
        let age = ctx.now().div_euclid(1000) - self.issued_secs;
        let expected = proof(ctx, user_id, generation, self.id, self.issued_secs);
        (0..=MAX_AGE_SECS).contains(&age) && bool::from(expected.as_bytes().ct_eq(self.proof.as_bytes()))
    }
}

fn marks(cookie: &str) -> impl Iterator<Item = Mark<'_>> {
    let cookie = if cookie.len() <= COOKIE_MAX_CHARS { cookie } else { "" };
    cookie.split('~').filter_map(Mark::parse)
}

fn proof(ctx: &Ctx, user_id: i64, generation: i64, id: &str, issued_secs: i64) -> String {
    let mut proof = ctx.hash(Use::KnownBrowser, &format!("{user_id}/{generation}/{id}/{issued_secs}"));
    proof.truncate(PROOF_CHARS);
    proof
}

/// The new cookie of a browser in which this user has just signed in; `cookie` is the old one.
#[must_use]
pub fn marked(ctx: &Ctx, cookie: &str, user: &User) -> String {
    let (id, issued_secs) = (ctx.rng.token(), ctx.now().div_euclid(1000));
    let mut value = format!("{id}.{issued_secs}.{}", proof(ctx, user.id, user.generation, &id, issued_secs));
    for other in marks(cookie).filter(|mark| !mark.is_of(ctx, user.id, user.generation)).take(OTHERS) {
        value.push('~');
        value.push_str(other.text);
    }
    value
}

/// The id of this user's mark in a browser's cookie; `None` if the browser is unknown to the user.
#[must_use]
pub fn browser_of<'a>(ctx: &Ctx, cookie: &'a str, user_id: i64, generation: i64) -> Option<&'a str> {
    marks(cookie).find(|mark| mark.is_of(ctx, user_id, generation)).map(|mark| mark.id)
}

/// True if the user signed in from this network before.
///
/// # Errors
/// The database cannot be reached.
pub async fn is_network(ctx: &Ctx, user_id: i64, generation: i64, address: IpAddr) -> Result<bool, StoreError> {
    let network = network(ctx, address);
    store::known_network::has_known(&mut ctx.store.read().await?, user_id, &network, generation).await
}

/// Records the network of a sign-in, in its transaction. The user's row is already locked.
///
/// # Errors
/// The database cannot be reached.
pub async fn note_network(
    ctx: &Ctx,
    db: &mut Tx,
    user_id: i64,
    generation: i64,
    address: IpAddr,
) -> Result<(), StoreError> {
    store::known_network::upsert_known(db, user_id, &network(ctx, address), generation, ctx.now()).await
}

fn network(ctx: &Ctx, address: IpAddr) -> String {
    // Addresses are personal data: the check needs only a hash.
    ctx.hash(Use::KnownBrowser, &limit::subject_of(address))
}
