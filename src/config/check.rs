//! Checks the settings before the program starts.

use super::{Commands, ConfigError, CorsOrigins, Described, Levels, Limits, Settings};
use crate::base::secret::is_aes_key;
use ipnet::IpNet;
use secrecy::{ExposeSecret as _, SecretString};
use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};
use url::{Host, Url};

/// Shorter secret keys could be guessed.
pub const SECRET_KEY_MIN_BYTES: usize = 32;
/// The secret key's file name in the data folder.
const SECRET_KEY_FILE: &str = "secret.key";
/// The data folder if the database is not embedded.
const DATA: &str = "data";
/// Attackers can find shorter keys by brute force from a single token.
const TOKEN_SECRET_MIN_BYTES: usize = 32;

/// Credentials of a real account.
#[derive(Debug, Clone)]
pub struct Account {
    pub appid: String,
    pub secret: SecretString,
    pub token: SecretString,
    pub aes_key: Option<SecretString>,
    pub previous_aes_key: Option<SecretString>,
    /// `gh_…`; `None` if not configured.
    pub original_id: Option<String>,
}

impl Account {
    /// True if pushes are not encrypted: their signature does not cover the body.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.aes_key.is_none() && self.previous_aes_key.is_none()
    }
}

/// Settings that passed all checks.
#[derive(Debug, Clone)]
pub struct Checked {
    pub settings: Settings,
    /// Scheme, host and port only.
    pub public_url: Url,
    /// True if the public URL is https: cookies are Secure, HSTS is sent.
    pub is_https: bool,
    pub database_url: SecretString,
    /// The embedded database's folder, else `data`: contains the secret key and the sandbox's state.
    pub data_folder: PathBuf,
    /// Used if the settings give no secret key.
    pub secret_key_file: PathBuf,
    /// `None`: the one that the console connected, else the sandbox, or none.
    pub account: Option<Account>,
    pub trusted_proxies: Vec<IpNet>,
    pub cors_origins: CorsOrigins,
    pub metrics_addr: Option<SocketAddr>,
    /// The limits of each level: the defaults, overridden by the settings.
    pub levels: Levels,
    /// The settings that were given, each with its source; secrets are masked.
    pub given: Vec<Described>,
}

impl Checked {
    /// # Errors
    /// The first invalid setting, and how to fix it.
    pub fn new(mut settings: Settings) -> Result<Self, ConfigError> {
        drop_empty(&mut settings);
        let public_url = public_url(&settings)?;
        let account = account(&settings)?;
        if account.is_none() && is_unspecified(&public_url) {
            return Err(ConfigError(format!(
                "browsers cannot open {public_url}: set WEIDA_PUBLIC_URL to this machine's address, like http://192.168.1.5:{} for the sandbox",
                settings.leptos.site_addr.port()
            )));
        }
        token_secrets(&settings)?;
        secret_keys(&settings)?;
        other_apps(&settings)?;
        within("signin.code-digits", i64::from(settings.signin.code_digits), 4, 8)?;
        within("signin.code-minutes", settings.signin.code_minutes, 1, 60)?;
        within("signin.session-minutes", settings.signin.session_minutes, 1, 60)?;
        within("signin.web-session-days", settings.signin.web_session_days, 1, 365)?;
        within("signin.welcome-credits", settings.signin.welcome_credits, 0, 1_000_000)?;
        within("message.keep-days", settings.message.keep_days, 0, 3650)?;
        within("log.keep-days", settings.log.keep_days, 1, 3650)?;
        within("reply.history-days", settings.reply.history_days, 1, 3650)?;
        within("reply.history-megabytes", settings.reply.history_megabytes, 1, 100_000)?;
        within("media.megabytes-per-owner", settings.media.megabytes_per_owner, 1, 10_000)?;
        for (key, value, least, most) in settings.check_in.ranges() {
            within(key, value, least, most)?;
        }
        Commands::new(&settings.chat.commands).map_err(ConfigError)?;
        within("token.expiration-days", i64::from(settings.token.expiration_days), 1, 365)?;
        within("limits.guesses-per-session", settings.limits.guesses_per_session, 1, 20)?;
        within("limits.wrong-codes-per-address", settings.limits.wrong_codes_per_address, 1, 1000)?;
        within("limits.sent-codes-per-minute", settings.limits.sent_codes_per_minute, 1, 1000)?;
        within("limits.qr-codes-per-minute", settings.limits.qr_codes_per_minute, 0, 100_000)?;
        within("limits.qr-codes-per-day", settings.limits.qr_codes_per_day, 0, 100_000_000)?;
        within("limits.loopback-factor", settings.limits.loopback_factor, 1, 1000)?;
        let database_url = database_url(&settings);
        let data_folder = data_folder(database_url.expose_secret());
        connections(&settings.limits)?;
        Ok(Self {
            is_https: public_url.scheme() == "https",
            secret_key_file: secret_key_file(database_url.expose_secret()),
            data_folder,
            database_url,
            trusted_proxies: proxies(&settings.server.trusted_proxies)?,
            cors_origins: CorsOrigins::new(&settings.server.cors_origins)?,
            metrics_addr: optional_address(&settings.server.metrics_addr)?,
            levels: settings.quota.over_defaults()?,
            given: Vec::new(),
            public_url,
            account,
            settings,
        })
    }

