//! What the settings and files of this machine say.

use super::finding::{Check, Finding, fault, fine, text, unreachable, warning};
use crate::{
    config::Checked,
    core::{
        OfficialCtx,
        message::{encryption, original_id},
    },
    file_mode,
};
use std::path::PathBuf;

pub fn account(settings: &Checked) -> Finding {
    let found = match &settings.account {
        Some(account) => text(format!("公众号 {}", account.appid), format!("account {}", account.appid)),
        None => text("沙箱：没有接入公众号", "sandbox: no account is connected"),
    };
    fine(Check::Account, found)
}

pub fn push_mode(settings: &Checked) -> Finding {
    match &settings.account {
        Some(account) if account.is_plain() => warning(
            Check::PushMode,
            text(
                "明文模式：截获一条推送的人可以伪造消息；管理员不能通过微信登录或确认",
                "plain: an attacker who intercepts one push URL can forge messages; admins cannot sign in or confirm by WeChat",
            ),
            text(
                "设置 WECHAT_AES_KEY，并在公众号后台选择「安全模式」",
                "set WECHAT_AES_KEY, and choose 安全模式 in the platform's console",
            ),
        ),
        _ => fine(Check::PushMode, text("只接受加密的推送", "encrypted only")),
    }
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
