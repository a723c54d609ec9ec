//! What must hold among the settings before the program starts.

use super::{ConfigError, Levels, Settings};
use ipnet::IpNet;
use secrecy::{ExposeSecret as _, SecretString};
use std::net::{IpAddr, SocketAddr};
use url::{Host, Url};

/// Shorter keys can be guessed from a single token.
const TOKEN_SECRET_MIN_BYTES: usize = 32;

/// Credentials of a real account.
#[derive(Debug, Clone)]
pub struct Account {
    pub appid: String,
    pub secret: SecretString,
    pub token: SecretString,
    pub aes_key: Option<SecretString>,
    pub previous_aes_key: Option<SecretString>,
}

/// Settings that hold together.
#[derive(Debug, Clone)]
pub struct Checked {
    pub settings: Settings,
    /// Scheme, host and port only.
    pub public_url: Url,
    /// True on https: cookies are Secure, HSTS is sent.
    pub is_https: bool,
    pub database_url: SecretString,
    /// None: the sandbox.
    pub account: Option<Account>,
    pub trusted_proxies: Vec<IpNet>,
    pub metrics_addr: Option<SocketAddr>,
    /// What each level may use: the defaults, and over them what the settings say.
    pub levels: Levels,
}

impl Checked {
    /// # Errors
    /// The first thing that does not hold, with its mend.
    pub fn new(settings: Settings) -> Result<Self, ConfigError> {
        let public_url = public_url(&settings)?;
        let account = account(&settings)?;
        if account.is_none() && !is_private(&public_url) {
            return Err(ConfigError(format!(
                "the sandbox may not be reached from outside, but WEIDA_PUBLIC_URL is {public_url}: set WECHAT_APPID, WECHAT_SECRET and WECHAT_TOKEN of the account, or use a loopback or private address"
            )));
        }
        token_secrets(&settings)?;
        other_apps(&settings)?;
        within("signin.code-digits", i64::from(settings.signin.code_digits), 4, 8)?;
        within("signin.code-minutes", settings.signin.code_minutes, 1, 60)?;
        within("signin.session-minutes", settings.signin.session_minutes, 1, 60)?;
        within("signin.web-session-days", settings.signin.web_session_days, 1, 365)?;
        within("signin.welcome-credits", settings.signin.welcome_credits, 0, 1_000_000)?;
        within("message.keep-days", settings.message.keep_days, 0, 3650)?;
        within("reply.history-days", settings.reply.history_days, 1, 3650)?;
        within("reply.history-megabytes", settings.reply.history_megabytes, 1, 100_000)?;
        within("media.megabytes-per-owner", settings.media.megabytes_per_owner, 1, 10_000)?;
        crate::core::message::commands::Commands::new(&settings.chat.commands).map_err(ConfigError)?;
        within("token.expiration-days", i64::from(settings.token.expiration_days), 1, 365)?;
        within("limits.guesses-per-session", settings.limits.guesses_per_session, 1, 20)?;
        within("limits.loopback-factor", settings.limits.loopback_factor, 1, 1000)?;
        Ok(Self {
            is_https: public_url.scheme() == "https",
            database_url: database_url(&settings),
            trusted_proxies: proxies(&settings.server.trusted_proxies)?,
            metrics_addr: optional_address(&settings.server.metrics_addr)?,
            levels: settings.quota.over_defaults()?,
            public_url,
            account,
            settings,
        })
    }
}

fn token_secrets(settings: &Settings) -> Result<(), ConfigError> {
    let token = &settings.token;
    for (secret, name) in [(&token.secret, "JWT_SECRET"), (&token.previous_secret, "JWT_PREVIOUS_SECRET")] {
        if let Some(secret) = secret
            && secret.expose_secret().len() < TOKEN_SECRET_MIN_BYTES
        {
            return Err(ConfigError(format!(
                "{name} has {} bytes: it needs at least {TOKEN_SECRET_MIN_BYTES}; leave it unset to have one made",
                secret.expose_secret().len()
            )));
        }
    }
    if token.secret.is_none() && token.previous_secret.is_some() {
        return Err(ConfigError("JWT_PREVIOUS_SECRET is set without JWT_SECRET: set both, or neither".to_owned()));
    }
    Ok(())
}

/// The owner's other apps: an appid is of no use without its secret, nor a secret without its appid.
fn other_apps(settings: &Settings) -> Result<(), ConfigError> {
    let (mini, web) = (&settings.mini_program, &settings.open_platform);
    for (appid, secret, names) in [
        (&mini.appid, &mini.secret, ("WECHAT_MINI_APPID", "WECHAT_MINI_SECRET")),
        (&web.appid, &web.secret, ("WECHAT_WEB_APPID", "WECHAT_WEB_SECRET")),
    ] {
        let (given, missing) = match (appid.trim().is_empty(), secret.expose_secret().trim().is_empty()) {
            (false, true) => (names.0, names.1),
            (true, false) => (names.1, names.0),
            _ => continue,
        };
        return Err(ConfigError(format!("{given} is set without {missing}: set both, or neither")));
    }
    Ok(())
}

