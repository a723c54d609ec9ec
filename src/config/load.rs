//! Reads the settings from their four sources and reports unknown names.

use super::{Checked, ConfigError, Described, SETTINGS_FILE, Settings, error::nearest};
use figment::{
    Figment, Provider as _, Source,
    providers::{Format as _, Serialized, Toml},
    value::Value,
};
use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf};

/// Environment variables and the keys they set. A later variable overrides an earlier one.
pub const ENVIRONMENT: &[(&str, &str)] = &[
    ("LEPTOS_SITE_ROOT", "leptos.site-root"),
    ("LEPTOS_SITE_ADDR", "leptos.site-addr"),
    ("WEIDA_PUBLIC_URL", "server.public-url"),
    ("WEIDA_TRUSTED_PROXIES", "server.trusted-proxies"),
    ("WEIDA_CORS_ORIGINS", "server.cors-origins"),
    ("WEIDA_METRICS_ADDR", "server.metrics-addr"),
    ("WEIDA_TRUST_OPENID_HEADER", "server.trust-openid-header"),
    ("WEIDA_TRUST_WX_HEADERS", "server.trust-wx-headers"),
    ("MYSQL_ADDRESS", "database.mysql-address"),
    ("MYSQL_USERNAME", "database.mysql-username"),
    ("MYSQL_PASSWORD", "database.mysql-password"),
    ("DATABASE_URL", "database.url"),
    ("WEIDA_SECRET_KEY", "security.secret-key"),
    ("WEIDA_PREVIOUS_SECRET_KEY", "security.previous-secret-key"),
    ("WECHAT_APPID", "wechat.appid"),
    ("WECHAT_APPSECRET", "wechat.secret"),
    ("WECHAT_SECRET", "wechat.secret"),
    ("WECHAT_TOKEN", "wechat.token"),
    ("WECHAT_AES_KEY", "wechat.aes-key"),
    ("WECHAT_PREVIOUS_AES_KEY", "wechat.previous-aes-key"),
    ("WECHAT_ORIGINAL_ID", "wechat.original-id"),
    ("WECHAT_ACCOUNT_NAME", "wechat.account-name"),
    ("WECHAT_ACCOUNT_QR", "wechat.account-qr"),
    ("WECHAT_ACCOUNT_PICTURE", "wechat.account-picture"),
    ("WECHAT_API_BASE", "wechat.api-base"),
    ("WECHAT_MP_BASE", "wechat.mp-base"),
    ("WECHAT_OPEN_BASE", "wechat.open-base"),
    ("ILINK_API_BASE", "ilink.api-base"),
    ("ILINK_CDN_BASE", "ilink.cdn-base"),
    ("WX_APPID", "mini-program.appid"),
    ("WECHAT_MINI_APPID", "mini-program.appid"),
    ("WX_SECRET", "mini-program.secret"),
    ("WECHAT_MINI_SECRET", "mini-program.secret"),
    ("WECHAT_WEB_APPID", "open-platform.appid"),
    ("WECHAT_WEB_SECRET", "open-platform.secret"),
    ("TOKEN_SECRET", "token.secret"),
    ("JWT_SECRET", "token.secret"),
    ("JWT_PREVIOUS_SECRET", "token.previous-secret"),
    ("JWT_EXPIRATION_DAYS", "token.expiration-days"),
    ("WEIDA_LOGIN_CONFIRM", "signin.confirm"),
    ("WEIDA_UNFOLLOW", "signin.unfollow"),
    ("WEIDA_MESSAGE_DAYS", "message.keep-days"),
    ("WEIDA_REPLY_MORE", "reply.more"),
    ("WEIDA_HISTORY_DAYS", "reply.history-days"),
    ("WEIDA_HISTORY_MEGABYTES", "reply.history-megabytes"),
    ("RUST_LOG", "log.filter"),
    ("WEIDA_LOG_DIR", "log.dir"),
    ("WEIDA_LOG_DAYS", "log.keep-days"),
];

/// The keys of the Official Account. An empty variable of theirs beside one with a value is a forgotten value, and not an unset one.
const ACCOUNT_KEYS: [&str; 4] = ["wechat.appid", "wechat.secret", "wechat.token", "wechat.aes-key"];

/// Set by WeChat Cloud Hosting in each of its containers.
const CLOUD_HOSTING: &str = "CBR_ENV_ID";
/// The port that Cloud Hosting forwards to (docs/WECHAT.md, 6): this program listens on all addresses there, whatever the settings say.
const PORT: &str = "PORT";
/// The port if Cloud Hosting gives none.
const CLOUD_PORT: u16 = 80;

