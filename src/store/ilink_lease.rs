//! Leases of the instances that run connections of the personal-WeChat channel: one row per instance.

use super::{Link, StoreError, Tx, rows};

rows! {
    /// A row of `ilink_leases`.
    pub struct LeaseRow {
        pub fence: i64,
        pub lease_until: i64,
    }
}

/// Adds a lease.
pub async fn insert_lease(db: &mut Tx, fence: i64, until: i64) -> Result<(), StoreError> {
    db.sql("INSERT INTO ilink_leases (fence, lease_until) VALUES (?, ?)")
        .bind(fence)
        .bind(until)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Renews a lease; false if another instance ended it. The row stays locked until the transaction ends.
pub async fn update_renewed(db: &mut Tx, fence: i64, until: i64) -> Result<bool, StoreError> {
    let done = db
        .sql("UPDATE ilink_leases SET lease_until = ? WHERE fence = ?")
        .bind(until)
        .bind(fence)
        .execute(db.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// All leases.
pub async fn list_leases(db: &mut impl Link) -> Result<Vec<LeaseRow>, StoreError> {
    let rows = db.sql("SELECT fence, lease_until FROM ilink_leases ORDER BY fence").fetch_all(db.conn()).await?;
    Ok(rows.iter().map(LeaseRow::read).collect::<Result<_, _>>()?)
}

/// Ends a lease that has expired; true for the one caller that did.
pub async fn delete_expired(db: &mut Tx, fence: i64, now: i64) -> Result<bool, StoreError> {
    let done = db
        .sql("DELETE FROM ilink_leases WHERE fence = ? AND lease_until <= ?")
        .bind(fence)
        .bind(now)
        .execute(db.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends the caller's own lease.
pub async fn delete_lease(db: &mut Tx, fence: i64) -> Result<(), StoreError> {
    db.sql("DELETE FROM ilink_leases WHERE fence = ?").bind(fence).execute(db.conn()).await?;
    Ok(())
}
