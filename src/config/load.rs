//! Reading the settings from their four sources, and naming what is not known.

use super::{Checked, Settings};
use figment::{
    Figment, Provider as _, Source,
    providers::{Format as _, Serialized, Toml},
    value::Value,
};
use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf};

/// Names in the environment and the keys they set. A later name wins over an earlier one.
pub const ENVIRONMENT: &[(&str, &str)] = &[
    ("LEPTOS_SITE_ROOT", "leptos.site-root"),
    ("LEPTOS_SITE_ADDR", "leptos.site-addr"),
    ("WEIDA_PUBLIC_URL", "server.public-url"),
    ("WEIDA_TRUSTED_PROXIES", "server.trusted-proxies"),
    ("WEIDA_METRICS_ADDR", "server.metrics-addr"),
    ("WEIDA_TRUST_OPENID_HEADER", "server.trust-openid-header"),
    ("WEIDA_TRUST_WX_HEADERS", "server.trust-wx-headers"),
    ("MYSQL_ADDRESS", "database.mysql-address"),
    ("MYSQL_USERNAME", "database.mysql-username"),
    ("MYSQL_PASSWORD", "database.mysql-password"),
    ("DATABASE_URL", "database.url"),
    ("WECHAT_APPID", "wechat.appid"),
    ("WECHAT_APPSECRET", "wechat.secret"),
    ("WECHAT_SECRET", "wechat.secret"),
    ("WECHAT_TOKEN", "wechat.token"),
    ("WECHAT_AES_KEY", "wechat.aes-key"),
    ("WECHAT_PREVIOUS_AES_KEY", "wechat.previous-aes-key"),
    ("WECHAT_ACCOUNT_NAME", "wechat.account-name"),
    ("WECHAT_ACCOUNT_QR", "wechat.account-qr"),
    ("WECHAT_API_BASE", "wechat.api-base"),
    ("WECHAT_MP_BASE", "wechat.mp-base"),
    ("WECHAT_OPEN_BASE", "wechat.open-base"),
    ("ILINK_API_BASE", "ilink.api-base"),
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
];

/// What only our names begin with: another one that does is a slip of the keyboard.
const PREFIXES: [&str; 4] = ["WEIDA_", "WECHAT_", "JWT_", "ILINK_"];
/// Names that begin like ours and belong to the tests.
const TEST_PREFIX: &str = "WEIDA_TEST_";

/// What the command line says.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    pub config: Option<PathBuf>,
    pub addr: Option<SocketAddr>,
}

/// Why the program cannot start with these settings: one line with how to mend it, never a secret.
#[derive(Debug)]
pub struct ConfigError(pub String);

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConfigError {}

/// A setting as `weida doctor` prints it.
#[derive(Debug, Clone)]
pub struct Described {
    pub key: String,
    pub value: String,
    pub source: String,
}

/// Reads and checks all settings. `environment` is the process's, or a test's.
///
/// # Errors
/// The first thing that is wrong, with its mend.
pub fn load(flags: &Flags, environment: &BTreeMap<String, String>) -> Result<Checked, ConfigError> {
    let figment = sources(flags, environment)?;
    let settings: Settings = figment.extract().map_err(|e| explain(&e))?;
    Checked::new(settings)
}

/// The settings that were given, with where they come from; secrets hidden.
///
/// # Errors
/// As [`load`].
pub fn describe(flags: &Flags, environment: &BTreeMap<String, String>) -> Result<Vec<Described>, ConfigError> {
    let figment = sources(flags, environment)?;
    let data = figment.data().map_err(|e| explain(&e))?;
    let mut given = Vec::new();
    for (table, value) in data.into_values().flatten() {
        for (key, value) in leaves(table, value) {
            let source = ENVIRONMENT
                .iter()
                .rev()
                .find(|(name, k)| *k == key && environment.contains_key(*name))
                .map_or("Leptos.toml", |(name, _)| name);
            let source = if key == "leptos.site-addr" && flags.addr.is_some() { "--addr" } else { source };
            let value = if is_secret(&key) { "(hidden)".to_owned() } else { text_of(&value) };
            given.push(Described { key, value, source: source.to_owned() });
        }
    }
    Ok(given)
}

/// The values of a table and of the tables in it, each with its key.
fn leaves(key: String, value: Value) -> Vec<(String, Value)> {
    match value {
        Value::Dict(_, fields) => {
            fields.into_iter().flat_map(|(field, value)| leaves(format!("{key}.{field}"), value)).collect()
        }
        value => vec![(key, value)],
    }
}

/// True for keys whose values are shown nowhere.
fn is_secret(key: &str) -> bool {
    let is_named = ["secret", "aes-key", "password"].iter().any(|s| key.ends_with(s));
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
    let path = flags.config.clone().unwrap_or_else(|| PathBuf::from("Leptos.toml"));
    if flags.config.is_some() && !path.is_file() {
        return Err(ConfigError(format!(
            "the settings file {} is not there: give its path with --config, or leave the flag out",
            path.display()
        )));
    }
    // The provider takes an absent file for an error; without one the defaults hold.
    let mut figment = if path.is_file() { Figment::from(Toml::file_exact(&path)) } else { Figment::new() };
    for (name, key) in ENVIRONMENT {
        if let Some(text) = environment.get(*name) {
            figment = figment.merge(Serialized::default(key, typed(key, text)));
        }
    }
    if let Some(addr) = flags.addr {
        figment = figment.merge(Serialized::default("leptos.site-addr", addr.to_string()));
    }
    Ok(figment)
}

/// The environment has only text; three kinds of keys are something else.
fn typed(key: &str, text: &str) -> Value {
    match key {
        "server.trusted-proxies" => {
            Value::from(text.split(',').map(|p| p.trim().to_owned()).filter(|p| !p.is_empty()).collect::<Vec<_>>())
        }
        "server.trust-openid-header" | "server.trust-wx-headers" | "reply.more" => match text {
            "true" | "1" => Value::from(true),
            "false" | "0" | "" => Value::from(false),
            other => Value::from(other),
        },
        "token.expiration-days" | "message.keep-days" | "reply.history-days" | "reply.history-megabytes" => {
            text.parse::<i64>().map_or_else(|_| Value::from(text), Value::from)
        }
        _ => Value::from(text),
    }
}

fn refuse_unknown_names(environment: &BTreeMap<String, String>) -> Result<(), ConfigError> {
    for name in environment.keys() {
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

pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> &'a str {
    known.min_by_key(|k| strsim::damerau_levenshtein(name, k)).unwrap_or("")
}

/// One line: where, what, and the nearest key for one that is not known.
fn explain(error: &figment::Error) -> ConfigError {
    let place = match error.metadata.as_ref().map(|m| (m.source.as_ref(), &m.name)) {
        Some((Some(Source::File(path)), _)) => path.display().to_string(),
        // Names in the environment and flags come from here.
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
        // What was found instead of text is most likely the secret itself, without its quotes.
        _ if is_secret(&key) => format!("{place}: {key}: it must be a text in quotes"),
        kind => {
            let environment =
                ENVIRONMENT.iter().find(|(_, k)| *k == key).map_or(String::new(), |(name, _)| format!(" ({name})"));
            format!("{place}: {key}{environment}: {kind}")
        }
    };
    ConfigError(line)
}
