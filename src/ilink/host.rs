//! Which hosts are called. Hosts come from the network: each one is checked before anything is sent to it.

use super::error::Error;
use std::fmt;
use url::Url;

/// The base URL of the login: <https://ilinkai.weixin.qq.com>.
pub const API_BASE: &str = "https://ilinkai.weixin.qq.com";
/// The base URL of media files.
pub const CDN_BASE: &str = "https://novac2c.cdn.weixin.qq.com/c2c";

/// The base URL of API calls, checked: created by [`Hosts`] only.
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

impl BaseUrl {
    /// The URL as text, to be stored. [`Hosts::base`] reads it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BaseUrl({})", self.0)
    }
}

/// The hosts of the platform: `weixin.qq.com` and its subdomains over https, or a stand-in's own origin and only it.
#[derive(Debug, Clone)]
pub struct Hosts {
    stand_in: Option<Url>,
    cdn_stand_in: Option<Url>,
}

impl Hosts {
    /// `api` and `cdn` are the base URLs of a stand-in (`ILINK_API_BASE`, `ILINK_CDN_BASE`); `None`: the platform's own.
    #[must_use]
    pub fn new(api: Option<Url>, cdn: Option<Url>) -> Self {
        Self { stand_in: api, cdn_stand_in: cdn }
    }

    /// The base URL where each login begins.
    #[must_use]
    pub fn login_base(&self) -> BaseUrl {
        todo!()
    }

    /// Checks the `baseurl` of a confirmed login, or one from the database. Empty: [`Hosts::login_base`].
    ///
    /// # Errors
    /// [`Error::ForeignHost`].
    pub fn base(&self, text: &str) -> Result<BaseUrl, Error> {
        let _ = text;
        todo!()
    }

    /// Checks the `redirect_host` of a login.
    ///
    /// # Errors
    /// [`Error::ForeignHost`].
    pub fn redirect(&self, host: &str) -> Result<BaseUrl, Error> {
        let _ = host;
        todo!()
    }
}
