//! Identities: a WeChat user within one app.

use super::{
    Engine, Link, Script, StoreError, Tx,
    bulk::{bound, insert_in, padded, repeated},
    joined, table_rows, user_index,
};
use sqlx::Row as _;

table_rows! {
    /// A row of `identities`.
    pub struct IdentityRow {
        pub appid: String,
        pub openid: String,
        pub app: String,
        pub unionid: Option<String>,
        pub user_id: Option<i64>,
        pub nickname: Option<String>,
        pub avatar_url: Option<String>,
        pub is_subscribed: i64,
        pub subscribed_at: Option<i64>,
        pub unsubscribed_at: Option<i64>,
        pub source_scene: Option<String>,
        pub created_at: i64,
        /// When the platform was last asked for the unionid.
        pub unionid_asked_at: Option<i64>,
    }
}

const BY_KEY: &str = joined!("SELECT ", IdentityRow::COLUMNS, " FROM identities WHERE appid = ? AND openid = ?");
const OF_USER: &str =
    joined!("SELECT ", IdentityRow::COLUMNS, " FROM identities WHERE user_id = ? ORDER BY created_at, openid");
const OF_UNIONID: &str =
    joined!("SELECT ", IdentityRow::COLUMNS, " FROM identities WHERE unionid = ? ORDER BY created_at, openid");
const INSERT: &str = joined!("INSERT INTO identities (", IdentityRow::COLUMNS, ") VALUES ");

/// The identity with this key, compared byte by byte.
pub async fn find_identity(db: &mut impl Link, appid: &str, openid: &str) -> Result<Option<IdentityRow>, StoreError> {
    let row = db.sql(BY_KEY).bind(appid.to_owned()).bind(openid.to_owned()).fetch_optional(db.conn()).await?;
    Ok(row.map(|r| IdentityRow::read(&r)).transpose()?)
}

/// [`find_identity`] for a message: the identity is deleted after the transaction only, with what it stores.
pub async fn find_locked(db: &mut Tx, appid: &str, openid: &str) -> Result<Option<IdentityRow>, StoreError> {
    let lock = if db.engine() == Engine::Sqlite { "" } else { " FOR UPDATE" };
    let query = db.sql_kept(&[BY_KEY, lock]).bind(appid.to_owned()).bind(openid.to_owned());
    Ok(query.fetch_optional(db.conn()).await?.map(|r| IdentityRow::read(&r)).transpose()?)
}

/// The identities of an app with these openids, compared byte by byte; an unknown openid is left out. They are deleted after the
/// transaction only; other transactions of messages read them meanwhile.
pub async fn list_locked(db: &mut Tx, appid: &str, openids: &[String]) -> Result<Vec<IdentityRow>, StoreError> {
    // In one order, so that two transactions wait for each other instead of colliding.
    let tail = match db.engine() {
        Engine::Sqlite => ")",
        Engine::Postgres => ") ORDER BY openid FOR SHARE",
        // MariaDB has no FOR SHARE.
        Engine::MySql => ") ORDER BY openid LOCK IN SHARE MODE",
    };
    let mut found = Vec::new();
    for part in padded(openids) {
        let head = joined!("SELECT ", IdentityRow::COLUMNS, " FROM identities WHERE appid = ? AND openid IN (");
        let query = db.sql_kept(&repeated(head, "?", part.len(), tail)).bind(appid.to_owned());
        let rows = bound(query, &part).fetch_all(db.conn()).await?;
        found.extend(rows.iter().map(IdentityRow::read).collect::<Result<Vec<_>, _>>()?);
    }
    Ok(found)
}

/// Those of these unionids that identities of more than one user have.
pub async fn list_shared_unionids(db: &mut impl Link, unionids: &[String]) -> Result<Vec<String>, StoreError> {
    let mut found = Vec::new();
    for part in padded(unionids) {
        let head = "SELECT unionid FROM identities WHERE unionid IN (";
        let tail = ") AND user_id IS NOT NULL GROUP BY unionid HAVING COUNT(DISTINCT user_id) > 1";
        let query = bound(db.sql_kept(&repeated(head, "?", part.len(), tail)), &part);
        for row in query.fetch_all(db.conn()).await? {
            found.push(row.try_get(0)?);
        }
    }
    Ok(found)
}

