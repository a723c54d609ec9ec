//! What tokens' users may do just now, in memory: verifying a token must not ask the database each time.
//!
//! Whatever could end a token raises the revision of [`TOPIC`] in its own transaction. Every instance looks at the revision three
//! times a second and forgets everything when it has changed. An instance that could not look lately trusts its memory no more.

use super::keys;
use crate::{
    core::{CoreError, Ctx, account::Role},
    store,
};
use std::{
    collections::HashMap,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

/// The topic in `revisions`.
pub(crate) const TOPIC: &str = "tokens";
/// Users that are remembered; beyond it one makes room.
const MOST: usize = 100_000;
/// What was remembered counts this long after the last look at the revision; a revocation must hold within a second.
const TRUSTED_MS: i64 = 900;

/// What a user may do.
#[derive(Debug, Clone)]
pub struct Standing {
    pub role: Role,
    pub level: String,
    pub is_enabled: bool,
    /// The generation that good tokens have.
    pub generation: i64,
    /// Single tokens that were ended.
    pub revoked: Vec<String>,
}

/// None: the user is gone.
type Remembered = Option<Arc<Standing>>;

/// The standings that are known.
#[derive(Debug)]
pub struct Standings {
    known: RwLock<HashMap<i64, Remembered>>,
    /// Grows whenever something is forgotten: what was being read meanwhile may be out of date, and is not kept.
    turn: AtomicU64,
    revision: AtomicI64,
    /// When the revision was last looked at, in epoch milliseconds.
    looked_at: AtomicI64,
}

impl Default for Standings {
    fn default() -> Self {
        let (turn, revision, looked_at) = (AtomicU64::new(0), AtomicI64::new(-1), AtomicI64::new(i64::MIN / 2));
        Self { known: RwLock::default(), turn, revision, looked_at }
    }
}

impl Standings {
    /// Forgets a user after a change.
    pub fn forget(&self, user_id: i64) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        self.turn.fetch_add(1, Ordering::SeqCst);
        known.remove(&user_id);
    }

    /// Forgets everybody.
    pub fn forget_all(&self) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        self.turn.fetch_add(1, Ordering::SeqCst);
        known.clear();
    }

    /// What is remembered of a user, if that is to be trusted.
    fn find(&self, user_id: i64, now: i64) -> Option<Remembered> {
        let since_look = now - self.looked_at.load(Ordering::SeqCst);
        if !(-TRUSTED_MS..=TRUSTED_MS).contains(&since_look) {
            return None;
        }
        self.known.read().unwrap_or_else(PoisonError::into_inner).get(&user_id).cloned()
    }

    fn keep(&self, user_id: i64, standing: Remembered, turn: u64) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if self.turn.load(Ordering::SeqCst) != turn {
            return;
        }
        if known.len() >= MOST
            && let Some(&any) = known.keys().next()
        {
            known.remove(&any);
        }
        known.insert(user_id, standing);
    }
}

/// A user's standing; None where the user is gone.
pub(super) async fn of(ctx: &Ctx, user_id: i64) -> Result<Remembered, CoreError> {
    if let Some(known) = ctx.standings.find(user_id, ctx.now()) {
        return Ok(known);
    }
    let turn = ctx.standings.turn.load(Ordering::SeqCst);
    let mut db = ctx.store.read().await?;
    let standing = match store::token::find_standing(&mut db, user_id).await? {
        None => None,
        Some(row) => Some(Arc::new(Standing {
            role: if row.role == "admin" { Role::Admin } else { Role::User },
            level: row.level,
            is_enabled: row.is_enabled == 1,
            generation: row.token_generation,
            revoked: store::token::list_revoked(&mut db, user_id).await?,
        })),
    };
    ctx.standings.keep(user_id, standing.clone(), turn);
    Ok(standing)
}

/// Forgets everything, and reads the keys again, if another instance changed something. Called three times a second.
///
/// # Errors
/// The database cannot be reached.
pub async fn follow_changes(ctx: &Ctx) -> Result<(), CoreError> {
    let looked_at = ctx.now();
    let revision = store::fact::find_revision(&mut ctx.store.read().await?, TOPIC).await?;
    if ctx.standings.revision.load(Ordering::SeqCst) != revision {
        ctx.standings.forget_all();
        keys::reload(ctx).await?;
        ctx.standings.revision.store(revision, Ordering::SeqCst);
    }
    ctx.standings.looked_at.store(looked_at, Ordering::SeqCst);
    Ok(())
}
