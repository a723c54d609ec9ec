//! The user list by indexes: the rows of an order from a position on, and those of given users.
//!
//! Each statement reads a bounded number of rows, so that a search can be abandoned between two of them.

mod condition;
mod order;

pub use condition::Conditions;
pub use order::{Key, Ordering};

use super::{
    Reader, StoreError,
    directory::{Filter, FoundRow, Order},
    statement::Statement,
};
use order::Range;
use sqlx::{Row as _, any::AnyRow};

/// Users of one statement with a list of ids.
const CHUNK: usize = 512;

/// The users of an order beyond `start` who match, at most `most`; looks at `window` rows in each of `windows`. Returns them, and where
/// it stopped: `None` if there are no more users, or there are `most`.
pub async fn list_in_order(
    db: &mut Reader,
    conditions: Conditions<'_>,
    ordering: Ordering,
    start: Key,
    most: usize,
    windows: &[i64],
) -> Result<(Vec<Key>, Option<Key>), StoreError> {
    let (mut found, mut from) = (Vec::new(), start);
    'windows: for window in windows {
        for range in ordering.ranges(from) {
            let left = most - found.len();
            found.extend(list_window(db, conditions, ordering, range, *window, left).await?);
            if found.len() >= most {
                return Ok((found, None));
            }
            if let Some(end) = find_nth(db, ordering, range, *window).await? {
                from = end;
                continue 'windows;
            }
        }
        return Ok((found, None));
    }
    Ok((found, Some(from)))
}

/// Of the first `window` users of a range those who match, at most `most`.
async fn list_window(
    db: &mut Reader,
    conditions: Conditions<'_>,
    ordering: Ordering,
    range: Range,
    window: i64,
    most: usize,
) -> Result<Vec<Key>, StoreError> {
    let mut statement = Statement::new("SELECT u.id, u.order_value FROM (SELECT u.id, ");
    statement.add_all(&[ordering.value(), " AS order_value"]);
    // Only what is looked at: some engines copy these rows.
    if !conditions.filter.names.is_empty() {
        statement.add(", u.search_key");
    }
    if !conditions.filter.level.is_empty() {
        statement.add(", u.level, u.level_until");
    }
    if !conditions.filter.role.is_empty() {
        statement.add(", u.role");
    }
    if conditions.filter.is_enabled.is_some() {
        statement.add(", u.is_enabled");
    }
    statement.add(" FROM users u WHERE ");
    ordering.add_range(&mut statement, range);
    ordering.add_order(&mut statement, range);
    statement.add(" LIMIT ?) u WHERE 1 = 1");
    statement.bind(window);
    conditions.add_to(&mut statement);
    statement.add_all(&[" ORDER BY u.order_value", ordering.way(), ", u.id", ordering.way(), " LIMIT ?"]);
    statement.bind(i64::try_from(most).unwrap_or(i64::MAX));
    keys(&statement.fetch(db).await?)
}

/// The position of the n-th user of a range; `None` if it is shorter.
async fn find_nth(db: &mut Reader, ordering: Ordering, range: Range, n: i64) -> Result<Option<Key>, StoreError> {
    let mut statement = Statement::new("SELECT u.id, ");
    statement.add_all(&[ordering.value(), " AS order_value FROM users u WHERE "]);
    ordering.add_range(&mut statement, range);
    ordering.add_order(&mut statement, range);
    statement.add(" LIMIT 1 OFFSET ?");
    statement.bind(n - 1);
    Ok(keys(&statement.fetch(db).await?)?.pop())
}

