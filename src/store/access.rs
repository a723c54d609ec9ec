//! Access to an account: its password, and whether its owner has reviewed the access.

use super::{Link as _, StoreError, Tx};

/// Sets the password if the user's generation is still this one; false if it was raised: then the caller is signed out.
pub async fn update_password_in(
    db: &mut Tx,
    id: i64,
    generation: i64,
    hash: &str,
    now: i64,
) -> Result<bool, StoreError> {
    let result = db
        .sql("UPDATE users SET password_hash = ?, updated_at = ? WHERE id = ? AND token_generation = ?")
        .bind(hash.to_owned())
        .bind(now)
        .bind(id)
        .bind(generation)
        .execute(db.conn())
        .await?;
    Ok(result.rows_affected() == 1)
}

/// Removes the password; false if there is none.
pub async fn update_password_removed(db: &mut Tx, id: i64, now: i64) -> Result<bool, StoreError> {
    let result = db
        .sql("UPDATE users SET password_hash = NULL, updated_at = ? WHERE id = ? AND password_hash IS NOT NULL")
        .bind(now)
        .bind(id)
        .execute(db.conn())
        .await?;
    Ok(result.rows_affected() == 1)
}

/// Marks the current access to an account as due for review by its owner, unless it is marked already.
pub async fn update_review_due(db: &mut Tx, id: i64) -> Result<(), StoreError> {
    db.sql("UPDATE users SET review_generation = token_generation WHERE id = ? AND review_generation IS NULL")
        .bind(id)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Records that the owner has reviewed the access to their account.
pub async fn update_reviewed(db: &mut Tx, id: i64) -> Result<(), StoreError> {
    db.sql("UPDATE users SET review_generation = NULL WHERE id = ?").bind(id).execute(db.conn()).await?;
    Ok(())
}
