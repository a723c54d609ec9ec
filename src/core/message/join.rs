//! The chat's question about joining two accounts of one user, and its answer.
//!
//! It is sent by a customer-service message if the account may send them; else it is appended to the answer to the user's next
//! message. A refusal is stored; `合并账号` asks again.

use super::{
    chat_text::{Chat, level, tap},
    command_result::CommandResult,
    custom_message::{self, Permission},
    effects::Effects,
};
use crate::{
    core::{
        CoreError, Ctx, OfficialCtx,
        account::{
            User,
            join::{self, Answered, JoinedUsers, Pair},
        },
        rule::Content,
    },
    store::{self, Tx, identity::IdentityRow},
    text::{Lang, cut, fill},
    texts,
    wechat::api::Custom,
};

/// The kind of the question, as stored.
pub(super) const JOIN: &str = "join";
/// How long the question stays open.
pub(super) const QUESTION_MS: i64 = 10 * 60_000;
/// The most bytes of the question.
const QUESTION_MAX_BYTES: usize = 1_300;
/// The most characters of a shown name.
const NAME_CHARS: usize = 24;

texts! {
    /// Texts about two accounts of one user.
    pub struct Joins {
        ask: "这个微信有两个账号，要合并成一个吗？\n\n保留 {stays}\n并入 {goes}\n\n合并后积分相加，等级取高的。两个账号的密码、已登录的浏览器和令牌都会失效，之后用微信重新登录。{rules}{power}\n\n{yes}\n\n{no}\n\n也可以回复「1」或「取消」，10 分钟内有效。有一个不是你注册的？选取消，两个账号都不变。"
            / "This WeChat has two accounts. Join them?\n\nKeep {stays}\nMerge in {goes}\n\nCredits are added up and the higher level stays. Passwords, signed-in browsers and tokens of both end; sign in again with WeChat afterwards.{rules}{power}\n\n{yes}\n\n{no}\n\nYou can also reply “1” or “cancel” within 10 minutes. Is one of them not yours? Cancel, and both stay as they are.",
        account: "{name}（编号 {id}，{level}，积分 {credits}）" / "{name} (ID {id}, {level}, {credits} credits)",
        named: "{nickname} / {username}" / "{nickname} / {username}",
        rules: "\n并入账号的 {n} 条规则会转过来，先停用。" / "\nThe {n} rules of the account merged in move over, switched off.",
        power: "\n注意：合并后的账号有管理员权限。" / "\nNote: the joined account has administrator rights.",
        yes: "✅ 合并账号" / "✅ Join accounts",
        yes_word: "合并账号" / "join accounts",
        no: "❌ 取消，保持不变" / "❌ Cancel, keep both",
        no_word: "取消" / "cancel",
        joined: "合并好了，现在是一个账号：\n{account}\n\n之前的密码、登录和令牌都已失效，请用微信重新登录。"
            / "Done. You have one account now:\n{account}\n\nEarlier passwords, sign-ins and tokens have ended. Sign in again with WeChat.",
        moved: "转过来的 {n} 条规则已停用，可以在网页上启用：{site}replies" / "The {n} rules that moved over are off. Turn them on here: {site}replies",
        refused: "好，两个账号都不变。以后想合并，发送「合并账号」。" / "OK, both accounts stay as they are. To join them later, send “join accounts”.",
        busy: "有一次登录或一笔消费还没完成。等它结束后，再回复「1」。" / "A sign-in or a payment is still in progress. Reply “1” again once it has finished.",
        changed: "账号刚才变了，没有合并。想再试，发送「合并账号」。" / "The accounts have just changed, so they were not joined. To try again, send “join accounts”.",
    }
}

