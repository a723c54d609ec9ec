//! Admin actions on users.

use super::{Back, Flash, Step, TypedProfile};
use crate::{
    core::{
        CoreError, FieldError, Problem,
        account::{
            self, LEVELS, ProfileColumn, Role,
            directory::{self, Admin},
        },
    },
    web::{
        component::Tone,
        page::{
            PageRequest,
            admin::user::{USERS, page_of, question},
        },
        text::{Common, field_error, fill, fill_spaced, users::Users},
    },
};
use leptos::prelude::{ServerFnError, server};

/// Sets the level, and its last day.
#[server(prefix = "/do", endpoint = "user-level")]
pub async fn user_level(
    #[server(default)] user: String,
    #[server(default)] level: String,
    #[server(default)] level_until: String,
) -> Result<(), ServerFnError> {
    let (request, id) = (PageRequest::now(), parsed(&user));
    let outcome = async {
        directory::set_level_until(&request.ctx, &admin(&request).await?, id, &level, &level_until).await?;
        let (name, t) = (Common::of(request.lang()).level_name(&level), Users::of(request.lang()));
        let has_end = !level_until.trim().is_empty() && level != LEVELS[0];
        let template = if has_end { t.done_level_until } else { t.done_level };
        let values = [("level", name), ("date", level_until.trim())];
        Ok(Step::redirect_with_notice(page_of(id), fill_spaced(template, &values)))
    };
    let back = Back::to(page_of(id), "level").keep("level", &level).keep("level_until", &level_until);
    request.answer(outcome.await, back)
}

/// Adds credits (`way=give`) or deducts them.
#[server(prefix = "/do", endpoint = "user-credits")]
pub async fn user_credits(
    #[server(default)] user: String,
    #[server(default)] way: String,
    #[server(default)] amount: String,
    #[server(default)] reason: String,
) -> Result<(), ServerFnError> {
    let (request, id) = (PageRequest::now(), parsed(&user));
    let back = Back::to(page_of(id), "credits").keep("way", &way).keep("amount", &amount).keep("reason", &reason);
    let outcome = async {
        let admin = admin(&request).await?;
        // Text that is not a positive number becomes 0, which is refused.
        let amount: i64 = amount.trim().parse().ok().filter(|n| *n > 0).unwrap_or_default();
        let delta = if way == "take" { -amount } else { amount };
        let done = directory::adjust_credits(&request.ctx, &admin, id, delta, &reason).await;
        let balance = done.map_err(|e| match e {
            CoreError::OutOfCredits => CoreError::field_error("amount", Problem::Wrong),
            other => other,
        })?;
        Ok(Step::redirect_with_notice(
            page_of(id),
            fill(Users::of(request.lang()).done_credits, &[("n", &balance.to_string())]),
        ))
    };
    request.answer(outcome.await, back)
}

/// Disables a user.
#[server(prefix = "/do", endpoint = "user-disable")]
pub async fn user_disable(
    #[server(default)] user: String,
    #[server(default)] disable_reason: String,
) -> Result<(), ServerFnError> {
    let (request, id) = (PageRequest::now(), parsed(&user));
    let back = Back::to(question(id, "disable"), "disable").keep("disable_reason", &disable_reason);
    let outcome = async {
        let admin = admin(&request).await?;
        let done = directory::set_enabled(&request.ctx, &admin, id, false, &disable_reason).await;
        // The page distinguishes two reasons.
        done.map_err(|e| match e {
            CoreError::Invalid(flaws) => {
                CoreError::Invalid(flaws.into_iter().map(|f| FieldError { field: "disable_reason", ..f }).collect())
            }
            other => other,
        })?;
        back_naming(&request, id, Users::of(request.lang()).done_disabled).await
    };
    request.answer(outcome.await, back)
}

/// Enables a user again.
#[server(prefix = "/do", endpoint = "user-enable")]
pub async fn user_enable(#[server(default)] user: String) -> Result<(), ServerFnError> {
    let (request, id) = (PageRequest::now(), parsed(&user));
    let outcome = async {
        directory::set_enabled(&request.ctx, &admin(&request).await?, id, true, "").await?;
        back_naming(&request, id, Users::of(request.lang()).done_enabled).await
    };
    request.answer(outcome.await, Back::to(page_of(id), "enable"))
}

