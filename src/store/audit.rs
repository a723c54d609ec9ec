//! The audit log. Rows are only ever added.

use super::{Link, StoreError, Tx, rows};

/// An audit entry.
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

/// Adds an entry, in the transaction of the action itself.
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

rows! {
    /// An entry with the actor's name, if the actor still exists.
    pub struct AuditEntry {
        pub actor_id: Option<i64>,
        pub actor_name: Option<String>,
        pub action: String,
        pub address: String,
        pub detail: String,
        pub created_at: i64,
    }
}

/// The entries about this target, newest first.
pub async fn list_about(db: &mut impl Link, target: &str, most: i64) -> Result<Vec<AuditEntry>, StoreError> {
    let rows = db
        .sql(
            "SELECT a.actor_id AS actor_id, u.nickname AS actor_name, a.action AS action, a.address AS address, a.detail AS detail, \
             a.created_at AS created_at FROM audit_entries a LEFT JOIN users u ON u.id = a.actor_id WHERE a.target = ? ORDER BY a.id DESC LIMIT ?",
        )
        .bind(target.to_owned())
        .bind(most)
        .fetch_all(db.conn())
        .await?;
    Ok(rows.iter().map(AuditEntry::read).collect::<Result<_, _>>()?)
}
