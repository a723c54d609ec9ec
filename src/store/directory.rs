//! The user list as a scan of all users, for as long as the index of `user_index` is being built: 100,000 users take some 50 ms. The
//! statements that use the index are in `user_list`.

use super::{
    Link, StoreError, rows,
    user_index::{Fragments, word},
};
use sqlx::{Any, Row as _, any::AnyArguments, query::Query};

rows! {
    /// A user in the list. `order_value` is the sort key; `openid` that of the user's first identity, `None` without WeChat;
    /// `is_subscribed` 1 if one of the identities follows the account.
    pub struct FoundRow {
        pub id: i64,
        pub username: Option<String>,
        pub nickname: String,
        pub avatar_url: Option<String>,
        pub real_name: Option<String>,
        pub email: Option<String>,
        pub phone: Option<String>,
        pub level: String,
        pub level_until: Option<i64>,
        pub role: String,
        pub is_enabled: i64,
        pub credits: i64,
        pub created_at: i64,
        pub last_login_at: Option<i64>,
        pub order_value: i64,
        pub openid: Option<String>,
        pub is_subscribed: Option<i64>,
    }
}

/// The filter of the list. Empty texts and `None` do not filter.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// What the patterns contain.
    pub fragments: Fragments,
    /// A pattern for the folded names, with the escape character `!`.
    pub names: String,
    /// A second pattern: a phone number's digits only.
    pub digits: String,
    /// A pattern for openid and unionid.
    pub openids: String,
    pub level: &'static str,
    /// Levels that end until then have ended, in epoch milliseconds.
    pub now: i64,
    pub role: &'static str,
    pub is_enabled: Option<bool>,
    pub is_subscribed: Option<bool>,
    /// A user to leave out: they are shown before the list.
    pub without_id: i64,
}

impl Filter {
    /// The grams of the filter values.
    #[must_use]
    pub fn words(&self) -> Vec<i64> {
        let flag = |field, of: Option<bool>| of.map(|is| word(field, if is { "1" } else { "0" }));
        let name = |field, value: &str| (!value.is_empty()).then(|| word(field, value));
        let all = [
            name("level", self.level),
            name("role", self.role),
            flag("enabled", self.is_enabled),
            flag("follows", self.is_subscribed),
        ];
        all.into_iter().flatten().collect()
    }
}

/// The order of the list; equal users are ordered by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Id,
    Created,
    /// Users who never signed in come first or last.
    LastLogin,
    Credits,
}

macro_rules! filtered {
    () => {
        "FROM users u WHERE u.id <> ? \
         AND (? = '' OR u.search_key LIKE ? ESCAPE '!' OR (? <> '' AND u.search_key LIKE ? ESCAPE '!') OR (? <> '' AND u.id IN \
         (SELECT i.user_id FROM identities i WHERE i.user_id IS NOT NULL AND (i.openid LIKE ? ESCAPE '!' OR i.unionid LIKE ? ESCAPE '!')))) \
         AND (? = '' OR CASE WHEN u.level_until <= ? THEN 'normal' ELSE u.level END = ?) AND (? = '' OR u.role = ?) AND (? < 0 OR u.is_enabled = ?) \
         AND (? < 0 OR ? = (SELECT COALESCE(MAX(f.is_subscribed), 0) FROM identities f WHERE f.user_id = u.id))"
    };
}

// The page first and its other columns after: a subquery in the inner query would run for every user.
macro_rules! page {
    ($value:literal, $beyond:literal, $way:literal) => {
        concat!(
            "SELECT p.id, p.username, p.nickname, p.avatar_url, p.real_name, p.email, p.phone, p.level, p.level_until, p.role, p.is_enabled, p.credits, \
             p.created_at, p.last_login_at, p.order_value, \
             (SELECT MIN(o.openid) FROM identities o WHERE o.user_id = p.id) AS openid, \
             (SELECT MAX(s.is_subscribed) FROM identities s WHERE s.user_id = p.id) AS is_subscribed FROM (\
             SELECT u.id, u.username, u.nickname, u.avatar_url, u.real_name, u.email, u.phone, u.level, u.level_until, u.role, u.is_enabled, u.credits, \
             u.created_at, u.last_login_at, ",
            $value, " AS order_value ", filtered!(),
            " AND ", $value, " ", $beyond, "= ? AND (", $value, " ", $beyond, " ? OR u.id ", $beyond, " ?) ORDER BY ", $value, " ", $way,
            ", u.id ", $way, " LIMIT ?) p ORDER BY p.order_value ", $way, ", p.id ", $way
        )
    };
}

