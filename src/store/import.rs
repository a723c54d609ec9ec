//! Import jobs of rule files, which are previewed before they are applied. Their bytes are in `file_pieces`.

use super::{Link, StoreError, Tx, rows};
use sqlx::Row as _;

rows! {
    /// A row of `import_jobs`.
    pub struct ImportRow {
        pub id: i64,
        pub owner_id: i64,
        pub actor_id: i64,
        pub name: String,
        pub format: String,
        pub state: String,
        pub result: String,
        pub created_at: i64,
        pub changed_at: i64,
        pub expires_at: i64,
    }
}

/// Adds a job.
pub async fn insert_import(db: &mut Tx, row: &ImportRow) -> Result<(), StoreError> {
    let row = row.clone();
    db.sql(
        "INSERT INTO import_jobs (id, owner_id, actor_id, name, format, state, result, created_at, changed_at, expires_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(row.id)
    .bind(row.owner_id)
    .bind(row.actor_id)
    .bind(row.name)
    .bind(row.format)
    .bind(row.state)
    .bind(row.result)
    .bind(row.created_at)
    .bind(row.changed_at)
    .bind(row.expires_at)
    .execute(db.conn())
    .await?;
    Ok(())
}

/// An owner's job, unless expired.
pub async fn find_import(
    db: &mut impl Link,
    id: i64,
    owner_id: i64,
    now: i64,
) -> Result<Option<ImportRow>, StoreError> {
    let row = db
        .sql(
            "SELECT id, owner_id, actor_id, name, format, state, result, created_at, changed_at, expires_at FROM import_jobs \
             WHERE id = ? AND owner_id = ? AND expires_at > ?",
        )
        .bind(id)
        .bind(owner_id)
        .bind(now)
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| ImportRow::read(&r)).transpose()?)
}

/// Updates a job if it is still in the state `from`; true for the one caller that did.
pub async fn update_import(
    db: &mut Tx,
    id: i64,
    (from, to): (&'static str, &'static str),
    result: &str,
    now: i64,
) -> Result<bool, StoreError> {
    let result = db
        .sql("UPDATE import_jobs SET state = ?, result = ?, changed_at = ? WHERE id = ? AND state = ?")
        .bind(to)
        .bind(result.to_owned())
        .bind(now)
        .bind(id)
        .bind(from)
        .execute(db.conn())
        .await?;
    Ok(result.rows_affected() == 1)
}

/// Deletes an owner's oldest idle jobs, except the `most` latest.
pub async fn delete_surplus(db: &mut Tx, owner_id: i64, most: usize) -> Result<(), StoreError> {
    let rows = db
        .sql("SELECT id FROM import_jobs WHERE owner_id = ? AND state NOT IN ('running', 'fetching') ORDER BY id DESC")
        .bind(owner_id)
        .fetch_all(db.conn())
        .await?;
    for row in rows.iter().skip(most) {
        delete_import(db, row.try_get(0)?).await?;
    }
    Ok(())
}

/// Deletes one expired job; false if there is none.
pub async fn delete_expired(db: &mut Tx, now: i64) -> Result<bool, StoreError> {
    let row =
        db.sql("SELECT id FROM import_jobs WHERE expires_at <= ? LIMIT 1").bind(now).fetch_optional(db.conn()).await?;
    let Some(id) = row.map(|r| r.try_get(0)).transpose()? else { return Ok(false) };
    delete_import(db, id).await?;
    Ok(true)
}

async fn delete_import(db: &mut Tx, id: i64) -> Result<(), StoreError> {
    super::file::delete_files(db, &[id]).await?;
    db.sql("DELETE FROM import_jobs WHERE id = ?").bind(id).execute(db.conn()).await?;
    Ok(())
}
