//! Users.

use super::{Link, StoreError, Tx, rows};

rows! {
    /// A row of `users`. `is_…` columns are 0 or 1.
    pub struct UserRow {
        pub id: i64,
        pub username: Option<String>,
        pub username_key: Option<String>,
        pub password_hash: Option<String>,
        pub nickname: String,
        pub avatar_url: Option<String>,
        pub email: Option<String>,
        pub phone: Option<String>,
        pub real_name: Option<String>,
        pub level: String,
        pub role: String,
        pub is_enabled: i64,
        pub is_auto_reply: i64,
        pub credits: i64,
        pub created_at: i64,
        pub updated_at: i64,
        pub last_login_at: Option<i64>,
    }
}

const BY_ID: &str = "SELECT id, username, username_key, password_hash, nickname, avatar_url, email, phone, real_name, level, role, is_enabled, \
    is_auto_reply, credits, created_at, updated_at, last_login_at FROM users WHERE id = ?";
const BY_NAME: &str = "SELECT id, username, username_key, password_hash, nickname, avatar_url, email, phone, real_name, level, role, is_enabled, \
    is_auto_reply, credits, created_at, updated_at, last_login_at FROM users WHERE username_key = ?";

/// The user with this id.
pub async fn find_user(db: &mut impl Link, id: i64) -> Result<Option<UserRow>, StoreError> {
    let row = db.sql(BY_ID).bind(id).fetch_optional(db.conn()).await?;
    Ok(row.map(|r| UserRow::read(&r)).transpose()?)
}

/// The user whose folded name is this.
pub async fn find_user_by_name(db: &mut impl Link, username_key: &str) -> Result<Option<UserRow>, StoreError> {
    let row = db.sql(BY_NAME).bind(username_key.to_owned()).fetch_optional(db.conn()).await?;
    Ok(row.map(|r| UserRow::read(&r)).transpose()?)
}

/// How many users have this role and may sign in.
pub async fn count_enabled_with_role(db: &mut impl Link, role: &'static str) -> Result<i64, StoreError> {
    use sqlx::Row as _;
    Ok(db
        .sql("SELECT COUNT(*) FROM users WHERE role = ? AND is_enabled = 1")
        .bind(role)
        .fetch_one(db.conn())
        .await?
        .try_get(0)?)
}

/// Adds a user; [`StoreError::Duplicate`] where the name is taken.
pub async fn insert_user(db: &mut Tx, user: &UserRow) -> Result<(), StoreError> {
    let user = user.clone();
    db.sql(
        "INSERT INTO users (id, username, username_key, password_hash, nickname, avatar_url, email, phone, real_name, level, role, \
         is_enabled, is_auto_reply, credits, created_at, updated_at, last_login_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(user.id)
    .bind(user.username)
    .bind(user.username_key)
    .bind(user.password_hash)
    .bind(user.nickname)
    .bind(user.avatar_url)
    .bind(user.email)
    .bind(user.phone)
    .bind(user.real_name)
    .bind(user.level)
    .bind(user.role)
    .bind(user.is_enabled)
    .bind(user.is_auto_reply)
    .bind(user.credits)
    .bind(user.created_at)
    .bind(user.updated_at)
    .bind(user.last_login_at)
    .execute(db.conn())
    .await?;
    Ok(())
}

/// Sets what a person may write about themselves.
pub async fn update_profile(
    db: &mut Tx,
    id: i64,
    nickname: &str,
    email: Option<&str>,
    phone: Option<&str>,
    now: i64,
) -> Result<(), StoreError> {
    db.sql("UPDATE users SET nickname = ?, email = ?, phone = ?, updated_at = ? WHERE id = ?")
        .bind(nickname.to_owned())
        .bind(email.map(str::to_owned))
        .bind(phone.map(str::to_owned))
        .bind(now)
        .bind(id)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Sets the password.
pub async fn update_password(db: &mut Tx, id: i64, hash: &str, now: i64) -> Result<(), StoreError> {
    db.sql("UPDATE users SET password_hash = ?, updated_at = ? WHERE id = ?")
        .bind(hash.to_owned())
        .bind(now)
        .bind(id)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Gives a name to a user who has none; false where there is one already.
pub async fn update_username(
    db: &mut Tx,
    id: i64,
    username: &str,
    username_key: &str,
    now: i64,
) -> Result<bool, StoreError> {
    let done = db
        .sql("UPDATE users SET username = ?, username_key = ?, updated_at = ? WHERE id = ? AND username_key IS NULL")
        .bind(username.to_owned())
        .bind(username_key.to_owned())
        .bind(now)
        .bind(id)
        .execute(db.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Notes a successful sign-in.
pub async fn update_last_login(db: &mut Tx, id: i64, now: i64) -> Result<(), StoreError> {
    db.sql("UPDATE users SET last_login_at = ? WHERE id = ?").bind(now).bind(id).execute(db.conn()).await?;
    Ok(())
}

/// Switches the person's own rules on or off.
pub async fn update_auto_reply(db: &mut Tx, id: i64, is_on: bool, now: i64) -> Result<(), StoreError> {
    db.sql("UPDATE users SET is_auto_reply = ?, updated_at = ? WHERE id = ?")
        .bind(i64::from(is_on))
        .bind(now)
        .bind(id)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Lets a user sign in, or no more.
pub async fn update_enabled(db: &mut Tx, id: i64, is_enabled: bool, now: i64) -> Result<(), StoreError> {
    db.sql("UPDATE users SET is_enabled = ?, updated_at = ? WHERE id = ?")
        .bind(i64::from(is_enabled))
        .bind(now)
        .bind(id)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Removes a user with everything that is only theirs. Identities stay as followers without an account.
pub async fn delete_user(db: &mut Tx, id: i64) -> Result<bool, StoreError> {
    db.sql("DELETE FROM rule_keywords WHERE rule_id IN (SELECT id FROM reply_rules WHERE owner_id = ?)")
        .bind(id)
        .execute(db.conn())
        .await?;
    db.sql("DELETE FROM rule_contents WHERE rule_id IN (SELECT id FROM reply_rules WHERE owner_id = ?)")
        .bind(id)
        .execute(db.conn())
        .await?;
    for text in [
        "DELETE FROM reply_rules WHERE owner_id = ?",
        "DELETE FROM credit_entries WHERE user_id = ?",
        "DELETE FROM web_sessions WHERE user_id = ?",
        "DELETE FROM signin_sessions WHERE user_id = ?",
        "DELETE FROM messages WHERE user_id = ?",
        "UPDATE identities SET user_id = NULL WHERE user_id = ?",
    ] {
        db.sql(text).bind(id).execute(db.conn()).await?;
    }
    Ok(db.sql("DELETE FROM users WHERE id = ?").bind(id).execute(db.conn()).await?.rows_affected() == 1)
}
