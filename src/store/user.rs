//! Users.

use super::{
    Link, StoreError, Tx,
    bulk::{CHUNK, bound, padded, repeated},
    joined, search_key, table_rows, user_index,
};

table_rows! {
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
        /// When the level ends, in epoch milliseconds: see `core::account::level`. `None`: it does not.
        pub level_until: Option<i64>,
        pub role: String,
        pub is_enabled: i64,
        pub is_auto_reply: i64,
        pub credits: i64,
        pub created_at: i64,
        pub updated_at: i64,
        pub last_login_at: Option<i64>,
        /// The generation of valid tokens and sign-ins in progress; raising it ends them. A new user begins with 0.
        pub token_generation: i64,
        /// `wechat`, `password` or `operator`: how the account was created.
        pub origin: String,
        /// The generation at which the account had access that its owner has not reviewed; `None` if it has none.
        pub review_generation: Option<i64>,
    }
}

impl UserRow {
    /// A new user without a name, a password and profile fields.
    #[must_use]
    pub fn new(id: i64, nickname: String, now: i64) -> Self {
        Self {
            id,
            username: None,
            username_key: None,
            password_hash: None,
            nickname,
            avatar_url: None,
            email: None,
            phone: None,
            real_name: None,
            level: "normal".to_owned(),
            level_until: None,
            role: "user".to_owned(),
            is_enabled: 1,
            is_auto_reply: 1,
            credits: 0,
            created_at: now,
            updated_at: now,
            last_login_at: None,
            token_generation: 0,
            origin: "wechat".to_owned(),
            review_generation: None,
        }
    }
}

const BY_ID: &str = joined!("SELECT ", UserRow::COLUMNS, " FROM users WHERE id = ?");
const BY_NAME: &str = joined!("SELECT ", UserRow::COLUMNS, " FROM users WHERE username_key = ?");
const INSERT: &str =
    joined!("INSERT INTO users (", UserRow::COLUMNS, ", search_key) VALUES (", UserRow::VALUES, ", ?)");

/// The user with this id.
pub async fn find_user(db: &mut impl Link, id: i64) -> Result<Option<UserRow>, StoreError> {
    let row = db.sql(BY_ID).bind(id).fetch_optional(db.conn()).await?;
    Ok(row.map(|r| UserRow::read(&r)).transpose()?)
}

/// The users with these ids; a missing user is left out.
pub async fn list_users(db: &mut impl Link, ids: &[i64]) -> Result<Vec<UserRow>, StoreError> {
    let mut found = Vec::new();
    for part in padded(ids) {
        let head = joined!("SELECT ", UserRow::COLUMNS, " FROM users WHERE id IN (");
        let query = db.sql_kept(&repeated(head, "?", part.len(), ")"));
        let rows = bound(query, &part).fetch_all(db.conn()).await?;
        found.extend(rows.iter().map(UserRow::read).collect::<Result<Vec<_>, _>>()?);
    }
    Ok(found)
}

/// The user with this folded name.
pub async fn find_user_by_name(db: &mut impl Link, username_key: &str) -> Result<Option<UserRow>, StoreError> {
    let row = db.sql(BY_NAME).bind(username_key.to_owned()).fetch_optional(db.conn()).await?;
    Ok(row.map(|r| UserRow::read(&r)).transpose()?)
}

/// The nicknames of these users; missing users are left out.
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

/// The number of enabled users with this role.
pub async fn count_enabled_with_role(db: &mut impl Link, role: &'static str) -> Result<i64, StoreError> {
    use sqlx::Row as _;
    Ok(db
        .sql("SELECT COUNT(*) FROM users WHERE role = ? AND is_enabled = 1")
        .bind(role)
        .fetch_one(db.conn())
        .await?
        .try_get(0)?)
}

/// Adds a user; [`StoreError::Duplicate`] if the name is taken.
pub async fn insert_user(db: &mut Tx, user: &UserRow) -> Result<(), StoreError> {
    let search_key = search_key_of(user);
    user.clone().bind(db.sql(INSERT)).bind(search_key).execute(db.conn()).await?;
    user_index::insert_marked(db, user.id).await
}

