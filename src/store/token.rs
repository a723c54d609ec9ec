//! Early ends of tokens: the user's status, and the list of revoked single tokens.

use super::{Link, StoreError, Tx, rows};
use sqlx::Row as _;

rows! {
    /// The status of a token's user.
    pub struct TokenStatusRow {
        pub role: String,
        pub level: String,
        pub level_until: Option<i64>,
        pub is_enabled: i64,
        pub token_generation: i64,
    }
}

/// The status of a user; `None` if the user does not exist.
pub async fn find_token_status(db: &mut impl Link, user_id: i64) -> Result<Option<TokenStatusRow>, StoreError> {
    let row = db
        .sql("SELECT role, level, level_until, is_enabled, token_generation FROM users WHERE id = ?")
        .bind(user_id)
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| TokenStatusRow::read(&r)).transpose()?)
}

/// Ends all tokens of a user.
pub async fn update_generation(db: &mut Tx, user_id: i64) -> Result<(), StoreError> {
    db.sql("UPDATE users SET token_generation = token_generation + 1 WHERE id = ?")
        .bind(user_id)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// The account that a deleted account was joined to, for joins that did not end the tokens. No row is added any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct United {
    /// The generation of the deleted account's valid tokens.
    pub generation: i64,
    /// The account that it was joined to, and the generation that one must still have.
    pub stays_id: i64,
    pub stays_generation: i64,
}

/// The account that a deleted account was joined to.
pub async fn find_united(db: &mut impl Link, user_id: i64, now: i64) -> Result<Option<United>, StoreError> {
    let row = db
        .sql("SELECT generation, stays_id, stays_generation FROM united_users WHERE user_id = ? AND expires_at > ?")
        .bind(user_id)
        .bind(now)
        .fetch_optional(db.conn())
        .await?;
    row.map(|r| Ok(United { generation: r.try_get(0)?, stays_id: r.try_get(1)?, stays_generation: r.try_get(2)? }))
        .transpose()
}

/// Revokes one token; [`StoreError::Duplicate`] if it was revoked before.
pub async fn insert_revoked(db: &mut Tx, jti: &str, user_id: i64, expires_at: i64) -> Result<(), StoreError> {
    db.sql("INSERT INTO revoked_tokens (jti, user_id, expires_at) VALUES (?, ?, ?)")
        .bind(jti.to_owned())
        .bind(user_id)
        .bind(expires_at)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// The single tokens of a user that were revoked.
pub async fn list_revoked(db: &mut impl Link, user_id: i64) -> Result<Vec<String>, StoreError> {
    let rows = db.sql("SELECT jti FROM revoked_tokens WHERE user_id = ?").bind(user_id).fetch_all(db.conn()).await?;
    rows.iter().map(|r| Ok(r.try_get(0)?)).collect()
}

/// Deletes revoked tokens that have expired, and joined accounts without unexpired tokens.
pub async fn delete_expired(db: &mut Tx, now: i64) -> Result<(), StoreError> {
    db.sql("DELETE FROM revoked_tokens WHERE expires_at <= ?").bind(now).execute(db.conn()).await?;
    db.sql("DELETE FROM united_users WHERE expires_at <= ?").bind(now).execute(db.conn()).await?;
    Ok(())
}
