//! Counters of the limits on guessing and flooding. Shared by all instances.

use super::{Link, StoreError, Tx};
use sqlx::Row as _;

/// Takes one of a bucket's `most`; false, and nothing is taken, if none is left.
pub async fn update_take(db: &mut Tx, bucket: &str, most: i64) -> Result<bool, StoreError> {
    let result = db
        .sql("UPDATE rate_counters SET used = used + 1 WHERE bucket = ? AND used < ?")
        .bind(bucket.to_owned())
        .bind(most)
        .execute(db.conn())
        .await?;
    Ok(result.rows_affected() == 1)
}

/// Gives one back to a bucket.
pub async fn update_give_back(db: &mut Tx, bucket: &str) -> Result<(), StoreError> {
    db.sql("UPDATE rate_counters SET used = used - 1 WHERE bucket = ? AND used > 0")
        .bind(bucket.to_owned())
        .execute(db.conn())
        .await?;
    Ok(())
}

/// The used count; `None` if the bucket does not exist.
pub async fn find_used(db: &mut impl Link, bucket: &str) -> Result<Option<i64>, StoreError> {
    let row = db
        .sql("SELECT used FROM rate_counters WHERE bucket = ?")
        .bind(bucket.to_owned())
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| r.try_get(0)).transpose()?)
}

/// Creates a bucket with one used; [`StoreError::Duplicate`] if it exists.
pub async fn insert_bucket(db: &mut Tx, bucket: &str, expires_at: i64) -> Result<(), StoreError> {
    db.sql("INSERT INTO rate_counters (bucket, used, expires_at) VALUES (?, 1, ?)")
        .bind(bucket.to_owned())
        .bind(expires_at)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Consecutive failures, and the time of the next allowed attempt.
pub async fn find_failures(db: &mut impl Link, subject: &str, now: i64) -> Result<Option<(i64, i64)>, StoreError> {
    let row = db
        .sql("SELECT failures, retry_at FROM password_failures WHERE subject = ? AND expires_at > ?")
        .bind(subject.to_owned())
        .bind(now)
        .fetch_optional(db.conn())
        .await?;
    row.map(|r| Ok((r.try_get(0)?, r.try_get(1)?))).transpose()
}

/// The times of a failure, of the next allowed attempt, and of expiry.
#[derive(Debug, Clone, Copy)]
pub struct Failure {
    pub now: i64,
    pub retry_at: i64,
    pub expires_at: i64,
}

/// Counts one failure beyond `known` (`None`: no unexpired one); false if a concurrent one was counted meanwhile.
/// [`StoreError::Duplicate`] if two first failures collided.
pub async fn update_failures(
    db: &mut Tx,
    subject: &str,
    known: Option<i64>,
    times: Failure,
) -> Result<bool, StoreError> {
    let Some(known) = known else {
        // Only expired ones: a concurrent first failure must stay, and make this one the second.
        db.sql("DELETE FROM password_failures WHERE subject = ? AND expires_at <= ?")
            .bind(subject.to_owned())
            .bind(times.now)
            .execute(db.conn())
            .await?;
        db.sql("INSERT INTO password_failures (subject, failures, retry_at, expires_at) VALUES (?, 1, ?, ?)")
            .bind(subject.to_owned())
            .bind(times.retry_at)
            .bind(times.expires_at)
            .execute(db.conn())
            .await?;
        return Ok(true);
    };
    let result = db
        .sql("UPDATE password_failures SET failures = failures + 1, retry_at = ?, expires_at = ? WHERE subject = ? AND failures = ?")
        .bind(times.retry_at)
        .bind(times.expires_at)
        .bind(subject.to_owned())
        .bind(known)
        .execute(db.conn())
        .await?;
    Ok(result.rows_affected() == 1)
}

/// Subtracts failures of a subject, and undoes the wait that the last of them set, unless a later one set another.
pub async fn update_failures_given_back(
    db: &mut Tx,
    subject: &str,
    failures: i64,
    (retry_at, before): (i64, i64),
) -> Result<(), StoreError> {
    db.sql(
        "UPDATE password_failures SET failures = CASE WHEN failures > ? THEN failures - ? ELSE 0 END, \
         retry_at = CASE WHEN retry_at = ? THEN ? ELSE retry_at END WHERE subject = ?",
    )
    .bind(failures)
    .bind(failures)
    .bind(retry_at)
    .bind(before)
    .bind(subject.to_owned())
    .execute(db.conn())
    .await?;
    Ok(())
}

/// Deletes the failures of a subject.
pub async fn delete_failures(db: &mut Tx, subject: &str) -> Result<(), StoreError> {
    db.sql("DELETE FROM password_failures WHERE subject = ?").bind(subject.to_owned()).execute(db.conn()).await?;
    Ok(())
}

/// Deletes expired counters and failures.
pub async fn delete_expired(db: &mut Tx, now: i64) -> Result<(), StoreError> {
    db.sql("DELETE FROM rate_counters WHERE expires_at <= ?").bind(now).execute(db.conn()).await?;
    db.sql("DELETE FROM password_failures WHERE expires_at <= ?").bind(now).execute(db.conn()).await?;
    Ok(())
}