    /// True if the AES key is given and empty: plain mode, unless the account's pushes were encrypted before.
    #[must_use]
    pub fn has_emptied_aes_key(&self) -> bool {
        self.settings.wechat.aes_key.as_ref().is_some_and(is_empty)
    }

    /// True if browsers reach the program at a loopback or private address.
    #[must_use]
    pub fn is_private(&self) -> bool {
        is_private(&self.public_url)
    }

    /// The multiple of the per-address limits for this address. Loopback gets more than one only if the public URL is private:
    /// elsewhere a loopback peer is a proxy on this machine, and each of its visitors would get the factor.
    #[must_use]
    pub fn factor(&self, address: IpAddr) -> i64 {
        if self.is_private() && address.to_canonical().is_loopback() { self.settings.limits.loopback_factor } else { 1 }
    }

    /// True for the address of a declared proxy.
    #[must_use]
    pub fn is_trusted_proxy(&self, peer: IpAddr) -> bool {
        self.trusted_proxies.iter().any(|net| net.contains(&peer.to_canonical()))
    }
}

/// The folder of the embedded database's file, empty if the path has none; `None` for a database server.
fn embedded_folder(database_url: &str) -> Option<PathBuf> {
    let path = database_url.strip_prefix("sqlite:")?.trim_start_matches("//").split('?').next()?;
    Path::new(path).parent().map(PathBuf::from)
}

/// The folder of the embedded database's file; `data` for a database server or a path without a folder.
fn data_folder(database_url: &str) -> PathBuf {
    embedded_folder(database_url).filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| PathBuf::from(DATA))
}

/// Beside the embedded database's file; in `data` for a database server.
fn secret_key_file(database_url: &str) -> PathBuf {
    embedded_folder(database_url).unwrap_or_else(|| PathBuf::from(DATA)).join(SECRET_KEY_FILE)
}

fn is_empty(secret: &SecretString) -> bool {
    secret.expose_secret().trim().is_empty()
}

/// Optional secrets that are given and empty count as not given. The account's own are checked together, by [`account`].
fn drop_empty(settings: &mut Settings) {
    let (security, token, wechat) = (&mut settings.security, &mut settings.token, &mut settings.wechat);
    for secret in [
        &mut settings.database.url,
        &mut security.secret_key,
        &mut security.previous_secret_key,
        &mut token.secret,
        &mut token.previous_secret,
        &mut wechat.previous_aes_key,
    ] {
        *secret = secret.take().filter(|secret| !is_empty(secret));
    }
    wechat.original_id = wechat.original_id.take().filter(|id| !id.trim().is_empty());
}