/// The question if it is due, recorded as asked; `None` otherwise. `is_wanted`: the user requested it.
pub(super) async fn question(
    ctx: &OfficialCtx,
    db: &mut Tx,
    identity: &IdentityRow,
    lang: Lang,
    is_wanted: bool,
) -> Result<Option<(Pair, String)>, CoreError> {
    if identity.unionid.is_none() {
        return Ok(None);
    }
    // Read again: the message may have changed it.
    let (appid, openid) = (identity.appid.as_str(), identity.openid.as_str());
    let Some(identity) = store::identity::find_identity(db, appid, openid).await? else { return Ok(None) };
    if !is_wanted && store::question::find_question(db, appid, openid, ctx.now()).await?.is_some() {
        return Ok(None);
    }
    let (Some(own), Some(pair)) = (identity.user_id, join::take_due(ctx, db, &identity, is_wanted).await?) else {
        return Ok(None);
    };
    let subject = format!("{own}:{}", pair.subject());
    store::question::insert_question(db, (appid, openid), JOIN, &subject, ctx.now() + QUESTION_MS).await?;
    let text = asked(lang, &pair);
    Ok(Some((pair, text)))
}

/// The answer to a message, with the question appended if it is due and there is room for it.
pub(super) async fn with_question(
    ctx: &OfficialCtx,
    db: &mut Tx,
    identity: &IdentityRow,
    lang: Lang,
    replies: &mut Vec<Content>,
) -> Result<(), CoreError> {
    let has_room = match replies.first() {
        None => true,
        Some(Content::Text { text }) => text.len() + QUESTION_MAX_BYTES <= crate::wechat::reply::TEXT_MAX_BYTES,
        Some(_) => false,
    };
    if !has_room {
        return Ok(());
    }
    let Some((_, text)) = question(ctx, db, identity, lang, false).await? else { return Ok(()) };
    match replies.first_mut() {
        Some(Content::Text { text: first }) => *first = format!("{first}\n\n{text}"),
        _ => replies.insert(0, Content::text(text)),
    }
    Ok(())
}

/// The user agreed.
pub(super) async fn agreed(
    ctx: &OfficialCtx,
    db: &mut Tx,
    (identity, user): (&IdentityRow, &User),
    lang: Lang,
    subject: &str,
) -> Result<CommandResult, CoreError> {
    let t = Joins::of(lang);
    Ok(match join::join(ctx, db, identity, subject).await? {
        Answered::Joined(pair) => {
            let stays = store::user::find_user(db, pair.stays.id)
                .await?
                .map(|row| User::at(row, ctx.now()))
                .ok_or(CoreError::Collided)?;
            let mut text = fill(t.joined, &[("account", &account(lang, &stays))]);
            if pair.rules > 0 {
                let site = ctx.settings.public_url.as_str();
                text = format!("{text}\n\n{}", fill(t.moved, &[("n", &pair.rules.to_string()), ("site", site)]));
            }
            let joined = JoinedUsers { kept: pair.stays.id, deleted: pair.goes.id };
            CommandResult::text(text).with(Effects { joined_users: Some(joined), ..Effects::default() })
        }
        Answered::Busy => {
            let person = (identity.appid.as_str(), identity.openid.as_str());
            let subject = format!("{}:{subject}", user.id);
            store::question::insert_question(db, person, JOIN, &subject, ctx.now() + QUESTION_MS).await?;
            CommandResult::text(t.busy)
        }
        Answered::Changed => CommandResult::text(t.changed),
    })
}

/// The user refused.
pub(super) async fn refused(ctx: &Ctx, db: &mut Tx, lang: Lang, subject: &str) -> Result<CommandResult, CoreError> {
    join::refuse(ctx, db, subject).await?;
    Ok(CommandResult::text(Joins::of(lang).refused))
}

/// Asks by a customer-service message, in the background. If that fails, the question waits for the next message.
pub fn ask_soon(ctx: &OfficialCtx, unionid: Option<&str>) {
    let Some(unionid) = unionid.map(str::to_owned) else { return };
    let ctx = ctx.clone();
    tokio::spawn(async move {
        if let Err(error) = ask_first(&ctx, &unionid).await {
            tracing::debug!(%error, "a user with two accounts was not asked yet");
        }
    });
}

