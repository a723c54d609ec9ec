//! The history of rule changes, with earlier versions.

use super::{
    Link, StoreError, Tx,
    bulk::{CHUNK, repeated},
    rows,
};
use sqlx::Row as _;
use std::collections::HashMap;

/// Characters per part of a snapshot.
const PIECE_CHARS: usize = 7_900;

rows! {
    /// A row of `rule_changes`.
    pub struct ChangeRow {
        pub id: i64,
        pub owner_id: i64,
        pub actor_id: i64,
        pub door: String,
        pub action: String,
        pub rules: i64,
        pub summary: String,
        pub undoes: Option<i64>,
        pub undone_by: Option<i64>,
        pub created_at: i64,
    }
}

rows! {
    /// A row of `rule_versions`.
    pub struct VersionRow {
        pub change_id: i64,
        pub rule_id: i64,
        pub owner_id: i64,
        pub number: i64,
        pub after_mark: String,
    }
}

/// The effect of a change on a rule, with the JSON of its earlier version; `None` if it did not exist.
#[derive(Debug, Clone)]
pub struct VersionRecord {
    pub version: VersionRow,
    pub before: Option<String>,
}

const CHANGE: &str = "SELECT id, owner_id, actor_id, door, action, rules, summary, undoes, undone_by, created_at FROM rule_changes WHERE ";

/// Adds a change and its versions. Returns the new size of the owner's history in bytes.
pub async fn insert_change(db: &mut Tx, row: ChangeRow, versions: &[VersionRecord]) -> Result<i64, StoreError> {
    let owner_id = row.owner_id;
    let kept: usize = versions.iter().filter_map(|version| version.before.as_ref()).map(String::len).sum();
    let kept = i64::try_from(kept).unwrap_or(i64::MAX);
    db.sql("INSERT INTO rule_changes (id, owner_id, actor_id, door, action, rules, summary, undoes, created_at, kept_bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(row.id)
        .bind(row.owner_id)
        .bind(row.actor_id)
        .bind(row.door)
        .bind(row.action)
        .bind(row.rules)
        .bind(row.summary)
        .bind(row.undoes)
        .bind(row.created_at)
        .bind(kept)
        .execute(db.conn())
        .await?;
    for chunk in versions.chunks(CHUNK) {
        let head = "INSERT INTO rule_versions (change_id, rule_id, owner_id, number, after_mark) VALUES ";
        let mut query = db.sql_of(&repeated(head, "(?, ?, ?, ?, ?)", chunk.len(), ""));
        for VersionRecord { version, .. } in chunk {
            query = query
                .bind(version.change_id)
                .bind(version.rule_id)
                .bind(version.owner_id)
                .bind(version.number)
                .bind(version.after_mark.clone());
        }
        query.execute(db.conn()).await?;
    }
    insert_pieces(db, versions).await?;
    update_kept(db, owner_id, kept).await?;
    let row = db
        .sql("SELECT kept_bytes FROM rule_owners WHERE owner_id = ?")
        .bind(owner_id)
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| r.try_get(0)).transpose()?.unwrap_or_default())
}

async fn update_kept(db: &mut Tx, owner_id: i64, by: i64) -> Result<(), StoreError> {
    db.sql("UPDATE rule_owners SET kept_bytes = kept_bytes + ? WHERE owner_id = ?")
        .bind(by)
        .bind(owner_id)
        .execute(db.conn())
        .await?;
    Ok(())
}

async fn insert_pieces(db: &mut Tx, versions: &[VersionRecord]) -> Result<(), StoreError> {
    let mut pieces = Vec::new();
    for VersionRecord { version, before } in versions {
        let chars: Vec<char> = before.as_deref().unwrap_or_default().chars().collect();
        let parts = chars.chunks(PIECE_CHARS).map(|part| part.iter().collect::<String>());
        pieces.extend((0_i64..).zip(parts).map(|(at, part)| (version.change_id, version.rule_id, at, part)));
    }
    for chunk in pieces.chunks(CHUNK) {
        let head = "INSERT INTO rule_pieces (change_id, rule_id, position, piece) VALUES ";
        let mut query = db.sql_of(&repeated(head, "(?, ?, ?, ?)", chunk.len(), ""));
        for (change_id, rule_id, position, piece) in chunk {
            query = query.bind(*change_id).bind(*rule_id).bind(*position).bind(piece.clone());
        }
        query.execute(db.conn()).await?;
    }
    Ok(())
}

/// A change of this owner.
pub async fn find_change(db: &mut impl Link, owner_id: i64, id: i64) -> Result<Option<ChangeRow>, StoreError> {
    let query = db.sql_of(&[CHANGE, "owner_id = ? AND id = ?"]).bind(owner_id).bind(id);
    Ok(query.fetch_optional(db.conn()).await?.map(|r| ChangeRow::read(&r)).transpose()?)
}

