//! Taking one's data along, and leaving.

use crate::{
    core::{
        CoreError, Ctx,
        audit::{self, Act},
        quota, token,
    },
    store::{self, Tx},
};

/// Everything the program knows about a user, as one JSON document. No hashes, no secrets.
///
/// # Errors
/// [`CoreError::NotFound`] where the user is gone.
pub async fn export(ctx: &Ctx, user_id: i64) -> Result<serde_json::Value, CoreError> {
    let mut db = ctx.store.read().await?;
    let user = store::user::find_user(&mut db, user_id).await?.ok_or(CoreError::NotFound)?;
    let identities = store::identity::list_identities(&mut db, user_id).await?;
    let credits = store::credit::list_entries(&mut db, user_id, 10_000).await?;
    let rules = store::rule::list_rules(&mut db, user_id).await?;
    let messages = store::message::list_messages(&mut db, user_id, 10_000).await?;
    let files = store::media::list_media(&mut db, user_id, 10_000).await?;
    let sessions = store::web_session::list_web_sessions(&mut db, user_id, ctx.now()).await?;
    Ok(serde_json::json!({
        "user": {
            "id": user.id, "username": user.username, "nickname": user.nickname, "email": user.email, "phone": user.phone,
            "level": user.level, "role": user.role, "auto_reply": user.is_auto_reply == 1, "credits": user.credits,
            "created_at": user.created_at, "updated_at": user.updated_at, "last_login_at": user.last_login_at,
        },
        "identities": identities.iter().map(|i| serde_json::json!({
            "app": i.app, "appid": i.appid, "openid": i.openid, "unionid": i.unionid, "subscribed": i.is_subscribed == 1,
            "subscribed_at": i.subscribed_at, "unsubscribed_at": i.unsubscribed_at,
        })).collect::<Vec<_>>(),
        "credits": credits.iter().map(|c| serde_json::json!({
            "delta": c.delta, "balance_after": c.balance_after, "kind": c.kind, "reason": c.reason, "created_at": c.created_at,
        })).collect::<Vec<_>>(),
        "rules": rules.iter().map(|r| serde_json::json!({
            "number": r.rule.number, "name": r.rule.name, "enabled": r.rule.is_enabled == 1, "hits": r.rule.hits,
            "keywords": r.keywords.iter().map(|k| &k.keyword).collect::<Vec<_>>(),
            "contents": r.contents.iter().map(|c| serde_json::json!({ "kind": c.kind, "body": c.body })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "files": files.iter().map(|f| serde_json::json!({
            "name": f.name, "bytes": f.size_bytes, "address": format!("/media/{}", f.access_key), "created_at": f.created_at,
        })).collect::<Vec<_>>(),
        "messages": messages.iter().map(|m| serde_json::json!({
            "kind": m.kind, "content": m.content, "answered_by": m.answered_by, "received_at": m.received_at,
        })).collect::<Vec<_>>(),
        "sessions": sessions.iter().map(|s| serde_json::json!({
            "browser": s.browser_label, "address": s.address, "created_at": s.created_at, "seen_at": s.seen_at,
        })).collect::<Vec<_>>(),
    }))
}

/// Deletes a user and everything that is only theirs. Their WeChat stays a follower without an account.
///
/// # Errors
/// [`CoreError::LastAdmin`]; [`CoreError::NotFound`] where the user is gone.
pub async fn delete(ctx: &Ctx, user_id: i64, actor_id: Option<i64>, address: &str) -> Result<(), CoreError> {
    let mut tx = ctx.store.begin().await?;
    delete_within(ctx, &mut tx, user_id, actor_id, address).await?;
    tx.commit().await?;
    forget(ctx, user_id);
    Ok(())
}

/// What this instance has in memory of a user who was deleted goes, once that is committed.
pub(crate) fn forget(ctx: &Ctx, user_id: i64) {
    ctx.shelf.forget(user_id);
    ctx.standings.forget(user_id);
}

/// [`delete`] inside the caller's transaction.
pub(crate) async fn delete_within(
    ctx: &Ctx,
    db: &mut Tx,
    user_id: i64,
    actor_id: Option<i64>,
    address: &str,
) -> Result<(), CoreError> {
    super::admin::keep_one(db, user_id).await?;
    for identity in store::identity::list_identities(db, user_id).await? {
        let person = super::identity::person(ctx, &identity.appid, &identity.openid);
        quota::leave_behind(ctx, db, user_id, &person).await?;
    }
    store::user::delete_user(db, user_id).await?;
    store::fact::bump_revision(db, "rules").await?;
    store::fact::bump_revision(db, token::standing::TOPIC).await?;
    audit::note(ctx, db, Act::Delete, audit::user(user_id), (actor_id, address), "").await?;
    Ok(())
}