/// Prefixes that only this program uses: an unknown variable with one of them is a typing mistake.
const PREFIXES: [&str; 4] = ["WEIDA_", "WECHAT_", "JWT_", "ILINK_"];
/// The prefix of the tests' variables.
const TEST_PREFIX: &str = "WEIDA_TEST_";

/// The command line flags that change settings.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    pub config: Option<PathBuf>,
    pub addr: Option<SocketAddr>,
}

/// Reads and checks all settings. `environment` is the process's, or a test's.
///
/// # Errors
/// The first invalid setting, and how to fix it.
pub fn load(flags: &Flags, environment: &BTreeMap<String, String>) -> Result<Checked, ConfigError> {
    let figment = sources(flags, environment)?;
    let settings: Settings = figment.extract().map_err(|e| explain(&e))?;
    Ok(Checked { given: describe(flags, environment)?, ..Checked::new(settings)? })
}

/// The settings that were given, each with its source; secrets are masked.
///
/// # Errors
/// As [`load`].
pub fn describe(flags: &Flags, environment: &BTreeMap<String, String>) -> Result<Vec<Described>, ConfigError> {
    let figment = sources(flags, environment)?;
    let data = figment.data().map_err(|e| explain(&e))?;
    let (set, mut given) = (set_variables(environment), Vec::new());
    for (table, value) in data.into_values().flatten() {
        for (key, value) in leaves(table, value) {
            let source = set.iter().rev().find(|(_, k, _)| *k == key).map_or(SETTINGS_FILE, |(name, _, _)| name);
            let source = match key.as_str() {
                "leptos.site-addr" if flags.addr.is_some() => "--addr",
                "leptos.site-addr" if cloud_address(environment)?.is_some() => PORT,
                _ => source,
            };
            let value = if is_secret(&key) { "(hidden)".to_owned() } else { text_of(&value) };
            given.push(Described { key, value, source: source.to_owned() });
        }
    }
    Ok(given)
}

/// The values of a table and its nested tables, each with its full key.
fn leaves(key: String, value: Value) -> Vec<(String, Value)> {
    match value {
        Value::Dict(_, fields) => {
            fields.into_iter().flat_map(|(field, value)| leaves(format!("{key}.{field}"), value)).collect()
        }
        value => vec![(key, value)],
    }
}

/// True for keys whose values must not be shown.
fn is_secret(key: &str) -> bool {
    let is_named = ["secret", "secret-key", "aes-key", "password"].iter().any(|s| key.ends_with(s));
    (is_named && !key.starts_with("chat.")) || matches!(key, "wechat.token" | "database.url")
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(_, text) => text.clone(),
        Value::Bool(_, is) => is.to_string(),
        Value::Num(_, n) => n.to_i128().map_or_else(|| n.to_f64().unwrap_or_default().to_string(), |n| n.to_string()),
        Value::Array(_, items) => items.iter().map(text_of).collect::<Vec<_>>().join(", "),
        Value::Dict(_, fields) => {
            fields.iter().map(|(key, value)| format!("{key} = {}", text_of(value))).collect::<Vec<_>>().join(", ")
        }
        _ => String::new(),
    }
}

fn sources(flags: &Flags, environment: &BTreeMap<String, String>) -> Result<Figment, ConfigError> {
    refuse_unknown_names(environment)?;
    let path = flags.config.clone().unwrap_or_else(|| PathBuf::from(SETTINGS_FILE));
    if flags.config.is_some() && !path.is_file() {
        return Err(ConfigError(format!(
            "the settings file {} is not there: give its path with --config, or leave the flag out",
            path.display()
        )));
    }
    // Figment treats a missing file as an error; without a file the defaults apply.
    let mut figment = if path.is_file() { Figment::from(Toml::file_exact(&path)) } else { Figment::new() };
    for (_, key, text) in set_variables(environment) {
        figment = figment.merge(Serialized::default(key, typed(key, text)));
    }
    if let Some(addr) = cloud_address(environment)? {
        figment = figment.merge(Serialized::default("leptos.site-addr", addr.to_string()));
    }
    if let Some(addr) = flags.addr {
        figment = figment.merge(Serialized::default("leptos.site-addr", addr.to_string()));
    }
    Ok(figment)
}

