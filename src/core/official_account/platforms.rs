//! What the program calls: WeChat for the account and for the operator's other apps, and the iLink platform. In the sandbox these are its
//! stand-ins.

use crate::{
    base::rng::Rng,
    config::{self, Checked},
    ilink,
    wechat::api::{API_BASE, AppKey, LOGIN_PATIENCE, LoginClient, MP_BASE},
};
use secrecy::SecretString;
use std::sync::Arc;
use url::Url;

/// Addresses, clients, and the keys of the operator's other apps.
#[derive(Debug)]
pub struct Platforms {
    pub api_base: Url,
    pub mp_base: Url,
    /// The client that exchanges login codes of the operator's other apps.
    pub logins: LoginClient,
    /// The mini-program, if configured.
    pub mini_program: Option<AppKey>,
    /// Web login of the open platform, if configured.
    pub web_login: Option<AppKey>,
    /// The client of the personal channel's platform.
    pub ilink: ilink::Client,
}

impl Platforms {
    /// Those of the settings.
    ///
    /// # Errors
    /// One line that says which address is malformed.
    pub fn of(settings: &Checked, rng: &Arc<dyn Rng>) -> Result<Self, String> {
        let settings = &settings.settings;
        let api_base = base(&settings.wechat.api_base, API_BASE, "WECHAT_API_BASE")?;
        let web_base = base(&settings.wechat.open_base, api_base.as_str(), "WECHAT_OPEN_BASE")?;
        let (mini, web) = (&settings.mini_program, &settings.open_platform);
        Ok(Self {
            mp_base: base(&settings.wechat.mp_base, MP_BASE, "WECHAT_MP_BASE")?,
            logins: LoginClient::new(api_base.clone(), web_base, LOGIN_PATIENCE, rng.clone())
                .map_err(|e| e.to_string())?,
            mini_program: other_app(&mini.appid, &mini.secret),
            web_login: other_app(&web.appid, &web.secret),
            ilink: ilink_client(&settings.ilink, rng)?,
            api_base,
        })
    }
}

/// The client of the personal channel's platform, or of a stand-in.
fn ilink_client(settings: &config::Ilink, rng: &Arc<dyn Rng>) -> Result<ilink::Client, String> {
    let stand_in = |given: &str, own: &str, name: &str| {
        if given.is_empty() { Ok(None) } else { base(given, own, name).map(Some) }
    };
    let api = stand_in(&settings.api_base, ilink::API_BASE, "ILINK_API_BASE")?;
    let cdn = stand_in(&settings.cdn_base, ilink::CDN_BASE, "ILINK_CDN_BASE")?;
    let hosts = ilink::Hosts::new(api, cdn).map_err(|e| format!("ILINK_API_BASE or ILINK_CDN_BASE: {e}"))?;
    ilink::Client::new(hosts, rng.clone()).map_err(|e| e.to_string())
}

fn base(given: &str, own: &str, name: &str) -> Result<Url, String> {
    let text = if given.is_empty() { own } else { given };
    Url::parse(text).map_err(|_| format!("{name} is {given:?}: it must be a URL like {own}"))
}

/// Credentials of another of the owner's apps; `None` if it is not configured.
fn other_app(appid: &str, secret: &SecretString) -> Option<AppKey> {
    (!appid.trim().is_empty()).then(|| AppKey { appid: appid.trim().to_owned(), secret: secret.clone() })
}
