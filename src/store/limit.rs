//! Counters behind the limits on guessing and flooding. Shared by all instances.

use super::{Link, StoreError, Tx};
use sqlx::Row as _;

/// Takes one of a bucket's `most`; false where none is left. Nothing is taken then.
pub async fn update_take(db: &mut Tx, bucket: &str, most: i64) -> Result<bool, StoreError> {
    let done = db
        .sql("UPDATE rate_counters SET used = used + 1 WHERE bucket = ? AND used < ?")
        .bind(bucket.to_owned())
        .bind(most)
        .execute(db.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Gives one back to a bucket.
pub async fn update_give_back(db: &mut Tx, bucket: &str) -> Result<(), StoreError> {
    db.sql("UPDATE rate_counters SET used = used - 1 WHERE bucket = ? AND used > 0")
        .bind(bucket.to_owned())
        .execute(db.conn())
        .await?;
    Ok(())
}

/// How many were taken; None where the bucket does not exist yet.
pub async fn find_used(db: &mut impl Link, bucket: &str) -> Result<Option<i64>, StoreError> {
    let row = db
        .sql("SELECT used FROM rate_counters WHERE bucket = ?")
        .bind(bucket.to_owned())
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| r.try_get(0)).transpose()?)
}

/// Opens a bucket with its first one taken; [`StoreError::Duplicate`] where another was first.
pub async fn insert_bucket(db: &mut Tx, bucket: &str, expires_at: i64) -> Result<(), StoreError> {
    db.sql("INSERT INTO rate_counters (bucket, used, expires_at) VALUES (?, 1, ?)")
        .bind(bucket.to_owned())
        .bind(expires_at)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Failures in a row, and when the next try is welcome.
pub async fn find_failures(db: &mut impl Link, subject: &str, now: i64) -> Result<Option<(i64, i64)>, StoreError> {
    let row = db
        .sql("SELECT failures, retry_at FROM password_failures WHERE subject = ? AND expires_at > ?")
        .bind(subject.to_owned())
        .bind(now)
        .fetch_optional(db.conn())
        .await?;
    row.map(|r| Ok((r.try_get(0)?, r.try_get(1)?))).transpose()
}

/// Counts one failure more than `known`; false where somebody else counted meanwhile. [`StoreError::Duplicate`] where two
/// first ones met.
pub async fn update_failures(
    db: &mut Tx,
    subject: &str,
    known: i64,
    now: i64,
    retry_at: i64,
    expires_at: i64,
) -> Result<bool, StoreError> {
    if known == 0 {
        // Only what is forgotten already: a rival's first failure must stay, and make ours the second.
        db.sql("DELETE FROM password_failures WHERE subject = ? AND expires_at <= ?")
            .bind(subject.to_owned())
            .bind(now)
            .execute(db.conn())
            .await?;
        db.sql("INSERT INTO password_failures (subject, failures, retry_at, expires_at) VALUES (?, 1, ?, ?)")
            .bind(subject.to_owned())
            .bind(retry_at)
            .bind(expires_at)
            .execute(db.conn())
            .await?;
        return Ok(true);
    }
    let done = db
        .sql("UPDATE password_failures SET failures = failures + 1, retry_at = ?, expires_at = ? WHERE subject = ? AND failures = ?")
        .bind(retry_at)
        .bind(expires_at)
        .bind(subject.to_owned())
        .bind(known)
        .execute(db.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Forgets the failures of a subject.
pub async fn delete_failures(db: &mut Tx, subject: &str) -> Result<(), StoreError> {
    db.sql("DELETE FROM password_failures WHERE subject = ?").bind(subject.to_owned()).execute(db.conn()).await?;
    Ok(())
}

/// Forgets counters and failures whose time is over.
pub async fn delete_expired(db: &mut Tx, now: i64) -> Result<(), StoreError> {
    db.sql("DELETE FROM rate_counters WHERE expires_at <= ?").bind(now).execute(db.conn()).await?;
    db.sql("DELETE FROM password_failures WHERE expires_at <= ?").bind(now).execute(db.conn()).await?;
    Ok(())
}