/// The identities of one user, oldest first.
pub async fn list_identities(db: &mut impl Link, user_id: i64) -> Result<Vec<IdentityRow>, StoreError> {
    let rows = db.sql(OF_USER).bind(user_id).fetch_all(db.conn()).await?;
    Ok(rows.iter().map(IdentityRow::read).collect::<Result<_, _>>()?)
}

/// Adds an identity; [`StoreError::Duplicate`] if it is known.
pub async fn insert_identity(db: &mut Tx, row: &IdentityRow) -> Result<(), StoreError> {
    let mut script = Script::new(db.engine());
    insert_identities(&mut script, std::slice::from_ref(row));
    script.run(db).await?;
    match row.user_id {
        Some(owner) => user_index::update_marked(db, owner).await,
        None => Ok(()),
    }
}

/// Adds identities without an account; [`StoreError::Duplicate`] if one is known.
pub fn insert_identities(script: &mut Script, rows: &[IdentityRow]) {
    insert_in(script, (INSERT, IdentityRow::ROW, ""), rows, |row, script| row.clone().bind_in(script));
}

/// Marks the identity as following, or as no longer following.
pub async fn update_subscribed(
    db: &mut Tx,
    appid: &str,
    openid: &str,
    is_subscribed: bool,
    now: i64,
) -> Result<(), StoreError> {
    let text = if is_subscribed {
        "UPDATE identities SET is_subscribed = 1, subscribed_at = ? WHERE appid = ? AND openid = ?"
    } else {
        "UPDATE identities SET is_subscribed = 0, unsubscribed_at = ? WHERE appid = ? AND openid = ?"
    };
    db.sql(text).bind(now).bind(appid.to_owned()).bind(openid.to_owned()).execute(db.conn()).await?;
    user_index::update_owner_marked(db, appid, openid).await
}

/// Deletes the nickname, the avatar or both of an identity, which the person withdrew from the app.
pub async fn update_withdrawn(
    db: &mut Tx,
    appid: &str,
    openid: &str,
    (is_nickname, is_avatar): (bool, bool),
) -> Result<(), StoreError> {
    db.sql(
        "UPDATE identities SET nickname = CASE WHEN ? = 1 THEN NULL ELSE nickname END, \
         avatar_url = CASE WHEN ? = 1 THEN NULL ELSE avatar_url END WHERE appid = ? AND openid = ?",
    )
    .bind(i64::from(is_nickname))
    .bind(i64::from(is_avatar))
    .bind(appid.to_owned())
    .bind(openid.to_owned())
    .execute(db.conn())
    .await?;
    Ok(())
}

/// All identities of a person across apps.
pub async fn list_of_unionid(db: &mut impl Link, unionid: &str) -> Result<Vec<IdentityRow>, StoreError> {
    let rows = db.sql(OF_UNIONID).bind(unionid.to_owned()).fetch_all(db.conn()).await?;
    Ok(rows.iter().map(IdentityRow::read).collect::<Result<_, _>>()?)
}

/// The user who owns an identity with this openid, in any app. Openids of two apps never collide.
pub async fn find_owner(db: &mut impl Link, openid: &str) -> Result<Option<i64>, StoreError> {
    let row = db
        .sql("SELECT user_id FROM identities WHERE openid = ? AND user_id IS NOT NULL ORDER BY created_at LIMIT 1")
        .bind(openid.to_owned())
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| r.try_get(0)).transpose()?)
}

/// The owner of any identity with this unionid; of several, an account that came by WeChat's proof, then that of the oldest
/// identity.
pub async fn find_owner_of_unionid(db: &mut impl Link, unionid: &str) -> Result<Option<i64>, StoreError> {
    let row = db
        .sql(
            "SELECT i.user_id FROM identities i JOIN users u ON u.id = i.user_id WHERE i.unionid = ? \
             ORDER BY CASE WHEN u.origin = 'wechat' THEN 0 ELSE 1 END, i.created_at, i.openid LIMIT 1",
        )
        .bind(unionid.to_owned())
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| r.try_get(0)).transpose()?)
}

