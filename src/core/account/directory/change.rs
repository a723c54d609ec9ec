//! Changes that an admin makes to a user.

use super::{Act, Admin, LEVELS, Role, User, audit, level_of, note};
use crate::{
    base::beijing,
    core::{
        CoreError, Ctx, OfficialCtx, Problem,
        account::{admin, level_change, profile},
        credit, ilink, token,
    },
    store::{self, StoreError, Tx},
};

/// The longest reason for disabling a user, in characters.
const REASON_MAX_CHARS: usize = 200;

/// Sets the level. Tokens and quotas follow immediately, on other instances within a second.
///
/// # Errors
/// The field error of `level`; [`CoreError::NotFound`].
pub async fn set_level(ctx: &Ctx, admin: &Admin, user_id: i64, level: &str) -> Result<(), CoreError> {
    set_level_until(ctx, admin, user_id, level, "").await
}

/// [`set_level`] with the last day of the level in Beijing (`2026-11-30`); empty: the level does not end. The lowest level has no end.
///
/// # Errors
/// The field errors of `level` and `level_until`, which must not be over; [`CoreError::NotFound`].
pub async fn set_level_until(
    ctx: &Ctx,
    admin: &Admin,
    user_id: i64,
    level: &str,
    last_day: &str,
) -> Result<(), CoreError> {
    let level = level_of(level).ok_or_else(|| CoreError::field_error("level", Problem::Malformed))?;
    let wrong = || CoreError::field_error("level_until", Problem::Malformed);
    let until = match last_day.trim() {
        "" => None,
        _ if level == LEVELS[0] => None,
        day => Some(beijing::start_of(day).map(|start| start + beijing::DAY_MS).ok_or_else(wrong)?),
    };
    if until.is_some_and(|end| end <= ctx.now()) {
        return Err(wrong());
    }
    store::transact!(ctx.store, |tx| {
        admin.confirm(tx).await?;
        let by = (Some(admin.user_id), admin.address.as_str(), "");
        level_change::set_within(ctx, tx, user_id, (level, until), by).await?;
        Ok(())
    })
}

/// Makes a user an admin, or an admin an ordinary user. A dismissed admin is signed out everywhere.
///
/// # Errors
/// [`CoreError::LastAdmin`]; [`CoreError::NotFound`]; the field error of `admin_password` if pushes are not encrypted and the user has no
/// password: without one they could not sign in.
pub async fn set_role(ctx: &OfficialCtx, admin: &Admin, user_id: i64, role: Role) -> Result<(), CoreError> {
    store::transact!(ctx.store, |tx| {
        admin.confirm(tx).await?;
        if role == Role::User {
            admin::keep_one(tx, user_id).await?;
        }
        let was = found(ctx, tx, user_id).await?;
        let is_plain_promotion = ctx.account.is_plain && role == Role::Admin && was.role != Role::Admin;
        if is_plain_promotion && !(was.has_password && was.username.is_some()) {
            return Err(CoreError::field_error("admin_password", Problem::Empty));
        }
        if store::user::update_role(tx, user_id, role.as_str(), ctx.now()).await? {
            let detail = format!("{} → {}", was.role.as_str(), role.as_str());
            note(ctx, tx, admin, Act::Role, audit::user(user_id), &detail).await?;
            // Sessions and tokens that an attacker may have obtained by a plaintext push must not become an admin's.
            if role == Role::User || is_plain_promotion {
                shut_out(ctx, tx, user_id).await?;
            }
            token::status::changed(ctx, tx, user_id).await?;
        }
        Ok(())
    })
}

/// Adds credits (positive `delta`) or takes them, through the ledger. Returns the new balance.
///
/// # Errors
/// Field errors of `amount` and `reason`; [`CoreError::OutOfCredits`] if the balance would fall below zero; [`CoreError::NotFound`].
pub async fn adjust_credits(
    ctx: &Ctx,
    admin: &Admin,
    user_id: i64,
    delta: i64,
    reason: &str,
) -> Result<i64, CoreError> {
    store::transact!(ctx.store, |tx| {
        admin.confirm(tx).await?;
        credit::adjust(ctx, tx, user_id, delta, reason, (admin.user_id, &admin.address)).await
    })
}