/// Promotes a user to admin (`role=admin`), or demotes one (`role=user`).
#[server(prefix = "/do", endpoint = "user-role")]
pub async fn user_role(#[server(default)] user: String, #[server(default)] role: String) -> Result<(), ServerFnError> {
    let (request, id) = (PageRequest::now(), parsed(&user));
    let t = Users::of(request.lang());
    let outcome = async {
        let admin = admin(&request).await?;
        let (role, message) = match role.as_str() {
            "admin" => (Role::Admin, t.done_promoted),
            "user" => (Role::User, t.done_dismissed),
            _ => return Err(CoreError::field_error("role", Problem::Malformed)),
        };
        directory::set_role(&request.ctx, &admin, id, role).await?;
        back_naming(&request, id, message).await
    };
    match outcome.await {
        // The form has no such field: the reason is shown above the page.
        Err(CoreError::Invalid(flaws)) if flaws.iter().any(|flaw| flaw.field == "admin_password") => {
            request.set_flash(&Flash::notice(Tone::Warning, field_error::message(request.lang(), &flaws[0])));
            request.redirect(&page_of(id));
            Ok(())
        }
        outcome => request.answer(outcome, Back::to(page_of(id), "role")),
    }
}

/// Ends every browser session and token of a user.
#[server(prefix = "/do", endpoint = "user-sign-out")]
pub async fn user_sign_out(#[server(default)] user: String) -> Result<(), ServerFnError> {
    let (request, id) = (PageRequest::now(), parsed(&user));
    let outcome = async {
        directory::sign_out_everywhere(&request.ctx, &admin(&request).await?, id).await?;
        Ok(Step::redirect_with_notice(page_of(id), Users::of(request.lang()).done_signed_out))
    };
    request.answer(outcome.await, Back::to(page_of(id), "sign-out"))
}

/// Signs out one browser of a user.
#[server(prefix = "/do", endpoint = "user-end-session")]
pub async fn user_end_session(
    #[server(default)] user: String,
    #[server(default)] session: String,
) -> Result<(), ServerFnError> {
    let (request, id) = (PageRequest::now(), parsed(&user));
    let outcome = async {
        directory::end_session(&request.ctx, &admin(&request).await?, id, &session).await?;
        Ok(Step::redirect_with_notice(page_of(id), Users::of(request.lang()).done_session))
    };
    request.answer(outcome.await, Back::to(page_of(id), "sessions"))
}

/// Changes a user's profile.
#[server(prefix = "/do", endpoint = "user-profile")]
pub async fn user_profile(
    #[server(default)] user: String,
    #[server(flatten)] typed: TypedProfile,
) -> Result<(), ServerFnError> {
    let (request, id) = (PageRequest::now(), parsed(&user));
    let outcome = async {
        let fields = typed.fields(ProfileColumn::ALL.iter().copied());
        directory::update_fields(&request.ctx, &admin(&request).await?, id, &fields).await?;
        Ok(Step::redirect_with_notice(page_of(id), Common::of(request.lang()).saved))
    };
    request.answer(outcome.await, typed.keep(Back::to(page_of(id), "user-profile")))
}

/// Deletes a user if the admin typed their name or id.
#[server(prefix = "/do", endpoint = "user-delete")]
pub async fn user_delete(
    #[server(default)] user: String,
    #[server(default)] confirm_user: String,
) -> Result<(), ServerFnError> {
    let (request, id) = (PageRequest::now(), parsed(&user));
    let back = Back::to(question(id, "delete"), "user-delete").keep("confirm_user", &confirm_user);
    let outcome = async {
        let admin = admin(&request).await?;
        let user = account::find(&request.ctx, id).await?.ok_or(CoreError::NotFound)?;
        if !directory::is_name_of(&user, &confirm_user) {
            return Err(CoreError::field_error("confirm_user", Problem::Wrong));
        }
        directory::delete(&request.ctx, &admin, id).await?;
        let values = [("name", user.nickname.as_str()), ("id", &id.to_string())];
        Ok(Step::redirect_with_notice(USERS, fill_spaced(Users::of(request.lang()).done_deleted, &values)))
    };
    request.answer(outcome.await, back)
}

/// Back to the user's page, with a notice that names them.
async fn back_naming(request: &PageRequest, id: i64, template: &str) -> Result<Step, CoreError> {
    let user = account::find(&request.ctx, id).await?.ok_or(CoreError::NotFound)?;
    Ok(Step::redirect_with_notice(page_of(id), fill_spaced(template, &[("name", &user.nickname)])))
}

/// The acting admin.
async fn admin(request: &PageRequest) -> Result<Admin, CoreError> {
    Admin::of(&request.user().await?.ok_or(CoreError::NotSignedIn)?, request.address())
}

/// Text that is not a number becomes 0, the id of no user.
fn parsed(id: &str) -> i64 {
    id.trim().parse().unwrap_or_default()
}
