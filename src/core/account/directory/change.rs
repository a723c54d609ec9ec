//! What an admin changes about a user.

use super::{Act, Admin, Role, User, audit, level_of, note};
use crate::{
    core::{
        CoreError, Ctx, Problem,
        account::{admin, field, field::Nickname, profile::collect},
        credit, token,
    },
    store::{self, StoreError, Tx},
};

/// The longest reason for shutting somebody out, in characters.
const REASON_MAX_CHARS: usize = 200;

/// Sets the level. Tokens and quotas follow at once, elsewhere within a second.
///
/// # Errors
/// The flaw of `level`; [`CoreError::NotFound`].
pub async fn set_level(ctx: &Ctx, admin: &Admin, user_id: i64, level: &str) -> Result<(), CoreError> {
    let level = level_of(level).ok_or_else(|| CoreError::flaw("level", Problem::Malformed))?;
    let mut tx = admin.begin(ctx).await?;
    let was = found(&mut tx, user_id).await?;
    if store::user::update_level(&mut tx, user_id, level, ctx.now()).await? {
        let detail = format!("{} → {level}", was.level);
        note(ctx, &mut tx, admin, Act::Level, audit::user(user_id), &detail).await?;
        store::fact::bump_revision(&mut tx, token::standing::TOPIC).await?;
    }
    tx.commit().await?;
    ctx.standings.forget(user_id);
    Ok(())
}

/// Makes somebody an admin, or a user again. An admin who is dismissed is signed out everywhere.
///
/// # Errors
/// [`CoreError::LastAdmin`]; [`CoreError::NotFound`].
pub async fn set_role(ctx: &Ctx, admin: &Admin, user_id: i64, role: Role) -> Result<(), CoreError> {
    let mut tx = admin.begin(ctx).await?;
    if role == Role::User {
        admin::keep_one(&mut tx, user_id).await?;
    }
    let was = found(&mut tx, user_id).await?;
    if store::user::update_role(&mut tx, user_id, role.as_str(), ctx.now()).await? {
        let detail = format!("{} → {}", was.role.as_str(), role.as_str());
        note(ctx, &mut tx, admin, Act::Role, audit::user(user_id), &detail).await?;
        if role == Role::User {
            shut_out(&mut tx, user_id).await?;
        }
        store::fact::bump_revision(&mut tx, token::standing::TOPIC).await?;
    }
    tx.commit().await?;
    ctx.standings.forget(user_id);
    Ok(())
}

/// Gives credits (a positive `delta`) or takes them, through the ledger. Returns the balance after it.
///
/// # Errors
/// Flaws of `amount` and `reason`; [`CoreError::OutOfCredits`] where the balance would fall below zero; [`CoreError::NotFound`].
pub async fn adjust_credits(
    ctx: &Ctx,
    admin: &Admin,
    user_id: i64,
    delta: i64,
    reason: &str,
) -> Result<i64, CoreError> {
    let mut tx = admin.begin(ctx).await?;
    let balance = credit::adjust(ctx, &mut tx, user_id, delta, reason, (admin.user_id, &admin.address)).await?;
    tx.commit().await?;
    Ok(balance)
}

/// Lets somebody sign in again, or no more: then their browsers and tokens end with it, for good. `reason` is for admins only.
///
/// # Errors
/// The flaw of `reason`, which shutting somebody out needs; [`CoreError::LastAdmin`]; [`CoreError::NotFound`].
pub async fn set_enabled(
    ctx: &Ctx,
    admin: &Admin,
    user_id: i64,
    is_enabled: bool,
    reason: &str,
) -> Result<(), CoreError> {
    let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    match reason.chars().count() {
        0 if !is_enabled => return Err(CoreError::flaw("reason", Problem::Empty)),
        n if n > REASON_MAX_CHARS => return Err(CoreError::flaw("reason", Problem::TooLong(REASON_MAX_CHARS))),
        _ => {}
    }
    let mut tx = admin.begin(ctx).await?;
    if !is_enabled {
        admin::keep_one(&mut tx, user_id).await?;
    }
    found(&mut tx, user_id).await?;
    if store::user::update_enabled(&mut tx, user_id, is_enabled, Some(&reason), ctx.now()).await? {
        let (act, way) =
            if is_enabled { (Act::Enable, "disabled → enabled") } else { (Act::Disable, "enabled → disabled") };
        let detail = if reason.is_empty() { way.to_owned() } else { format!("{way}: {reason}") };
        note(ctx, &mut tx, admin, act, audit::user(user_id), &detail).await?;
        shut_out(&mut tx, user_id).await?;
    }
    tx.commit().await?;
    ctx.standings.forget(user_id);
    Ok(())
}

