//! Indexing marked users, many of one segment at a time.
//!
//! Rows are read and cut into grams outside of a transaction; the transaction writes them, and unmarks those users who were not changed
//! meanwhile. A crash in between leaves them marked.

use super::{
    gram::{EVERY_USER, Searched, word},
    lock,
    members::{Members, SEGMENT, split},
};
use crate::store::{
    Link, Reader, StoreError, Tx,
    bulk::{CHUNK, repeated},
    statement::Statement,
};
use sqlx::{Row as _, any::AnyRow};
use std::collections::{BTreeMap, BTreeSet};

/// The most users of a batch.
const BATCH: i64 = 16_384;
/// Rows of one `INSERT`: each is up to 5 KB long.
const ROWS: usize = 64;

/// A user to be indexed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Marked {
    user_id: i64,
    changes: i64,
    is_indexed: bool,
}

/// Users of one segment, as they were read.
#[derive(Debug)]
pub struct Batch {
    segment: i64,
    marked: Vec<Marked>,
    users: BTreeMap<i64, Searched>,
}

/// [`Batch`] with its grams.
#[derive(Debug)]
pub struct Postings {
    segment: i64,
    marked: Vec<Marked>,
    grams: BTreeMap<i64, Vec<u16>>,
}

impl Batch {
    /// The highest id.
    #[must_use]
    pub fn last_id(&self) -> i64 {
        self.marked.last().map_or(0, |marked| marked.user_id)
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.marked.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.marked.is_empty()
    }

    /// Cuts the texts into grams: work for the processor, a tenth of a second for a full batch.
    #[must_use]
    pub fn postings(self) -> Postings {
        let mut grams: BTreeMap<i64, Vec<u16>> = BTreeMap::new();
        for (user_id, user) in &self.users {
            let (_, number) = split(*user_id);
            for gram in user.grams() {
                grams.entry(gram).or_default().push(number);
            }
        }
        Postings { segment: self.segment, marked: self.marked, grams }
    }
}

fn marked_of(row: &AnyRow) -> Result<Marked, sqlx::Error> {
    Ok(Marked { user_id: row.try_get(0)?, changes: row.try_get(1)?, is_indexed: row.try_get::<i64, _>(2)? == 1 })
}

/// Reads the next marked users beyond this id; `None` if there are none.
pub async fn find_batch(db: &mut Reader, after_id: i64) -> Result<Option<Batch>, StoreError> {
    let query =
        db.sql("SELECT user_id, changes, is_indexed FROM users_to_index WHERE user_id > ? ORDER BY user_id LIMIT ?");
    let rows = query.bind(after_id).bind(BATCH).fetch_all(db.conn()).await?;
    let mut marked = rows.iter().map(marked_of).collect::<Result<Vec<_>, _>>()?;
    let Some(first) = marked.first() else { return Ok(None) };
    let (segment, _) = split(first.user_id);
    marked.retain(|marked| split(marked.user_id).0 == segment);
    let ids: Vec<i64> = marked.iter().map(|marked| marked.user_id).collect();
    let mut users = BTreeMap::new();
    for row in
        rows_of(db, "SELECT id, search_key, level, level_until, role, is_enabled FROM users WHERE id", &ids).await?
    {
        let (id, user) = user_of(&row)?;
        users.insert(id, user);
    }
    let mut following = BTreeSet::new();
    let identities = "SELECT user_id, openid, unionid, is_subscribed FROM identities WHERE user_id";
    for row in rows_of(db, identities, &ids).await? {
        let id: i64 = row.try_get(0)?;
        if let Some(user) = users.get_mut(&id) {
            user.ids.push(row.try_get(1)?);
            user.ids.extend(row.try_get::<Option<String>, _>(2)?);
        }
        if row.try_get::<i64, _>(3)? == 1 {
            following.insert(id);
        }
    }
    for (id, user) in &mut users {
        user.words.push(word("follows", if following.contains(id) { "1" } else { "0" }));
    }
    Ok(Some(Batch { segment, marked, users }))
}

/// The rows of these users, ascending ids of which there are some: by a range where that reads little more.
async fn rows_of(db: &mut Reader, head: &'static str, ids: &[i64]) -> Result<Vec<AnyRow>, StoreError> {
    let (Some(first), Some(last)) = (ids.first(), ids.last()) else { return Ok(Vec::new()) };
    let is_dense = i64::try_from(ids.len()).unwrap_or(i64::MAX) * 2 > last - first;
    let mut found = Vec::new();
    if is_dense && ids.len() > CHUNK {
        let mut statement = Statement::new(head);
        statement.add(" BETWEEN ? AND ?");
        statement.bind(*first);
        statement.bind(*last);
        // Users beside them are read, too.
        let wanted: BTreeSet<i64> = ids.iter().copied().collect();
        for row in statement.fetch(db).await? {
            if wanted.contains(&row.try_get(0)?) {
                found.push(row);
            }
        }
        return Ok(found);
    }
    for chunk in ids.chunks(CHUNK) {
        let mut statement = Statement::new(head);
        statement.add(" IN ");
        statement.list(chunk);
        found.extend(statement.fetch(db).await?);
    }
    Ok(found)
}

fn user_of(row: &AnyRow) -> Result<(i64, Searched), sqlx::Error> {
    let level: String = row.try_get(2)?;
    let mut words = vec![word("level", &level)];
    // A level that ends is found as itself and as what comes after it.
    if row.try_get::<Option<i64>, _>(3)?.is_some() {
        words.push(word("level", "normal"));
    }
    words.push(word("role", &row.try_get::<String, _>(4)?));
    words.push(word("enabled", &row.try_get::<i64, _>(5)?.to_string()));
    Ok((row.try_get(0)?, Searched { search_key: row.try_get(1)?, ids: Vec::new(), words }))
}

