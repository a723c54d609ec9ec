//! What a check found, and how to mend it.

use serde::{Deserialize, Serialize};

/// What is checked. The names are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    Account,
    PushMode,
    Pushes,
    PublicUrl,
    /// What the platform finds when it looks up and pings the public URL.
    CallbackCheck,
    AppSecret,
    IpWhitelist,
    Clock,
    Rights,
    Quota,
    Proxy,
    EventStream,
    OriginalId,
    Database,
    SecretKey,
    Disk,
    Backup,
    FileModes,
    Start,
    Version,
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
    /// A line of the mend that is to be copied: an address, a command, a line of a configuration.
    pub copy: Option<String>,
}

impl Finding {
    /// The same with a line to copy.
    #[must_use]
    pub fn copying(self, line: impl Into<String>) -> Self {
        Self { copy: Some(line.into()), ..self }
    }
}

/// What an account may do on the platform. The names are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Right {
    ReadAutoreply,
    ReadMenu,
    PublishMenu,
    QrCode,
    CustomMessage,
    UserInfo,
    Material,
    TemplateMessage,
}

impl Right {
    /// What people call it.
    #[must_use]
    pub fn name(self) -> Text {
        match self {
            Self::ReadAutoreply => text("读取自动回复", "Read auto-replies"),
            Self::ReadMenu => text("读取菜单", "Read the menu"),
            Self::PublishMenu => text("发布菜单", "Publish a menu"),
            Self::QrCode => text("带参数的二维码", "QR codes with parameters"),
            Self::CustomMessage => text("客服消息", "Customer-service messages"),
            Self::UserInfo => text("获取用户信息", "User information"),
            Self::Material => text("素材管理", "Media files"),
            Self::TemplateMessage => text("模板消息", "Template messages"),
        }
    }
}

/// Whether an account has a right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum May {
    Yes,
    No,
    /// The platform could not be asked, or its answer says neither.
    Unknown,
}

/// The calls of an API that are left today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaLeft {
    pub limit: i64,
    pub used: i64,
    pub left: i64,
}

/// A right as found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RightFound {
    pub right: Right,
    pub may: May,
    pub quota: Option<QuotaLeft>,
}

pub(super) fn text(zh: impl Into<String>, en: impl Into<String>) -> Text {
    Text { zh: zh.into(), en: en.into() }
}

pub(super) fn fine(check: Check, found: Text) -> Finding {
    Finding { check, level: Level::Fine, found, mend: None, copy: None }
}

pub(super) fn warning(check: Check, found: Text, mend: Text) -> Finding {
    Finding { check, level: Level::Warning, found, mend: Some(mend), copy: None }
}

pub(super) fn fault(check: Check, found: Text, mend: Text) -> Finding {
    Finding { check, level: Level::Fault, found, mend: Some(mend), copy: None }
}

/// A database error as a finding.
pub(super) fn unreachable(check: Check, e: &dyn std::error::Error) -> Finding {
    fault(
        check,
        text(format!("读不了数据库：{e}"), format!("the database cannot be read: {e}")),
        text("检查 DATABASE_URL，以及数据库是否在运行", "check DATABASE_URL, and that the database runs"),
    )
}