/// Where to listen on WeChat Cloud Hosting; `None` elsewhere, where other programs use the name `PORT`.
fn cloud_address(environment: &BTreeMap<String, String>) -> Result<Option<SocketAddr>, ConfigError> {
    let is_set = |name: &str| environment.get(name).filter(|text| !text.trim().is_empty());
    if is_set(CLOUD_HOSTING).is_none() {
        return Ok(None);
    }
    let port = is_set(PORT).map_or(Ok(CLOUD_PORT), |text| text.trim().parse());
    let port =
        port.map_err(|_| ConfigError(format!("{PORT} must be a number from 1 to 65535, as Cloud Hosting sets it")))?;
    Ok(Some(SocketAddr::from(([0, 0, 0, 0], port))))
}

/// The variables that are set, each with its key and its text, in the order of their precedence.
///
/// An empty one is not set: compose files give an empty text for a name without a value. An empty one of the account is kept as a
/// mistake if another one of the account has a value, unless the same key is set under its other name.
fn set_variables(environment: &BTreeMap<String, String>) -> Vec<(&'static str, &'static str, &str)> {
    let text = |name: &str| environment.get(name).map(String::as_str);
    let is_filled = |name: &str| text(name).is_some_and(|text| !text.trim().is_empty());
    let has_account = ENVIRONMENT.iter().any(|(name, key)| ACCOUNT_KEYS.contains(key) && is_filled(name));
    let is_given = |key: &str| ENVIRONMENT.iter().any(|(name, k)| *k == key && is_filled(name));
    let is_forgotten = |key: &str| has_account && ACCOUNT_KEYS.contains(&key) && !is_given(key);
    let variables = ENVIRONMENT.iter().filter_map(|(name, key)| text(name).map(|text| (*name, *key, text)));
    variables.filter(|(name, key, _)| is_filled(name) || is_forgotten(key)).collect()
}

/// Environment variables are text; three kinds of keys have another type.
fn typed(key: &str, text: &str) -> Value {
    match key {
        "server.trusted-proxies" | "server.cors-origins" => {
            Value::from(text.split(',').map(|p| p.trim().to_owned()).filter(|p| !p.is_empty()).collect::<Vec<_>>())
        }
        "server.trust-openid-header" | "server.trust-wx-headers" | "reply.more" => match text {
            "true" | "1" => Value::from(true),
            "false" | "0" => Value::from(false),
            other => Value::from(other),
        },
        "token.expiration-days"
        | "message.keep-days"
        | "log.keep-days"
        | "reply.history-days"
        | "reply.history-megabytes" => text.parse::<i64>().map_or_else(|_| Value::from(text), Value::from),
        _ => Value::from(text),
    }
}

fn refuse_unknown_names(environment: &BTreeMap<String, String>) -> Result<(), ConfigError> {
    for (name, _) in environment.iter().filter(|(_, text)| !text.trim().is_empty()) {
        let is_ours = PREFIXES.iter().any(|prefix| name.starts_with(prefix)) && !name.starts_with(TEST_PREFIX);
        if is_ours && !ENVIRONMENT.iter().any(|(known, _)| known == name) {
            let nearest = nearest(name, ENVIRONMENT.iter().map(|(known, _)| *known));
            return Err(ConfigError(format!(
                "the environment has {name}, which is not a setting: did you mean {nearest}?"
            )));
        }
    }
    Ok(())
}

/// One line: where, what, and for an unknown key the nearest known one.
fn explain(error: &figment::Error) -> ConfigError {
    let place = match error.metadata.as_ref().map(|m| (m.source.as_ref(), &m.name)) {
        Some((Some(Source::File(path)), _)) => path.display().to_string(),
        // The code merges in environment variables and flags, so figment names code as their source.
        Some((Some(_), _)) => "the environment".to_owned(),
        Some((None, name)) => name.to_string(),
        None => "the settings".to_owned(),
    };
    let key = error.path.join(".");
    let line = match &error.kind {
        figment::error::Kind::UnknownField(field, expected) => {
            format!(
                "{place}: there is no setting {field:?}{}: did you mean {:?}?",
                if key.is_empty() { String::new() } else { format!(" in [{key}]") },
                nearest(field, expected.iter().copied())
            )
        }
        // The value found instead of a string is most likely the unquoted secret itself.
        _ if is_secret(&key) => format!("{place}: {key}: it must be a text in quotes"),
        kind => {
            let environment =
                ENVIRONMENT.iter().find(|(_, k)| *k == key).map_or(String::new(), |(name, _)| format!(" ({name})"));
            format!("{place}: {key}{environment}: {kind}")
        }
    };
    ConfigError(line)
}
