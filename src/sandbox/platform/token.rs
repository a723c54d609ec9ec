//! Access tokens of both APIs.
//!
//! `stable_token` returns the same token until its last five minutes; `token` returns a new one each time, and the former
//! one expires five minutes later. The two APIs do not affect each other's tokens. Facts: docs/WECHAT.md, 4.1.

use super::fault::{self, Fault};
use serde::{Deserialize, Serialize};

/// The lifetime of a token, in milliseconds.
const LIFE_MS: i64 = 7200 * 1000;
/// The platform renews a token this long before its end; for this time both tokens are valid.
const OVERLAP_MS: i64 = 300 * 1000;
/// `force_refresh` has no effect within this time after the last one.
const FORCE_PAUSE_MS: i64 = 30 * 1000;
const DAY_MS: i64 = 24 * 3600 * 1000;
const FORCES_A_DAY: usize = 20;
/// The most remembered tokens, to distinguish old ones from unknown ones.
const REMEMBERED: usize = 64;
/// The shortest text that could be a token; real ones have more than 100 characters.
const LEAST_CHARS: usize = 40;

/// All remembered tokens.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Tokens {
    issued: Vec<Issued>,
    forced_at_ms: Vec<i64>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Issued {
    value: String,
    is_stable: bool,
    expires_at_ms: i64,
    /// When its replacement invalidates it.
    dead_at_ms: Option<i64>,
}

/// A token and its remaining seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    pub value: String,
    pub secs: i64,
}

impl Tokens {
    /// `stable_token`: the current token, or `new` if there is none, it is about to expire, or the caller forces a
    /// renewal.
    ///
    /// # Errors
    /// 45009 if the caller has forced 20 renewals within a day.
    pub fn stable(&mut self, new: String, is_forced: bool, now_ms: i64) -> Result<Given, Fault> {
        let present = self.issued.iter().rfind(|t| t.is_stable && t.dead_at_ms.is_none() && t.expires_at_ms > now_ms);
        let present = present.map(|t| Given { value: t.value.clone(), secs: (t.expires_at_ms - now_ms) / 1000 });
        self.forced_at_ms.retain(|at| now_ms - at < DAY_MS);
        let is_soon = self.forced_at_ms.last().is_some_and(|at| now_ms - at < FORCE_PAUSE_MS);
        match present {
            Some(present) if !is_forced && present.secs * 1000 > OVERLAP_MS => return Ok(present),
            Some(present) if is_forced && is_soon => return Ok(present),
            _ => {}
        }
        if is_forced {
            if self.forced_at_ms.len() >= FORCES_A_DAY {
                return Err(fault::DAILY_QUOTA);
            }
            self.forced_at_ms.push(now_ms);
            self.replace(true, now_ms);
        }
        Ok(self.issue(new, true, now_ms))
    }

    /// `token`: returns `new`; the former one is valid for five more minutes.
    pub fn classic(&mut self, new: String, now_ms: i64) -> Given {
        self.replace(false, now_ms + OVERLAP_MS);
        self.issue(new, false, now_ms)
    }

    /// Checks the token of a call.
    ///
    /// # Errors
    /// 41001 without a token, 40014 for text that cannot be one, 40001 for a replaced or unknown one, 42001 for an expired one.
    pub fn check(&self, value: Option<&str>, now_ms: i64) -> Result<(), Fault> {
        let value = value.filter(|v| !v.is_empty()).ok_or(fault::TOKEN_MISSING)?;
        match self.issued.iter().find(|t| t.value == value) {
            Some(token) if token.dead_at_ms.is_some_and(|at| at <= now_ms) => Err(fault::SECRET_WRONG),
            Some(token) if token.expires_at_ms <= now_ms => Err(fault::TOKEN_EXPIRED),
            Some(_) => Ok(()),
            None if value.len() < LEAST_CHARS => Err(fault::TOKEN_INVALID),
            None => Err(fault::SECRET_WRONG),
        }
    }

    /// Invalidates every token, as a change of the secret does.
    pub fn revoke(&mut self, now_ms: i64) {
        self.replace(true, now_ms);
        self.replace(false, now_ms);
    }

    fn replace(&mut self, is_stable: bool, at_ms: i64) {
        for token in self.issued.iter_mut().filter(|t| t.is_stable == is_stable) {
            token.dead_at_ms = Some(token.dead_at_ms.map_or(at_ms, |dead| dead.min(at_ms)));
        }
    }

    fn issue(&mut self, value: String, is_stable: bool, now_ms: i64) -> Given {
        let over = self.issued.len().saturating_sub(REMEMBERED - 1);
        self.issued.drain(..over);
        let token = Issued { value: value.clone(), is_stable, expires_at_ms: now_ms + LIFE_MS, dead_at_ms: None };
        self.issued.push(token);
        Given { value, secs: LIFE_MS / 1000 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(n: i64) -> String {
        format!("{n:0>60}")
    }

    #[test]
    fn the_stable_token_is_the_same_until_its_last_five_minutes() {
        let mut tokens = Tokens::default();
        let first = tokens.stable(new(1), false, 0).unwrap();
        assert_eq!(tokens.stable(new(2), false, 1_077_000).unwrap(), Given { value: new(1), secs: 6123 });
        let second = tokens.stable(new(3), false, LIFE_MS - OVERLAP_MS).unwrap();
        assert_eq!(second, Given { value: new(3), secs: 7200 });
        assert_eq!(tokens.check(Some(&first.value), LIFE_MS - 1), Ok(()));
        assert_eq!(tokens.check(Some(&first.value), LIFE_MS), Err(fault::TOKEN_EXPIRED));
    }

    #[test]
    fn insisting_kills_the_old_token_at_once_but_is_rationed() {
        let mut tokens = Tokens::default();
        tokens.stable(new(0), false, 0).unwrap();
        assert_eq!(tokens.stable(new(1), true, 1).unwrap().value, new(1));
        assert_eq!(tokens.check(Some(&new(0)), 1), Err(fault::SECRET_WRONG));
        assert_eq!(tokens.stable(new(2), true, FORCE_PAUSE_MS).unwrap().value, new(1));
        for n in 2..=20 {
            assert_eq!(tokens.stable(new(n), true, n * FORCE_PAUSE_MS).unwrap().value, new(n));
        }
        assert_eq!(tokens.stable(new(21), true, 21 * FORCE_PAUSE_MS), Err(fault::DAILY_QUOTA));
    }

    #[test]
    fn the_classic_token_outlives_its_successor_by_five_minutes_and_the_stable_one_not_at_all() {
        let mut tokens = Tokens::default();
        let stable = tokens.stable(new(1), false, 0).unwrap();
        tokens.classic(new(2), 0);
        tokens.classic(new(3), 1000);
        assert_eq!(tokens.check(Some(&new(2)), 1000 + OVERLAP_MS - 1), Ok(()));
        assert_eq!(tokens.check(Some(&new(2)), 1000 + OVERLAP_MS), Err(fault::SECRET_WRONG));
        assert_eq!(tokens.check(Some(&stable.value), 1000 + OVERLAP_MS), Ok(()));
    }

    #[test]
    fn every_wrong_token_has_its_own_number() {
        let tokens = Tokens::default();
        assert_eq!(tokens.check(None, 0), Err(fault::TOKEN_MISSING));
        assert_eq!(tokens.check(Some(""), 0), Err(fault::TOKEN_MISSING));
        assert_eq!(tokens.check(Some("short"), 0), Err(fault::TOKEN_INVALID));
        assert_eq!(tokens.check(Some(&new(9)), 0), Err(fault::SECRET_WRONG));
    }
}
