//! The account's original id (`gh_…`): a push with another one in `ToUserName` is ignored.
//!
//! It is known from the settings, or from a push encrypted with the account's AES key. A plaintext push proves nothing about
//! it.

mod known;

pub use known::OriginalId;
pub(in crate::core::message) use known::learned;

use crate::{
    core::{CoreError, Ctx, OfficialCtx},
    store::{self, StoreError},
};
use known::KNOWN;
use std::sync::atomic::Ordering;

/// The fact that stores the last push for another account: epoch seconds and its `ToUserName`.
const FOREIGN: &str = "push-for-another-account";
/// The shortest interval of writing it.
const RECORD_EVERY_MS: i64 = 60_000;
/// The most characters shown of a foreign id.
const SHOWN_MAX_CHARS: usize = 64;

/// True if a push is for this account, as far as that is known. `is_proven`: it was decrypted with the account's key,
/// so its `ToUserName` is stored if none is known.
///
/// # Errors
/// The database cannot be reached.
pub async fn is_ours(ctx: &OfficialCtx, to: &str, is_proven: bool) -> Result<bool, CoreError> {
    let known = ctx.account.original_id.get();
    match known {
        Some(id) if id == to => Ok(true),
        Some(_) => {
            Box::pin(record_foreign(ctx, to)).await?;
            Ok(false)
        }
        None if is_proven => Box::pin(learn(ctx, to)).await,
        None => Ok(true),
    }
}

/// Stores the id, unless another instance has stored one first.
async fn learn(ctx: &OfficialCtx, to: &str) -> Result<bool, CoreError> {
    // Original ids have 15 characters; a longer text is not one, and would not fit.
    if to.is_empty() || to.len() > SHOWN_MAX_CHARS || to.contains(' ') {
        return Ok(true);
    }
    let known = store::transact!(ctx.store, |tx| {
        let known = store::fact::find_fact(tx, KNOWN).await?;
        let of_this = known.as_deref().and_then(|fact| fact.split_once(' ')).filter(|(of, _)| *of == ctx.account.appid);
        if let Some((_, id)) = of_this {
            return Ok(id.to_owned());
        }
        store::fact::delete_fact(tx, KNOWN).await?;
        store::fact::insert_fact(tx, KNOWN, &format!("{} {to}", ctx.account.appid)).await?;
        Ok(to.to_owned())
    });
    match known {
        Ok(known) => {
            ctx.account.original_id.set(&known);
            Ok(known == to)
        }
        // Other instances are learning it: the next push reads it.
        Err(e) if StoreError::is_retryable(&e) => Ok(true),
        Err(e) => Err(e.into()),
    }
}

async fn record_foreign(ctx: &OfficialCtx, to: &str) -> Result<(), CoreError> {
    let shown: String = to.chars().filter(|c| !c.is_control()).take(SHOWN_MAX_CHARS).collect();
    metrics::counter!("weida_pushes_for_another_account_total").increment(1);
    tracing::warn!(
        to = shown,
        "a push for another account was ignored: check WECHAT_ORIGINAL_ID and the account's server settings"
    );
    let (now, foreign_recorded_at) = (ctx.now(), ctx.account.original_id.foreign_recorded_at.load(Ordering::SeqCst));
    if foreign_recorded_at.checked_add(RECORD_EVERY_MS).is_some_and(|next| foreign_recorded_at <= now && now < next) {
        return Ok(());
    }
    ctx.account.original_id.foreign_recorded_at.store(now, Ordering::SeqCst);
    let recorded = store::transact!(ctx.store, |tx| {
        store::fact::delete_fact(tx, FOREIGN).await?;
        store::fact::insert_fact(tx, FOREIGN, &format!("{} {shown}", now.div_euclid(1000))).await
    });
    match recorded {
        Err(e) if StoreError::is_retryable(&e) => Ok(()),
        other => Ok(other?),
    }
}

/// The last ignored push: epoch seconds, and its account.
///
/// # Errors
/// The database cannot be reached.
pub async fn last_foreign(ctx: &Ctx) -> Result<Option<(i64, String)>, CoreError> {
    let fact = store::fact::find_fact(&mut ctx.store.read().await?, FOREIGN).await?;
    Ok(fact
        .as_deref()
        .and_then(|fact| fact.split_once(' '))
        .and_then(|(at, to)| Some((at.parse().ok()?, to.to_owned()))))
}