/// Writes a batch into the index, and unmarks its users but for those who were changed or deleted since they were read.
pub async fn update_indexed(db: &mut Tx, postings: &Postings) -> Result<(), StoreError> {
    lock(db).await?;
    let current = delete_marks(db, postings).await?;
    let is_current = |number: u16| current.contains(&(postings.segment * SEGMENT + i64::from(number)));
    let numbers = |marked: &[Marked]| Members::new(marked.iter().map(|marked| split(marked.user_id).1).collect());
    let former: Vec<Marked> =
        postings.marked.iter().filter(|m| m.is_indexed && current.contains(&m.user_id)).copied().collect();
    let former = numbers(&former);
    let rows = db.sql("SELECT gram, members FROM user_postings WHERE segment = ?").bind(postings.segment);
    let mut before = BTreeMap::new();
    for row in rows.fetch_all(db.conn()).await? {
        before.insert(row.try_get::<i64, _>(0)?, Members::read(&row.try_get::<String, _>(1)?));
    }
    let (mut removed, mut written) = (Vec::new(), Vec::new());
    let grams: BTreeSet<i64> = before.keys().chain(postings.grams.keys()).copied().collect();
    let mut users = 0;
    for gram in grams {
        let was = before.get(&gram);
        let new =
            postings.grams.get(&gram).into_iter().flatten().copied().filter(|number| is_current(*number)).collect();
        let is = was.cloned().unwrap_or_default().without(&former).union(&Members::new(new));
        if gram == EVERY_USER {
            users = is.len();
        }
        if was == Some(&is) || was.is_none() && is.is_empty() {
            continue;
        }
        removed.extend(was.is_some().then_some(gram));
        if !is.is_empty() {
            written.push((gram, is));
        }
    }
    write(db, postings.segment, &removed, &written).await?;
    update_segment(db, postings.segment, i64::try_from(users).unwrap_or(i64::MAX)).await
}

/// Unmarks the users of a batch; returns those who are as they were when they were read.
async fn delete_marks(db: &mut Tx, postings: &Postings) -> Result<BTreeSet<i64>, StoreError> {
    let (Some(first), Some(last)) = (postings.marked.first(), postings.marked.last()) else {
        return Ok(BTreeSet::new());
    };
    let query = db.sql("SELECT user_id, changes, is_indexed FROM users_to_index WHERE user_id BETWEEN ? AND ?");
    let rows = query.bind(first.user_id).bind(last.user_id).fetch_all(db.conn()).await?;
    let now = rows.iter().map(marked_of).collect::<Result<BTreeSet<_>, _>>()?;
    let mut by_changes: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for marked in postings.marked.iter().filter(|marked| now.contains(marked)) {
        by_changes.entry(marked.changes).or_default().push(marked.user_id);
    }
    let mut current = BTreeSet::new();
    for (changes, ids) in by_changes {
        for chunk in ids.chunks(CHUNK) {
            let pieces =
                repeated("DELETE FROM users_to_index WHERE changes = ? AND user_id IN (", "?", chunk.len(), ")");
            let query = chunk.iter().fold(db.sql_of(&pieces).bind(changes), |query, id| query.bind(*id));
            let deleted = query.execute(db.conn()).await?.rows_affected();
            current.extend(chunk);
            if usize::try_from(deleted) != Ok(chunk.len()) {
                // Changed just now: they are still marked. None can have been deleted, because that waits for this transaction.
                let pieces = repeated("SELECT user_id FROM users_to_index WHERE user_id IN (", "?", chunk.len(), ")");
                let query = chunk.iter().fold(db.sql_of(&pieces), |query, id| query.bind(*id));
                for row in query.fetch_all(db.conn()).await? {
                    current.remove(&row.try_get::<i64, _>(0)?);
                }
            }
        }
    }
    Ok(current)
}

async fn write(db: &mut Tx, segment: i64, removed: &[i64], written: &[(i64, Members)]) -> Result<(), StoreError> {
    for chunk in removed.chunks(CHUNK) {
        let pieces = repeated("DELETE FROM user_postings WHERE segment = ? AND gram IN (", "?", chunk.len(), ")");
        let query = chunk.iter().fold(db.sql_of(&pieces).bind(segment), |query, gram| query.bind(*gram));
        query.execute(db.conn()).await?;
    }
    for chunk in written.chunks(ROWS) {
        let head = "INSERT INTO user_postings (segment, gram, users, members) VALUES ";
        let mut query = db.sql_of(&repeated(head, "(?, ?, ?, ?)", chunk.len(), ""));
        for (gram, members) in chunk {
            let users = i64::try_from(members.len()).unwrap_or(i64::MAX);
            query = query.bind(segment).bind(*gram).bind(users).bind(members.to_text());
        }
        query.execute(db.conn()).await?;
    }
    Ok(())
}

async fn update_segment(db: &mut Tx, segment: i64, users: i64) -> Result<(), StoreError> {
    let query = db.sql("UPDATE user_segments SET users = ? WHERE segment = ?").bind(users).bind(segment);
    let is_there = query.execute(db.conn()).await?.rows_affected() == 1
        || db
            .sql("SELECT segment FROM user_segments WHERE segment = ?")
            .bind(segment)
            .fetch_optional(db.conn())
            .await?
            .is_some();
    if !is_there {
        let query = db.sql("INSERT INTO user_segments (segment, users) VALUES (?, ?)").bind(segment).bind(users);
        query.execute(db.conn()).await?;
    }
    Ok(())
}
