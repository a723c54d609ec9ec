//! What the platform says about the account's settings, its rights and its clock.

use super::finding::{Check, Finding, RightFound, fault, fine, text, warning};
use super::right;
use crate::{
    config::Checked,
    wechat::{
        api::{ApiError, Client, refused_address},
        callback::WINDOW_SECS,
    },
};
use std::time::Duration;

/// A difference of the clocks that is worth a word.
const CLOCK_NOTE_SECS: u64 = 30;
/// The command that lets the system set its clock.
const SYNCHRONIZE: &str = "timedatectl set-ntp true";

/// The longest that each of the two rounds of questions may take: a page waits for them.
const PATIENCE: Duration = Duration::from_secs(8);

/// The findings, and the table of rights.
pub async fn examine(settings: &Checked, client: &Client, now_secs: i64) -> (Vec<Finding>, Vec<RightFound>) {
    let first = async { tokio::join!(client.check_credentials(), client.server_time()) };
    let first = tokio::time::timeout(PATIENCE, first).await;
    let (credentials, time) = first.unwrap_or((Err(ApiError::Timeout), Err(ApiError::Timeout)));
    let is_accepted = credentials.is_ok();
    let mut findings = credentials_findings(credentials);
    findings.push(clock(time, now_secs));
    if !is_accepted {
        // Every other call would fail for the same reason.
        return (findings, right::unknown());
    }
    let reachability = async {
        // The platform cannot reach a private address, and is not asked to.
        if settings.is_private() { None } else { right::reachability(client.callback_check().await) }
    };
    let second = async { tokio::join!(right::probe(client), reachability) };
    let second = tokio::time::timeout(PATIENCE, second).await;
    let (rights, reachable) = second.unwrap_or_else(|_| (right::unknown(), None));
    findings.extend(reachable);
    findings.extend(right::findings(&rights));
    (findings, rights)
}

fn credentials_findings(answer: Result<(), ApiError>) -> Vec<Finding> {
    let whitelist =
        fine(Check::IpWhitelist, text("这台服务器在 IP 白名单里", "the address of this server is in the whitelist"));
    match answer {
        Ok(()) => vec![
            fine(Check::AppSecret, text("微信接受 AppID 和 AppSecret", "AppID and AppSecret are accepted")),
            whitelist,
        ],
        Err(ApiError::Platform { code: 40164 | 61004, message, .. }) => {
            let address = refused_address(&message).map_or_else(|| message.clone(), |ip| ip.to_string());
            vec![fault(
                Check::IpWhitelist,
                text(
                    format!("微信拒绝了来自 {address} 的调用（40164）：它不在 IP 白名单里，取不到 access_token"),
                    format!(
                        "WeChat refuses calls from {address} (40164): it is not in the IP whitelist, and there is no access_token"
                    ),
                ),
                text(
                    format!("在公众号后台「设置与开发 › 开发接口管理 › IP 白名单」加入 {address}"),
                    format!("add {address} in the console: 设置与开发 › 开发接口管理 › IP白名单"),
                ),
            )
            .copying(address)]
        }
        Err(ApiError::Platform { code: 40013, .. }) => vec![fault(
            Check::AppSecret,
            text("微信不认识这个 AppID（40013）", "WeChat does not know this AppID (40013)"),
            text(
                "核对 WECHAT_APPID 与公众号后台的开发者ID(AppID)",
                "compare WECHAT_APPID with 开发者ID(AppID) in the console",
            ),
        )],
        Err(ApiError::Platform { code: code @ (40001 | 40125 | 41004 | 40243), .. }) => vec![fault(
            Check::AppSecret,
            text(format!("微信拒绝了 AppSecret（{code}）"), format!("WeChat refuses the AppSecret ({code})")),
            text(
                "把 WECHAT_SECRET 设为公众号后台的开发者密码(AppSecret)；重置过、冻结了的，要在后台启用后重新填写，再重启微答",
                "set WECHAT_SECRET to 开发者密码(AppSecret) of the console; a frozen one must be enabled there, a reset one copied again; then restart Weida",
            ),
        )],
        Err(ApiError::Platform { code, message, .. }) => vec![fault(
            Check::AppSecret,
            text(
                format!("微信拒绝了取令牌的调用（{code}）：{message}"),
                format!("WeChat refuses to issue a token ({code}): {message}"),
            ),
            text(
                "到公众号后台查看账号的状态和消息",
                "look at the state of the account, and its notices, in the console",
            ),
        )],
        Err(error) => vec![fault(
            Check::AppSecret,
            text(format!("连不上微信：{error}"), format!("WeChat cannot be asked: {error}")),
            text(
                "检查服务器能否访问微信接口域名的 443 端口",
                "check that this server reaches port 443 of WeChat's API host",
            ),
        )],
    }
}

fn clock(time: Result<i64, ApiError>, now_secs: i64) -> Finding {
    let Ok(time) = time else {
        return warning(
            Check::Clock,
            text("连不上微信，无法比较时钟", "WeChat cannot be asked for its time"),
            text("先解决与微信的连接", "mend the connection to WeChat first"),
        );
    };
    let apart = now_secs.abs_diff(time);
    let found = text(format!("与微信的时钟相差 {apart} 秒"), format!("{apart} s apart from WeChat's clock"));
    let mend = || {
        text(
            format!("同步时钟：{SYNCHRONIZE}。相差超过 {WINDOW_SECS} 秒时，推送都会被拒绝"),
            format!("set the clock: {SYNCHRONIZE}. Pushes are refused if it is more than {WINDOW_SECS} s off"),
        )
    };
    if apart > WINDOW_SECS.unsigned_abs() {
        fault(Check::Clock, found, mend()).copying(SYNCHRONIZE)
    } else if apart > CLOCK_NOTE_SECS {
        warning(Check::Clock, found, mend()).copying(SYNCHRONIZE)
    } else {
        fine(Check::Clock, found)
    }
}