/// Ends all browsers and tokens of a user. Returns how many browsers there were.
///
/// # Errors
/// [`CoreError::NotFound`].
pub async fn sign_out_everywhere(ctx: &Ctx, admin: &Admin, user_id: i64) -> Result<u64, CoreError> {
    let mut tx = admin.begin(ctx).await?;
    found(&mut tx, user_id).await?;
    let ended = shut_out(&mut tx, user_id).await?;
    note(ctx, &mut tx, admin, Act::SignOut, audit::user(user_id), &format!("{ended} → 0")).await?;
    tx.commit().await?;
    ctx.standings.forget(user_id);
    Ok(ended)
}

/// Ends one browser of a user, named by its public id.
///
/// # Errors
/// [`CoreError::NotFound`] where the user has no such browser.
pub async fn end_session(ctx: &Ctx, admin: &Admin, user_id: i64, public_id: &str) -> Result<(), CoreError> {
    let mut tx = admin.begin(ctx).await?;
    if !store::web_session::delete_one_of(&mut tx, user_id, public_id).await? {
        return Err(CoreError::NotFound);
    }
    note(ctx, &mut tx, admin, Act::SessionEnd, audit::user(user_id), public_id).await?;
    Ok(tx.commit().await?)
}

/// What an admin writes into a user's profile. None leaves a field as it is; an empty text removes it, but for the nickname.
#[derive(Debug, Clone, Copy, Default)]
pub struct Fields<'a> {
    pub nickname: Option<&'a str>,
    pub real_name: Option<&'a str>,
    pub email: Option<&'a str>,
    pub phone: Option<&'a str>,
}

/// Writes into a user's profile.
///
/// # Errors
/// All flaws at once; [`CoreError::NotFound`].
pub async fn update_fields(ctx: &Ctx, admin: &Admin, user_id: i64, fields: Fields<'_>) -> Result<(), CoreError> {
    let mut tx = admin.begin(ctx).await?;
    let was = found(&mut tx, user_id).await?;
    let mut flaws = Vec::new();
    let typed = |text: Option<&str>, stored: &Option<String>| {
        text.map_or_else(|| stored.clone().unwrap_or_default(), str::to_owned)
    };
    let nickname = match fields.nickname {
        None => Some(was.nickname.clone()),
        Some(text) => collect(&mut flaws, Nickname::parse(text)).map(|name| name.as_str().to_owned()),
    };
    let real_name = collect(&mut flaws, field::real_name(&typed(fields.real_name, &was.real_name)));
    let email = collect(&mut flaws, field::email(&typed(fields.email, &was.email)));
    let phone = collect(&mut flaws, field::phone(&typed(fields.phone, &was.phone)));
    let (Some(nickname), Some(real_name), Some(email), Some(phone)) = (nickname, real_name, email, phone) else {
        return Err(CoreError::Invalid(flaws));
    };
    let changes = [
        changed("nickname", Some(&was.nickname), Some(&nickname)),
        changed("real_name", was.real_name.as_deref(), real_name.as_deref()),
        changed("email", was.email.as_deref(), email.as_deref()),
        changed("phone", was.phone.as_deref(), phone.as_deref()),
    ];
    let changes: Vec<String> = changes.into_iter().flatten().collect();
    if changes.is_empty() {
        return Ok(());
    }
    let now = ctx.now();
    store::user::update_profile(&mut tx, user_id, &nickname, email.as_deref(), phone.as_deref(), now).await?;
    store::user::update_real_name(&mut tx, user_id, real_name.as_deref(), now).await?;
    note(ctx, &mut tx, admin, Act::Profile, audit::user(user_id), &changes.join("; ")).await?;
    Ok(tx.commit().await?)
}

async fn found(db: &mut Tx, user_id: i64) -> Result<User, CoreError> {
    store::user::find_user(db, user_id).await?.map(User::from).ok_or(CoreError::NotFound)
}

/// Ends browsers and tokens; how many browsers there were.
async fn shut_out(db: &mut Tx, user_id: i64) -> Result<u64, StoreError> {
    // The generation first: see `profile::store_password_within`.
    token::revoke_all_within(db, user_id).await?;
    store::web_session::delete_all_of(db, user_id, "").await
}

/// What the log says of a field that changed.
fn changed(name: &str, was: Option<&str>, is: Option<&str>) -> Option<String> {
    (was != is).then(|| format!("{name}: {} → {}", shortened(was), shortened(is)))
}

/// The log outlives the account: of what says who somebody is, it keeps the ends only.
fn shortened(value: Option<&str>) -> String {
    let chars: Vec<char> = value.unwrap_or_default().chars().collect();
    match chars.as_slice() {
        [] => "-".to_owned(),
        [first] => first.to_string(),
        [first, .., last] => format!("{first}…{last}"),
    }
}

#[cfg(test)]
mod tests {
    use super::changed;

    #[test]
    fn the_log_tells_that_something_changed_and_not_what_it_says() {
        assert_eq!(changed("phone", Some("13800138000"), None).unwrap(), "phone: 1…0 → -");
        assert_eq!(changed("nickname", Some("小微"), Some("微")).unwrap(), "nickname: 小…微 → 微");
        assert_eq!(changed("email", Some("a@b.cn"), Some("a@b.cn")), None);
    }
}