/// Declares the profile fields of a user: columns of `users` under the names that forms, errors, exports and the audit log use.
macro_rules! profile_columns {
    ($($(#[$of:meta])* $variant:ident => $column:ident),* $(,)?) => {
        /// A profile field that people type: a column of `users`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum ProfileColumn { $($(#[$of])* $variant),* }

        impl ProfileColumn {
            /// In the order of the forms.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name of the column, of the form field and of the field in errors.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => stringify!($column)),* }
            }

            const fn update(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!("UPDATE users SET ", stringify!($column), " = ?, updated_at = ? WHERE id = ?")),*
                }
            }
        }

        impl UserRow {
            /// The stored value of a profile field.
            #[must_use]
            pub fn profile(&self, column: ProfileColumn) -> Option<String> {
                match column { $(ProfileColumn::$variant => self.$column.clone().into()),* }
            }
        }
    };
}

profile_columns! {
    /// Never empty.
    Nickname => nickname,
    /// The name that the operator uses.
    RealName => real_name,
    Email => email,
    Phone => phone,
}

/// Sets profile fields; `None` removes a value, which the nickname does not allow. A changed nickname counts as chosen from then on.
pub async fn update_profile(
    db: &mut Tx,
    id: i64,
    values: &[(ProfileColumn, Option<String>)],
    now: i64,
) -> Result<(), StoreError> {
    for (column, value) in values {
        if *column == ProfileColumn::Nickname {
            db.sql("UPDATE users SET is_nickname_chosen = 1 WHERE id = ? AND nickname <> ?")
                .bind(id)
                .bind(value.clone())
                .execute(db.conn())
                .await?;
        }
        db.sql(column.update()).bind(value.clone()).bind(now).bind(id).execute(db.conn()).await?;
    }
    update_search_key(db, id).await
}

/// What a user is found by: the value of `search_key`.
#[must_use]
pub fn search_key_of(user: &UserRow) -> String {
    let names = [user.username.as_deref(), Some(&*user.nickname), user.real_name.as_deref(), user.email.as_deref()];
    search_key::of_user(names, user.phone.as_deref())
}

/// Rebuilds a user's search key. Called after every statement that changes a name, the e-mail address or the phone number: the
/// row is locked by then, so that concurrent changes are all included.
pub async fn update_search_key(db: &mut Tx, id: i64) -> Result<(), StoreError> {
    let Some(user) = find_user(db, id).await? else { return Ok(()) };
    db.sql("UPDATE users SET search_key = ? WHERE id = ?")
        .bind(search_key_of(&user))
        .bind(id)
        .execute(db.conn())
        .await?;
    user_index::update_marked(db, id).await
}

/// Stores a user's nickname and avatar from an app; `None` leaves a value unchanged, and a chosen nickname stays.
pub async fn update_presented(
    db: &mut Tx,
    id: i64,
    nickname: Option<&str>,
    avatar_url: Option<&str>,
    now: i64,
) -> Result<(), StoreError> {
    db.sql(
        "UPDATE users SET nickname = CASE WHEN is_nickname_chosen = 1 THEN nickname ELSE COALESCE(?, nickname) END, \
         avatar_url = COALESCE(?, avatar_url), updated_at = ? WHERE id = ?",
    )
    .bind(nickname.map(str::to_owned))
    .bind(avatar_url.map(str::to_owned))
    .bind(now)
    .bind(id)
    .execute(db.conn())
    .await?;
    update_search_key(db, id).await
}

/// Replaces a nickname and an avatar that an app presented and that are withdrawn. A chosen nickname stays.
pub async fn update_withdrawn(
    db: &mut Tx,
    id: i64,
    nickname: &str,
    avatar_url: Option<&str>,
    now: i64,
) -> Result<(), StoreError> {
    db.sql(
        "UPDATE users SET nickname = CASE WHEN is_nickname_chosen = 1 THEN nickname ELSE ? END, avatar_url = ?, updated_at = ? \
         WHERE id = ?",
    )
    .bind(nickname.to_owned())
    .bind(avatar_url.map(str::to_owned))
    .bind(now)
    .bind(id)
    .execute(db.conn())
    .await?;
    super::avatar::delete_other(db, id, avatar_url).await?;
    update_search_key(db, id).await
}

