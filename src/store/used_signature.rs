//! Used signatures of plaintext pushes, each with its body's digest.

use super::{
    Link, Script, StoreError, Tx,
    bulk::{bound, insert_in, padded, repeated},
    joined, table_rows,
};
use sqlx::Row as _;

table_rows! {
    /// A row of `used_signatures`.
    pub struct SignatureRow {
        pub signed_at: i64,
        pub signature_hash: String,
        pub body_hash: String,
    }
}

const INSERT_MANY: &str = joined!("INSERT INTO used_signatures (", SignatureRow::COLUMNS, ") VALUES ");

/// The used ones of these signatures: time stamp, signature, and the digest of the body that it was used for.
pub async fn list_used(db: &mut impl Link, signatures: &[SignatureRow]) -> Result<Vec<SignatureRow>, StoreError> {
    let mut by_time: std::collections::BTreeMap<i64, Vec<String>> = std::collections::BTreeMap::new();
    for row in signatures {
        by_time.entry(row.signed_at).or_default().push(row.signature_hash.clone());
    }
    let mut found = Vec::new();
    for (signed_at, hashes) in by_time {
        for part in padded(&hashes) {
            let head = joined!(
                "SELECT ",
                SignatureRow::COLUMNS,
                " FROM used_signatures WHERE signed_at = ? AND signature_hash IN ("
            );
            let query = db.sql_kept(&repeated(head, "?", part.len(), ")")).bind(signed_at);
            let rows = bound(query, &part).fetch_all(db.conn()).await?;
            found.extend(rows.iter().map(SignatureRow::read).collect::<Result<Vec<_>, _>>()?);
        }
    }
    Ok(found)
}

/// Claims signatures; [`StoreError::Duplicate`] if one of them was claimed before.
pub fn insert_signatures(script: &mut Script, rows: &[SignatureRow]) {
    insert_in(script, (INSERT_MANY, SignatureRow::ROW, ""), rows, |row, script| row.clone().bind_in(script));
}

/// Claims a signature for a body; [`StoreError::Duplicate`] if it was used. Waits until a concurrent claim commits.
pub async fn insert_signature(
    db: &mut Tx,
    signed_at: i64,
    signature_hash: &str,
    body_hash: &str,
) -> Result<(), StoreError> {
    db.sql("INSERT INTO used_signatures (signed_at, signature_hash, body_hash) VALUES (?, ?, ?)")
        .bind(signed_at)
        .bind(signature_hash.to_owned())
        .bind(body_hash.to_owned())
        .execute(db.conn())
        .await?;
    Ok(())
}

/// The digest of the body that a signature was used for.
pub async fn find_body(db: &mut impl Link, signed_at: i64, signature_hash: &str) -> Result<Option<String>, StoreError> {
    let row = db
        .sql("SELECT body_hash FROM used_signatures WHERE signed_at = ? AND signature_hash = ?")
        .bind(signed_at)
        .bind(signature_hash.to_owned())
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| r.try_get(0)).transpose()?)
}

/// Deletes signatures whose time stamp is no longer accepted.
pub async fn delete_old(db: &mut Tx, before: i64) -> Result<u64, StoreError> {
    Ok(db.sql("DELETE FROM used_signatures WHERE signed_at < ?").bind(before).execute(db.conn()).await?.rows_affected())
}
