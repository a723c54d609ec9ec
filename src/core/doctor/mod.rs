//! The doctor: checks what must fit together for an account to answer, and says of each what was found and how to mend it.
//!
//! Nothing here changes anything: no database is created, no migration applied, and the platform is asked what changes nothing there.

mod database;
mod installation;
mod platform;
pub mod probe;
pub mod pushes;
pub mod refused_pushes;
mod round_trip;

use crate::{
    config::Checked,
    core::OfficialCtx,
    wechat::{api::Client, callback::PushSettings},
};
use serde::Serialize;
use std::path::PathBuf;

/// What is checked. The names are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    Account,
    PushMode,
    Database,
    SecretKey,
    Disk,
    Backup,
    FileModes,
    OriginalId,
    Start,
    Clock,
    AppSecret,
    IpWhitelist,
    Pushes,
    PublicUrl,
    Proxy,
    EventStream,
}

/// How a check ended, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    Fine,
    /// Works, and could be better.
    Warning,
    /// Something does not work.
    Fault,
}

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Text {
    pub zh: String,
    pub en: String,
}

/// The result of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub check: Check,
    pub level: Level,
    pub found: Text,
    /// `None` if there is nothing to mend.
    pub mend: Option<Text>,
}

/// What the doctor is given beside the settings.
#[derive(Debug)]
pub struct Given {
    /// Files that other users of the machine must not read.
    pub private_files: Vec<PathBuf>,
    /// How pushes are signed; `None` in the sandbox, whose credentials the running program alone knows.
    pub push: Option<PushSettings>,
    /// The path of the push address.
    pub push_path: &'static str,
    /// The address of the proxy that sent requests without being declared, if one was seen.
    pub undeclared_proxy: Option<std::net::IpAddr>,
}

fn text(zh: impl Into<String>, en: impl Into<String>) -> Text {
    Text { zh: zh.into(), en: en.into() }
}

fn fine(check: Check, found: Text) -> Finding {
    Finding { check, level: Level::Fine, found, mend: None }
}

fn warning(check: Check, found: Text, mend: Text) -> Finding {
    Finding { check, level: Level::Warning, found, mend: Some(mend) }
}

fn fault(check: Check, found: Text, mend: Text) -> Finding {
    Finding { check, level: Level::Fault, found, mend: Some(mend) }
}

/// What the settings, the platform and the database say by themselves. `platform`: of the account, with a token store of its own; `None` in
/// the sandbox. The second value is true if the database can be opened without changing it, so that [`examine`] can be called.
pub async fn examine_settings(settings: &Checked, platform: Option<&Client>, now_secs: i64) -> (Vec<Finding>, bool) {
    let mut findings = vec![installation::account(settings), installation::push_mode(settings)];
    if let Some(client) = platform {
        findings.extend(platform::examine(client, now_secs).await);
    }
    let (more, is_open) = database::examine(settings).await;
    findings.extend(more);
    if !is_open {
        findings.push(round_trip::proxy(settings, None, None));
    }
    (findings, is_open)
}

/// All other checks.
pub async fn examine(ctx: &OfficialCtx, given: &Given) -> Vec<Finding> {
    let mut findings = database::examine_open(ctx).await;
    findings.extend(installation::examine(ctx, &given.private_files).await);
    if ctx.settings.account.is_some() {
        findings.push(pushes::examine(ctx).await);
    }
    findings.extend(round_trip::examine(ctx, given).await);
    findings
}

/// A database error as a finding.
fn unreachable(check: Check, e: &dyn std::error::Error) -> Finding {
    fault(
        check,
        text(format!("读不了数据库：{e}"), format!("the database cannot be read: {e}")),
        text("检查 DATABASE_URL，以及数据库是否在运行", "check DATABASE_URL, and that the database runs"),
    )
}
