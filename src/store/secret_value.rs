//! Encrypted values of the installation. The store sees ciphertext only.

use super::{Link, StoreError, Tx};
use sqlx::Row as _;

/// The fact that stores the fingerprint of the key that the values are encrypted with.
pub const FINGERPRINT: &str = "secret-key-fingerprint";

/// The encrypted value under `name`.
pub async fn find_value(db: &mut impl Link, name: &str) -> Result<Option<String>, StoreError> {
    let row = db
        .sql("SELECT value FROM secret_values WHERE name = ?")
        .bind(name.to_owned())
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| r.try_get(0)).transpose()?)
}

/// All names and encrypted values.
pub async fn list_values(db: &mut impl Link) -> Result<Vec<(String, String)>, StoreError> {
    let rows = db.sql("SELECT name, value FROM secret_values ORDER BY name").fetch_all(db.conn()).await?;
    rows.iter().map(|r| Ok((r.try_get(0)?, r.try_get(1)?))).collect()
}

/// Stores a value if there is none; [`StoreError::Duplicate`] if there is one.
pub async fn insert_value(db: &mut Tx, name: &str, value: &str) -> Result<(), StoreError> {
    db.sql("INSERT INTO secret_values (name, value) VALUES (?, ?)")
        .bind(name.to_owned())
        .bind(value.to_owned())
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Replaces a value.
pub async fn update_value(db: &mut Tx, name: &str, value: &str) -> Result<(), StoreError> {
    db.sql("UPDATE secret_values SET value = ? WHERE name = ?")
        .bind(value.to_owned())
        .bind(name.to_owned())
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Replaces a value if it is still `old`; true for the one caller that did.
pub async fn update_value_if(db: &mut Tx, name: &str, old: &str, value: &str) -> Result<bool, StoreError> {
    let result = db
        .sql("UPDATE secret_values SET value = ? WHERE name = ? AND value = ?")
        .bind(value.to_owned())
        .bind(name.to_owned())
        .bind(old.to_owned())
        .execute(db.conn())
        .await?;
    Ok(result.rows_affected() == 1)
}
