//! Credits: a running total in `users`, and one ledger entry for every change.

use super::{Link, StoreError, Tx, rows};
use sqlx::Row as _;

rows! {
    /// A row of `credit_entries`.
    pub struct CreditRow {
        pub id: i64,
        pub user_id: i64,
        pub delta: i64,
        pub balance_after: i64,
        pub kind: String,
        pub reason: String,
        pub created_at: i64,
    }
}

/// Changes a balance by `granted - spent`; `None` if it would fall below zero or the user does not exist. A refund is a
/// negative `spent`. The row stays locked until the transaction ends.
pub async fn update_balance(db: &mut Tx, user_id: i64, granted: i64, spent: i64) -> Result<Option<i64>, StoreError> {
    let delta = granted - spent;
    let done = db
        .sql(
            "UPDATE users SET credits = credits + ?, credits_granted = credits_granted + ?, credits_spent = credits_spent + ? \
             WHERE id = ? AND credits >= ?",
        )
        .bind(delta)
        .bind(granted)
        .bind(spent)
        .bind(user_id)
        .bind(-delta)
        .execute(db.conn())
        .await?;
    if done.rows_affected() != 1 {
        return Ok(None);
    }
    Ok(Some(db.sql("SELECT credits FROM users WHERE id = ?").bind(user_id).fetch_one(db.conn()).await?.try_get(0)?))
}

/// A user's balance, everything ever granted and everything ever spent.
pub async fn find_totals(db: &mut impl Link, user_id: i64) -> Result<Option<(i64, i64, i64)>, StoreError> {
    let row = db
        .sql("SELECT credits, credits_granted, credits_spent FROM users WHERE id = ?")
        .bind(user_id)
        .fetch_optional(db.conn())
        .await?;
    row.map(|r| Ok((r.try_get(0)?, r.try_get(1)?, r.try_get(2)?))).transpose()
}

/// Adds an entry to the ledger.
pub async fn insert_entry(db: &mut Tx, row: &CreditRow) -> Result<(), StoreError> {
    db.sql("INSERT INTO credit_entries (id, user_id, delta, balance_after, kind, reason, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)")
        .bind(row.id)
        .bind(row.user_id)
        .bind(row.delta)
        .bind(row.balance_after)
        .bind(row.kind.clone())
        .bind(row.reason.clone())
        .bind(row.created_at)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// A user's latest entries, newest first.
pub async fn list_entries(db: &mut impl Link, user_id: i64, most: i64) -> Result<Vec<CreditRow>, StoreError> {
    let rows = db
        .sql("SELECT id, user_id, delta, balance_after, kind, reason, created_at FROM credit_entries WHERE user_id = ? ORDER BY id DESC LIMIT ?")
        .bind(user_id)
        .bind(most)
        .fetch_all(db.conn())
        .await?;
    Ok(rows.iter().map(CreditRow::read).collect::<Result<_, _>>()?)
}

/// True if the WeChat identity received this grant already.
pub async fn has_grant(db: &mut impl Link, person_hash: &str, reason: &str) -> Result<bool, StoreError> {
    let row = db
        .sql("SELECT granted_at FROM grants WHERE person_hash = ? AND reason = ?")
        .bind(person_hash.to_owned())
        .bind(reason.to_owned())
        .fetch_optional(db.conn())
        .await?;
    Ok(row.is_some())
}

/// Records a grant for a WeChat identity; [`StoreError::Duplicate`] if a concurrent transaction did.
pub async fn insert_grant(db: &mut Tx, person_hash: &str, reason: &str, now: i64) -> Result<(), StoreError> {
    db.sql("INSERT INTO grants (person_hash, reason, granted_at) VALUES (?, ?, ?)")
        .bind(person_hash.to_owned())
        .bind(reason.to_owned())
        .bind(now)
        .execute(db.conn())
        .await?;
    Ok(())
}
