//! Identities: who somebody is within one app of WeChat's.

use super::{Link, StoreError, Tx, rows};

rows! {
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

/// The identity with this key, compared byte by byte.
pub async fn find_identity(db: &mut impl Link, appid: &str, openid: &str) -> Result<Option<IdentityRow>, StoreError> {
    let row = db
        .sql(
            "SELECT appid, openid, app, unionid, user_id, nickname, avatar_url, is_subscribed, subscribed_at, unsubscribed_at, source_scene, created_at, \
             unionid_asked_at FROM identities WHERE appid = ? AND openid = ?",
        )
        .bind(appid.to_owned())
        .bind(openid.to_owned())
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| IdentityRow::read(&r)).transpose()?)
}

/// The identities of one user, oldest first.
pub async fn list_identities(db: &mut impl Link, user_id: i64) -> Result<Vec<IdentityRow>, StoreError> {
    let rows = db
        .sql(
            "SELECT appid, openid, app, unionid, user_id, nickname, avatar_url, is_subscribed, subscribed_at, unsubscribed_at, source_scene, created_at, \
             unionid_asked_at FROM identities WHERE user_id = ? ORDER BY created_at, openid",
        )
        .bind(user_id)
        .fetch_all(db.conn())
        .await?;
    Ok(rows.iter().map(IdentityRow::read).collect::<Result<_, _>>()?)
}

/// Adds an identity; [`StoreError::Duplicate`] where it is known.
pub async fn insert_identity(db: &mut Tx, row: &IdentityRow) -> Result<(), StoreError> {
    let row = row.clone();
    db.sql(
        "INSERT INTO identities (appid, openid, app, unionid, user_id, nickname, avatar_url, is_subscribed, subscribed_at, unsubscribed_at, source_scene, \
         created_at, unionid_asked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(row.appid)
    .bind(row.openid)
    .bind(row.app)
    .bind(row.unionid)
    .bind(row.user_id)
    .bind(row.nickname)
    .bind(row.avatar_url)
    .bind(row.is_subscribed)
    .bind(row.subscribed_at)
    .bind(row.unsubscribed_at)
    .bind(row.source_scene)
    .bind(row.created_at)
    .bind(row.unionid_asked_at)
    .execute(db.conn())
    .await?;
    Ok(())
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
    Ok(())
}

/// Forgets what the platform told about a person, who withdrew it.
pub async fn update_profile_forgotten(db: &mut Tx, appid: &str, openid: &str) -> Result<(), StoreError> {
    db.sql("UPDATE identities SET nickname = NULL, avatar_url = NULL WHERE appid = ? AND openid = ?")
        .bind(appid.to_owned())
        .bind(openid.to_owned())
        .execute(db.conn())
        .await?;
    Ok(())
}

/// The user who has an identity with this openid, in any app. Openids of two apps are never the same.
pub async fn find_owner(db: &mut impl Link, openid: &str) -> Result<Option<i64>, StoreError> {
    use sqlx::Row as _;
    let row = db
        .sql("SELECT user_id FROM identities WHERE openid = ? AND user_id IS NOT NULL ORDER BY created_at LIMIT 1")
        .bind(openid.to_owned())
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| r.try_get(0)).transpose()?)
}

/// The user whom a person belongs to by any of their identities, oldest first.
pub async fn find_owner_of_unionid(db: &mut impl Link, unionid: &str) -> Result<Option<i64>, StoreError> {
    use sqlx::Row as _;
    let row = db
        .sql("SELECT user_id FROM identities WHERE unionid = ? AND user_id IS NOT NULL ORDER BY created_at, openid LIMIT 1")
        .bind(unionid.to_owned())
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| r.try_get(0)).transpose()?)
}

/// Notes what a person calls themselves within an app; None leaves what was there.
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

