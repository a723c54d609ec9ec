//! Usage of features per user and period.

use super::{Link, StoreError, Tx};
use sqlx::Row as _;

/// Adds to an existing window within `most`; false if it would exceed that, or does not exist.
pub async fn update_used(
    db: &mut Tx,
    user_id: i64,
    feature: &str,
    period: &str,
    amount: i64,
    most: i64,
) -> Result<bool, StoreError> {
    let done = db
        .sql("UPDATE usage_counters SET used = used + ? WHERE user_id = ? AND feature = ? AND period = ? AND used <= ?")
        .bind(amount)
        .bind(user_id)
        .bind(feature.to_owned())
        .bind(period.to_owned())
        .bind(most - amount)
        .execute(db.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Subtracts a refunded use from a window.
pub async fn update_given_back(
    db: &mut Tx,
    user_id: i64,
    feature: &str,
    period: &str,
    amount: i64,
) -> Result<(), StoreError> {
    db.sql("UPDATE usage_counters SET used = used - ? WHERE user_id = ? AND feature = ? AND period = ? AND used >= ?")
        .bind(amount)
        .bind(user_id)
        .bind(feature.to_owned())
        .bind(period.to_owned())
        .bind(amount)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// The usage of a window; `None` if it does not exist.
pub async fn find_used(
    db: &mut impl Link,
    user_id: i64,
    feature: &str,
    period: &str,
) -> Result<Option<i64>, StoreError> {
    let row = db
        .sql("SELECT used FROM usage_counters WHERE user_id = ? AND feature = ? AND period = ?")
        .bind(user_id)
        .bind(feature.to_owned())
        .bind(period.to_owned())
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| r.try_get(0)).transpose()?)
}

/// Creates a window with a first use; [`StoreError::Duplicate`] if a concurrent transaction did.
pub async fn insert_used(
    db: &mut Tx,
    user_id: i64,
    feature: &str,
    period: &str,
    used: i64,
    expires_at: i64,
) -> Result<(), StoreError> {
    db.sql("INSERT INTO usage_counters (user_id, feature, period, used, expires_at) VALUES (?, ?, ?, ?, ?)")
        .bind(user_id)
        .bind(feature.to_owned())
        .bind(period.to_owned())
        .bind(used)
        .bind(expires_at)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// A user's usage of three windows: feature, period, amount.
pub async fn list_used(
    db: &mut impl Link,
    user_id: i64,
    [day, month, total]: [&str; 3],
) -> Result<Vec<(String, String, i64)>, StoreError> {
    let rows = db
        .sql("SELECT feature, period, used FROM usage_counters WHERE user_id = ? AND period IN (?, ?, ?)")
        .bind(user_id)
        .bind(day.to_owned())
        .bind(month.to_owned())
        .bind(total.to_owned())
        .fetch_all(db.conn())
        .await?;
    rows.iter().map(|r| Ok((r.try_get(0)?, r.try_get(1)?, r.try_get(2)?))).collect()
}

/// A user's whole stored usage: feature, period, amount, and expiry.
pub async fn list_all(db: &mut impl Link, user_id: i64) -> Result<Vec<(String, String, i64, i64)>, StoreError> {
    let rows = db
        .sql("SELECT feature, period, used, expires_at FROM usage_counters WHERE user_id = ?")
        .bind(user_id)
        .fetch_all(db.conn())
        .await?;
    rows.iter().map(|r| Ok((r.try_get(0)?, r.try_get(1)?, r.try_get(2)?, r.try_get(3)?))).collect()
}

/// The usage stored for a WeChat identity: feature, period, amount, and expiry.
pub async fn list_left(
    db: &mut impl Link,
    person_hash: &str,
    now: i64,
) -> Result<Vec<(String, String, i64, i64)>, StoreError> {
    let rows = db
        .sql("SELECT feature, period, used, expires_at FROM left_usage WHERE person_hash = ? AND expires_at > ?")
        .bind(person_hash.to_owned())
        .bind(now)
        .fetch_all(db.conn())
        .await?;
    rows.iter().map(|r| Ok((r.try_get(0)?, r.try_get(1)?, r.try_get(2)?, r.try_get(3)?))).collect()
}

/// Stores the usage of one window for a WeChat identity; a smaller value than the stored one changes nothing.
/// [`StoreError::Duplicate`] if a concurrent transaction stored the same window first.
pub async fn insert_left(
    db: &mut Tx,
    person_hash: &str,
    (feature, period, used, expires_at): (String, String, i64, i64),
) -> Result<(), StoreError> {
    db.sql("DELETE FROM left_usage WHERE person_hash = ? AND feature = ? AND period = ? AND used <= ?")
        .bind(person_hash.to_owned())
        .bind(feature.clone())
        .bind(period.clone())
        .bind(used)
        .execute(db.conn())
        .await?;
    let known = db
        .sql("SELECT used FROM left_usage WHERE person_hash = ? AND feature = ? AND period = ?")
        .bind(person_hash.to_owned())
        .bind(feature.clone())
        .bind(period.clone())
        .fetch_optional(db.conn())
        .await?;
    if known.is_some() {
        return Ok(());
    }
    db.sql("INSERT INTO left_usage (person_hash, feature, period, used, expires_at) VALUES (?, ?, ?, ?, ?)")
        .bind(person_hash.to_owned())
        .bind(feature)
        .bind(period)
        .bind(used)
        .bind(expires_at)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Deletes windows that closed long ago.
pub async fn delete_expired(db: &mut Tx, now: i64) -> Result<(), StoreError> {
    db.sql("DELETE FROM left_usage WHERE expires_at <= ?").bind(now).execute(db.conn()).await?;
    db.sql("DELETE FROM usage_counters WHERE expires_at <= ?").bind(now).execute(db.conn()).await?;
    Ok(())
}
