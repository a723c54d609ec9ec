//! Searching users, one page at a time.

use super::{
    Admin, Query, Role,
    cursor::Cursor,
    query::{MOST_A_PAGE, Sort},
};
use crate::{
    core::{CoreError, Ctx, account::level},
    store::{
        self,
        directory::{Filter, FoundRow},
    },
};

/// The count of a search's results stops here.
pub const COUNTED: i64 = 1_000;

/// A user in the list.
#[derive(Debug, Clone)]
pub struct Entry {
    pub id: i64,
    pub username: Option<String>,
    pub nickname: String,
    pub avatar_url: Option<String>,
    pub real_name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub level: String,
    pub role: Role,
    pub is_enabled: bool,
    pub credits: i64,
    /// Epoch milliseconds.
    pub created_at: i64,
    pub last_login_at: Option<i64>,
    /// The openid of the first identity; `None` for users without WeChat.
    pub openid: Option<String>,
    /// Whether the user follows the account; `None` as above.
    pub is_subscribed: Option<bool>,
}

impl Entry {
    /// A user as of `now`.
    fn at(row: FoundRow, now: i64) -> Self {
        let (level, _) = level::current(row.level, row.level_until, now);
        Self {
            id: row.id,
            username: row.username,
            nickname: row.nickname,
            avatar_url: row.avatar_url,
            real_name: row.real_name,
            email: row.email,
            phone: row.phone,
            level,
            role: if row.role == "admin" { Role::Admin } else { Role::User },
            is_enabled: row.is_enabled == 1,
            credits: row.credits,
            created_at: row.created_at,
            last_login_at: row.last_login_at,
            openid: row.openid,
            is_subscribed: row.is_subscribed.map(|is| is == 1),
        }
    }
}

/// The number of users that match the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Total {
    Exactly(i64),
    /// More than [`COUNTED`].
    More,
}

/// A page of the list.
#[derive(Debug, Clone)]
pub struct Page {
    pub entries: Vec<Entry>,
    pub total: Total,
    /// Cursors of the neighbouring pages; `None` at either end.
    pub before: Option<String>,
    pub after: Option<String>,
}

/// Finds users. A user whose id is the text itself comes first.
///
/// # Errors
/// The field error of `cursor` if it was not issued for this order.
pub async fn search(ctx: &Ctx, _: &Admin, query: &Query) -> Result<Page, CoreError> {
    let from = match query.cursor.as_str() {
        "" => None,
        text => Some(Cursor::parse(text, query.sort, query.is_descending)?),
    };
    let is_back = from.is_some_and(|cursor| cursor.is_back);
    let size = usize::try_from(query.size.clamp(1, MOST_A_PAGE)).unwrap_or(1);
    let mut db = ctx.store.read().await?;
    let now = ctx.now();
    let exact = exact(&mut db, query, now).await?;
    let filter = query.filter(exact.as_ref().map_or(0, |row| row.id), now);
    let is_descending = query.is_descending != is_back;
    let start = from.map_or_else(|| first(is_descending), |cursor| (cursor.value, cursor.id));
    let most = i64::try_from(size).unwrap_or(1) + 1;
    let mut rows =
        store::directory::list_users(&mut db, &filter, query.sort.order(), is_descending, start, most).await?;
    let has_more = rows.len() > size;
    rows.truncate(size);
    if is_back {
        rows.reverse();
    }
    let has_before = if is_back { has_more } else { from.is_some() };
    let has_after = if is_back { true } else { has_more };
    let edge = |row: Option<&FoundRow>, is_back: bool| row.map(|row| edge(query, row, is_back));
    let (before, after) =
        (edge(rows.first().filter(|_| has_before), true), edge(rows.last().filter(|_| has_after), false));
    let others = i64::try_from(rows.len()).unwrap_or_default();
    let found = i64::from(exact.is_some());
    let total = match (from, &after) {
        (None, None) => Total::Exactly(found + others),
        _ => total(&mut db, query, &filter, found).await?,
    };
    let exact = exact.filter(|_| !has_before);
    Ok(Page { entries: exact.into_iter().chain(rows).map(|row| Entry::at(row, now)).collect(), total, before, after })
}

/// The user whose id is the text, if the filters match.
async fn exact(db: &mut store::Reader, query: &Query, now: i64) -> Result<Option<FoundRow>, CoreError> {
    let Some(id) = query.exact_id() else { return Ok(None) };
    let by_id = Query { text: String::new(), ..query.clone() }.filter(0, now);
    let found = store::directory::list_users(db, &by_id, Sort::Id.order(), false, (id, id - 1), 1).await?;
    Ok(found.into_iter().find(|row| row.id == id))
}

async fn total(db: &mut store::Reader, query: &Query, filter: &Filter, found: i64) -> Result<Total, CoreError> {
    if query.is_everybody() {
        return Ok(Total::Exactly(store::directory::count_all_users(db).await?));
    }
    let counted = found + store::directory::count_users(db, filter, COUNTED + 1).await?;
    Ok(if counted > COUNTED { Total::More } else { Total::Exactly(counted) })
}

/// The position before the first user.
fn first(is_descending: bool) -> (i64, i64) {
    if is_descending { (i64::MAX, i64::MAX) } else { (i64::MIN, i64::MIN) }
}

fn edge(query: &Query, row: &FoundRow, is_back: bool) -> String {
    let (sort, is_descending) = (query.sort, query.is_descending);
    Cursor { sort, is_descending, is_back, value: row.order_value, id: row.id }.to_text()
}

/// Adds users of an earlier version to the search index; called at startup.
///
/// # Errors
/// The database cannot be reached.
pub async fn index_missing(ctx: &Ctx) -> Result<(), CoreError> {
    let mut last = 0;
    loop {
        let ids = store::directory::list_unsearchable(&mut ctx.store.read().await?, last, 500).await?;
        let Some(&highest) = ids.last() else { return Ok(()) };
        last = highest;
        store::transact!(ctx.store, |tx| -> Result<(), CoreError> {
            for id in &ids {
                store::user::update_search_key(tx, *id).await?;
            }
            Ok(())
        })?;
    }
}
