//! All settings in one struct: defaults, then `Leptos.toml`, then environment, then flags.
//!
//! `Leptos.toml` lists the same keys with their meaning; `load` maps environment variables to them, `check` validates them
//! together. `weida doctor` prints the settings in force.

mod catalog;
mod chat;
mod check;
mod check_in;
mod commands;
mod cors;
mod described;
mod error;
mod level;
mod limits;
mod load;

pub use catalog::{Cataloged, catalog};
pub use chat::{Chat, ChatCommands};
pub use check::{Account, Checked, SECRET_KEY_MIN_BYTES, is_private_address};
pub use check_in::CheckIn;
pub use commands::{Command, Commands};
pub use cors::CorsOrigins;
pub use described::{Described, SETTINGS_FILE, fixed_by};
pub use error::ConfigError;
pub use level::{LEVELS, Levels, Windows};
pub use limits::Limits;
pub use load::{ENVIRONMENT, Flags, describe, load};

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
    pub security: Security,
    pub wechat: Wechat,
    pub mini_program: MiniProgram,
    pub open_platform: OpenPlatform,
    pub ilink: Ilink,
    pub token: Token,
    pub signin: Signin,
    pub message: Message,
    pub reply: Reply,
    pub chat: Chat,
    pub check_in: CheckIn,
    pub media: Media,
    pub limits: Limits,
    /// Quotas of each level, where they differ from the defaults.
    pub quota: Levels,
    pub log: Log,
}

/// Where pages and static files are.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Leptos {
    /// Name of the script and the style sheet under `site-pkg-dir`.
    pub output_name: String,
    /// Folder of the static files, relative to the working directory; if it is not there, `site` beside the program.
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
    /// The address that browsers use, without a path; https turns on Secure cookies and HSTS. Empty: `http://<site-addr>`.
    pub public_url: String,
    /// Addresses or networks (`10.0.0.0/8`) of proxies whose `X-Forwarded-For` is trusted.
    pub trusted_proxies: Vec<String>,
    /// Origins whose pages may call the APIs that use no cookie; `*`: every page. Empty: none.
    pub cors_origins: Vec<String>,
    /// Address for `/metrics` alone. Empty: `/metrics` is served to loopback callers on the main address.
    pub metrics_addr: String,
    /// Trust the `openid` header of the follow API: only behind a gateway that sets it.
    pub trust_openid_header: bool,
    /// Trust `X-WX-*` headers: only on WeChat Cloud Hosting with public access disabled.
    pub trust_wx_headers: bool,
}

/// The default database.
pub const DATABASE_URL: &str = "sqlite://data/weida.db";

/// The database.
#[derive(Debug, Clone, Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Database {
    /// `sqlite://path`, `mysql://…` or `postgres://…`. Not set: WeChat Cloud Hosting's, else [`DATABASE_URL`].
    pub url: Option<SecretString>,
    /// WeChat Cloud Hosting's own variables; used if `url` is not set.
    pub mysql_address: String,
    pub mysql_username: String,
    pub mysql_password: SecretString,
}

/// The key that encrypts the keys stored in the database.
#[derive(Debug, Clone, Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Security {
    /// At least 32 bytes. Not set: the file `secret.key` in the data folder, created at the first start.
    pub secret_key: Option<SecretString>,
    /// The key before the present one, for the first start after a change.
    pub previous_secret_key: Option<SecretString>,
}

/// The Official Account. All empty: the sandbox.
#[derive(Debug, Clone, Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Wechat {
    pub appid: Option<String>,
    pub secret: Option<SecretString>,
    /// 3 to 32 letters and digits, as entered in the platform's console.
    pub token: Option<SecretString>,
    /// 43 letters and digits. If set, unencrypted pushes are refused.
    pub aes_key: Option<SecretString>,
    /// The key before the present one, while the platform still uses it.
    pub previous_aes_key: Option<SecretString>,
    /// The account's original id (`gh_…`). Not set: learned from the first encrypted push.
    pub original_id: Option<String>,
    /// The account's display name, shown beside the QR code.
    pub account_name: String,
    /// The content of the account's own QR code (`http://weixin.qq.com/r/…`), shown if parametric codes are not
    /// allowed.
    pub account_qr: String,
    /// The file of the account's picture: PNG, JPEG or WebP. Empty: the program's mark.
    pub account_picture: String,
    /// The platform's base URL. Empty: its own hosts.
    pub api_base: String,
    pub mp_base: String,
    /// The open platform's base URL for web login. Empty: as `api_base`.
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

/// The personal-WeChat channel: where the iLink platform is. Empty: its own hosts.
#[derive(Debug, Clone, Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Ilink {
    pub api_base: String,
    /// The base URL of media files.
    pub cdn_base: String,
}

/// Tokens for other programs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Token {
    /// At least 32 bytes. Empty: created at the first start and stored in the database.
    pub secret: Option<SecretString>,
    /// The secret before the present one: its tokens are accepted, but no new ones are signed with it.
    pub previous_secret: Option<SecretString>,
    pub expiration_days: u32,
}

impl Default for Token {
    fn default() -> Self {
        Self { secret: None, previous_secret: None, expiration_days: 7 }
    }
}

/// When the user must confirm a scan or a sent code in the chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confirm {
    /// Every time.
    Always,
    /// Only from a browser and address that this user has not signed in from.
    Risky,
    /// Never: an attacker who relays their QR code is signed in as the user who scans it.
    Never,
}

/// What unfollowing does to the follower's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unfollow {
    /// Only marks the identity.
    Keep,
    /// Signs all browsers out.
    Signout,
    /// Deletes the account.
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
    /// How long a code given out in the chat is valid, in minutes.
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
    /// How many days message contents are stored; 0: never stored.
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
    /// If a reply does not fit into one message, the follower gets the rest by sending `更多`, for accounts that may not send
    /// messages on their own. If off, texts are at most 2048 bytes long.
    pub more: bool,
    /// How many days the history of rules goes back.
    pub history_days: i64,
    /// The most history of a user's rules, in megabytes; the account's may have eight times as much. The oldest changes are
    /// deleted first.
    pub history_megabytes: i64,
}

impl Default for Reply {
    fn default() -> Self {
        Self { more: true, history_days: 180, history_megabytes: 64 }
    }
}

/// Pictures, voices and videos of replies.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Media {
    /// The most megabytes of files of one user, and of the account.
    pub megabytes_per_owner: i64,
}

impl Default for Media {
    fn default() -> Self {
        Self { megabytes_per_owner: 50 }
    }
}

/// Logs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Log {
    /// The filter, in `tracing`'s syntax.
    pub filter: String,
    /// Folder of `info-YYYY-MM-DD.log` and `error-YYYY-MM-DD.log`. Empty: stderr only.
    pub dir: String,
    /// How many days log files are kept, and backups by the operator: people who delete their account are shown this number.
    pub keep_days: i64,
}

impl Default for Log {
    fn default() -> Self {
        Self { filter: "info".to_owned(), dir: String::new(), keep_days: 30 }
    }
}
