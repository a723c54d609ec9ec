//! Searching users, one page at a time.

use super::{
    Admin, Query, Role,
    cursor::Cursor,
    listing::{Counted, Limits, Listing},
    query::MOST_A_PAGE,
};
use crate::{
    core::{CoreError, Ctx, account::level},
    store::{
        Plan, Reader,
        directory::FoundRow,
        user_list::{self, Conditions, Key, Ordering},
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
    /// True if the search read all users, because the index is still being built.
    pub is_unindexed: bool,
}

/// Finds users. A user whose id is the text itself comes first.
///
/// # Errors
/// The field error of `cursor` if it was not issued for this order.
pub async fn search(ctx: &Ctx, _: &Admin, query: &Query) -> Result<Page, CoreError> {
    search_in(&mut ctx.store.read().await?, query, Limits::default(), ctx.now()).await
}

/// [`search`] with other limits than those for millions of users; for tests.
///
/// # Errors
/// As [`search`].
pub async fn search_within(ctx: &Ctx, _: &Admin, query: &Query, limits: Limits) -> Result<Page, CoreError> {
    search_in(&mut ctx.store.read().await?, query, limits, ctx.now()).await
}

/// [`search`] with the plans that the engine made; for tests and measurements.
///
/// # Errors
/// As [`search`].
pub async fn search_explained(
    ctx: &Ctx,
    _: &Admin,
    query: &Query,
    limits: Limits,
) -> Result<(Page, Vec<Plan>), CoreError> {
    let mut db = ctx.store.read().await?;
    db.explain();
    let page = search_in(&mut db, query, limits, ctx.now()).await?;
    Ok((page, db.take_plans()))
}

/// [`search`] without the index, as long as that is being built; for tests.
///
/// # Errors
/// As [`search`].
pub async fn search_by_scan(ctx: &Ctx, _: &Admin, query: &Query) -> Result<Page, CoreError> {
    let mut db = ctx.store.read().await?;
    let now = ctx.now();
    let exact = exact(&mut db, query, now).await?;
    let filter = query.filter(exact.as_ref().map_or(0, |row| row.id), now);
    page(&mut db, query, Listing::Scan(filter), exact, now).await
}

async fn search_in(db: &mut Reader, query: &Query, limits: Limits, now: i64) -> Result<Page, CoreError> {
    let exact = exact(db, query, now).await?;
    let filter = query.filter(exact.as_ref().map_or(0, |row| row.id), now);
    let listing = Listing::open(db, filter, query.sort.order(), limits).await?;
    page(db, query, listing, exact, now).await
}

async fn page(
    db: &mut Reader,
    query: &Query,
    listing: Listing,
    exact: Option<FoundRow>,
    now: i64,
) -> Result<Page, CoreError> {
    let from = match query.cursor.as_str() {
        "" => None,
        text => Some(Cursor::parse(text, query.sort, query.is_descending)?),
    };
    let is_back = from.is_some_and(|cursor| cursor.is_back);
    let size = usize::try_from(query.size.clamp(1, MOST_A_PAGE)).unwrap_or(1);
    let ordering = Ordering { order: query.sort.order(), is_descending: query.is_descending != is_back };
    let start = from.map_or_else(|| ordering.start(), |cursor| Key { value: cursor.value, id: cursor.id });
    let mut rows = listing.rows(db, ordering, start, size + 1).await?;
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
    let found = i64::from(exact.is_some());
    let total = match (from, &after) {
        (None, None) => Total::Exactly(found + i64::try_from(rows.len()).unwrap_or_default()),
        _ => total(found, listing.count(db, COUNTED).await?),
    };
    let exact = exact.filter(|_| !has_before);
    let entries = exact.into_iter().chain(rows).map(|row| Entry::at(row, now)).collect();
    Ok(Page { entries, total, before, after, is_unindexed: matches!(listing, Listing::Scan(_)) })
}

/// The user whose id is the text, if the filters match.
async fn exact(db: &mut Reader, query: &Query, now: i64) -> Result<Option<FoundRow>, CoreError> {
    let Some(id) = query.exact_id() else { return Ok(None) };
    let filter = Query { text: String::new(), ..query.clone() }.filter(0, now);
    let conditions = Conditions { filter: &filter, by_openid: None };
    let ordering = Ordering { order: query.sort.order(), is_descending: false };
    if user_list::list_of_ids(db, conditions, ordering, std::iter::once(id), 1).await?.is_empty() {
        return Ok(None);
    }
    Ok(user_list::list_found(db, ordering.order, &[id]).await?.pop())
}

/// Of all users, the one that is shown before the list is counted already.
fn total(found: i64, counted: Counted) -> Total {
    match counted {
        Counted::Everyone(all) => Total::Exactly(all),
        Counted::UpTo(others) if found + others > COUNTED => Total::More,
        Counted::UpTo(others) => Total::Exactly(found + others),
    }
}

fn edge(query: &Query, row: &FoundRow, is_back: bool) -> String {
    let (sort, is_descending) = (query.sort, query.is_descending);
    Cursor { sort, is_descending, is_back, value: row.order_value, id: row.id }.to_text()
}