/// Locks the row of a user until the transaction ends; false if the user does not exist. It changes the row by a millisecond: nodes of a
/// Galera cluster do not learn of an update that changes nothing, and would both have the lock.
pub async fn lock_user(db: &mut Tx, id: i64) -> Result<bool, StoreError> {
    let result =
        db.sql("UPDATE users SET updated_at = updated_at + 1 WHERE id = ?").bind(id).execute(db.conn()).await?;
    Ok(result.rows_affected() == 1)
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

/// Sets the name of a user without one; false if there is one already.
pub async fn update_username(
    db: &mut Tx,
    id: i64,
    username: &str,
    username_key: &str,
    now: i64,
) -> Result<bool, StoreError> {
    let result = db
        .sql("UPDATE users SET username = ?, username_key = ?, updated_at = ? WHERE id = ? AND username_key IS NULL")
        .bind(username.to_owned())
        .bind(username_key.to_owned())
        .bind(now)
        .bind(id)
        .execute(db.conn())
        .await?;
    if result.rows_affected() != 1 {
        return Ok(false);
    }
    update_search_key(db, id).await?;
    Ok(true)
}

/// Records a sign-in that was confirmed in this generation, and locks the user's row; false if the generation has been raised
/// since, or the user is disabled.
pub async fn update_signed_in(db: &mut Tx, id: i64, generation: i64, now: i64) -> Result<bool, StoreError> {
    let result = db
        .sql("UPDATE users SET last_login_at = ? WHERE id = ? AND token_generation = ? AND is_enabled = 1")
        .bind(now)
        .bind(id)
        .bind(generation)
        .execute(db.conn())
        .await?;
    Ok(result.rows_affected() == 1)
}

/// Records a successful sign-in.
pub async fn update_last_login(db: &mut Tx, id: i64, now: i64) -> Result<(), StoreError> {
    db.sql("UPDATE users SET last_login_at = ? WHERE id = ?").bind(now).bind(id).execute(db.conn()).await?;
    Ok(())
}

/// Switches the user's own rules on or off.
pub async fn update_auto_reply(db: &mut Tx, id: i64, is_on: bool, now: i64) -> Result<(), StoreError> {
    db.sql("UPDATE users SET is_auto_reply = ?, updated_at = ? WHERE id = ?")
        .bind(i64::from(is_on))
        .bind(now)
        .bind(id)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Enables (and deletes `reason`) or disables a user; false if nothing changes.
pub async fn update_enabled(
    db: &mut Tx,
    id: i64,
    is_enabled: bool,
    reason: Option<&str>,
    now: i64,
) -> Result<bool, StoreError> {
    let result = db
        .sql("UPDATE users SET is_enabled = ?, disabled_reason = ?, updated_at = ? WHERE id = ? AND is_enabled <> ?")
        .bind(i64::from(is_enabled))
        .bind(reason.filter(|_| !is_enabled).map(str::to_owned))
        .bind(now)
        .bind(id)
        .bind(i64::from(is_enabled))
        .execute(db.conn())
        .await?;
    user_index::update_marked_if(db, id, result.rows_affected() == 1).await
}

/// The recorded reason why a user is disabled.
pub async fn find_disabled_reason(db: &mut impl Link, id: i64) -> Result<Option<String>, StoreError> {
    use sqlx::Row as _;
    let row = db.sql("SELECT disabled_reason FROM users WHERE id = ?").bind(id).fetch_optional(db.conn()).await?;
    Ok(row.map(|r| r.try_get(0)).transpose()?.flatten())
}

/// Sets the role; false if it is the same, or the user does not exist.
pub async fn update_role(db: &mut Tx, id: i64, role: &'static str, now: i64) -> Result<bool, StoreError> {
    let result = db
        .sql("UPDATE users SET role = ?, updated_at = ? WHERE id = ? AND role <> ?")
        .bind(role)
        .bind(now)
        .bind(id)
        .bind(role)
        .execute(db.conn())
        .await?;
    user_index::update_marked_if(db, id, result.rows_affected() == 1).await
}
