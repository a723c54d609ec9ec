//! Sign-ins to the personal-WeChat channel that wait for a scan: at most one per user.

use super::{Link, StoreError, Tx, joined, table_rows};

table_rows! {
    /// A row of `ilink_logins`.
    pub struct LoginRow {
        pub user_id: i64,
        pub pid_hash: String,
        pub session_hash: String,
        pub state: String,
        pub qr_text: Option<String>,
        pub typed_number: Option<String>,
        pub created_at: i64,
        pub expires_at: i64,
    }
}

const OF_USER: &str = joined!("SELECT ", LoginRow::COLUMNS, " FROM ilink_logins WHERE user_id = ?");
const INSERT: &str = joined!("INSERT INTO ilink_logins (", LoginRow::COLUMNS, ") VALUES (", LoginRow::VALUES, ")");

/// Adds a user's sign-in, replacing an earlier one; [`StoreError::Duplicate`] if a concurrent transaction did.
pub async fn insert_login(db: &mut Tx, row: LoginRow) -> Result<(), StoreError> {
    delete_login(db, row.user_id).await?;
    row.bind(db.sql(INSERT)).execute(db.conn()).await?;
    Ok(())
}

/// A user's sign-in.
pub async fn find_login(db: &mut impl Link, user_id: i64) -> Result<Option<LoginRow>, StoreError> {
    let row = db.sql(OF_USER).bind(user_id).fetch_optional(db.conn()).await?;
    Ok(row.map(|r| LoginRow::read(&r)).transpose()?)
}

/// Changes the state of a sign-in, and its QR text if there is a new one; false if it was replaced.
pub async fn update_login(
    db: &mut Tx,
    (user_id, pid_hash): (i64, &str),
    state: &'static str,
    qr_text: Option<String>,
    expires_at: i64,
) -> Result<bool, StoreError> {
    let done = db
        .sql(
            "UPDATE ilink_logins SET state = ?, qr_text = COALESCE(?, qr_text), expires_at = ? \
             WHERE user_id = ? AND pid_hash = ?",
        )
        .bind(state)
        .bind(qr_text)
        .bind(expires_at)
        .bind(user_id)
        .bind(pid_hash.to_owned())
        .execute(db.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Stores or removes the number that the person typed; false if the sign-in was replaced.
pub async fn update_typed(
    db: &mut Tx,
    (user_id, pid_hash): (i64, &str),
    number: Option<String>,
) -> Result<bool, StoreError> {
    let done = db
        .sql("UPDATE ilink_logins SET typed_number = ? WHERE user_id = ? AND pid_hash = ?")
        .bind(number)
        .bind(user_id)
        .bind(pid_hash.to_owned())
        .execute(db.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Deletes a user's sign-in.
pub async fn delete_login(db: &mut Tx, user_id: i64) -> Result<(), StoreError> {
    db.sql("DELETE FROM ilink_logins WHERE user_id = ?").bind(user_id).execute(db.conn()).await?;
    Ok(())
}

/// Deletes sign-ins that expired before `before`.
pub async fn delete_expired(db: &mut Tx, before: i64) -> Result<(), StoreError> {
    db.sql("DELETE FROM ilink_logins WHERE expires_at < ?").bind(before).execute(db.conn()).await?;
    Ok(())
}

/// Deletes all sign-ins.
pub async fn delete_all(db: &mut Tx) -> Result<(), StoreError> {
    db.sql("DELETE FROM ilink_logins").execute(db.conn()).await?;
    Ok(())
}
