//! Settings that were changed in the console, and the history of these changes.

use super::{Link, StoreError, Tx, rows};
use sqlx::Row as _;

/// All values that were set, by name.
pub async fn list_values(db: &mut impl Link) -> Result<Vec<(String, String)>, StoreError> {
    let rows = db.sql("SELECT name, new_value FROM setting_values").fetch_all(db.conn()).await?;
    rows.iter().map(|r| Ok((r.try_get(0)?, r.try_get(1)?))).collect()
}

/// The value that was set; `None`: that of the file, or the default.
pub async fn find_value(db: &mut impl Link, name: &str) -> Result<Option<String>, StoreError> {
    let row = db
        .sql("SELECT new_value FROM setting_values WHERE name = ?")
        .bind(name.to_owned())
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| r.try_get(0)).transpose()?)
}

/// Sets a value, or takes it away.
pub async fn replace_value(db: &mut Tx, name: &str, value: Option<&str>) -> Result<(), StoreError> {
    db.sql("DELETE FROM setting_values WHERE name = ?").bind(name.to_owned()).execute(db.conn()).await?;
    if let Some(value) = value {
        db.sql("INSERT INTO setting_values (name, new_value) VALUES (?, ?)")
            .bind(name.to_owned())
            .bind(value.to_owned())
            .execute(db.conn())
            .await?;
    }
    Ok(())
}

/// A change to store.
#[derive(Debug, Clone)]
pub struct NewChange<'a> {
    pub id: i64,
    pub name: &'a str,
    pub before: Option<String>,
    pub after: Option<String>,
    pub actor_id: i64,
    /// The change that this one takes back.
    pub undoes: Option<i64>,
    pub created_at: i64,
}

/// Adds a change to the history.
pub async fn insert_change(db: &mut Tx, change: NewChange<'_>) -> Result<(), StoreError> {
    db.sql(
        "INSERT INTO setting_changes (id, name, value_before, value_after, actor_id, undoes, created_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(change.id)
    .bind(change.name.to_owned())
    .bind(change.before)
    .bind(change.after)
    .bind(change.actor_id)
    .bind(change.undoes)
    .bind(change.created_at)
    .execute(db.conn())
    .await?;
    Ok(())
}

rows! {
    /// A change, with the actor's name if the actor still exists.
    pub struct SettingChange {
        pub id: i64,
        pub name: String,
        pub value_before: Option<String>,
        pub value_after: Option<String>,
        pub actor_id: Option<i64>,
        pub actor_name: Option<String>,
        pub undoes: Option<i64>,
        pub created_at: i64,
    }
}

/// The last changes, newest first.
pub async fn list_changes(db: &mut impl Link, most: i64) -> Result<Vec<SettingChange>, StoreError> {
    let rows = db
        .sql(
            "SELECT c.id AS id, c.name AS name, c.value_before AS value_before, c.value_after AS value_after, c.actor_id AS actor_id, \
             u.nickname AS actor_name, c.undoes AS undoes, c.created_at AS created_at \
             FROM setting_changes c LEFT JOIN users u ON u.id = c.actor_id ORDER BY c.id DESC LIMIT ?",
        )
        .bind(most)
        .fetch_all(db.conn())
        .await?;
    Ok(rows.iter().map(SettingChange::read).collect::<Result<_, _>>()?)
}

/// A change: its setting, the value before and the value after.
pub async fn find_change(
    db: &mut impl Link,
    id: i64,
) -> Result<Option<(String, Option<String>, Option<String>)>, StoreError> {
    let row = db
        .sql("SELECT name, value_before, value_after FROM setting_changes WHERE id = ?")
        .bind(id)
        .fetch_optional(db.conn())
        .await?;
    row.map(|r| Ok((r.try_get(0)?, r.try_get(1)?, r.try_get(2)?))).transpose()
}
