//! Users.

use super::{
    Link, StoreError, Tx,
    bulk::{CHUNK, repeated},
    rows, search_key,
};

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
        /// What good tokens and sign-ins under way carry; raised, it ends them. A new user begins with 0, whatever stands here.
        pub token_generation: i64,
    }
}

const BY_ID: &str = "SELECT id, username, username_key, password_hash, nickname, avatar_url, email, phone, real_name, level, role, is_enabled, \
    is_auto_reply, credits, created_at, updated_at, last_login_at, token_generation FROM users WHERE id = ?";
const BY_NAME: &str = "SELECT id, username, username_key, password_hash, nickname, avatar_url, email, phone, real_name, level, role, is_enabled, \
    is_auto_reply, credits, created_at, updated_at, last_login_at, token_generation FROM users WHERE username_key = ?";

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

/// The nicknames of these users; those that are not there are left out.
pub async fn list_nicknames(db: &mut impl Link, ids: &[i64]) -> Result<Vec<(i64, String)>, StoreError> {
    use sqlx::Row as _;
    let mut names = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        let pieces = repeated("SELECT id, nickname FROM users WHERE id IN (", "?", chunk.len(), ")");
        let query = chunk.iter().fold(db.sql_of(&pieces), |query, id| query.bind(*id));
        for row in query.fetch_all(db.conn()).await? {
            names.push((row.try_get(0)?, row.try_get(1)?));
        }
    }
    Ok(names)
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
    let search_key = search_key::of(user);
    let user = user.clone();
    db.sql(
        "INSERT INTO users (id, username, username_key, password_hash, nickname, avatar_url, email, phone, real_name, level, role, \
         is_enabled, is_auto_reply, credits, created_at, updated_at, last_login_at, search_key) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
    .bind(search_key)
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
    update_search_key(db, id).await
}

/// Sets the name that an operator knows a person by; None takes it away.
pub async fn update_real_name(db: &mut Tx, id: i64, real_name: Option<&str>, now: i64) -> Result<(), StoreError> {
    db.sql("UPDATE users SET real_name = ?, updated_at = ? WHERE id = ?")
        .bind(real_name.map(str::to_owned))
        .bind(now)
        .bind(id)
        .execute(db.conn())
        .await?;
    update_search_key(db, id).await
}

