//! Answers given to deliveries.

use super::{
    Link, Script, StoreError, Tx,
    bulk::{bound, insert_in, padded, repeated},
    joined, rows, table_rows,
};
use sqlx::Row as _;

/// Keys that begin with the number of their message sort behind this; keys of versions before, 64 hexadecimal digits, before it.
const ORDERED: &str = "n";

rows! {
    /// The answer given to a delivery.
    pub struct DeliveryRow {
        /// `None`: `success`.
        pub reply: Option<String>,
        /// Set for an answer with a code, and for the one to a message that deleted the account: it is stored encrypted, and repeated until
        /// then only (epoch milliseconds).
        pub reply_until: Option<i64>,
    }
}

table_rows! {
    /// A delivery with its answer, as a batch of messages inserts it.
    pub struct AnsweredRow {
        pub dedupe_key: String,
        pub received_at: i64,
        pub appid: String,
        pub openid: String,
        /// `None`: `success`.
        pub reply: Option<String>,
    }
}

const INSERT_ANSWERED: &str = joined!("INSERT INTO deliveries (", AnsweredRow::COLUMNS, ") VALUES ");

/// The answers given to these deliveries, by key; a key without a delivery is left out.
pub async fn list_deliveries(db: &mut impl Link, keys: &[String]) -> Result<Vec<(String, DeliveryRow)>, StoreError> {
    let mut found = Vec::new();
    for part in padded(keys) {
        let head = "SELECT dedupe_key, reply, reply_until FROM deliveries WHERE dedupe_key IN (";
        let query = bound(db.sql_kept(&repeated(head, "?", part.len(), ")")), &part);
        for row in query.fetch_all(db.conn()).await? {
            found.push((row.try_get(0)?, DeliveryRow::read(&row)?));
        }
    }
    Ok(found)
}

/// [`list_deliveries`] for the messages of a batch, and true if a delivery of a version before is stored, whose key was a hash without a
/// time before it: in one statement.
pub async fn list_batch(db: &mut impl Link, keys: &[String]) -> Result<(Vec<(String, DeliveryRow)>, bool), StoreError> {
    let (mut found, mut has_unordered) = (Vec::new(), false);
    for part in padded(keys) {
        let head = "SELECT dedupe_key, reply, reply_until FROM deliveries WHERE dedupe_key IN (";
        let tail = ") UNION ALL SELECT dedupe_key, NULL, NULL FROM (SELECT dedupe_key FROM deliveries WHERE dedupe_key < ? LIMIT 1) AS before_them";
        let query = bound(db.sql_kept(&repeated(head, "?", part.len(), tail)), &part).bind(ORDERED.to_owned());
        for row in query.fetch_all(db.conn()).await? {
            let key: String = row.try_get(0)?;
            if key.as_str() < ORDERED {
                has_unordered = true;
            } else {
                found.push((key, DeliveryRow::read(&row)?));
            }
        }
    }
    Ok((found, has_unordered))
}

/// When the last push was stored, in epoch milliseconds; `None` if there was none within the last day.
pub async fn find_last_received(db: &mut impl Link) -> Result<Option<i64>, StoreError> {
    let row = db.sql("SELECT MAX(received_at) FROM deliveries").fetch_one(db.conn()).await?;
    Ok(row.try_get(0)?)
}

/// Adds deliveries with their answers; [`StoreError::Duplicate`] if one of them was added before.
pub fn insert_answered(script: &mut Script, rows: &[AnsweredRow]) {
    insert_in(script, (INSERT_ANSWERED, AnsweredRow::ROW, ""), rows, |row, script| row.clone().bind_in(script));
}

/// The answer given to this delivery.
pub async fn find_delivery(db: &mut impl Link, dedupe_key: &str) -> Result<Option<DeliveryRow>, StoreError> {
    let row = db
        .sql("SELECT reply, reply_until FROM deliveries WHERE dedupe_key = ?")
        .bind(dedupe_key.to_owned())
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| DeliveryRow::read(&r)).transpose()?)
}

/// Claims a delivery of an identity; [`StoreError::Duplicate`] if it was claimed. Waits until a concurrent claim commits.
pub async fn insert_delivery(
    db: &mut Tx,
    dedupe_key: &str,
    (appid, openid): (&str, &str),
    now: i64,
) -> Result<(), StoreError> {
    db.sql("INSERT INTO deliveries (dedupe_key, received_at, appid, openid) VALUES (?, ?, ?, ?)")
        .bind(dedupe_key.to_owned())
        .bind(now)
        .bind(appid.to_owned())
        .bind(openid.to_owned())
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Stores the answer and the identity that it is for, in the transaction of the work that led to it.
pub async fn update_reply(
    db: &mut Tx,
    dedupe_key: &str,
    (appid, openid): (&str, &str),
    reply: &str,
    reply_until: Option<i64>,
) -> Result<(), StoreError> {
    db.sql("UPDATE deliveries SET reply = ?, reply_until = ?, appid = ?, openid = ? WHERE dedupe_key = ?")
        .bind(reply.to_owned())
        .bind(reply_until)
        .bind(appid.to_owned())
        .bind(openid.to_owned())
        .bind(dedupe_key.to_owned())
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Deletes an answer with a code; a redelivery gets `success`.
pub async fn delete_reply(db: &mut Tx, dedupe_key: &str) -> Result<(), StoreError> {
    db.sql("UPDATE deliveries SET reply = NULL, reply_until = NULL WHERE dedupe_key = ?")
        .bind(dedupe_key.to_owned())
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Deletes all answers with codes.
pub async fn delete_encrypted_replies(db: &mut Tx) -> Result<(), StoreError> {
    db.sql("UPDATE deliveries SET reply = NULL, reply_until = NULL WHERE reply_until IS NOT NULL")
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Deletes encrypted answers that are no longer repeated.
pub async fn delete_expired_replies(db: &mut Tx, now: i64) -> Result<(), StoreError> {
    db.sql("UPDATE deliveries SET reply = NULL, reply_until = NULL WHERE reply_until <= ?")
        .bind(now)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Deletes deliveries received before `before`.
pub async fn delete_old(db: &mut Tx, before: i64) -> Result<u64, StoreError> {
    Ok(db.sql("DELETE FROM deliveries WHERE received_at < ?").bind(before).execute(db.conn()).await?.rows_affected())
}
