//! Signing in from another app of the account's owner: the mini-program, web login, and behind the platform's own gateway.
//!
//! Whoever comes this way was proven by WeChat itself; no browser waits for them and no chat is asked. The platform's `session_key`
//! lives as long as the call and is neither stored nor passed on.

use crate::{
    core::{
        CoreError, Ctx, PlatformFault, Problem,
        account::{
            User,
            field::{Nickname, picture_url},
            identity::{self, App, Proven},
        },
        message::person::is_openid,
        token,
    },
    wechat::{
        api::{AppKey, MiniSession},
        mini,
    },
};

/// Longer ones are no codes of the platform's.
const CODE_MAX_CHARS: usize = 256;

/// What a mini-program says about the person beside the code.
#[derive(Debug, Clone, Default)]
pub struct Presented {
    /// Not proven: shown, never matched.
    pub nickname: Option<String>,
    pub avatar_url: Option<String>,
    /// `encryptedData` and `iv` of `getUserInfo`, which prove name and unionid.
    pub sealed: Option<(String, String)>,
}

/// Somebody who was let in.
#[derive(Debug, Clone)]
pub struct Entered {
    pub user: User,
    pub openid: String,
    pub token: String,
}

/// By a code of the mini-program's `wx.login`.
///
/// # Errors
/// [`CoreError::NotConfigured`]; [`CoreError::Platform`] and why; flaws of `code` and `encryptedData`; [`CoreError::Disabled`].
pub async fn by_mini_program(ctx: &Ctx, code: &str, presented: &Presented) -> Result<Entered, CoreError> {
    let app = ctx.mini_program.as_ref().ok_or(CoreError::NotConfigured("mini-program"))?;
    let session = ctx.logins.mini_session(app, checked(code)?).await?;
    enter(ctx, &mini_person(app, session, presented)?).await
}

/// By a code of web login: the person, for whom nothing was done yet.
///
/// # Errors
/// As [`by_mini_program`].
pub async fn by_web_login(ctx: &Ctx, code: &str) -> Result<Proven, CoreError> {
    let app = ctx.web_login.as_ref().ok_or(CoreError::NotConfigured("open-platform"))?;
    let entrant = ctx.logins.entrant(app, checked(code)?).await?;
    // Somebody who only looks at a preview of the page must not become a user (docs/WECHAT.md, 4.8).
    if entrant.is_snapshot || !is_openid(&entrant.openid) {
        return Err(CoreError::Platform(PlatformFault::CodeInvalid));
    }
    Ok(Proven {
        app: App::Web,
        appid: app.appid.clone(),
        openid: entrant.openid,
        unionid: entrant.unionid.filter(|id| is_openid(id)),
        nickname: entrant.nickname.as_deref().and_then(Nickname::cleaned),
        avatar_url: entrant.avatar_url.as_deref().and_then(picture_url),
    })
}

/// By the platform's gateway, which says who calls. Only where the operator says that this instance stands behind it.
///
/// # Errors
/// [`CoreError::Forbidden`] for an app that is not one of ours, or ids that are none; [`CoreError::Disabled`].
pub async fn by_gateway(ctx: &Ctx, appid: &str, openid: &str, unionid: Option<&str>) -> Result<Entered, CoreError> {
    let mini = ctx.mini_program.as_ref().map(|app| app.appid.as_str());
    let app = if appid == ctx.appid {
        App::OfficialAccount
    } else if mini.is_none_or(|mini| mini == appid) {
        App::MiniProgram
    } else {
        return Err(CoreError::Forbidden);
    };
    if !is_openid(appid) || !is_openid(openid) || unionid.is_some_and(|id| !is_openid(id)) {
        return Err(CoreError::Forbidden);
    }
    let unionid = unionid.map(str::to_owned);
    let proven =
        Proven { app, appid: appid.to_owned(), openid: openid.to_owned(), unionid, nickname: None, avatar_url: None };
    enter(ctx, &proven).await
}

/// Makes a proven person's token.
pub(super) async fn enter(ctx: &Ctx, proven: &Proven) -> Result<Entered, CoreError> {
    let user = identity::meet(ctx, proven).await?;
    let token = token::issue(ctx, &user, Some(&proven.openid)).await?;
    Ok(Entered { user, openid: proven.openid.clone(), token })
}

fn mini_person(app: &AppKey, session: MiniSession, presented: &Presented) -> Result<Proven, CoreError> {
    if !is_openid(&session.openid) {
        return Err(CoreError::Platform(PlatformFault::Unreachable));
    }
    let mut proven = Proven {
        app: App::MiniProgram,
        appid: app.appid.clone(),
        openid: session.openid,
        unionid: session.unionid,
        nickname: presented.nickname.as_deref().and_then(Nickname::cleaned),
        avatar_url: presented.avatar_url.as_deref().and_then(picture_url),
    };
    if let Some((data, iv)) = &presented.sealed {
        let doubted = || CoreError::flaw("encryptedData", Problem::Wrong);
        let sealed = mini::open(&session.session_key, iv, data, &app.appid).map_err(|_| doubted())?;
        // Somebody else's data, under a key that both have used.
        if sealed.open_id.as_ref().is_some_and(|openid| *openid != proven.openid) {
            return Err(doubted());
        }
        proven.unionid = proven.unionid.or(sealed.union_id);
        proven.nickname = sealed.nick_name.as_deref().and_then(Nickname::cleaned).or(proven.nickname);
        proven.avatar_url = sealed.avatar_url.as_deref().and_then(picture_url).or(proven.avatar_url);
    }
    proven.unionid = proven.unionid.filter(|id| is_openid(id));
    Ok(proven)
}

fn checked(code: &str) -> Result<&str, CoreError> {
    match code.len() {
        0 => Err(CoreError::flaw("code", Problem::Empty)),
        1..=CODE_MAX_CHARS if code.bytes().all(|b| b.is_ascii_graphic()) => Ok(code),
        _ => Err(CoreError::flaw("code", Problem::Malformed)),
    }
}