/// Makes anew what a user is found by. Every statement that changes a name, the e-mail address or the phone number is followed by
/// it: the row is locked by then, so that two changes at once leave nothing out.
pub async fn update_search_key(db: &mut Tx, id: i64) -> Result<(), StoreError> {
    let Some(user) = find_user(db, id).await? else { return Ok(()) };
    db.sql("UPDATE users SET search_key = ? WHERE id = ?")
        .bind(search_key::of(&user))
        .bind(id)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Notes how a user presents themselves in an app; None leaves what was there.
pub async fn update_presented(
    db: &mut Tx,
    id: i64,
    nickname: Option<&str>,
    avatar_url: Option<&str>,
    now: i64,
) -> Result<(), StoreError> {
    db.sql("UPDATE users SET nickname = COALESCE(?, nickname), avatar_url = COALESCE(?, avatar_url), updated_at = ? WHERE id = ?")
        .bind(nickname.map(str::to_owned))
        .bind(avatar_url.map(str::to_owned))
        .bind(now)
        .bind(id)
        .execute(db.conn())
        .await?;
    update_search_key(db, id).await
}

/// Sets the e-mail address; None takes it away.
pub async fn update_email(db: &mut Tx, id: i64, email: Option<&str>, now: i64) -> Result<(), StoreError> {
    db.sql("UPDATE users SET email = ?, updated_at = ? WHERE id = ?")
        .bind(email.map(str::to_owned))
        .bind(now)
        .bind(id)
        .execute(db.conn())
        .await?;
    update_search_key(db, id).await
}

/// Takes over what another account knows of the same person and this one does not, and its level.
pub async fn update_completed_by(
    db: &mut Tx,
    id: i64,
    level: &'static str,
    other: &UserRow,
    now: i64,
) -> Result<(), StoreError> {
    db.sql(
        "UPDATE users SET level = ?, email = COALESCE(email, ?), phone = COALESCE(phone, ?), real_name = COALESCE(real_name, ?), \
         avatar_url = COALESCE(avatar_url, ?), updated_at = ? WHERE id = ?",
    )
    .bind(level)
    .bind(other.email.clone())
    .bind(other.phone.clone())
    .bind(other.real_name.clone())
    .bind(other.avatar_url.clone())
    .bind(now)
    .bind(id)
    .execute(db.conn())
    .await?;
    update_search_key(db, id).await
}

/// Locks the row of a user until the transaction ends; false where nobody is there.
pub async fn update_locked(db: &mut Tx, id: i64) -> Result<bool, StoreError> {
    let done = db.sql("UPDATE users SET credits = credits WHERE id = ?").bind(id).execute(db.conn()).await?;
    Ok(done.rows_affected() == 1)
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
    if done.rows_affected() != 1 {
        return Ok(false);
    }
    update_search_key(db, id).await?;
    Ok(true)
}

/// Notes a sign-in that was agreed in this generation, and locks the user's row; false where the generation has been raised since,
/// or the user may not sign in.
pub async fn update_signed_in(db: &mut Tx, id: i64, generation: i64, now: i64) -> Result<bool, StoreError> {
    let done = db
        .sql("UPDATE users SET last_login_at = ? WHERE id = ? AND token_generation = ? AND is_enabled = 1")
        .bind(now)
        .bind(id)
        .bind(generation)
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

/// Lets a user sign in (`reason` is forgotten then), or no more; false where nothing changes.
pub async fn update_enabled(
    db: &mut Tx,
    id: i64,
    is_enabled: bool,
    reason: Option<&str>,
    now: i64,
) -> Result<bool, StoreError> {
    let done = db
        .sql("UPDATE users SET is_enabled = ?, disabled_reason = ?, updated_at = ? WHERE id = ? AND is_enabled <> ?")
        .bind(i64::from(is_enabled))
        .bind(reason.filter(|_| !is_enabled).map(str::to_owned))
        .bind(now)
        .bind(id)
        .bind(i64::from(is_enabled))
        .execute(db.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Why a user may not sign in, as it was written down.
pub async fn find_disabled_reason(db: &mut impl Link, id: i64) -> Result<Option<String>, StoreError> {
    use sqlx::Row as _;
    let row = db.sql("SELECT disabled_reason FROM users WHERE id = ?").bind(id).fetch_optional(db.conn()).await?;
    Ok(row.map(|r| r.try_get(0)).transpose()?.flatten())
}

/// Sets the level; false where it is the same, or nobody is there.
pub async fn update_level(db: &mut Tx, id: i64, level: &'static str, now: i64) -> Result<bool, StoreError> {
    let done = db
        .sql("UPDATE users SET level = ?, updated_at = ? WHERE id = ? AND level <> ?")
        .bind(level)
        .bind(now)
        .bind(id)
        .bind(level)
        .execute(db.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Sets the role; false where it is the same, or nobody is there.
pub async fn update_role(db: &mut Tx, id: i64, role: &'static str, now: i64) -> Result<bool, StoreError> {
    let done = db
        .sql("UPDATE users SET role = ?, updated_at = ? WHERE id = ? AND role <> ?")
        .bind(role)
        .bind(now)
        .bind(id)
        .bind(role)
        .execute(db.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// What goes with a user: everything that is only theirs. Identities stay as followers without an account.
macro_rules! belongings {
    ($whose:literal) => {
        [
            concat!(
                "DELETE FROM rule_keywords WHERE rule_id IN (SELECT id FROM reply_rules WHERE owner_id ",
                $whose,
                ")"
            ),
            concat!(
                "DELETE FROM rule_contents WHERE rule_id IN (SELECT id FROM reply_rules WHERE owner_id ",
                $whose,
                ")"
            ),
            concat!("DELETE FROM rule_hits WHERE rule_id IN (SELECT id FROM reply_rules WHERE owner_id ", $whose, ")"),
            concat!(
                "DELETE FROM rule_pieces WHERE change_id IN (SELECT id FROM rule_changes WHERE owner_id ",
                $whose,
                ")"
            ),
            concat!("DELETE FROM reply_rules WHERE owner_id ", $whose),
            concat!("DELETE FROM rule_versions WHERE owner_id ", $whose),
            concat!("DELETE FROM rule_changes WHERE owner_id ", $whose),
            concat!("DELETE FROM reply_days WHERE owner_id ", $whose),
            concat!("DELETE FROM rule_owners WHERE owner_id ", $whose),
            concat!("DELETE FROM missed_dismissed WHERE owner_id ", $whose),
            concat!(
                "DELETE FROM file_pieces WHERE file_id IN (SELECT id FROM media_files WHERE owner_id ",
                $whose,
                ")"
            ),
            concat!(
                "DELETE FROM media_uploads WHERE file_id IN (SELECT id FROM media_files WHERE owner_id ",
                $whose,
                ")"
            ),
            concat!(
                "DELETE FROM file_pieces WHERE file_id IN (SELECT id FROM import_jobs WHERE owner_id ",
                $whose,
                ")"
            ),
            concat!("DELETE FROM media_files WHERE owner_id ", $whose),
            concat!("DELETE FROM media_owners WHERE owner_id ", $whose),
            concat!("DELETE FROM import_jobs WHERE owner_id ", $whose),
            concat!("DELETE FROM credit_entries WHERE user_id ", $whose),
            concat!("DELETE FROM web_sessions WHERE user_id ", $whose),
            concat!("DELETE FROM signin_sessions WHERE user_id ", $whose),
            concat!("DELETE FROM messages WHERE user_id ", $whose),
            concat!("DELETE FROM credit_holds WHERE user_id ", $whose),
            concat!("DELETE FROM idempotency_keys WHERE user_id ", $whose),
            concat!("DELETE FROM usage_counters WHERE user_id ", $whose),
            concat!("DELETE FROM revoked_tokens WHERE user_id ", $whose),
            concat!("DELETE FROM united_users WHERE stays_id ", $whose),
            concat!(
                "DELETE FROM follow_scenes WHERE openid IN (SELECT openid FROM identities WHERE user_id ",
                $whose,
                ")"
            ),
            concat!("UPDATE identities SET user_id = NULL WHERE user_id ", $whose),
        ]
    };
}

/// Removes a user with everything that is only theirs.
pub async fn delete_user(db: &mut Tx, id: i64) -> Result<bool, StoreError> {
    for text in belongings!("= ?") {
        db.sql(text).bind(id).execute(db.conn()).await?;
    }
    Ok(db.sql("DELETE FROM users WHERE id = ?").bind(id).execute(db.conn()).await?.rows_affected() == 1)
}

/// Removes all users but the admins, each with everything that is only theirs; how many there were.
pub async fn delete_all_but_admins(db: &mut Tx) -> Result<u64, StoreError> {
    for text in belongings!("IN (SELECT id FROM users WHERE role <> 'admin')") {
        db.sql(text).execute(db.conn()).await?;
    }
    Ok(db.sql("DELETE FROM users WHERE role <> 'admin'").execute(db.conn()).await?.rows_affected())
}