/// The latest change that this user made to this owner's rules and that is still in effect; undos do not count.
pub async fn find_last_change(
    db: &mut impl Link,
    owner_id: i64,
    actor_id: i64,
) -> Result<Option<ChangeRow>, StoreError> {
    let rest = "owner_id = ? AND actor_id = ? AND undone_by IS NULL AND undoes IS NULL ORDER BY id DESC LIMIT 1";
    let query = db.sql_of(&[CHANGE, rest]).bind(owner_id).bind(actor_id);
    Ok(query.fetch_optional(db.conn()).await?.map(|r| ChangeRow::read(&r)).transpose()?)
}

/// Changes of an owner with ids below `below`, newest first.
pub async fn list_changes(
    db: &mut impl Link,
    owner_id: i64,
    below: i64,
    most: i64,
) -> Result<Vec<ChangeRow>, StoreError> {
    let query = db.sql_of(&[CHANGE, "owner_id = ? AND id < ? ORDER BY id DESC LIMIT ?"]);
    let rows = query.bind(owner_id).bind(below).bind(most).fetch_all(db.conn()).await?;
    Ok(rows.iter().map(ChangeRow::read).collect::<Result<_, _>>()?)
}

/// The number of the rule of each of these changes, by the change's id; of a change of several rules, the number of one.
pub async fn list_numbers(db: &mut impl Link, change_ids: &[i64]) -> Result<HashMap<i64, i64>, StoreError> {
    let mut numbers = HashMap::new();
    for chunk in change_ids.chunks(CHUNK) {
        let head = "SELECT change_id, number FROM rule_versions WHERE change_id IN (";
        let query = db.sql_of(&repeated(head, "?", chunk.len(), ")"));
        for row in chunk.iter().fold(query, |query, id| query.bind(*id)).fetch_all(db.conn()).await? {
            numbers.insert(row.try_get(0)?, row.try_get(1)?);
        }
    }
    Ok(numbers)
}

/// The JSON of a rule before the first change after `change_id`; `None` if there is none, or the rule did not exist.
pub async fn find_next(
    db: &mut impl Link,
    owner_id: i64,
    (number, rule_id): (i64, i64),
    change_id: i64,
) -> Result<Option<String>, StoreError> {
    let next = db
        .sql("SELECT MIN(change_id) FROM rule_versions WHERE owner_id = ? AND number = ? AND rule_id = ? AND change_id > ?")
        .bind(owner_id)
        .bind(number)
        .bind(rule_id)
        .bind(change_id)
        .fetch_one(db.conn())
        .await?;
    let Some(next) = next.try_get::<Option<i64>, _>(0)? else { return Ok(None) };
    let pieces = db
        .sql("SELECT piece FROM rule_pieces WHERE change_id = ? AND rule_id = ? ORDER BY position")
        .bind(next)
        .bind(rule_id)
        .fetch_all(db.conn())
        .await?;
    let pieces = pieces.iter().map(|row| row.try_get::<String, _>(0)).collect::<Result<Vec<_>, _>>()?;
    Ok((!pieces.is_empty()).then(|| pieces.concat()))
}

/// Marks a change as undone (`by`) or as in effect again (`None`); false if its state was not as expected.
pub async fn update_undone(db: &mut Tx, id: i64, by: Option<i64>) -> Result<bool, StoreError> {
    let result = match by {
        Some(by) => {
            db.sql("UPDATE rule_changes SET undone_by = ? WHERE id = ? AND undone_by IS NULL")
                .bind(by)
                .bind(id)
                .execute(db.conn())
                .await?
        }
        None => {
            db.sql("UPDATE rule_changes SET undone_by = NULL WHERE id = ? AND undone_by IS NOT NULL")
                .bind(id)
                .execute(db.conn())
                .await?
        }
    };
    Ok(result.rows_affected() == 1)
}

/// All versions of a change.
pub async fn list_versions(db: &mut impl Link, change_id: i64) -> Result<Vec<VersionRecord>, StoreError> {
    let rows = db
        .sql("SELECT change_id, rule_id, owner_id, number, after_mark FROM rule_versions WHERE change_id = ? ORDER BY number")
        .bind(change_id)
        .fetch_all(db.conn())
        .await?;
    let pieces = db
        .sql("SELECT change_id, rule_id, piece FROM rule_pieces WHERE change_id = ? ORDER BY rule_id, position")
        .bind(change_id)
        .fetch_all(db.conn())
        .await?;
    with_pieces(&rows, &pieces)
}

