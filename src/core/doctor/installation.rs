//! What the settings and files of this machine say.

use super::finding::{Check, Finding, fault, fine, text, unreachable, warning};
use crate::{
    config::Checked,
    core::{
        OfficialAccount, OfficialCtx,
        message::{encryption, original_id},
        official_account::Origin,
    },
    file_mode,
};
use std::path::PathBuf;

/// The account that is examined.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    pub origin: Origin,
    pub appid: &'a str,
    pub is_plain: bool,
}

impl<'a> Known<'a> {
    /// The one of the settings.
    pub fn of_settings(settings: &'a Checked) -> Self {
        match &settings.account {
            Some(account) => Self { origin: Origin::Environment, appid: &account.appid, is_plain: account.is_plain() },
            None if settings.is_private() => Self { origin: Origin::Sandbox, appid: "", is_plain: false },
            None => Self { origin: Origin::None, appid: "", is_plain: false },
        }
    }

    /// The one in force.
    pub fn of(account: &'a OfficialAccount) -> Self {
        Self { origin: account.origin, appid: &account.appid, is_plain: account.is_plain }
    }
}

pub fn account(of: Known<'_>) -> Finding {
    let found = match of.origin {
        Origin::Environment => text(format!("公众号 {}", of.appid), format!("account {}", of.appid)),
        Origin::Console => {
            text(format!("公众号 {}，在后台接入", of.appid), format!("account {}, connected in the console", of.appid))
        }
        Origin::Sandbox => text("沙箱：没有接入公众号", "sandbox: no account is connected"),
        Origin::None => {
            return warning(
                Check::Account,
                text("没有接入公众号", "no account is connected"),
                text("在后台打开「连接公众号」", "open “Connect” in the console, at /admin/connect"),
            );
        }
    };
    fine(Check::Account, found)
}

pub fn push_mode(of: Known<'_>) -> Finding {
    if !of.is_plain {
        return fine(Check::PushMode, text("只接受加密的推送", "encrypted only"));
    }
    warning(
        Check::PushMode,
        text(
            "明文模式：截获一条推送的人可以伪造消息；管理员不能通过微信登录或确认",
            "plain: an attacker who intercepts one push URL can forge messages; admins cannot sign in or confirm by WeChat",
        ),
        text(
            "设置 WECHAT_AES_KEY，并在公众号后台选择「安全模式」",
            "set WECHAT_AES_KEY, and choose 安全模式 in the platform's console",
        ),
    )
}

pub async fn examine(ctx: &OfficialCtx, private_files: &[PathBuf]) -> Vec<Finding> {
    vec![file_modes(private_files), original_id(ctx).await, start(ctx).await, version()]
}

fn file_modes(private_files: &[PathBuf]) -> Finding {
    let open = file_mode::open_to_others(private_files);
    if open.is_empty() {
        return fine(Check::FileModes, text("只有程序自己的用户能读", "for this user only"));
    }
    let names = open.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(" ");
    fault(
        Check::FileModes,
        text(format!("其他用户能读这些文件：{names}"), format!("other users may read: {names}")),
        text(format!("chmod 600 {names}"), format!("chmod 600 {names}")),
    )
    .copying(format!("chmod 600 {names}"))
}

async fn original_id(ctx: &OfficialCtx) -> Finding {
    let foreign = match original_id::last_foreign(ctx).await {
        Ok(foreign) => foreign,
        Err(e) => return unreachable(Check::OriginalId, &e),
    };
    let mend = || {
        text(
            "在公众号后台「设置与开发 › 账号设置」核对原始ID，并检查服务器配置填在了哪个公众号",
            "compare WECHAT_ORIGINAL_ID with 原始ID in the console, and look at which account has this server's address",
        )
    };
    match (ctx.account.original_id.get(), foreign) {
        (known, Some((at, to))) => warning(
            Check::OriginalId,
            text(
                format!(
                    "忽略了发给另一个账号 {to} 的推送，最近一次在 {at}（Unix 时间），本账号是 {}",
                    known.as_deref().unwrap_or("?")
                ),
                format!(
                    "pushes for another account ({to}) are ignored, the last one came at {at} (Unix time); this account is {}",
                    known.as_deref().unwrap_or("?")
                ),
            ),
            mend(),
        ),
        (Some(id), None) => fine(Check::OriginalId, text(format!("原始ID {id}"), format!("original id {id}"))),
        (None, None) => fine(
            Check::OriginalId,
            text(
                "还不知道原始ID：收到第一条加密的推送后就知道",
                "not known yet: the first encrypted push tells it, or set WECHAT_ORIGINAL_ID",
            ),
        ),
    }
}

async fn start(ctx: &OfficialCtx) -> Finding {
    match encryption::refusal(&ctx.store, &ctx.settings).await {
        Ok(None) => fine(Check::Start, text("设置齐全，可以启动", "the program can start with these settings")),
        Ok(Some(line)) => fault(
            Check::Start,
            text(
                "用这些设置会拒绝启动：WECHAT_AES_KEY 是空的，而这个账号的推送一直是加密的",
                format!("the start is refused: {line}"),
            ),
            text(
                "填上公众号后台的 EncodingAESKey；确实要用明文模式时，删掉 WECHAT_AES_KEY 这个名字",
                "set it to the EncodingAESKey of the console; to choose plain mode, remove the name",
            ),
        ),
        Err(e) => unreachable(Check::Start, &e),
    }
}

fn version() -> Finding {
    let version = env!("CARGO_PKG_VERSION");
    fine(
        Check::Version,
        text(
            format!("微答 {version}；命令行里也能查：weida doctor"),
            format!("Weida {version}; the command is weida doctor"),
        ),
    )
}