/// Enables or disables a user. Disabling ends their sessions and tokens for good. `reason` is shown to admins only.
///
/// # Errors
/// The field error of `reason`, which is required to disable a user; [`CoreError::LastAdmin`]; [`CoreError::NotFound`].
pub async fn set_enabled(
    ctx: &Ctx,
    admin: &Admin,
    user_id: i64,
    is_enabled: bool,
    reason: &str,
) -> Result<(), CoreError> {
    let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    match reason.chars().count() {
        0 if !is_enabled => return Err(CoreError::field_error("reason", Problem::Empty)),
        n if n > REASON_MAX_CHARS => return Err(CoreError::field_error("reason", Problem::TooLong(REASON_MAX_CHARS))),
        _ if reason.chars().any(char::is_control) => return Err(CoreError::field_error("reason", Problem::Malformed)),
        _ => {}
    }
    store::transact!(ctx.store, |tx| {
        admin.confirm(tx).await?;
        if !is_enabled {
            admin::keep_one(tx, user_id).await?;
        }
        found(ctx, tx, user_id).await?;
        if store::user::update_enabled(tx, user_id, is_enabled, Some(&reason), ctx.now()).await? {
            let (act, way) =
                if is_enabled { (Act::Enable, "disabled → enabled") } else { (Act::Disable, "enabled → disabled") };
            let detail = if reason.is_empty() { way.to_owned() } else { format!("{way}: {reason}") };
            note(ctx, tx, admin, act, audit::user(user_id), &detail).await?;
            shut_out(ctx, tx, user_id).await?;
            if !is_enabled {
                ilink::change::disconnect_within(ctx, tx, user_id).await?;
            }
        }
        Ok(())
    })
}

/// Ends all sessions and tokens of a user. Returns the number of sessions.
///
/// # Errors
/// [`CoreError::NotFound`].
pub async fn sign_out_everywhere(ctx: &Ctx, admin: &Admin, user_id: i64) -> Result<u64, CoreError> {
    store::transact!(ctx.store, |tx| {
        admin.confirm(tx).await?;
        found(ctx, tx, user_id).await?;
        let ended = shut_out(ctx, tx, user_id).await?;
        note(ctx, tx, admin, Act::SignOut, audit::user(user_id), &format!("{ended} → 0")).await?;
        Ok(ended)
    })
}

/// Ends one session of a user, given by its public id.
///
/// # Errors
/// [`CoreError::NotFound`] if the user has no such session.
pub async fn end_session(ctx: &Ctx, admin: &Admin, user_id: i64, public_id: &str) -> Result<(), CoreError> {
    store::transact!(ctx.store, |tx| {
        admin.confirm(tx).await?;
        if !store::web_session::delete_one_of(tx, user_id, public_id).await? {
            return Err(CoreError::NotFound);
        }
        note(ctx, tx, admin, Act::SessionEnd, audit::user(user_id), public_id).await?;
        Ok(())
    })
}

/// Updates a user's profile.
///
/// # Errors
/// All field errors together; [`CoreError::NotFound`].
pub async fn update_fields(
    ctx: &Ctx,
    admin: &Admin,
    user_id: i64,
    typed: &profile::Typed<'_>,
) -> Result<(), CoreError> {
    store::transact!(ctx.store, |tx| {
        admin.confirm(tx).await?;
        let was = found(ctx, tx, user_id).await?;
        let values = profile::parse(typed)?;
        let changes: Vec<String> = values
            .iter()
            .filter_map(|(column, value)| changed(column.name(), was.profile(*column), value.as_deref()))
            .collect();
        if changes.is_empty() {
            return Ok(());
        }
        store::user::update_profile(tx, user_id, &values, ctx.now()).await?;
        note(ctx, tx, admin, Act::Profile, audit::user(user_id), &changes.join("; ")).await?;
        Ok(())
    })
}

async fn found(ctx: &Ctx, db: &mut Tx, user_id: i64) -> Result<User, CoreError> {
    store::user::find_user(db, user_id).await?.map(|row| User::at(row, ctx.now())).ok_or(CoreError::NotFound)
}

/// Ends sessions and tokens; returns the number of sessions.
async fn shut_out(ctx: &Ctx, db: &mut Tx, user_id: i64) -> Result<u64, StoreError> {
    // Raise the generation first: see `profile::store_password_within`.
    token::revoke_all_within(ctx, db, user_id).await?;
    store::web_session::delete_all_of(db, user_id, "").await
}

/// The audit log's text for a changed field.
fn changed(name: &str, was: &str, is: Option<&str>) -> Option<String> {
    let is = is.unwrap_or_default();
    (was != is).then(|| format!("{name}: {} → {}", shortened(was), shortened(is)))
}

/// The audit log outlives the account, so it stores only the first and last characters of personal data.
fn shortened(value: &str) -> String {
    let chars: Vec<char> = value.chars().collect();
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
        assert_eq!(changed("phone", "13800138000", None).unwrap(), "phone: 1…0 → -");
        assert_eq!(changed("nickname", "小微", Some("微")).unwrap(), "nickname: 小…微 → 微");
        assert_eq!(changed("email", "a@b.cn", Some("a@b.cn")), None);
    }
}
