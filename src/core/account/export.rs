//! Taking one's data along: one JSON document, written piece by piece, for there may be more of it than fits into memory at once.

use crate::{
    core::{CoreError, Ctx},
    store::{self, message::MessageFilter, rule::RuleRecord},
};
use futures::Stream;
use serde_json::{Value, json};

/// Entries of the ledger and messages that are written, the latest ones.
const MOST: i64 = 10_000;
/// Rules, and messages, that are in memory at a time.
const PAGE: usize = 100;

/// Everything the program knows about a user, in pieces of one JSON document. No hashes, no secrets. One at a time a user: until what
/// is given here was read to its end, or dropped.
///
/// # Errors
/// [`CoreError::NotFound`] where the user is gone; [`CoreError::Busy`] while another one of theirs is being read. A piece fails where
/// the database cannot be reached any more; then nothing comes after it.
pub async fn export(
    ctx: &Ctx,
    user_id: i64,
) -> Result<impl Stream<Item = Result<String, CoreError>> + Send + 'static, CoreError> {
    let alone = ctx.exports.enter(user_id).ok_or(CoreError::Busy)?;
    let head = head(ctx, user_id).await?;
    let mut rules: Vec<i64> = store::rule::list_revisions(&mut ctx.store.read().await?, user_id)
        .await?
        .into_iter()
        .map(|(id, _)| id)
        .collect();
    rules.sort_unstable();
    let ctx = ctx.clone();
    Ok(async_stream::try_stream! {
        let _alone = alone;
        let head = head.to_string();
        // It goes on where it would end.
        yield format!("{},\"rules\":[", head.strip_suffix('}').unwrap_or_default());
        for (at, page) in rules.chunks(PAGE).enumerate() {
            let found = store::rule::list_by_id(&mut ctx.store.read().await?, page).await?;
            yield written(at == 0, found.iter().map(rule));
        }
        yield "],\"messages\":[".to_owned();
        let (mut below, mut left) = (i64::MAX, MOST);
        while left > 0 {
            let filter = MessageFilter { user_id: Some(user_id), below: Some(below), ..MessageFilter::default() };
            let most = left.min(i64::try_from(PAGE).unwrap_or(left));
            let found = store::message::list_found(&mut ctx.store.read().await?, &filter, most).await?;
            let Some(last) = found.last().map(|message| message.id) else { break };
            yield written(left == MOST, found.iter().map(|m| json!({
                "kind": m.kind, "content": m.content, "answered_by": m.answered_by, "received_at": m.received_at,
            })));
            (below, left) = (last, left - most);
        }
        yield "]}".to_owned();
    })
}

/// What there is little of.
async fn head(ctx: &Ctx, user_id: i64) -> Result<Value, CoreError> {
    let mut db = ctx.store.read().await?;
    let user = store::user::find_user(&mut db, user_id).await?.ok_or(CoreError::NotFound)?;
    let identities = store::identity::list_identities(&mut db, user_id).await?;
    let credits = store::credit::list_entries(&mut db, user_id, MOST).await?;
    let files = store::media::list_media(&mut db, user_id, MOST).await?;
    let sessions = store::web_session::list_web_sessions(&mut db, user_id, ctx.now()).await?;
    Ok(json!({
        "user": {
            "id": user.id, "username": user.username, "nickname": user.nickname, "email": user.email, "phone": user.phone,
            "level": user.level, "role": user.role, "auto_reply": user.is_auto_reply == 1, "credits": user.credits,
            "created_at": user.created_at, "updated_at": user.updated_at, "last_login_at": user.last_login_at,
        },
        "identities": identities.iter().map(|i| json!({
            "app": i.app, "appid": i.appid, "openid": i.openid, "unionid": i.unionid, "subscribed": i.is_subscribed == 1,
            "subscribed_at": i.subscribed_at, "unsubscribed_at": i.unsubscribed_at,
        })).collect::<Vec<_>>(),
        "credits": credits.iter().map(|c| json!({
            "delta": c.delta, "balance_after": c.balance_after, "kind": c.kind, "reason": c.reason, "created_at": c.created_at,
        })).collect::<Vec<_>>(),
        "files": files.iter().map(|f| json!({
            "name": f.name, "bytes": f.size_bytes, "address": format!("/media/{}", f.access_key), "created_at": f.created_at,
        })).collect::<Vec<_>>(),
        "sessions": sessions.iter().map(|s| json!({
            "browser": s.browser_label, "address": s.address, "created_at": s.created_at, "seen_at": s.seen_at,
        })).collect::<Vec<_>>(),
    }))
}

fn rule(r: &RuleRecord) -> Value {
    json!({
        "number": r.rule.number, "name": r.rule.name, "enabled": r.rule.is_enabled == 1, "hits": r.rule.hits,
        "keywords": r.keywords.iter().map(|k| &k.keyword).collect::<Vec<_>>(),
        "contents": r.contents.iter().map(|c| json!({ "kind": c.kind, "body": c.body })).collect::<Vec<_>>(),
    })
}

/// The next elements of a list, the first of which nothing stands before.
fn written(is_first: bool, values: impl Iterator<Item = Value>) -> String {
    let text = values.map(|value| value.to_string()).collect::<Vec<_>>().join(",");
    if is_first || text.is_empty() { text } else { format!(",{text}") }
}
