//! Joining two accounts: what the list says of rows and columns that simply move.

use super::{Join, Key, Table, list_tables};
use crate::store::{Link, StoreError, Tx, user, user_index};
use sqlx::Row as _;

/// Moves rows of one user to another, where the list says that they move.
pub async fn update_owner_of_rows(db: &mut Tx, from: i64, to: i64) -> Result<(), StoreError> {
    for table in list_tables() {
        match table.join {
            Join::Moves(keys) => {
                for key in keys {
                    update_owner(db, table, *key, from, to).await?;
                }
            }
            Join::Clears(column) => {
                let pieces = ["UPDATE ", table.name, " SET ", column, " = NULL WHERE ", column, " = ?"];
                db.sql_of(&pieces).bind(from).execute(db.conn()).await?;
            }
            Join::Follows | Join::By(_) | Join::Ends | Join::Untouched => {}
        }
    }
    user_index::update_marked(db, to).await
}

async fn update_owner(db: &mut Tx, table: &Table, key: Key, from: i64, to: i64) -> Result<(), StoreError> {
    let moved = |column| ["UPDATE ", table.name, " SET ", column, " = ? WHERE ", column, " = ?"];
    let query = match key {
        Key::Target(column) => db.sql_of(&moved(column)).bind(format!("user/{to}")).bind(format!("user/{from}")),
        Key::User(column) => db.sql_of(&moved(column)).bind(to).bind(from),
        Key::Username(_) | Key::Identity | Key::OwnerOf(..) | Key::Row(_) => return Ok(()),
    };
    query.execute(db.conn()).await?;
    Ok(())
}

/// Fills the empty profile fields of a user from another account of the same person, and sets the level. The account keeps its nickname.
pub async fn update_completed_by(
    db: &mut Tx,
    id: i64,
    (level, level_until): (&'static str, Option<i64>),
    other: i64,
    now: i64,
) -> Result<(), StoreError> {
    let fields = filled();
    let mut pieces = vec!["SELECT id"];
    for field in &fields {
        pieces.extend([", ", field]);
    }
    pieces.push(" FROM users WHERE id = ?");
    let Some(row) = db.sql_of(&pieces).bind(other).fetch_optional(db.conn()).await? else { return Ok(()) };
    let mut pieces = vec!["UPDATE users SET level = ?, level_until = ?, updated_at = ?"];
    for field in &fields {
        pieces.extend([", ", field, " = COALESCE(", field, ", ?)"]);
    }
    pieces.push(" WHERE id = ?");
    let mut query = db.sql_of(&pieces).bind(level).bind(level_until).bind(now);
    for at in 0..fields.len() {
        query = query.bind(row.try_get::<Option<String>, _>(at + 1)?);
    }
    query.bind(id).execute(db.conn()).await?;
    user::update_search_key(db, id).await
}

/// The columns that are filled from the other account.
fn filled() -> Vec<&'static str> {
    let users = list_tables().into_iter().find(|table| table.name == "users");
    let columns = users.into_iter().flat_map(|table| table.columns);
    columns.filter(|column| column.is_filled).map(|column| column.name).collect()
}