/// Of the users with ids from `first` to `last` those who match, beyond a position, at most `most`.
pub async fn list_between(
    db: &mut Reader,
    conditions: Conditions<'_>,
    ordering: Ordering,
    beyond: Key,
    (first, last): (i64, i64),
    most: usize,
) -> Result<Vec<Key>, StoreError> {
    // Computed, so that no engine walks the order from its beginning.
    let value = ordering.computed();
    let mut statement = Statement::new("SELECT u.id, ");
    statement.add_all(&[value, " AS order_value FROM users u WHERE u.id BETWEEN ? AND ? AND ("]);
    statement.bind(first);
    statement.bind(last);
    statement.add_all(&[value, ordering.beyond(), " OR (", value, " = ? AND u.id", ordering.beyond(), "))"]);
    statement.bind(beyond.value);
    statement.bind(beyond.value);
    statement.bind(beyond.id);
    conditions.add_to(&mut statement);
    statement.add_all(&[" ORDER BY order_value", ordering.way(), ", u.id", ordering.way(), " LIMIT ?"]);
    statement.bind(i64::try_from(most).unwrap_or(i64::MAX));
    keys(&statement.fetch(db).await?)
}

/// Of these users those who match; stops once there are `most`. In no order.
pub async fn list_of_ids(
    db: &mut Reader,
    conditions: Conditions<'_>,
    ordering: Ordering,
    ids: impl Iterator<Item = i64>,
    most: usize,
) -> Result<Vec<Key>, StoreError> {
    let (mut found, mut ids) = (Vec::new(), ids.fuse());
    loop {
        let chunk: Vec<i64> = ids.by_ref().take(CHUNK).collect();
        if chunk.is_empty() || found.len() >= most {
            return Ok(found);
        }
        let mut statement = Statement::new("SELECT u.id, ");
        statement.add_all(&[ordering.value(), " AS order_value FROM users u WHERE u.id IN "]);
        statement.list(&chunk);
        conditions.add_to(&mut statement);
        found.extend(keys(&statement.fetch(db).await?)?);
    }
}

/// Of these users those with an openid or unionid that matches.
pub async fn list_by_openid(
    db: &mut Reader,
    filter: &Filter,
    ids: impl Iterator<Item = i64>,
) -> Result<Vec<i64>, StoreError> {
    let (mut found, mut ids) = (Vec::new(), ids.fuse());
    loop {
        let chunk: Vec<i64> = ids.by_ref().take(CHUNK).collect();
        if chunk.is_empty() {
            found.dedup();
            return Ok(found);
        }
        let mut statement = Statement::new("SELECT i.user_id FROM identities i WHERE i.user_id IN ");
        statement.list(&chunk);
        statement.add(" AND (i.openid LIKE ? ESCAPE '!' OR i.unionid LIKE ? ESCAPE '!') ORDER BY i.user_id");
        statement.bind(filter.openids.as_str());
        statement.bind(filter.openids.as_str());
        for row in statement.fetch(db).await? {
            found.push(row.try_get(0)?);
        }
    }
}

/// The rows of these users, in the order of the ids; a user who is gone is left out.
pub async fn list_found(db: &mut Reader, order: Order, ids: &[i64]) -> Result<Vec<FoundRow>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ordering = Ordering { order, is_descending: false };
    let mut statement = Statement::new(
        "SELECT u.id, u.username, u.nickname, u.avatar_url, u.real_name, u.email, u.phone, u.level, u.level_until, u.role, u.is_enabled, \
         u.credits, u.created_at, u.last_login_at, (SELECT MIN(o.openid) FROM identities o WHERE o.user_id = u.id) AS openid, \
         (SELECT MAX(s.is_subscribed) FROM identities s WHERE s.user_id = u.id) AS is_subscribed, ",
    );
    statement.add_all(&[ordering.value(), " AS order_value FROM users u WHERE u.id IN "]);
    statement.list(ids);
    let mut rows = statement.fetch(db).await?.iter().map(FoundRow::read).collect::<Result<Vec<_>, _>>()?;
    rows.sort_by_key(|row| ids.iter().position(|id| *id == row.id));
    Ok(rows)
}

fn keys(rows: &[AnyRow]) -> Result<Vec<Key>, StoreError> {
    rows.iter().map(|row| Ok(Key { id: row.try_get(0)?, value: row.try_get(1)? })).collect()
}