/// Stores a WeChat user's nickname and avatar within an app; `None` leaves a value unchanged.
pub async fn update_presented(
    db: &mut Tx,
    appid: &str,
    openid: &str,
    nickname: Option<&str>,
    avatar_url: Option<&str>,
) -> Result<(), StoreError> {
    db.sql("UPDATE identities SET nickname = COALESCE(?, nickname), avatar_url = COALESCE(?, avatar_url) WHERE appid = ? AND openid = ?")
        .bind(nickname.map(str::to_owned))
        .bind(avatar_url.map(str::to_owned))
        .bind(appid.to_owned())
        .bind(openid.to_owned())
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Stores the unionid reported by the platform.
pub async fn update_unionid(db: &mut Tx, appid: &str, openid: &str, unionid: &str) -> Result<(), StoreError> {
    db.sql("UPDATE identities SET unionid = ? WHERE appid = ? AND openid = ?")
        .bind(unionid.to_owned())
        .bind(appid.to_owned())
        .bind(openid.to_owned())
        .execute(db.conn())
        .await?;
    user_index::update_owner_marked(db, appid, openid).await
}

/// Records a request for the unionid of an identity without one, if there was none since `before`; true for the one caller that must
/// send it.
pub async fn update_unionid_asked(
    db: &mut Tx,
    appid: &str,
    openid: &str,
    now: i64,
    before: i64,
) -> Result<bool, StoreError> {
    let result = db
        .sql(
            "UPDATE identities SET unionid_asked_at = ? WHERE appid = ? AND openid = ? AND unionid IS NULL \
             AND (unionid_asked_at IS NULL OR unionid_asked_at <= ?)",
        )
        .bind(now)
        .bind(appid.to_owned())
        .bind(openid.to_owned())
        .bind(before)
        .execute(db.conn())
        .await?;
    Ok(result.rows_affected() == 1)
}

/// Locks the row of a WeChat user until the transaction ends. [`StoreError::Duplicate`] if a concurrent transaction
/// created it: retry the transaction.
pub async fn lock_person(db: &mut Tx, person_hash: &str) -> Result<(), StoreError> {
    let result = db
        .sql("UPDATE person_locks SET turn = turn + 1 WHERE person_hash = ?")
        .bind(person_hash.to_owned())
        .execute(db.conn())
        .await?;
    if result.rows_affected() == 0 {
        db.sql("INSERT INTO person_locks (person_hash, turn) VALUES (?, 1)")
            .bind(person_hash.to_owned())
            .execute(db.conn())
            .await?;
    }
    Ok(())
}

/// Locks an identity until the transaction ends: messages of this follower come before it or after it.
pub async fn lock_identity(db: &mut Tx, appid: &str, openid: &str) -> Result<(), StoreError> {
    let text = "UPDATE identities SET is_subscribed = is_subscribed WHERE appid = ? AND openid = ?";
    db.sql(text).bind(appid.to_owned()).bind(openid.to_owned()).execute(db.conn()).await?;
    Ok(())
}

/// [`lock_identity`] for all identities of a user.
pub async fn lock_identities(db: &mut Tx, user_id: i64) -> Result<(), StoreError> {
    let text = "UPDATE identities SET is_subscribed = is_subscribed WHERE user_id = ?";
    db.sql(text).bind(user_id).execute(db.conn()).await?;
    Ok(())
}

/// Assigns an identity without an owner to a user; true for the one caller that did.
pub async fn update_owner(db: &mut Tx, appid: &str, openid: &str, user_id: i64) -> Result<bool, StoreError> {
    let result = db
        .sql("UPDATE identities SET user_id = ? WHERE appid = ? AND openid = ? AND user_id IS NULL")
        .bind(user_id)
        .bind(appid.to_owned())
        .bind(openid.to_owned())
        .execute(db.conn())
        .await?;
    user_index::update_marked_if(db, user_id, result.rows_affected() == 1).await
}

/// The users who have identities with this unionid.
pub async fn list_owners_of_unionid(db: &mut impl Link, unionid: &str) -> Result<Vec<i64>, StoreError> {
    let rows = db
        .sql("SELECT DISTINCT user_id FROM identities WHERE unionid = ? AND user_id IS NOT NULL ORDER BY user_id")
        .bind(unionid.to_owned())
        .fetch_all(db.conn())
        .await?;
    rows.iter().map(|r| Ok(r.try_get(0)?)).collect()
}

/// Unassigns an identity from its user; false if it was not theirs.
pub async fn update_unowned(db: &mut Tx, appid: &str, openid: &str, user_id: i64) -> Result<bool, StoreError> {
    let result = db
        .sql("UPDATE identities SET user_id = NULL WHERE appid = ? AND openid = ? AND user_id = ?")
        .bind(appid.to_owned())
        .bind(openid.to_owned())
        .bind(user_id)
        .execute(db.conn())
        .await?;
    user_index::update_marked_if(db, user_id, result.rows_affected() == 1).await
}
