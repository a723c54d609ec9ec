//! All details of one user.

use super::{Admin, Role, User, audit};
use crate::{
    core::{CoreError, Ctx, account::session::WebSession, quota},
    store::{self, audit::AuditEntry, credit::CreditRow, identity::IdentityRow},
};

/// Number of ledger and audit entries shown.
const LATEST: i64 = 50;

/// Counts of a user's rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RuleCounts {
    pub total: i64,
    pub enabled: i64,
    /// How often they answered.
    pub hits: i64,
}

/// Everything an admin is shown about a user. No hashes, no secrets, no messages.
#[derive(Debug, Clone)]
pub struct UserDetail {
    pub user: User,
    /// Why the user is disabled; `None` if they are not.
    pub disabled_reason: Option<String>,
    pub identities: Vec<IdentityRow>,
    /// Browsers in which the user is signed in, last used first.
    pub sessions: Vec<WebSession>,
    pub usage: Vec<quota::Usage>,
    /// The latest changes of the balance, newest first.
    pub ledger: Vec<CreditRow>,
    pub rules: RuleCounts,
    /// Audit entries about the user, newest first.
    pub audit: Vec<AuditEntry>,
    /// True if no other user can administer the installation.
    pub is_last_admin: bool,
}

/// All details of one user.
///
/// # Errors
/// [`CoreError::NotFound`].
pub async fn user_detail(ctx: &Ctx, _: &Admin, user_id: i64) -> Result<UserDetail, CoreError> {
    let usage = quota::usage(ctx, user_id).await?;
    let mut db = ctx.store.read().await?;
    let user = store::user::find_user(&mut db, user_id)
        .await?
        .map(|row| User::at(row, ctx.now()))
        .ok_or(CoreError::NotFound)?;
    let is_admin = user.role == Role::Admin && user.is_enabled;
    let sessions = store::web_session::list_web_sessions(&mut db, user_id, ctx.now()).await?;
    let (total, enabled, hits) = store::directory::find_rule_counts(&mut db, user_id).await?;
    Ok(UserDetail {
        disabled_reason: store::user::find_disabled_reason(&mut db, user_id).await?,
        identities: store::identity::list_identities(&mut db, user_id).await?,
        sessions: sessions.into_iter().map(WebSession::elsewhere).collect(),
        usage,
        ledger: store::credit::list_entries(&mut db, user_id, LATEST).await?,
        rules: RuleCounts { total, enabled, hits },
        audit: store::audit::list_about(&mut db, &audit::user(user_id), LATEST).await?,
        is_last_admin: is_admin && store::user::count_enabled_with_role(&mut db, Role::Admin.as_str()).await? <= 1,
        user,
    })
}

/// The user who owns the identity with this openid, in any app.
///
/// # Errors
/// [`CoreError::NotFound`].
pub async fn find_by_openid(ctx: &Ctx, _: &Admin, openid: &str) -> Result<i64, CoreError> {
    store::directory::find_owner(&mut ctx.store.read().await?, openid).await?.ok_or(CoreError::NotFound)
}
