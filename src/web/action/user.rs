//! What admins do to users.

use super::{Back, Step};
use crate::{
    core::{
        CoreError, Flaw, Problem,
        account::{
            self, Role,
            directory::{self, Admin, Fields},
        },
    },
    web::{
        page::{
            Here,
            admin::user::{USERS, page_of},
        },
        text::{Common, fill, users::Users},
    },
};
use leptos::prelude::{ServerFnError, server};

/// Sets the level.
#[server(prefix = "/do", endpoint = "user-level")]
pub async fn user_level(
    #[server(default)] user: String,
    #[server(default)] level: String,
) -> Result<(), ServerFnError> {
    let (here, id) = (Here::now(), parsed(&user));
    let outcome = async {
        directory::set_level(&here.ctx, &admin(&here).await?, id, &level).await?;
        let level = Common::of(here.lang()).level_name(&level);
        Ok(Step::tell(page_of(id), fill(Users::of(here.lang()).done_level, &[("level", level)])))
    };
    here.answer(outcome.await, Back::to(page_of(id), "level"))
}

/// Gives credits (`way=give`) or takes them.
#[server(prefix = "/do", endpoint = "user-credits")]
pub async fn user_credits(
    #[server(default)] user: String,
    #[server(default)] way: String,
    #[server(default)] amount: String,
    #[server(default)] reason: String,
) -> Result<(), ServerFnError> {
    let (here, id) = (Here::now(), parsed(&user));
    let back = Back::to(page_of(id), "credits").keep("way", &way).keep("amount", &amount).keep("reason", &reason);
    let outcome = async {
        let admin = admin(&here).await?;
        // What is no number is none that may be given.
        let amount: i64 = amount.trim().parse().ok().filter(|n| *n > 0).unwrap_or_default();
        let delta = if way == "take" { -amount } else { amount };
        let done = directory::adjust_credits(&here.ctx, &admin, id, delta, &reason).await;
        let balance = done.map_err(|e| match e {
            CoreError::OutOfCredits => CoreError::flaw("amount", Problem::Wrong),
            other => other,
        })?;
        Ok(Step::tell(page_of(id), fill(Users::of(here.lang()).done_credits, &[("n", &balance.to_string())])))
    };
    here.answer(outcome.await, back)
}

/// Lets somebody sign in no more.
#[server(prefix = "/do", endpoint = "user-disable")]
pub async fn user_disable(
    #[server(default)] user: String,
    #[server(default)] disable_reason: String,
) -> Result<(), ServerFnError> {
    let (here, id) = (Here::now(), parsed(&user));
    let back = Back::to(page_of(id), "disable").keep("disable_reason", &disable_reason);
    let outcome = async {
        let admin = admin(&here).await?;
        let done = directory::set_enabled(&here.ctx, &admin, id, false, &disable_reason).await;
        // The page has two reasons.
        done.map_err(|e| match e {
            CoreError::Invalid(flaws) => {
                CoreError::Invalid(flaws.into_iter().map(|f| Flaw { field: "disable_reason", ..f }).collect())
            }
            other => other,
        })?;
        Ok(Step::tell(page_of(id), Users::of(here.lang()).done_disabled))
    };
    here.answer(outcome.await, back)
}

/// Lets somebody sign in again.
#[server(prefix = "/do", endpoint = "user-enable")]
pub async fn user_enable(#[server(default)] user: String) -> Result<(), ServerFnError> {
    let (here, id) = (Here::now(), parsed(&user));
    let outcome = async {
        directory::set_enabled(&here.ctx, &admin(&here).await?, id, true, "").await?;
        Ok(Step::tell(page_of(id), Users::of(here.lang()).done_enabled))
    };
    here.answer(outcome.await, Back::to(page_of(id), "enable"))
}

