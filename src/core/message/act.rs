//! What one message does, inside one transaction: commands, codes, scans, rules — in the order of the product.

use super::{
    commands::Command,
    person,
    words::{self, Chat},
};
use crate::{
    core::{
        CoreError, Ctx,
        account::User,
        limit::{self, Limit},
        reply::{self, Rule, Values, book::Book, fold::fold},
        secret::Use,
        signin::{
            Status,
            chat::{self, Turn},
            typed::{RESET, SIGNIN},
        },
    },
    store::{self, Tx, identity::IdentityRow},
    text::{Lang, fill},
    wechat::message::{Event, Kind, Message, UserDataChange},
};
use std::sync::Arc;

/// What a message led to.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The text to answer, if any; it may be longer than one passive reply.
    pub text: Option<String>,
    pub answered_by: &'static str,
    pub rule_id: Option<i64>,
    pub user_id: Option<i64>,
    /// Sign-in sessions whose pages are told after the commit.
    pub changed: Vec<(i64, Status)>,
    /// What was said may not be stored: it is a code.
    pub is_secret: bool,
    /// A person who is new: the platform may know more about them.
    pub is_new_follower: bool,
}

impl Outcome {
    fn nothing() -> Self {
        Self { answered_by: "none", ..Self::default() }
    }

    fn said(answered_by: &'static str, text: String) -> Self {
        Self { text: Some(text), answered_by, ..Self::default() }
    }

    fn turn(ctx: &Ctx, lang: Lang, turn: Turn) -> Self {
        Self { changed: turn.changed, ..Self::said("signin", words::heard(ctx, lang, &turn.heard)) }
    }
}

/// The rules that may answer this person, opened before the transaction began.
#[derive(Debug)]
pub struct Books {
    pub account: Arc<Book>,
    /// The person's own, and whose they are.
    pub own: Option<(i64, Arc<Book>)>,
}

/// Does what a message asks.
pub async fn act(ctx: &Ctx, db: &mut Tx, books: &Books, message: &Message) -> Result<Outcome, CoreError> {
    let openid = message.from.as_str();
    match &message.kind {
        Kind::Event(Event::UserData(event)) => {
            // It concerns the person named inside, not the sender (wechat.md, 2.3).
            if let Some(concerned) = event.openid.as_deref().filter(|o| person::is_openid(o)) {
                match event.change {
                    UserDataChange::Cancelled => person::forget(ctx, db, concerned).await?,
                    UserDataChange::Revoked => {
                        store::identity::update_profile_forgotten(db, &ctx.appid, concerned).await?;
                    }
                    UserDataChange::Modified => {}
                }
            }
            Ok(Outcome::nothing())
        }
        Kind::Event(Event::Unsubscribe) => {
            person::unfollowed(ctx, db, openid).await?;
            Ok(Outcome::nothing())
        }
        Kind::Event(Event::Subscribe { scene, .. }) => followed(ctx, db, books, openid, scene.as_deref()).await,
        Kind::Event(Event::Scan { scene, .. }) => {
            let identity = person::following(ctx, db, openid, None).await?;
            let turn = chat::scan(ctx, db, scene, &identity).await?;
            Ok(turn.map_or_else(Outcome::nothing, |turn| Outcome::turn(ctx, Lang::Zh, turn)))
        }
        Kind::Event(_) => Ok(Outcome::nothing()),
        Kind::Text { content, .. } if !message.is_unsupported_placeholder() => {
            let identity = person::following(ctx, db, openid, None).await?;
            spoke(ctx, db, books, &identity, content).await
        }
        // Pictures, voices, stickers and kinds that do not exist yet: no keyword, so the default answers.
        _ => {
            let identity = person::following(ctx, db, openid, None).await?;
            let user = user_of(db, &identity).await?;
            unmatched(ctx, db, books, user.as_ref(), "").await
        }
    }
}

async fn followed(
    ctx: &Ctx,
    db: &mut Tx,
    books: &Books,
    openid: &str,
    scene: Option<&str>,
) -> Result<Outcome, CoreError> {
    let identity = person::following(ctx, db, openid, scene).await?;
    if let Some(scene) = scene
        && let Some(turn) = chat::scan(ctx, db, scene, &identity).await?
    {
        return Ok(Outcome { is_new_follower: true, ..Outcome::turn(ctx, Lang::Zh, turn) });
    }
    let t = Chat::of(Lang::Zh);
    let user = user_of(db, &identity).await?;
    let rule = books.account.on_follow();
    let mut text = match rule {
        Some(rule) => said_by(ctx, rule, user.as_ref(), "", &[]),
        None => t.welcome.to_owned(),
    };
    if user.is_none()
        && let Some(code) = new_code(ctx, db, SIGNIN, openid).await?
    {
        text.push_str("\n\n");
        text.push_str(&fill(t.code_hint, &[("code", &code), ("minutes", &minutes(ctx))]));
    }
    if let Some(rule) = rule {
        store::rule::update_hits(db, rule.id, ctx.now()).await?;
    }
    Ok(Outcome {
        rule_id: rule.map(|r| r.id),
        user_id: identity.user_id,
        is_new_follower: true,
        ..Outcome::said("follow", text)
    })
}

