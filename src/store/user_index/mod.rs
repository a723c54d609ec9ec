//! The index of the user list: which users have a gram of a searched text, or a value of a filter.
//!
//! A gram is one or two characters (`gram.rs`), the same on every engine, so that fragments of one or two Chinese characters are found by it,
//! too. The users of a gram are stored in one row for each segment (`members.rs`) of 32,768 ids, not in a row each: a million users have
//! 90 million grams. The index only proposes users; whether one matches is decided on the user's row.
//!
//! A change of a user does not touch these rows: it marks the user in `users_to_index`, in its own transaction, and a search looks at the
//! rows of marked users as well. `build.rs` indexes marked users in the background, many at a time. A deletion removes the user from the
//! index in the same transaction (`delete.rs`).

pub mod build;
pub mod find;

mod delete;
mod gram;
mod members;

pub use delete::{delete_ordinary, delete_user};
pub use gram::word;

use super::{Link, StoreError, Tx, fact};
use sqlx::Row as _;

/// The topic in `revisions` whose row is locked by what changes the index.
const LOCK: &str = "user_index";

/// What is looked for. Empty texts are not.
#[derive(Debug, Clone, Default)]
pub struct Fragments {
    /// Folded, of a name, an e-mail address or a phone number.
    pub name: String,
    /// Digits of a phone number.
    pub digits: String,
    /// Of an openid or a unionid; at least two characters.
    pub id: String,
}

/// Lets changes of the index wait for the end of this transaction.
async fn lock(db: &mut Tx) -> Result<(), StoreError> {
    fact::bump_revision(db, LOCK).await
}

/// Marks a new user.
pub(super) async fn insert_marked(db: &mut Tx, user_id: i64) -> Result<(), StoreError> {
    db.sql("INSERT INTO users_to_index (user_id, changes, is_indexed) VALUES (?, 0, 0)")
        .bind(user_id)
        .execute(db.conn())
        .await
        .map_err(collision)?;
    Ok(())
}

/// Marks a user whose searched fields or filter values this transaction changes.
pub async fn update_marked(db: &mut Tx, user_id: i64) -> Result<(), StoreError> {
    let marked = db
        .sql("UPDATE users_to_index SET changes = changes + 1 WHERE user_id = ?")
        .bind(user_id)
        .execute(db.conn())
        .await?;
    if marked.rows_affected() == 0 {
        db.sql("INSERT INTO users_to_index (user_id, changes, is_indexed) VALUES (?, 1, 1)")
            .bind(user_id)
            .execute(db.conn())
            .await
            .map_err(collision)?;
    }
    Ok(())
}

/// [`update_marked`] where a conditional update changed the user; returns whether it did.
pub(super) async fn update_marked_if(db: &mut Tx, user_id: i64, is_changed: bool) -> Result<bool, StoreError> {
    if is_changed {
        update_marked(db, user_id).await?;
    }
    Ok(is_changed)
}

/// [`update_marked`] for the owner of an identity, if it has one.
pub(super) async fn update_owner_marked(db: &mut Tx, appid: &str, openid: &str) -> Result<(), StoreError> {
    let owner = db
        .sql("SELECT user_id FROM identities WHERE appid = ? AND openid = ? AND user_id IS NOT NULL")
        .bind(appid.to_owned())
        .bind(openid.to_owned())
        .fetch_optional(db.conn())
        .await?;
    match owner {
        Some(row) => update_marked(db, row.try_get(0)?).await,
        None => Ok(()),
    }
}

/// Two transactions marked the same user: the later one is done again. It is no duplicate of what the caller writes.
fn collision(error: sqlx::Error) -> StoreError {
    match StoreError::from(error) {
        StoreError::Duplicate => StoreError::Collision,
        other => other,
    }
}

/// The number of all users.
pub async fn count_all_users(db: &mut impl Link) -> Result<i64, StoreError> {
    // In one statement: users who are just being indexed are counted once.
    let text = "SELECT users FROM user_segments UNION ALL SELECT COUNT(*) FROM users_to_index WHERE is_indexed = 0";
    let rows = db.sql(text).fetch_all(db.conn()).await?;
    let counts: Result<Vec<i64>, sqlx::Error> = rows.iter().map(|row| row.try_get(0)).collect();
    Ok(counts?.into_iter().sum())
}

/// The number of marked users, counted up to `most`.
pub async fn count_marked(db: &mut impl Link, most: i64) -> Result<i64, StoreError> {
    let text = "SELECT COUNT(*) FROM (SELECT user_id FROM users_to_index LIMIT ?) m";
    Ok(db.sql(text).bind(most).fetch_one(db.conn()).await?.try_get(0)?)
}
