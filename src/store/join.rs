//! Accounts of one WeChat user: questions about joining them, and moving data from one to the other.

use super::{Link, StoreError, Tx, fact, media, rule_edit};
use sqlx::Row as _;

/// When the user was last asked about a pair of accounts, and whether they refused; `None` if never asked.
pub async fn find_asked(db: &mut impl Link, pair: (i64, i64)) -> Result<Option<(i64, bool)>, StoreError> {
    let (one, other) = ordered(pair);
    let row = db
        .sql("SELECT asked_at, refused_at FROM account_joins WHERE one_id = ? AND other_id = ?")
        .bind(one)
        .bind(other)
        .fetch_optional(db.conn())
        .await?;
    row.map(|r| Ok((r.try_get(0)?, r.try_get::<Option<i64>, _>(1)?.is_some()))).transpose()
}

/// Records the question; an earlier refusal is deleted. [`StoreError::Duplicate`] if another instance asks concurrently.
pub async fn update_asked(db: &mut Tx, pair: (i64, i64), now: i64) -> Result<(), StoreError> {
    let (one, other) = ordered(pair);
    let result = db
        .sql("UPDATE account_joins SET asked_at = ?, refused_at = NULL WHERE one_id = ? AND other_id = ?")
        .bind(now)
        .bind(one)
        .bind(other)
        .execute(db.conn())
        .await?;
    if result.rows_affected() == 0 && find_asked(db, pair).await?.is_none() {
        db.sql("INSERT INTO account_joins (one_id, other_id, asked_at, refused_at) VALUES (?, ?, ?, NULL)")
            .bind(one)
            .bind(other)
            .bind(now)
            .execute(db.conn())
            .await?;
    }
    Ok(())
}

/// Records the user's refusal.
pub async fn update_refused(db: &mut Tx, pair: (i64, i64), now: i64) -> Result<(), StoreError> {
    let (one, other) = ordered(pair);
    db.sql("UPDATE account_joins SET refused_at = ? WHERE one_id = ? AND other_id = ?")
        .bind(now)
        .bind(one)
        .bind(other)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Deletes the record of a question that was not delivered.
pub async fn delete_asked(db: &mut Tx, pair: (i64, i64)) -> Result<(), StoreError> {
    let (one, other) = ordered(pair);
    db.sql("DELETE FROM account_joins WHERE one_id = ? AND other_id = ?")
        .bind(one)
        .bind(other)
        .execute(db.conn())
        .await?;
    Ok(())
}

fn ordered((one, other): (i64, i64)) -> (i64, i64) {
    (one.min(other), one.max(other))
}

/// The other users who own an identity with the same unionid.
pub async fn list_same_person(db: &mut impl Link, user_id: i64) -> Result<Vec<i64>, StoreError> {
    let rows = db
        .sql(
            "SELECT DISTINCT o.user_id FROM identities m JOIN identities o ON o.unionid = m.unionid \
             WHERE m.user_id = ? AND o.user_id <> ? ORDER BY o.user_id",
        )
        .bind(user_id)
        .bind(user_id)
        .fetch_all(db.conn())
        .await?;
    rows.iter().map(|r| Ok(r.try_get(0)?)).collect()
}

/// The identity with this unionid that follows this account.
pub async fn find_following(db: &mut impl Link, appid: &str, unionid: &str) -> Result<Option<String>, StoreError> {
    let row = db
        .sql("SELECT openid FROM identities WHERE appid = ? AND unionid = ? AND is_subscribed = 1 ORDER BY openid LIMIT 1")
        .bind(appid.to_owned())
        .bind(unionid.to_owned())
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| r.try_get(0)).transpose()?)
}

/// True while a sign-in of one of these users is in progress: it was scanned, and its browser has not collected it yet.
pub async fn has_signin(db: &mut impl Link, (one, other): (i64, i64), now: i64) -> Result<bool, StoreError> {
    let row = db
        .sql(
            "SELECT id FROM signin_sessions WHERE expires_at > ? AND ( \
             (status = 'scanned' AND (user_id IN (?, ?) OR openid IN (SELECT openid FROM identities WHERE user_id IN (?, ?)))) \
             OR (status = 'success' AND consumed_at IS NULL AND user_id IN (?, ?))) LIMIT 1",
        )
        .bind(now)
        .bind(one)
        .bind(other)
        .bind(one)
        .bind(other)
        .bind(one)
        .bind(other)
        .fetch_optional(db.conn())
        .await?;
    Ok(row.is_some())
}

/// Ends every uncollected sign-in session of a user, in any state.
pub async fn update_signins_ended(db: &mut Tx, user_id: i64, now: i64) -> Result<(), StoreError> {
    db.sql(
        "UPDATE signin_sessions SET status = 'expired', changed_at = ?, code_hash = NULL, pending_password_hash = NULL \
         WHERE user_id = ? AND consumed_at IS NULL AND status IN ('waiting', 'scanned', 'success')",
    )
    .bind(now)
    .bind(user_id)
    .execute(db.conn())
    .await?;
    Ok(())
}

/// Moves a user's rules to another user, disabled and numbered after the other's own; returns their number. Hit counts move too;
/// the history does not.
pub async fn update_owner_of_rules(db: &mut Tx, from: i64, to: i64, now: i64) -> Result<i64, StoreError> {
    let Some(went) = rule_edit::lock_owner(db, from).await? else { return Ok(0) };
    let (last_number, rules) = if let Some(row) = rule_edit::lock_owner(db, to).await? {
        (row.last_number, row.rules)
    } else {
        rule_edit::insert_owner(db, to).await?;
        (0, 0)
    };
    db.sql(
        "UPDATE reply_rules SET owner_id = ?, number = number + ?, is_enabled = 0, revision = revision + 1, updated_at = ? \
         WHERE owner_id = ?",
    )
    .bind(to)
    .bind(last_number)
    .bind(now)
    .bind(from)
    .execute(db.conn())
    .await?;
    db.sql("UPDATE rule_keywords SET owner_id = ? WHERE owner_id = ?").bind(to).bind(from).execute(db.conn()).await?;
    fact::bump_revision(db, "rules").await?;
    rule_edit::update_owner(db, to, last_number + went.last_number, rules + went.rules).await?;
    Ok(went.rules)
}

/// Moves a user's files to another user. A file that both have is stored twice: rules refer to each by its own key.
pub async fn update_owner_of_files(db: &mut Tx, from: i64, to: i64) -> Result<(), StoreError> {
    for file in media::list_media(db, from, i64::MAX).await? {
        if media::find_media_by_digest(db, to, &file.digest).await?.is_some() {
            db.sql("UPDATE media_files SET digest = ? WHERE id = ?")
                .bind(format!("joined-{}", file.id))
                .bind(file.id)
                .execute(db.conn())
                .await?;
        }
    }
    db.sql("UPDATE media_files SET owner_id = ? WHERE owner_id = ?").bind(to).bind(from).execute(db.conn()).await?;
    let Some(bytes) = media::find_room_taken(db, from).await? else { return Ok(()) };
    if !media::update_room_taken(db, to, bytes, i64::MAX).await? {
        media::insert_owner(db, to, bytes).await?;
    }
    Ok(())
}