/// At most `most` users beyond `after` (sort key and id), ascending or descending.
pub async fn list_users(
    db: &mut impl Link,
    filter: &Filter,
    order: Order,
    is_descending: bool,
    (value, id): (i64, i64),
    most: i64,
) -> Result<Vec<FoundRow>, StoreError> {
    let text = match (order, is_descending) {
        (Order::Id, false) => page!("u.id", ">", "ASC"),
        (Order::Id, true) => page!("u.id", "<", "DESC"),
        (Order::Created, false) => page!("u.created_at", ">", "ASC"),
        (Order::Created, true) => page!("u.created_at", "<", "DESC"),
        (Order::LastLogin, false) => page!("COALESCE(u.last_login_at, 0)", ">", "ASC"),
        (Order::LastLogin, true) => page!("COALESCE(u.last_login_at, 0)", "<", "DESC"),
        (Order::Credits, false) => page!("u.credits", ">", "ASC"),
        (Order::Credits, true) => page!("u.credits", "<", "DESC"),
    };
    let query = bound(db.sql(text), filter).bind(value).bind(value).bind(id).bind(most);
    let rows = query.fetch_all(db.conn()).await?;
    Ok(rows.iter().map(FoundRow::read).collect::<Result<_, _>>()?)
}

/// The number of users, counted up to `most`.
pub async fn count_users(db: &mut impl Link, filter: &Filter, most: i64) -> Result<i64, StoreError> {
    let text = concat!("SELECT COUNT(*) FROM (SELECT u.id ", filtered!(), " LIMIT ?) c");
    Ok(bound(db.sql(text), filter).bind(most).fetch_one(db.conn()).await?.try_get(0)?)
}

/// Binds the values of the filter, in the statement's order.
fn bound(query: Query<'static, Any, AnyArguments>, filter: &Filter) -> Query<'static, Any, AnyArguments> {
    let flag = |of: Option<bool>| of.map_or(-1, i64::from);
    query
        .bind(filter.without_id)
        .bind(filter.names.clone())
        .bind(filter.names.clone())
        .bind(filter.digits.clone())
        .bind(filter.digits.clone())
        .bind(filter.openids.clone())
        .bind(filter.openids.clone())
        .bind(filter.openids.clone())
        .bind(filter.level)
        .bind(filter.now)
        .bind(filter.level)
        .bind(filter.role)
        .bind(filter.role)
        .bind(flag(filter.is_enabled))
        .bind(flag(filter.is_enabled))
        .bind(flag(filter.is_subscribed))
        .bind(flag(filter.is_subscribed))
}

/// The user who owns the identity with this openid, in any app.
pub async fn find_owner(db: &mut impl Link, openid: &str) -> Result<Option<i64>, StoreError> {
    let row = db
        .sql("SELECT user_id FROM identities WHERE openid = ? AND user_id IS NOT NULL ORDER BY created_at LIMIT 1")
        .bind(openid.to_owned())
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| r.try_get(0)).transpose()?)
}

/// Counts of a user's rules: all, enabled ones, and their answers.
pub async fn find_rule_counts(db: &mut impl Link, user_id: i64) -> Result<(i64, i64, i64), StoreError> {
    let rows = db
        .sql("SELECT is_enabled, hits FROM reply_rules WHERE owner_id = ?")
        .bind(user_id)
        .fetch_all(db.conn())
        .await?;
    let mut counts = (0, 0, 0);
    for row in &rows {
        let (is_enabled, hits): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
        counts = (counts.0 + 1, counts.1 + is_enabled, counts.2 + hits);
    }
    Ok(counts)
}

/// Users without a search key, after this id.
pub async fn list_unsearchable(db: &mut impl Link, after_id: i64, most: i64) -> Result<Vec<i64>, StoreError> {
    let rows = db
        .sql("SELECT id FROM users WHERE search_key = '' AND id > ? ORDER BY id LIMIT ?")
        .bind(after_id)
        .bind(most)
        .fetch_all(db.conn())
        .await?;
    rows.iter().map(|r| Ok(r.try_get(0)?)).collect()
}