/// All versions of one rule, newest first.
pub async fn list_versions_of(
    db: &mut impl Link,
    owner_id: i64,
    number: i64,
    most: i64,
) -> Result<Vec<(ChangeRow, VersionRecord)>, StoreError> {
    let rows = db
        .sql("SELECT change_id, rule_id, owner_id, number, after_mark FROM rule_versions WHERE owner_id = ? AND number = ? ORDER BY change_id DESC LIMIT ?")
        .bind(owner_id)
        .bind(number)
        .bind(most)
        .fetch_all(db.conn())
        .await?;
    let ids = rows.iter().map(|r| r.try_get(0)).collect::<Result<Vec<i64>, _>>()?;
    let Some(rule_id) = rows.first().map(|r| r.try_get::<i64, _>(1)).transpose()? else { return Ok(Vec::new()) };
    let (mut pieces, mut changes) = (Vec::new(), HashMap::new());
    for chunk in ids.chunks(CHUNK) {
        let head = "SELECT change_id, rule_id, piece FROM rule_pieces WHERE rule_id = ? AND change_id IN (";
        let query =
            db.sql_of(&repeated(head, "?", chunk.len(), ") ORDER BY change_id, rule_id, position")).bind(rule_id);
        pieces.extend(chunk.iter().fold(query, |query, id| query.bind(*id)).fetch_all(db.conn()).await?);
        let mut asked = vec![CHANGE];
        asked.extend(repeated("id IN (", "?", chunk.len(), ")"));
        let query = chunk.iter().fold(db.sql_of(&asked), |query, id| query.bind(*id));
        for row in query.fetch_all(db.conn()).await? {
            let change = ChangeRow::read(&row)?;
            changes.insert(change.id, change);
        }
    }
    let versions = with_pieces(&rows, &pieces)?;
    Ok(versions.into_iter().filter_map(|v| Some((changes.remove(&v.version.change_id)?, v))).collect())
}

fn with_pieces(rows: &[sqlx::any::AnyRow], pieces: &[sqlx::any::AnyRow]) -> Result<Vec<VersionRecord>, StoreError> {
    let mut before: HashMap<(i64, i64), String> = HashMap::new();
    for row in pieces {
        let key = (row.try_get("change_id")?, row.try_get("rule_id")?);
        before.entry(key).or_default().push_str(row.try_get("piece")?);
    }
    let read = |row| {
        let version = VersionRow::read(row)?;
        Ok(VersionRecord { before: before.remove(&(version.change_id, version.rule_id)), version })
    };
    rows.iter().map(read).collect()
}

/// Deletes an owner's oldest changes with ids below `below` until the history of `kept` bytes has `most`. The owner's row is already
/// locked.
pub async fn delete_surplus(
    db: &mut Tx,
    owner_id: i64,
    below: i64,
    mut kept: i64,
    most: i64,
) -> Result<(), StoreError> {
    while kept > most {
        let (mut ids, mut gone) = (Vec::new(), 0);
        for (id, bytes) in list_oldest(db, owner_id, below).await? {
            if kept - gone <= most {
                break;
            }
            ids.push(id);
            gone += bytes;
        }
        if ids.is_empty() {
            return Ok(());
        }
        delete_changes(db, owner_id, &ids, gone).await?;
        kept -= gone;
    }
    Ok(())
}

/// Deletes some of the changes with ids below `below`, all of one owner; false if there are none.
pub async fn delete_old(db: &mut Tx, below: i64) -> Result<bool, StoreError> {
    let row = db
        .sql("SELECT owner_id FROM rule_changes WHERE id < ? ORDER BY id LIMIT 1")
        .bind(below)
        .fetch_optional(db.conn())
        .await?;
    let Some(owner_id) = row.map(|r| r.try_get(0)).transpose()? else { return Ok(false) };
    // Edits lock the owner's row first, so this does as well.
    update_kept(db, owner_id, 0).await?;
    let oldest = list_oldest(db, owner_id, below).await?;
    let ids: Vec<i64> = oldest.iter().map(|(id, _)| *id).collect();
    delete_changes(db, owner_id, &ids, oldest.iter().map(|(_, bytes)| bytes).sum()).await?;
    Ok(!ids.is_empty())
}

/// An owner's oldest changes with ids below `below`, with their sizes in bytes.
async fn list_oldest(db: &mut Tx, owner_id: i64, below: i64) -> Result<Vec<(i64, i64)>, StoreError> {
    let rows = db
        .sql("SELECT id, kept_bytes FROM rule_changes WHERE owner_id = ? AND id < ? ORDER BY id LIMIT 20")
        .bind(owner_id)
        .bind(below)
        .fetch_all(db.conn())
        .await?;
    let read = |row: &sqlx::any::AnyRow| Ok::<_, sqlx::Error>((row.try_get(0)?, row.try_get(1)?));
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

async fn delete_changes(db: &mut Tx, owner_id: i64, ids: &[i64], bytes: i64) -> Result<(), StoreError> {
    for id in ids {
        for text in [
            "DELETE FROM rule_pieces WHERE change_id = ?",
            "DELETE FROM rule_versions WHERE change_id = ?",
            "DELETE FROM rule_changes WHERE id = ?",
        ] {
            db.sql(text).bind(*id).execute(db.conn()).await?;
        }
    }
    update_kept(db, owner_id, -bytes).await
}

/// True if rules of this owner were imported.
pub async fn has_import(db: &mut impl Link, owner_id: i64) -> Result<bool, StoreError> {
    let query = db.sql("SELECT id FROM rule_changes WHERE owner_id = ? AND door = 'import' LIMIT 1").bind(owner_id);
    Ok(query.fetch_optional(db.conn()).await?.is_some())
}
