//! Everything the program can be told, in one struct: defaults, then `Leptos.toml`, then environment, then flags.
//!
//! The same keys stand in `Leptos.toml` with their meaning; `load` knows the environment's names for them, `check` what must
//! hold among them. `weida doctor` prints what is in force.

mod check;
mod level;
mod load;

pub use check::{Account, Checked};
pub use level::{Levels, Windows};
pub use load::{ConfigError, Described, ENVIRONMENT, Flags, describe, load};

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;

/// All settings. See `Leptos.toml` for examples.
#[derive(Debug, Clone, Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Settings {
    pub leptos: Leptos,
    pub server: Server,
    pub database: Database,
    pub wechat: Wechat,
    pub mini_program: MiniProgram,
    pub open_platform: OpenPlatform,
    pub ilink: Ilink,
    pub token: Token,
    pub signin: Signin,
    pub message: Message,
    pub reply: Reply,
    pub chat: Chat,
    pub media: Media,
    pub limits: Limits,
    /// What each level may use of each feature, where it differs from the defaults.
    pub quota: Levels,
    pub log: Log,
}

/// Where pages and their files are.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Leptos {
    /// Name of the script and the style sheet under `site-pkg-dir`.
    pub output_name: String,
    /// Folder of the files that are served as they are; relative to the working directory, else beside the program.
    pub site_root: String,
    /// Folder below `site-root` with script and style sheet.
    pub site_pkg_dir: String,
    /// Address to listen on.
    pub site_addr: SocketAddr,
}

impl Default for Leptos {
    fn default() -> Self {
        Self {
            output_name: "weida".to_owned(),
            site_root: "target/site".to_owned(),
            site_pkg_dir: "pkg".to_owned(),
            site_addr: SocketAddr::from(([127, 0, 0, 1], 3000)),
        }
    }
}

/// How the program is reached.
#[derive(Debug, Clone, Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Server {
    /// How browsers reach the program, without a path; https turns on Secure cookies and HSTS. Empty: `http://<site-addr>`.
    pub public_url: String,
    /// Addresses or networks (`10.0.0.0/8`) of proxies whose `X-Forwarded-For` counts.
    pub trusted_proxies: Vec<String>,
    /// Address for `/metrics` alone. Empty: `/metrics` is served to loopback callers on the main address.
    pub metrics_addr: String,
    /// Believe the header `openid` of the follow API: only behind a gateway that sets it.
    pub trust_openid_header: bool,
    /// Believe `X-WX-*` headers: only on WeChat Cloud Hosting with public access switched off.
    pub trust_wx_headers: bool,
}

/// The database where none is named.
pub const DATABASE_URL: &str = "sqlite://data/weida.db";

/// The database.
#[derive(Debug, Clone, Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Database {
    /// `sqlite://path`, `mysql://…` or `postgres://…`. Not given: WeChat Cloud Hosting's, else [`DATABASE_URL`].
    pub url: Option<SecretString>,
    /// WeChat Cloud Hosting's own names; used where `url` was not given.
    pub mysql_address: String,
    pub mysql_username: String,
    pub mysql_password: SecretString,
}

/// The Official Account. All empty: the sandbox.
#[derive(Debug, Clone, Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Wechat {
    pub appid: Option<String>,
    pub secret: Option<SecretString>,
    /// 3 to 32 letters and digits, as entered in the platform's console.
    pub token: Option<SecretString>,
    /// 43 letters and digits. With it, pushes that are not encrypted are refused.
    pub aes_key: Option<SecretString>,
    /// The key before the present one, while the platform still uses it.
    pub previous_aes_key: Option<SecretString>,
    /// What the account is called, shown beside the QR.
    pub account_name: String,
    /// What the account's own QR says (`http://weixin.qq.com/r/…`), drawn where parametric codes are not allowed.
    pub account_qr: String,
    /// Where the platform is. Empty: its own hosts.
    pub api_base: String,
    pub mp_base: String,
    /// Where the open platform answers for web login. Empty: as `api_base`.
    pub open_base: String,
}

/// The mini-program.
#[derive(Debug, Clone, Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct MiniProgram {
    pub appid: String,
    pub secret: SecretString,
}

/// Web login of the open platform.
#[derive(Debug, Clone, Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct OpenPlatform {
    pub appid: String,
    pub secret: SecretString,
}

/// The personal-WeChat channel. Reserved: nothing is asked there yet, and its calls answer that it is not configured.
#[derive(Debug, Clone, Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Ilink {
    pub api_base: String,
}

/// Tokens for other programs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Token {
    /// At least 32 bytes. Empty: made at the first start and kept in the database.
    pub secret: Option<SecretString>,
    /// The secret before the present one: its tokens are taken, none is signed with it any more.
    pub previous_secret: Option<SecretString>,
    pub expiration_days: u32,
}

impl Default for Token {
    fn default() -> Self {
        Self { secret: None, previous_secret: None, expiration_days: 7 }
    }
}

/// When a scan or a sent code must be confirmed in the chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confirm {
    /// Every time.
    Always,
    /// Only from a browser and address that this person has not signed in from.
    Risky,
    /// Never: a relayed QR signs a stranger in.
    Never,
}

