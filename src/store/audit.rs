//! Who did what to whom. Rows are only ever added.

use super::{Link as _, StoreError, Tx};

/// One act.
#[derive(Debug, Clone)]
pub struct AuditRow {
    pub id: i64,
    pub actor_id: Option<i64>,
    pub action: &'static str,
    pub target: String,
    pub address: String,
    pub detail: String,
    pub created_at: i64,
}

/// Adds an entry, in the transaction of the act itself.
pub async fn insert_entry(db: &mut Tx, row: AuditRow) -> Result<(), StoreError> {
    db.sql("INSERT INTO audit_entries (id, actor_id, action, target, address, detail, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)")
        .bind(row.id)
        .bind(row.actor_id)
        .bind(row.action)
        .bind(row.target)
        .bind(row.address)
        .bind(row.detail)
        .bind(row.created_at)
        .execute(db.conn())
        .await?;
    Ok(())
}
