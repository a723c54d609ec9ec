//! Keeping the index of the user list up to date.

use crate::{
    core::{CoreError, Ctx},
    store::{
        self,
        user_index::{self, build},
    },
};

/// The background task indexes users once so many are marked: a search looks at marked users one by one, and to index one costs as much
/// as to index hundreds.
const MARKED_MIN: i64 = 500;

/// Adds users of an earlier version to the search; called at startup.
///
/// # Errors
/// The database cannot be reached.
pub async fn index_missing(ctx: &Ctx) -> Result<(), CoreError> {
    let mut last = 0;
    loop {
        let ids = store::directory::list_unsearchable(&mut ctx.store.read().await?, last, 500).await?;
        let Some(&highest) = ids.last() else { return Ok(()) };
        last = highest;
        store::transact!(ctx.store, |tx| -> Result<(), CoreError> {
            for id in &ids {
                store::user::update_search_key(tx, *id).await?;
            }
            Ok(())
        })?;
    }
}

/// Indexes marked users if there are many; called by the background task. After an upgrade these are all users: they are indexed in
/// batches, and a program that ends meanwhile goes on with the rest at its next start.
///
/// # Errors
/// The database cannot be reached.
pub async fn index_many_marked(ctx: &Ctx) -> Result<(), CoreError> {
    if user_index::count_marked(&mut ctx.store.read().await?, MARKED_MIN).await? < MARKED_MIN {
        return Ok(());
    }
    index_marked(ctx).await.map(drop)
}

/// Indexes all marked users; returns their number.
///
/// # Errors
/// The database cannot be reached.
pub async fn index_marked(ctx: &Ctx) -> Result<usize, CoreError> {
    let (mut last, mut count) = (i64::MIN, 0);
    loop {
        let batch = build::find_batch(&mut ctx.store.read().await?, last).await?;
        let Some(batch) = batch else { return Ok(count) };
        (last, count) = (batch.last_id(), count + batch.len());
        let cut = tokio::task::spawn_blocking(move || batch.postings());
        let postings = cut.await.map_err(|_| CoreError::Unavailable)?;
        store::transact!(ctx.store, |tx| build::update_indexed(tx, &postings).await)?;
    }
}
