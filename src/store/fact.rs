//! Facts of the installation (named values), number sequences, and the revisions that instances poll.

use super::{Link, StoreError, Tx};
use sqlx::Row as _;

/// The value under `name`.
pub async fn find_fact(db: &mut impl Link, name: &str) -> Result<Option<String>, StoreError> {
    let row = db.sql("SELECT value FROM facts WHERE name = ?").bind(name.to_owned()).fetch_optional(db.conn()).await?;
    Ok(row.map(|r| r.try_get(0)).transpose()?)
}

/// Stores a value if there is none; [`StoreError::Duplicate`] if there is one.
pub async fn insert_fact(db: &mut Tx, name: &str, value: &str) -> Result<(), StoreError> {
    db.sql("INSERT INTO facts (name, value) VALUES (?, ?)")
        .bind(name.to_owned())
        .bind(value.to_owned())
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Deletes a value if it is still this one; true for the one caller that did.
pub async fn delete_fact_if(db: &mut Tx, name: &str, value: &str) -> Result<bool, StoreError> {
    let result = db
        .sql("DELETE FROM facts WHERE name = ? AND value = ?")
        .bind(name.to_owned())
        .bind(value.to_owned())
        .execute(db.conn())
        .await?;
    Ok(result.rows_affected() == 1)
}

/// Deletes a value.
pub async fn delete_fact(db: &mut Tx, name: &str) -> Result<(), StoreError> {
    db.sql("DELETE FROM facts WHERE name = ?").bind(name.to_owned()).execute(db.conn()).await?;
    Ok(())
}

/// The next number of a sequence. Its row stays locked until the transaction ends.
pub async fn next_number(db: &mut Tx, sequence: &'static str) -> Result<i64, StoreError> {
    db.sql("UPDATE sequences SET last_value = last_value + 1 WHERE name = ?").bind(sequence).execute(db.conn()).await?;
    Ok(db
        .sql("SELECT last_value FROM sequences WHERE name = ?")
        .bind(sequence)
        .fetch_one(db.conn())
        .await?
        .try_get(0)?)
}

/// Raises the revision of `topic`: every instance then invalidates its cache for it.
pub async fn bump_revision(db: &mut Tx, topic: &'static str) -> Result<(), StoreError> {
    db.sql("UPDATE revisions SET revision = revision + 1 WHERE topic = ?").bind(topic).execute(db.conn()).await?;
    Ok(())
}

/// The current revision of `topic`.
pub async fn find_revision(db: &mut impl Link, topic: &'static str) -> Result<i64, StoreError> {
    Ok(db.sql("SELECT revision FROM revisions WHERE topic = ?").bind(topic).fetch_one(db.conn()).await?.try_get(0)?)
}
