//! Levels of users, and when they end.

use super::{Link, StoreError, Tx, user_index};
use sqlx::Row as _;

/// Sets the level and its end in epoch milliseconds; false if both are the same, or the user does not exist.
pub async fn update_level(
    db: &mut Tx,
    id: i64,
    (level, until): (&'static str, Option<i64>),
    now: i64,
) -> Result<bool, StoreError> {
    let result = db
        .sql(
            "UPDATE users SET level = ?, level_until = ?, updated_at = ? \
             WHERE id = ? AND (level <> ? OR COALESCE(level_until, 0) <> ?)",
        )
        .bind(level)
        .bind(until)
        .bind(now)
        .bind(id)
        .bind(level)
        .bind(until.unwrap_or(0))
        .execute(db.conn())
        .await?;
    user_index::update_marked_if(db, id, result.rows_affected() == 1).await
}

/// Lowers a level that has ended; true for the one transaction that does.
pub async fn update_level_ended(db: &mut Tx, id: i64, now: i64) -> Result<bool, StoreError> {
    let result = db
        .sql("UPDATE users SET level = 'normal', level_until = NULL, updated_at = ? WHERE id = ? AND level_until <= ?")
        .bind(now)
        .bind(id)
        .bind(now)
        .execute(db.conn())
        .await?;
    user_index::update_marked_if(db, id, result.rows_affected() == 1).await
}

/// Users whose level has ended, at most `most`.
pub async fn list_ended(db: &mut impl Link, now: i64, most: i64) -> Result<Vec<i64>, StoreError> {
    let rows = db
        .sql("SELECT id FROM users WHERE level_until <= ? ORDER BY level_until LIMIT ?")
        .bind(now)
        .bind(most)
        .fetch_all(db.conn())
        .await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// When the next level ends, in epoch milliseconds; `None` if none does.
pub async fn find_next_end(db: &mut impl Link) -> Result<Option<i64>, StoreError> {
    let row = db.sql("SELECT MIN(level_until) FROM users WHERE level_until IS NOT NULL").fetch_one(db.conn()).await?;
    Ok(row.try_get(0)?)
}