async fn ask_first(ctx: &OfficialCtx, unionid: &str) -> Result<(), CoreError> {
    let mut db = ctx.store.read().await?;
    let owners = store::identity::list_owners_of_unionid(&mut db, unionid).await?;
    if owners.len() < 2 || ctx.account.custom_messages.permission(ctx.now()) == Permission::Refused {
        return Ok(());
    }
    let Some(openid) = store::join::find_following(&mut db, &ctx.account.appid, unionid).await? else { return Ok(()) };
    drop(db);
    let asked = store::transact!(ctx.store, |tx| -> Result<Option<(Pair, String)>, CoreError> {
        match store::identity::find_identity(tx, &ctx.account.appid, &openid).await? {
            Some(identity) => question(ctx, tx, &identity, Lang::Zh, false).await,
            None => Ok(None),
        }
    })?;
    let Some((pair, text)) = asked else { return Ok(()) };
    if let Err(error) = custom_message::send(ctx, &openid, &Custom::Text { content: text }).await {
        tracing::debug!(%error, "the account may not send customer-service messages");
        store::transact!(ctx.store, |tx| {
            store::question::delete_question_of(tx, (&ctx.account.appid, &openid), JOIN).await?;
            store::join::delete_asked(tx, (pair.stays.id, pair.goes.id)).await
        })?;
    }
    Ok(())
}

fn asked(lang: Lang, pair: &Pair) -> String {
    let t = Joins::of(lang);
    let rules = if pair.rules > 0 { fill(t.rules, &[("n", &pair.rules.to_string())]) } else { String::new() };
    fill(
        t.ask,
        &[
            ("rules", &rules),
            ("power", if pair.has_power() { t.power } else { "" }),
            ("yes", &tap(t.yes_word, "yes", t.yes)),
            ("no", &tap(t.no_word, "no", t.no)),
            // Names last: they are not templates.
            ("stays", &account(lang, &pair.stays)),
            ("goes", &account(lang, &pair.goes)),
        ],
    )
}

/// An account, named.
fn account(lang: Lang, user: &User) -> String {
    let t = Joins::of(lang);
    let nickname = shortened(&user.nickname);
    let name = match &user.username {
        Some(username) if *username != user.nickname => {
            fill(t.named, &[("nickname", &nickname), ("username", &shortened(username))])
        }
        _ => nickname,
    };
    fill(
        t.account,
        &[
            ("id", &user.id.to_string()),
            ("level", level(Chat::of(lang), &user.level)),
            ("credits", &user.credits.to_string()),
            ("name", &name),
        ],
    )
}

/// A user's name without characters that could form a link or a line break, and not too long.
fn shortened(name: &str) -> String {
    let plain: String = name.chars().filter(|c| !c.is_control() && !matches!(c, '<' | '>')).collect();
    if plain.chars().count() <= NAME_CHARS {
        return plain;
    }
    cut::shown(&plain, NAME_CHARS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::user::UserRow;

    fn user(id: i64, name: &str) -> User {
        let row = UserRow {
            username: Some(format!("u{name}")),
            level: "premium".to_owned(),
            role: "admin".to_owned(),
            credits: i64::MAX,
            ..UserRow::new(id, name.to_owned(), 0)
        };
        User::at(row, 0)
    }

    #[test]
    fn the_longest_question_has_room_beside_an_answer() {
        let pair =
            Pair { stays: user(i64::MAX, &"😀".repeat(64)), goes: user(1, &"微".repeat(64)), rules: i64::MAX };
        for lang in [Lang::Zh, Lang::En] {
            let text = asked(lang, &pair);
            assert!(text.len() <= QUESTION_MAX_BYTES, "{}: {text}", text.len());
        }
    }

    #[test]
    fn a_name_is_no_link_of_ours() {
        let pair = Pair { stays: user(1, "<a href=\"x\">1</a>{yes}"), goes: user(2, "b\nc"), rules: 0 };
        let text = asked(Lang::Zh, &pair);
        assert_eq!(text.matches("<a ").count(), 2, "{text}");
        assert!(text.contains("{yes}"), "{text}");
    }
}
