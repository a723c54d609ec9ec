//! Signing in from the operator's other apps: the mini-program, web login, and the platform's own gateway.
//!
//! WeChat itself proves these users; no browser waits for them and no question is asked in the chat. The platform's `session_key`
//! is used for the call only, and neither stored nor passed on.

use crate::{
    core::{
        CoreError, Ctx, OfficialCtx, PlatformFault, Problem,
        account::{
            User, avatar,
            identity::{self, App, Proven},
            presented,
        },
        message::{follower::is_openid, join},
        signin_log::{self, Door},
        token,
    },
    store,
    wechat::{
        api::{AppKey, MiniSession},
        mini,
    },
};

/// A longer text is not a code of the platform.
const CODE_MAX_CHARS: usize = 256;

/// A mini-program's data about the user, sent with the code.
#[derive(Debug, Clone, Default)]
pub struct PresentedProfile {
    /// Not verified: shown, never matched.
    pub nickname: Option<String>,
    pub avatar_url: Option<String>,
    /// `encryptedData` and `iv` of `getUserInfo`, which prove name and unionid.
    pub sealed: Option<(String, String)>,
}

/// A signed-in user with a token.
#[derive(Debug, Clone)]
pub struct Entered {
    pub user: User,
    pub openid: String,
    pub token: String,
}

/// Signs in by a code of the mini-program's `wx.login`.
///
/// # Errors
/// [`CoreError::NotConfigured`]; [`CoreError::Platform`] with the reason; field errors of `code` and `encryptedData`;
/// [`CoreError::Disabled`].
pub async fn by_mini_program(ctx: &OfficialCtx, code: &str, profile: &PresentedProfile) -> Result<Entered, CoreError> {
    let proven = async {
        let platforms = ctx.platforms();
        let app = platforms.mini_program.as_ref().ok_or(CoreError::NotConfigured("mini-program"))?;
        let session = platforms.logins.mini_session(app, checked(code)?).await?;
        mini_person(app, session, profile)
    };
    let proven = proven.await.map_err(|error| signin_log::failed(Door::MiniProgram, None, error))?;
    enter(ctx, &proven, Door::MiniProgram).await
}

/// The identity proven by a web login code; changes nothing yet.
///
/// # Errors
/// As [`by_mini_program`].
pub async fn by_web_login(ctx: &Ctx, code: &str) -> Result<Proven, CoreError> {
    let platforms = ctx.platforms();
    let app = platforms.web_login.as_ref().ok_or(CoreError::NotConfigured("open-platform"))?;
    let entrant = platforms.logins.entrant(app, checked(code)?).await?;
    // A visitor of a page preview must not become a user (docs/WECHAT.md, 4.8).
    if entrant.is_snapshot {
        return Err(CoreError::Platform(PlatformFault::SnapshotVisitor));
    }
    if !is_openid(&entrant.openid) {
        return Err(CoreError::Platform(PlatformFault::Unreachable));
    }
    Ok(Proven {
        app: App::Web,
        appid: app.appid.clone(),
        openid: entrant.openid,
        unionid: entrant.unionid.filter(|id| is_openid(id)),
        nickname: entrant.nickname.as_deref().and_then(presented::nickname),
        avatar_url: entrant.avatar_url.as_deref().and_then(presented::picture),
    })
}

/// Signs in by the platform's gateway, which identifies the caller. Only if the operator declares that this instance is
/// behind it.
///
/// # Errors
/// [`CoreError::Forbidden`] for an app that is not one of ours, or malformed ids; [`CoreError::Disabled`].
pub async fn by_gateway(
    ctx: &OfficialCtx,
    appid: &str,
    openid: &str,
    unionid: Option<&str>,
) -> Result<Entered, CoreError> {
    let platforms = ctx.platforms();
    let mini = platforms.mini_program.as_ref().map(|app| app.appid.as_str());
    let app = if appid == ctx.account.appid {
        App::OfficialAccount
    } else if mini.is_none_or(|mini| mini == appid) {
        App::MiniProgram
    } else {
        return Err(signin_log::failed(Door::Gateway, None, CoreError::Forbidden));
    };
    if !is_openid(appid) || !is_openid(openid) || unionid.is_some_and(|id| !is_openid(id)) {
        return Err(signin_log::failed(Door::Gateway, None, CoreError::Forbidden));
    }
    let unionid = unionid.map(str::to_owned);
    let proven =
        Proven { app, appid: appid.to_owned(), openid: openid.to_owned(), unionid, nickname: None, avatar_url: None };
    enter(ctx, &proven, Door::Gateway).await
}

/// Issues a token for a proven identity.
async fn enter(ctx: &OfficialCtx, proven: &Proven, door: Door) -> Result<Entered, CoreError> {
    let user = match identity::meet(ctx, proven).await {
        Ok(user) => user,
        Err(error) => return Err(signin_log::failed(door, owner_of(ctx, proven).await, error)),
    };
    join::ask_soon(ctx, proven.unionid.as_deref());
    avatar::fetch_soon(ctx, user.id);
    let token = token::issue(ctx, &user, Some(&proven.openid)).await;
    let token = token.map_err(|error| signin_log::failed(door, Some(user.id), error))?;
    signin_log::signed_in(door, user.id);
    Ok(Entered { user, openid: proven.openid.clone(), token })
}

/// The user who has this identity, for the log of refused sign-ins; `None` also if the database cannot be reached.
pub(super) async fn owner_of(ctx: &Ctx, proven: &Proven) -> Option<i64> {
    let mut db = ctx.store.read().await.ok()?;
    store::identity::find_identity(&mut db, &proven.appid, &proven.openid).await.ok()??.user_id
}

fn mini_person(app: &AppKey, session: MiniSession, profile: &PresentedProfile) -> Result<Proven, CoreError> {
    if !is_openid(&session.openid) {
        return Err(CoreError::Platform(PlatformFault::Unreachable));
    }
    let mut proven = Proven {
        app: App::MiniProgram,
        appid: app.appid.clone(),
        openid: session.openid,
        unionid: session.unionid,
        nickname: profile.nickname.as_deref().and_then(presented::nickname),
        avatar_url: profile.avatar_url.as_deref().and_then(presented::picture),
    };
    if let Some((data, iv)) = &profile.sealed {
        let doubted = || CoreError::field_error("encryptedData", Problem::Wrong);
        let sealed = mini::open(&session.session_key, iv, data, &app.appid).map_err(|_| doubted())?;
        // Another user's data, encrypted under a key that both have used.
        if sealed.open_id.as_ref().is_some_and(|openid| *openid != proven.openid) {
            return Err(doubted());
        }
        proven.unionid = proven.unionid.or(sealed.union_id);
        proven.nickname = sealed.nick_name.as_deref().and_then(presented::nickname).or(proven.nickname);
        proven.avatar_url = sealed.avatar_url.as_deref().and_then(presented::picture).or(proven.avatar_url);
    }
    proven.unionid = proven.unionid.filter(|id| is_openid(id));
    Ok(proven)
}

fn checked(code: &str) -> Result<&str, CoreError> {
    match code.len() {
        0 => Err(CoreError::field_error("code", Problem::Empty)),
        1..=CODE_MAX_CHARS if code.bytes().all(|b| b.is_ascii_graphic()) => Ok(code),
        _ => Err(CoreError::field_error("code", Problem::Malformed)),
    }
}
