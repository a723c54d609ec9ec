//! Files as base64 parts, because no binary type works on every database.

use super::{
    Link, StoreError, Tx,
    bulk::{CHUNK, repeated},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sqlx::Row as _;

/// Bytes of a part: 8,000 characters in base64.
pub const PIECE_BYTES: usize = 6_000;
/// Parts per statement: about 400 KB, below the limit of every server.
const PIECES: usize = 50;

/// Stores a file's bytes under an unused id.
pub async fn insert_file(db: &mut Tx, file_id: i64, bytes: &[u8]) -> Result<(), StoreError> {
    let pieces: Vec<(i64, &[u8])> = (0..).zip(bytes.chunks(PIECE_BYTES)).collect();
    for chunk in pieces.chunks(PIECES) {
        let head = "INSERT INTO file_pieces (file_id, position, piece) VALUES ";
        let mut query = db.sql_of(&repeated(head, "(?, ?, ?)", chunk.len(), ""));
        for (position, piece) in chunk {
            query = query.bind(file_id).bind(*position).bind(STANDARD.encode(piece));
        }
        query.execute(db.conn()).await?;
    }
    Ok(())
}

/// A file's bytes; empty if there are none.
pub async fn find_file(db: &mut impl Link, file_id: i64) -> Result<Vec<u8>, StoreError> {
    let rows = db
        .sql("SELECT piece FROM file_pieces WHERE file_id = ? ORDER BY position")
        .bind(file_id)
        .fetch_all(db.conn())
        .await?;
    decoded(&rows)
}

/// Bytes `first` to `last` of a file, both inclusive and counted from 0; fewer if it is shorter or deleted.
pub async fn find_part(db: &mut impl Link, file_id: i64, first: usize, last: usize) -> Result<Vec<u8>, StoreError> {
    let position = |byte: usize| i64::try_from(byte / PIECE_BYTES).unwrap_or(i64::MAX);
    let rows = db
        .sql("SELECT piece FROM file_pieces WHERE file_id = ? AND position BETWEEN ? AND ? ORDER BY position")
        .bind(file_id)
        .bind(position(first))
        .bind(position(last))
        .fetch_all(db.conn())
        .await?;
    let mut bytes = decoded(&rows)?;
    let skipped = first - first / PIECE_BYTES * PIECE_BYTES;
    bytes.truncate(skipped + (last + 1).saturating_sub(first));
    bytes.drain(..skipped.min(bytes.len()));
    Ok(bytes)
}

fn decoded(rows: &[sqlx::any::AnyRow]) -> Result<Vec<u8>, StoreError> {
    let mut bytes = Vec::with_capacity(rows.len() * PIECE_BYTES);
    for row in rows {
        let piece: String = row.try_get(0)?;
        STANDARD.decode_vec(piece, &mut bytes).map_err(|e| StoreError::Broken(sqlx::Error::Decode(Box::new(e))))?;
    }
    Ok(bytes)
}

/// Deletes the bytes of files.
pub async fn delete_files(db: &mut Tx, file_ids: &[i64]) -> Result<(), StoreError> {
    for chunk in file_ids.chunks(CHUNK) {
        let query = db.sql_of(&repeated("DELETE FROM file_pieces WHERE file_id IN (", "?", chunk.len(), ")"));
        chunk.iter().fold(query, |query, id| query.bind(*id)).execute(db.conn()).await?;
    }
    Ok(())
}