fn within(key: &str, value: i64, least: i64, most: i64) -> Result<(), ConfigError> {
    if (least..=most).contains(&value) {
        Ok(())
    } else {
        Err(ConfigError(format!("{key} is {value}: it must be from {least} to {most}")))
    }
}

fn public_url(settings: &Settings) -> Result<Url, ConfigError> {
    let text = match settings.server.public_url.trim_end_matches('/') {
        "" => format!("http://{}", settings.leptos.site_addr),
        given => given.to_owned(),
    };
    let wrong =
        || ConfigError(format!("WEIDA_PUBLIC_URL is {text:?}: it must be http://host or https://host, without a path"));
    let url = Url::parse(&text).map_err(|_| wrong())?;
    let is_plain = url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.host().is_some();
    if is_plain && matches!(url.scheme(), "http" | "https") { Ok(url) } else { Err(wrong()) }
}

/// True for loopback and private addresses, and for the names that mean this machine.
fn is_private(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback() || ip.is_private() || ip.is_unspecified() || ip.is_link_local(),
        Some(Host::Ipv6(ip)) => {
            ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local() || ip.is_unicast_link_local()
        }
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

/// Any credential given means a real account is meant; then all that it needs must be there.
fn account(settings: &Settings) -> Result<Option<Account>, ConfigError> {
    let wechat = &settings.wechat;
    if wechat.appid.is_none() && wechat.secret.is_none() && wechat.token.is_none() && wechat.aes_key.is_none() {
        return Ok(None);
    }
    let appid = wechat.appid.clone().filter(|a| !a.trim().is_empty()).ok_or_else(|| missing("WECHAT_APPID"))?;
    let given = |secret: &Option<SecretString>, name| {
        secret.clone().filter(|s| !s.expose_secret().trim().is_empty()).ok_or_else(|| missing(name))
    };
    let token = given(&wechat.token, "WECHAT_TOKEN")?;
    let text = token.expose_secret();
    if !(3..=32).contains(&text.len()) || !text.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(ConfigError(
            "WECHAT_TOKEN must be 3 to 32 letters and digits, as in the platform's console".to_owned(),
        ));
    }
    for (key, name) in [(&wechat.aes_key, "WECHAT_AES_KEY"), (&wechat.previous_aes_key, "WECHAT_PREVIOUS_AES_KEY")] {
        if let Some(key) = key
            && crate::wechat::crypto::AesKey::parse(key.expose_secret()).is_err()
        {
            return Err(ConfigError(format!(
                "{name} must be the 43 letters and digits of the platform's console (EncodingAESKey); leave it unset for plain mode"
            )));
        }
    }
    Ok(Some(Account {
        appid,
        secret: given(&wechat.secret, "WECHAT_SECRET")?,
        token,
        aes_key: wechat.aes_key.clone(),
        previous_aes_key: wechat.previous_aes_key.clone(),
    }))
}

fn missing(name: &str) -> ConfigError {
    ConfigError(format!(
        "{name} is empty: set it beside the other WECHAT_… settings, or unset them all for the sandbox"
    ))
}

fn database_url(settings: &Settings) -> SecretString {
    let database = &settings.database;
    if let Some(url) = database.url.as_ref().filter(|url| !url.expose_secret().trim().is_empty()) {
        return url.clone();
    }
    if database.mysql_address.is_empty() {
        return SecretString::from(super::DATABASE_URL);
    }
    let encode =
        |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
    SecretString::from(format!(
        "mysql://{}:{}@{}/weida",
        encode(&database.mysql_username),
        encode(database.mysql_password.expose_secret()),
        database.mysql_address
    ))
}

fn proxies(texts: &[String]) -> Result<Vec<IpNet>, ConfigError> {
    texts
        .iter()
        .map(|text| {
            text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).map_err(|_| {
                ConfigError(format!(
                    "WEIDA_TRUSTED_PROXIES has {text:?}: it must be an address or a network like 10.0.0.0/8"
                ))
            })
        })
        .collect()
}

fn optional_address(text: &str) -> Result<Option<SocketAddr>, ConfigError> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse()
        .map(Some)
        .map_err(|_| ConfigError(format!("WEIDA_METRICS_ADDR is {text:?}: it must be like 127.0.0.1:9100")))
}
