//! The rest of long answers, stored until followers ask for more.

use super::{Link, StoreError, Tx, rows};

rows! {
    /// A row of `pending_replies`.
    pub struct PendingRow {
        pub position: i64,
        pub body: String,
    }
}

/// The stored rest for this follower, in order.
pub async fn list_pending(
    db: &mut impl Link,
    appid: &str,
    openid: &str,
    now: i64,
) -> Result<Vec<PendingRow>, StoreError> {
    let rows = db
        .sql("SELECT position, body FROM pending_replies WHERE appid = ? AND openid = ? AND expires_at > ? ORDER BY position")
        .bind(appid.to_owned())
        .bind(openid.to_owned())
        .bind(now)
        .fetch_all(db.conn())
        .await?;
    Ok(rows.iter().map(PendingRow::read).collect::<Result<_, _>>()?)
}

/// Stores the rest for a follower, replacing an older one.
pub async fn insert_pending(
    db: &mut Tx,
    appid: &str,
    openid: &str,
    bodies: Vec<String>,
    expires_at: i64,
) -> Result<(), StoreError> {
    delete_pending(db, appid, openid).await?;
    for (position, body) in (0_i64..).zip(bodies) {
        db.sql("INSERT INTO pending_replies (appid, openid, position, body, expires_at) VALUES (?, ?, ?, ?, ?)")
            .bind(appid.to_owned())
            .bind(openid.to_owned())
            .bind(position)
            .bind(body)
            .bind(expires_at)
            .execute(db.conn())
            .await?;
    }
    Ok(())
}

/// Deletes one message of the rest; false if a concurrent transaction did.
pub async fn delete_one(db: &mut Tx, appid: &str, openid: &str, position: i64) -> Result<bool, StoreError> {
    let result = db
        .sql("DELETE FROM pending_replies WHERE appid = ? AND openid = ? AND position = ?")
        .bind(appid.to_owned())
        .bind(openid.to_owned())
        .bind(position)
        .execute(db.conn())
        .await?;
    Ok(result.rows_affected() == 1)
}

/// Deletes the rest for a follower.
pub async fn delete_pending(db: &mut Tx, appid: &str, openid: &str) -> Result<(), StoreError> {
    db.sql("DELETE FROM pending_replies WHERE appid = ? AND openid = ?")
        .bind(appid.to_owned())
        .bind(openid.to_owned())
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Deletes all encrypted ones.
pub async fn delete_encrypted(db: &mut Tx) -> Result<(), StoreError> {
    db.sql("DELETE FROM pending_replies WHERE body LIKE 'enc1:%'").execute(db.conn()).await?;
    Ok(())
}

/// Deletes expired ones.
pub async fn delete_expired(db: &mut Tx, now: i64) -> Result<(), StoreError> {
    db.sql("DELETE FROM pending_replies WHERE expires_at <= ?").bind(now).execute(db.conn()).await?;
    Ok(())
}