/// What unfollowing does to the person's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unfollow {
    /// The identity is marked, nothing else.
    Keep,
    /// All browsers are signed out.
    Signout,
    /// The account is deleted.
    Delete,
}

/// Signing in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Signin {
    pub confirm: Confirm,
    pub unfollow: Unfollow,
    /// 4 to 8.
    pub code_digits: u8,
    /// How long a code that the account gave out is good for, in minutes.
    pub code_minutes: i64,
    /// How long a sign-in session waits, in minutes.
    pub session_minutes: i64,
    /// How long a browser stays signed in, in days.
    pub web_session_days: i64,
    /// Credits for a new follower, once.
    pub welcome_credits: i64,
}

impl Default for Signin {
    fn default() -> Self {
        Self {
            confirm: Confirm::Always,
            unfollow: Unfollow::Keep,
            code_digits: 6,
            code_minutes: 5,
            session_minutes: 10,
            web_session_days: 30,
            welcome_credits: 100,
        }
    }
}

/// Messages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Message {
    /// How many days contents are kept; 0: never stored.
    pub keep_days: i64,
}

impl Default for Message {
    fn default() -> Self {
        Self { keep_days: 30 }
    }
}

/// Reply rules.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Reply {
    /// What does not fit into one message is continued when the person answers `更多`, where the account may not write by itself.
    /// Without it texts are at most 2048 bytes long.
    pub more: bool,
    /// How many days the history of rules goes back.
    pub history_days: i64,
    /// How many megabytes of history a person's rules may have; the account's may have eight times as many. The oldest changes go
    /// first.
    pub history_megabytes: i64,
}

impl Default for Reply {
    fn default() -> Self {
        Self { more: true, history_days: 180, history_megabytes: 64 }
    }
}

/// The chat.
#[derive(Debug, Clone, Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Chat {
    pub commands: ChatCommands,
}

/// The words that the account understands by itself. An empty list switches a command off.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ChatCommands {
    pub help: Vec<String>,
    /// A code to type into a page.
    pub code: Vec<String>,
    pub me: Vec<String>,
    pub list: Vec<String>,
    pub show: Vec<String>,
    pub add: Vec<String>,
    pub edit: Vec<String>,
    pub delete: Vec<String>,
    pub on: Vec<String>,
    pub off: Vec<String>,
    /// A code to set a forgotten password with.
    pub password: Vec<String>,
    pub unbind: Vec<String>,
    pub undo: Vec<String>,
    /// The rest of a long answer.
    pub more: Vec<String>,
}

impl Default for ChatCommands {
    fn default() -> Self {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Self {
            help: words(&["帮助", "？", "菜单", "help"]),
            code: words(&["验证码", "登录", "登陆", "注册", "code", "login", "sign in", "register", "sign up"]),
            me: words(&["我的", "me"]),
            list: words(&["列表", "list"]),
            show: words(&["查看", "show"]),
            add: words(&["添加", "add"]),
            edit: words(&["修改", "edit"]),
            delete: words(&["删除", "delete"]),
            on: words(&["开启", "on"]),
            off: words(&["关闭", "off"]),
            password: words(&["改密", "改密码", "忘记密码", "password", "reset password"]),
            unbind: words(&["解绑", "unbind"]),
            undo: words(&["撤销", "undo"]),
            more: words(&["更多", "more"]),
        }
    }
}

/// Pictures, voices and videos of answers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Media {
    /// Room for the files of a person, and for those of the account.
    pub megabytes_per_owner: i64,
}

impl Default for Media {
    fn default() -> Self {
        Self { megabytes_per_owner: 50 }
    }
}

/// Limits on guessing and flooding.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Limits {
    /// Codes that may be tried in one sign-in session.
    pub guesses_per_session: i64,
    /// Wrong codes a minute in total before everything slows.
    pub wrong_codes_per_minute: i64,
    /// Wrong codes an hour an address, where no page asked for the code (dialect B).
    pub unbound_codes_per_hour: i64,
    /// Guesses a minute in total while everything is slowed.
    pub slowed_guesses_per_minute: i64,
    /// Wrong passwords a minute an address.
    pub password_failures_per_minute: i64,
    /// New sign-in sessions a minute an address.
    pub new_sessions_per_minute: i64,
    /// Codes asked for in the chat, a minute a person.
    pub chat_codes_per_minute: i64,
    /// Requests a second a token or session.
    pub requests_per_second: i64,
    /// Loopback addresses have the limits of an address this many times over.
    pub loopback_factor: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            guesses_per_session: 5,
            wrong_codes_per_minute: 30,
            unbound_codes_per_hour: 10,
            slowed_guesses_per_minute: 10,
            password_failures_per_minute: 10,
            new_sessions_per_minute: 30,
            chat_codes_per_minute: 5,
            requests_per_second: 50,
            loopback_factor: 100,
        }
    }
}

/// Logs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Log {
    /// What is logged, in `tracing`'s filter language.
    pub filter: String,
    /// Folder of `info-YYYY-MM-DD.log` and `error-YYYY-MM-DD.log`. Empty: stderr only.
    pub dir: String,
}

impl Default for Log {
    fn default() -> Self {
        Self { filter: "info".to_owned(), dir: String::new() }
    }
}