/// Notes the person's id across apps, as the platform told it.
pub async fn update_unionid(db: &mut Tx, appid: &str, openid: &str, unionid: &str) -> Result<(), StoreError> {
    db.sql("UPDATE identities SET unionid = ? WHERE appid = ? AND openid = ?")
        .bind(unionid.to_owned())
        .bind(appid.to_owned())
        .bind(openid.to_owned())
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Notes that the platform is being asked for the unionid of somebody who has none, where that was not done since `before`; true for
/// the one caller that is to ask.
pub async fn update_unionid_asked(
    db: &mut Tx,
    appid: &str,
    openid: &str,
    now: i64,
    before: i64,
) -> Result<bool, StoreError> {
    let done = db
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
    Ok(done.rows_affected() == 1)
}

/// Locks the row of a person until the transaction ends. [`StoreError::Duplicate`] where a rival made it just now: do the
/// transaction once more.
pub async fn update_person_locked(db: &mut Tx, person_hash: &str) -> Result<(), StoreError> {
    let done = db
        .sql("UPDATE person_locks SET turn = turn + 1 WHERE person_hash = ?")
        .bind(person_hash.to_owned())
        .execute(db.conn())
        .await?;
    if done.rows_affected() == 0 {
        db.sql("INSERT INTO person_locks (person_hash, turn) VALUES (?, 1)")
            .bind(person_hash.to_owned())
            .execute(db.conn())
            .await?;
    }
    Ok(())
}

/// Gives an identity that belongs to nobody to a user; true for the one caller that did.
pub async fn update_owner(db: &mut Tx, appid: &str, openid: &str, user_id: i64) -> Result<bool, StoreError> {
    let done = db
        .sql("UPDATE identities SET user_id = ? WHERE appid = ? AND openid = ? AND user_id IS NULL")
        .bind(user_id)
        .bind(appid.to_owned())
        .bind(openid.to_owned())
        .execute(db.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Gives all identities of one user to another.
pub async fn update_owner_of_all(db: &mut Tx, from: i64, to: i64) -> Result<(), StoreError> {
    db.sql("UPDATE identities SET user_id = ? WHERE user_id = ?").bind(to).bind(from).execute(db.conn()).await?;
    Ok(())
}

/// The users who have identities with this unionid.
pub async fn list_owners_of_unionid(db: &mut impl Link, unionid: &str) -> Result<Vec<i64>, StoreError> {
    use sqlx::Row as _;
    let rows = db
        .sql("SELECT DISTINCT user_id FROM identities WHERE unionid = ? AND user_id IS NOT NULL ORDER BY user_id")
        .bind(unionid.to_owned())
        .fetch_all(db.conn())
        .await?;
    rows.iter().map(|r| Ok(r.try_get(0)?)).collect()
}

/// Takes an identity away from its user; false where it was not theirs.
pub async fn update_unowned(db: &mut Tx, appid: &str, openid: &str, user_id: i64) -> Result<bool, StoreError> {
    let done = db
        .sql("UPDATE identities SET user_id = NULL WHERE appid = ? AND openid = ? AND user_id = ?")
        .bind(appid.to_owned())
        .bind(openid.to_owned())
        .bind(user_id)
        .execute(db.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Forgets an identity altogether, with everything that is kept under it; also where there is no identity but such things.
pub async fn delete_identity(db: &mut Tx, appid: &str, openid: &str) -> Result<(), StoreError> {
    for text in [
        "DELETE FROM dynamic_codes WHERE appid = ? AND openid = ?",
        "DELETE FROM messages WHERE appid = ? AND openid = ?",
        "DELETE FROM pending_replies WHERE appid = ? AND openid = ?",
        "DELETE FROM chat_questions WHERE appid = ? AND openid = ?",
        "DELETE FROM follow_scenes WHERE appid = ? AND openid = ?",
        "DELETE FROM signin_sessions WHERE appid = ? AND openid = ?",
        "DELETE FROM identities WHERE appid = ? AND openid = ?",
    ] {
        db.sql(text).bind(appid.to_owned()).bind(openid.to_owned()).execute(db.conn()).await?;
    }
    Ok(())
}
