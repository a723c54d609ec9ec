//! Exporting a person's rows, with the columns and names of the list.

use super::{
    Class, Column, Export, Key, Table,
    forget::{IdentityKey, Subject, list_identities},
    list_tables,
};
use crate::store::{Link, StoreError};
use serde_json::{Map, Value};
use sqlx::{Row as _, TypeInfo as _, ValueRef as _, any::AnyRow};

/// The most rows of a table that is not read in pages.
const UNPAGED_MAX: i64 = 10_000;

/// The tables that are exported as one object or as a list; rules are exported with their parts.
#[must_use]
pub fn list_sections() -> Vec<(&'static str, &'static Table)> {
    let named = |table: &'static Table| match table.export {
        Export::One(name) | Export::List(name) => Some((name, table)),
        Export::Rules | Export::None => None,
    };
    list_tables().into_iter().filter_map(named).collect()
}

/// The exported columns of a user's rows in a table: at most `most`. Rows with an id are read in pages, newest first: `below` is the last
/// page's last id, which is returned with each page.
pub async fn list_exported(
    db: &mut impl Link,
    table: &'static Table,
    user_id: i64,
    (below, most): (i64, i64),
) -> Result<(Vec<Value>, Option<i64>), StoreError> {
    let columns: Vec<(&Column, &str, &str)> = table.columns.iter().filter_map(exported).collect();
    let is_paged = has_pages(table);
    let mut pieces = vec!["SELECT "];
    for (at, (column, ..)) in columns.iter().enumerate() {
        pieces.extend((at > 0).then_some(", "));
        pieces.push(column.name);
    }
    pieces.extend(is_paged.then_some(", id"));
    pieces.extend([" FROM ", table.name, " WHERE "]);
    pieces.extend(is_paged.then_some("id < ? AND "));
    pieces.push("(1 = 0");
    let identities = list_identities(db, Subject::User(user_id), false).await?;
    let keys = table.forget.iter().map(|(key, _)| *key);
    for key in keys.clone() {
        match key {
            Key::User(column) => pieces.extend([" OR ", column, " = ?"]),
            Key::Identity => pieces.extend(identities.iter().map(|_| " OR (appid = ? AND openid = ?)")),
            Key::Target(_) | Key::Username(_) | Key::OwnerOf(..) | Key::Row(_) => {}
        }
    }
    pieces.push(")");
    pieces.extend(is_paged.then_some(" ORDER BY id DESC"));
    pieces.push(" LIMIT ?");
    let mut query = db.sql_of(&pieces);
    if is_paged {
        query = query.bind(below);
    }
    for key in keys {
        match key {
            Key::User(_) => query = query.bind(user_id),
            Key::Identity => query = bound(query, &identities),
            Key::Target(_) | Key::Username(_) | Key::OwnerOf(..) | Key::Row(_) => {}
        }
    }
    // Rows without an id are read at once.
    let most = if is_paged { most } else { UNPAGED_MAX };
    let rows = query.bind(most).fetch_all(db.conn()).await?;
    let last = match rows.last() {
        Some(row) if is_paged => Some(row.try_get(columns.len())?),
        _ => None,
    };
    let objects = rows.iter().map(|row| object(row, &columns)).collect::<Result<_, sqlx::Error>>()?;
    Ok((objects, last))
}

/// True for a table whose `id` is its rows' order, and not the user's.
fn has_pages(table: &Table) -> bool {
    table.name != "users" && table.columns.iter().any(|column| column.name == "id")
}

fn bound(query: crate::store::link::Asked, identities: &[IdentityKey]) -> crate::store::link::Asked {
    identities.iter().fold(query, |query, (appid, openid)| query.bind(appid.clone()).bind(openid.clone()))
}

/// The column, its key, and the text before its value.
fn exported(column: &'static Column) -> Option<(&'static Column, &'static str, &'static str)> {
    match column.class {
        Class::Shown(key) => Some((column, key, "")),
        Class::Address(key, before) => Some((column, key, before)),
        Class::Withheld | Class::Technical => None,
    }
}

fn object(row: &AnyRow, columns: &[(&Column, &str, &str)]) -> Result<Value, sqlx::Error> {
    let mut object = Map::new();
    for (at, (column, key, before)) in columns.iter().enumerate() {
        object.insert((*key).to_owned(), value(row, at, column.name, before)?);
    }
    Ok(Value::Object(object))
}

fn value(row: &AnyRow, at: usize, column: &str, before: &str) -> Result<Value, sqlx::Error> {
    let is_text = {
        let raw = row.try_get_raw(at)?;
        if raw.is_null() {
            return Ok(Value::Null);
        }
        raw.type_info().name() == "TEXT"
    };
    if is_text {
        return Ok(Value::String(format!("{before}{}", row.try_get::<String, _>(at)?)));
    }
    let number: i64 = row.try_get(at)?;
    // Flags are numbers in every database.
    Ok(if column.starts_with("is_") { Value::Bool(number == 1) } else { Value::from(number) })
}