async fn spoke(
    ctx: &Ctx,
    db: &mut Tx,
    books: &Books,
    identity: &IdentityRow,
    content: &str,
) -> Result<Outcome, CoreError> {
    let folded = fold(content);
    let user = user_of(db, identity).await?;
    let user_id = identity.user_id;
    let command = ctx.commands.find(&folded);
    if let Some((command, lang)) = command
        && let Some(outcome) = obey(ctx, db, identity, user.as_ref(), command, lang).await?
    {
        return Ok(Outcome { user_id, ..outcome });
    }
    let is_code = folded.len() == usize::from(ctx.settings.settings.signin.code_digits)
        && folded.bytes().all(|b| b.is_ascii_digit());
    if is_code && let Some(turn) = chat::send_code(ctx, db, &folded, identity).await? {
        return Ok(Outcome { user_id, is_secret: true, ..Outcome::turn(ctx, Lang::Zh, turn) });
    }
    let own = books
        .own
        .as_ref()
        .filter(|(owner, _)| Some(*owner) == user_id && user.as_ref().is_some_and(|u| u.is_auto_reply));
    let hit = own.and_then(|(_, book)| book.answer(&folded)).map(|hit| ("own_rule", hit));
    let hit = hit.or_else(|| books.account.answer(&folded).map(|hit| ("account_rule", hit)));
    if let Some((answered_by, hit)) = hit {
        store::rule::update_hits(db, hit.rule.id, ctx.now()).await?;
        let text = said_by(ctx, hit.rule, user.as_ref(), content.trim(), &hit.groups);
        return Ok(Outcome { rule_id: Some(hit.rule.id), user_id, ..Outcome::said(answered_by, text) });
    }
    if is_code {
        // Never silence: somebody is waiting for a page to go on.
        return Ok(Outcome {
            user_id,
            is_secret: true,
            ..Outcome::said("signin", Chat::of(Lang::Zh).wrong_code.to_owned())
        });
    }
    unmatched(ctx, db, books, user.as_ref(), content.trim()).await
}

/// None where the word is no command just now.
async fn obey(
    ctx: &Ctx,
    db: &mut Tx,
    identity: &IdentityRow,
    user: Option<&User>,
    command: Command,
    lang: Lang,
) -> Result<Option<Outcome>, CoreError> {
    let t = Chat::of(lang);
    let text = match command {
        Command::Confirm => {
            return Ok(chat::confirm(ctx, db, identity).await?.map(|turn| Outcome::turn(ctx, lang, turn)));
        }
        Command::Refuse => {
            return Ok(chat::refuse(ctx, db, identity).await?.map(|turn| Outcome::turn(ctx, lang, turn)));
        }
        Command::Help => fill(t.help, &[("site", ctx.settings.public_url.as_str())]),
        Command::Me => user.map_or_else(
            || fill(t.no_account, &[("site", ctx.settings.public_url.as_str())]),
            |user| words::me(lang, user),
        ),
        Command::Code => code_text(ctx, db, SIGNIN, &identity.openid, t.code, t).await?,
        Command::Password if user.is_none() => fill(t.no_account, &[("site", ctx.settings.public_url.as_str())]),
        Command::Password => code_text(ctx, db, RESET, &identity.openid, t.reset_code, t).await?,
    };
    Ok(Some(Outcome::said("command", text)))
}

async fn unmatched(
    ctx: &Ctx,
    db: &mut Tx,
    books: &Books,
    user: Option<&User>,
    keyword: &str,
) -> Result<Outcome, CoreError> {
    let user_id = user.map(|u| u.id);
    let Some(rule) = books.account.on_nothing() else { return Ok(Outcome { user_id, ..Outcome::nothing() }) };
    store::rule::update_hits(db, rule.id, ctx.now()).await?;
    Ok(Outcome { rule_id: Some(rule.id), user_id, ..Outcome::said("default", said_by(ctx, rule, user, keyword, &[])) })
}

fn said_by(ctx: &Ctx, rule: &Rule, user: Option<&User>, keyword: &str, groups: &[String]) -> String {
    let (id, time) = (user.map(|u| u.id.to_string()).unwrap_or_default(), words::clock_time(ctx.now()));
    let nickname = user.map(|u| u.nickname.clone()).unwrap_or_default();
    reply::fill(&rule.text, Values { nickname: &nickname, user_id: &id, time: &time, keyword, groups })
}

async fn code_text(
    ctx: &Ctx,
    db: &mut Tx,
    purpose: &'static str,
    openid: &str,
    template: &str,
    t: &Chat,
) -> Result<String, CoreError> {
    Ok(match new_code(ctx, db, purpose, openid).await? {
        Some(code) => fill(template, &[("code", &code), ("minutes", &minutes(ctx))]),
        None => t.too_many.to_owned(),
    })
}

/// A code for this person, in place of any older one; None where they asked too often.
async fn new_code(ctx: &Ctx, db: &mut Tx, purpose: &'static str, openid: &str) -> Result<Option<String>, CoreError> {
    if !limit::take_within(ctx, db, Limit::ChatCodes, openid).await? {
        return Ok(None);
    }
    let now = ctx.now();
    let expires_at = now + ctx.settings.settings.signin.code_minutes * 60_000;
    for _ in 0..8 {
        let code = ctx.chance.digits(ctx.settings.settings.signin.code_digits);
        let hash = ctx.hash(Use::Code, &code);
        // Digits that a page shows, or that another person was given, would be ambiguous.
        if store::code::has_code(db, &hash, now).await? || store::signin::find_by_code(db, &hash).await?.is_some() {
            continue;
        }
        store::code::insert_code(db, &hash, purpose, &ctx.appid, openid, now, expires_at).await?;
        return Ok(Some(code));
    }
    Err(CoreError::Busy)
}

fn minutes(ctx: &Ctx) -> String {
    ctx.settings.settings.signin.code_minutes.to_string()
}

async fn user_of(db: &mut Tx, identity: &IdentityRow) -> Result<Option<User>, CoreError> {
    let Some(user_id) = identity.user_id else { return Ok(None) };
    Ok(store::user::find_user(db, user_id).await?.map(User::from))
}