/// Makes somebody an admin (`role=admin`), or a user again (`role=user`).
#[server(prefix = "/do", endpoint = "user-role")]
pub async fn user_role(#[server(default)] user: String, #[server(default)] role: String) -> Result<(), ServerFnError> {
    let (here, id) = (Here::now(), parsed(&user));
    let t = Users::of(here.lang());
    let outcome = async {
        let admin = admin(&here).await?;
        let (role, told) = match role.as_str() {
            "admin" => (Role::Admin, t.done_promoted),
            "user" => (Role::User, t.done_dismissed),
            _ => return Err(CoreError::flaw("role", Problem::Malformed)),
        };
        directory::set_role(&here.ctx, &admin, id, role).await?;
        Ok(Step::tell(page_of(id), told))
    };
    here.answer(outcome.await, Back::to(page_of(id), "role"))
}

/// Ends every browser and token of a user.
#[server(prefix = "/do", endpoint = "user-sign-out")]
pub async fn user_sign_out(#[server(default)] user: String) -> Result<(), ServerFnError> {
    let (here, id) = (Here::now(), parsed(&user));
    let outcome = async {
        directory::sign_out_everywhere(&here.ctx, &admin(&here).await?, id).await?;
        Ok(Step::tell(page_of(id), Users::of(here.lang()).done_signed_out))
    };
    here.answer(outcome.await, Back::to(page_of(id), "sign-out"))
}

/// Ends one browser of a user.
#[server(prefix = "/do", endpoint = "user-end-session")]
pub async fn user_end_session(
    #[server(default)] user: String,
    #[server(default)] session: String,
) -> Result<(), ServerFnError> {
    let (here, id) = (Here::now(), parsed(&user));
    let outcome = async {
        directory::end_session(&here.ctx, &admin(&here).await?, id, &session).await?;
        Ok(Step::tell(page_of(id), Users::of(here.lang()).done_session))
    };
    here.answer(outcome.await, Back::to(page_of(id), "sessions"))
}

/// Writes into a user's profile.
#[server(prefix = "/do", endpoint = "user-profile")]
pub async fn user_profile(
    #[server(default)] user: String,
    #[server(default)] nickname: String,
    #[server(default)] real_name: String,
    #[server(default)] email: String,
    #[server(default)] phone: String,
) -> Result<(), ServerFnError> {
    let (here, id) = (Here::now(), parsed(&user));
    let back = Back::to(page_of(id), "user-profile")
        .keep("nickname", &nickname)
        .keep("real_name", &real_name)
        .keep("email", &email)
        .keep("phone", &phone);
    let outcome = async {
        let fields =
            Fields { nickname: Some(&nickname), real_name: Some(&real_name), email: Some(&email), phone: Some(&phone) };
        directory::update_fields(&here.ctx, &admin(&here).await?, id, fields).await?;
        Ok(Step::tell(page_of(id), Common::of(here.lang()).saved))
    };
    here.answer(outcome.await, back)
}

/// Deletes the user whose name or id was typed.
#[server(prefix = "/do", endpoint = "user-delete")]
pub async fn user_delete(
    #[server(default)] user: String,
    #[server(default)] confirm_user: String,
) -> Result<(), ServerFnError> {
    let (here, id) = (Here::now(), parsed(&user));
    let back = Back::to(format!("{}/delete", page_of(id)), "user-delete").keep("confirm_user", &confirm_user);
    let outcome = async {
        let admin = admin(&here).await?;
        let user = account::find(&here.ctx, id).await?.ok_or(CoreError::NotFound)?;
        if !directory::is_name_of(&user, &confirm_user) {
            return Err(CoreError::flaw("confirm_user", Problem::Wrong));
        }
        directory::delete(&here.ctx, &admin, id).await?;
        Ok(Step::tell(USERS, fill(Users::of(here.lang()).done_deleted, &[("id", &id.to_string())])))
    };
    here.answer(outcome.await, back)
}

/// The admin who acts.
async fn admin(here: &Here) -> Result<Admin, CoreError> {
    Admin::of(&here.user().await?.ok_or(CoreError::NotSignedIn)?, here.address())
}

/// What is no number is the id of nobody.
fn parsed(id: &str) -> i64 {
    id.trim().parse().unwrap_or_default()
}