fn secret_keys(settings: &Settings) -> Result<(), ConfigError> {
    let security = &settings.security;
    for (key, name) in
        [(&security.secret_key, "WEIDA_SECRET_KEY"), (&security.previous_secret_key, "WEIDA_PREVIOUS_SECRET_KEY")]
    {
        if let Some(key) = key
            && key.expose_secret().len() < SECRET_KEY_MIN_BYTES
        {
            return Err(ConfigError(format!(
                "{name} has {} bytes: it needs at least {SECRET_KEY_MIN_BYTES}; `openssl rand -hex 32` prints one",
                key.expose_secret().len()
            )));
        }
    }
    Ok(())
}

fn connections(limits: &Limits) -> Result<(), ConfigError> {
    within("limits.connections", limits.connections, 0, 1_000_000)?;
    within("limits.connections-per-address", limits.connections_per_address, 1, 1_000_000)?;
    within("limits.event-streams-per-session", limits.event_streams_per_session, 1, 100)?;
    within("limits.header-seconds", limits.header_seconds, 1, 600)?;
    // Event streams send a keep-alive every 15 seconds.
    within("limits.idle-seconds", limits.idle_seconds, 20, 3600)?;
    within("limits.body-idle-seconds", limits.body_idle_seconds, 1, 600)?;
    within("limits.body-bytes-per-second", limits.body_bytes_per_second, 0, 1_000_000)
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

/// The owner's other apps: appid and secret are only valid together.
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

/// True for loopback, private and link-local addresses. 0.0.0.0 and [::] do not count: they stand for every address of a
/// machine.
#[must_use]
pub fn is_private_address(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

/// True for private addresses and the names of this machine.
fn is_private(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => is_private_address(ip.into()),
        Some(Host::Ipv6(ip)) => is_private_address(ip.into()),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

/// True for 0.0.0.0 and [::].
fn is_unspecified(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_unspecified(),
        Some(Host::Ipv6(ip)) => IpAddr::from(ip).to_canonical().is_unspecified(),
        _ => false,
    }
}

/// One credential means a real account; all required ones must then be set. An empty AES key is plain mode.
fn account(settings: &Settings) -> Result<Option<Account>, ConfigError> {
    let wechat = &settings.wechat;
    let is_none = |secret: &Option<SecretString>| secret.as_ref().is_none_or(is_empty);
    let has_appid = wechat.appid.as_ref().is_some_and(|appid| !appid.trim().is_empty());
    if !has_appid && is_none(&wechat.secret) && is_none(&wechat.token) && is_none(&wechat.aes_key) {
        return Ok(None);
    }
    let appid = wechat.appid.clone().filter(|a| !a.trim().is_empty()).ok_or_else(|| missing("WECHAT_APPID"))?;
    let given = |secret: &Option<SecretString>, name| {
        secret.clone().filter(|secret| !is_empty(secret)).ok_or_else(|| missing(name))
    };
    let token = given(&wechat.token, "WECHAT_TOKEN")?;
    let text = token.expose_secret();
    if !(3..=32).contains(&text.len()) || !text.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(ConfigError(
            "WECHAT_TOKEN must be 3 to 32 letters and digits, as in the platform's console".to_owned(),
        ));
    }
    let aes_key = wechat.aes_key.clone().filter(|key| !is_empty(key));
    for (key, name) in [(&aes_key, "WECHAT_AES_KEY"), (&wechat.previous_aes_key, "WECHAT_PREVIOUS_AES_KEY")] {
        if let Some(key) = key
            && !is_aes_key(key.expose_secret())
        {
            return Err(ConfigError(format!(
                "{name} must be the 43 letters and digits of the platform's console (EncodingAESKey); leave it unset for plain mode"
            )));
        }
    }
    let original_id = wechat.original_id.clone();
    if let Some(id) = &original_id
        && !(id.starts_with("gh_") && id.len() <= 64 && id[3..].bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))
    {
        return Err(ConfigError(format!(
            "WECHAT_ORIGINAL_ID is {id:?}: it must begin with gh_, as under 原始ID in the platform's console"
        )));
    }
    Ok(Some(Account {
        original_id,
        appid,
        secret: given(&wechat.secret, "WECHAT_SECRET")?,
        token,
        aes_key,
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
            let net = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
            // If every address were a proxy, every client could choose its address.
            net.ok().filter(|net| net.prefix_len() > 0).ok_or_else(|| {
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
