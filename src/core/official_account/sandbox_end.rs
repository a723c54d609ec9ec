//! The end of the sandbox: its people, and what they left, are deleted when a real account takes its place. The account's rules and the
//! admins who have a password stay.

use super::account::Origin;
use crate::{
    core::{
        CoreError, Ctx,
        account::{Role, deletion, directory::Admin},
        ilink, token,
    },
    store::{self, Tx},
};
use std::collections::BTreeSet;

/// What the end of the sandbox deletes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SandboxData {
    /// People in WeChat.
    pub people: i64,
    /// Users of this site.
    pub users: i64,
    /// Signed-in browsers of these users.
    pub sessions: i64,
    pub messages: i64,
}

/// The appids of the sandbox: of its account, its mini-program and its web login. None if it does not run.
pub(super) fn apps(ctx: &Ctx) -> Vec<String> {
    let (account, platforms) = (ctx.accounts.now(), ctx.accounts.platforms());
    if account.origin != Origin::Sandbox {
        return Vec::new();
    }
    let others = [&platforms.mini_program, &platforms.web_login].into_iter().flatten().map(|app| app.appid.clone());
    [account.appid.clone()].into_iter().chain(others).collect()
}

/// Counts what the end of the sandbox deletes.
///
/// # Errors
/// The database cannot be reached.
pub async fn count(ctx: &Ctx) -> Result<SandboxData, CoreError> {
    let mut found = SandboxData::default();
    let mut db = ctx.store.read().await?;
    let mut users = BTreeSet::new();
    for appid in apps(ctx) {
        let people = store::official_account::list_people(&mut db, &appid).await?;
        found.people += i64::try_from(people.len()).unwrap_or(i64::MAX);
        found.messages += store::official_account::count_messages(&mut db, &appid).await?;
        users.extend(people.into_iter().filter_map(|(_, user_id)| user_id));
    }
    for user in users {
        let Some(row) = store::user::find_user(&mut db, user).await? else { continue };
        if !stays(&row) {
            found.users += 1;
            found.sessions += store::official_account::count_sessions(&mut db, user, ctx.now()).await?;
        }
    }
    Ok(found)
}

/// Deletes the people of these apps, in the caller's transaction; returns how many people there were. Call [`deletion::erase`] after the
/// commit.
pub(super) async fn delete_within(ctx: &Ctx, tx: &mut Tx, admin: &Admin, apps: &[String]) -> Result<usize, CoreError> {
    let (actor_id, address) = admin.actor();
    let mut deleted = 0;
    for appid in apps {
        let people = store::official_account::list_people(tx, appid).await?;
        deleted += people.len();
        let users: BTreeSet<i64> = people.iter().filter_map(|(_, user_id)| *user_id).collect();
        for user in users {
            match store::user::find_user(tx, user).await? {
                Some(row) if stays(&row) => {
                    // As after unbinding: an attacker with the phone of the sandbox could sign in as this admin.
                    token::revoke_all_within(ctx, tx, user).await?;
                    store::web_session::delete_all_by_wechat(tx, user).await?;
                }
                Some(_) => deletion::delete_within(ctx, tx, user, actor_id, address).await?,
                None => {}
            }
        }
        for (openid, _) in store::official_account::list_people(tx, appid).await? {
            deletion::forget_identity_within(ctx, tx, appid, &openid).await?;
        }
        store::official_account::delete_rows_of_app(tx, appid).await?;
    }
    if !apps.is_empty() {
        // Of the sandbox's iLink platform.
        for user in store::ilink_connection::list_connected(tx).await? {
            ilink::change::disconnect_within(ctx, tx, user).await?;
        }
    }
    Ok(deleted)
}

/// True for an admin who can sign in without the sandbox.
fn stays(user: &store::user::UserRow) -> bool {
    user.role == Role::Admin.as_str() && user.username.is_some() && user.password_hash.is_some()
}
