//! Official Accounts, and the people of one app. Secrets are stored encrypted.

use super::{Link, StoreError, Tx, joined, rows, table_rows};
use sqlx::Row as _;

/// The values of `official_accounts.state`.
pub const DRAFT: &str = "draft";
pub const CONNECTED: &str = "connected";
pub const DISCONNECTED: &str = "disconnected";
pub const ENVIRONMENT: &str = "environment";

table_rows! {
    /// A row of `official_accounts`.
    pub struct OfficialAccountRow {
        pub id: i64,
        pub slug: String,
        pub name: String,
        pub appid: String,
        pub app_secret: Option<String>,
        pub push_token: Option<String>,
        pub aes_key: Option<String>,
        pub previous_aes_key: Option<String>,
        pub qr_url: String,
        pub state: String,
        pub version: i64,
        pub connected_at: Option<i64>,
        pub verified_at: Option<i64>,
        pub created_at: i64,
        pub changed_at: i64,
    }
}

const INSERT: &str = joined!(
    "INSERT INTO official_accounts (",
    OfficialAccountRow::COLUMNS,
    ") VALUES (",
    OfficialAccountRow::VALUES,
    ")"
);
const LIST: &str = joined!("SELECT ", OfficialAccountRow::COLUMNS, " FROM official_accounts ORDER BY id");

/// All accounts, the oldest first. There are few.
pub async fn list_accounts(db: &mut impl Link) -> Result<Vec<OfficialAccountRow>, StoreError> {
    let rows = db.sql(LIST).fetch_all(db.conn()).await?;
    Ok(rows.iter().map(OfficialAccountRow::read).collect::<Result<_, _>>()?)
}

/// Adds an account; [`StoreError::Duplicate`] if the slug or the appid is taken.
pub async fn insert_account(db: &mut Tx, row: OfficialAccountRow) -> Result<(), StoreError> {
    row.bind(db.sql(INSERT)).execute(db.conn()).await?;
    Ok(())
}

/// Replaces everything of an account but its slug, its appid and its creation, if it has the version before; true for the transaction that
/// does.
pub async fn update_account(db: &mut Tx, row: &OfficialAccountRow, version_before: i64) -> Result<bool, StoreError> {
    let result = db
        .sql(
            "UPDATE official_accounts SET name = ?, app_secret = ?, push_token = ?, aes_key = ?, previous_aes_key = ?, qr_url = ?, \
             state = ?, version = ?, connected_at = ?, verified_at = ?, changed_at = ? WHERE id = ? AND version = ?",
        )
        .bind(row.name.clone())
        .bind(row.app_secret.clone())
        .bind(row.push_token.clone())
        .bind(row.aes_key.clone())
        .bind(row.previous_aes_key.clone())
        .bind(row.qr_url.clone())
        .bind(row.state.clone())
        .bind(row.version)
        .bind(row.connected_at)
        .bind(row.verified_at)
        .bind(row.changed_at)
        .bind(row.id)
        .bind(version_before)
        .execute(db.conn())
        .await?;
    Ok(result.rows_affected() == 1)
}

/// Stores when the platform first used the credentials of this version; true for the one transaction that does.
pub async fn update_verified(db: &mut Tx, id: i64, version: i64, now: i64) -> Result<bool, StoreError> {
    let result = db
        .sql("UPDATE official_accounts SET verified_at = ? WHERE id = ? AND version = ? AND verified_at IS NULL")
        .bind(now)
        .bind(id)
        .bind(version)
        .execute(db.conn())
        .await?;
    Ok(result.rows_affected() == 1)
}

/// Replaces the encrypted values by other ciphertexts of the same values.
pub async fn update_secrets(db: &mut Tx, id: i64, secrets: [Option<String>; 4]) -> Result<(), StoreError> {
    let statement =
        "UPDATE official_accounts SET app_secret = ?, push_token = ?, aes_key = ?, previous_aes_key = ? WHERE id = ?";
    let query = secrets.into_iter().fold(db.sql(statement), crate::store::link::Asked::bind);
    query.bind(id).execute(db.conn()).await?;
    Ok(())
}

rows! {
    /// A message that arrived, and what answered it.
    pub struct ArrivedRow {
        pub id: i64,
        pub kind: String,
        pub content: Option<String>,
        pub answered_by: String,
        pub took_us: i64,
        pub received_at: i64,
    }
}

/// The last message of an account, if it arrived since then.
pub async fn find_last_message(db: &mut impl Link, appid: &str, since: i64) -> Result<Option<ArrivedRow>, StoreError> {
    let row = db
        .sql(
            "SELECT id, kind, content, answered_by, took_us, received_at FROM messages \
             WHERE appid = ? AND received_at >= ? ORDER BY id DESC LIMIT 1",
        )
        .bind(appid.to_owned())
        .bind(since)
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| ArrivedRow::read(&r)).transpose()?)
}

/// The people of an app: their openids, and the users they belong to.
pub async fn list_people(db: &mut impl Link, appid: &str) -> Result<Vec<(String, Option<i64>)>, StoreError> {
    let rows = db
        .sql("SELECT openid, user_id FROM identities WHERE appid = ? ORDER BY openid")
        .bind(appid.to_owned())
        .fetch_all(db.conn())
        .await?;
    rows.iter().map(|r| Ok((r.try_get(0)?, r.try_get(1)?))).collect()
}

/// The number of messages of an app.
pub async fn count_messages(db: &mut impl Link, appid: &str) -> Result<i64, StoreError> {
    let query = db.sql("SELECT COUNT(*) FROM messages WHERE appid = ?").bind(appid.to_owned());
    Ok(query.fetch_one(db.conn()).await?.try_get(0)?)
}

/// The number of a user's browsers that are signed in at this time.
pub async fn count_sessions(db: &mut impl Link, user_id: i64, now: i64) -> Result<i64, StoreError> {
    let query =
        db.sql("SELECT COUNT(*) FROM web_sessions WHERE user_id = ? AND expires_at > ?").bind(user_id).bind(now);
    Ok(query.fetch_one(db.conn()).await?.try_get(0)?)
}

/// Deletes what an app left after its people were forgotten: what no identity has, and what is known of the app itself.
pub async fn delete_rows_of_app(db: &mut Tx, appid: &str) -> Result<(), StoreError> {
    for statement in [
        "DELETE FROM signin_sessions WHERE appid = ?",
        "DELETE FROM registrations WHERE appid = ?",
        "DELETE FROM follow_scenes WHERE appid = ?",
        "DELETE FROM dynamic_codes WHERE appid = ?",
        "DELETE FROM pending_replies WHERE appid = ?",
        "DELETE FROM chat_questions WHERE appid = ?",
        "DELETE FROM deliveries WHERE appid = ?",
        "DELETE FROM messages WHERE appid = ?",
        "DELETE FROM media_uploads WHERE appid = ?",
        "DELETE FROM platform_tokens WHERE appid = ?",
    ] {
        db.sql(statement).bind(appid.to_owned()).execute(db.conn()).await?;
    }
    Ok(())
}
