//! Which hosts are called. Hosts come from the network: each one is checked before anything is sent to it.

use super::error::Error;
use std::fmt;
use url::{Host, Url};

/// The base URL of the login.
pub const API_BASE: &str = "https://ilinkai.weixin.qq.com";
/// The base URL of media files.
pub const CDN_BASE: &str = "https://novac2c.cdn.weixin.qq.com/c2c";

/// The platform's domain: it and its subdomains are called.
const DOMAIN: &str = "weixin.qq.com";
/// The path of media files below a stand-in's base URL, unless its CDN is set.
const CDN_PATH: &str = "/c2c";

/// The base URL of API calls, checked: created by [`Hosts`] only.
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl {
    url: Url,
    /// True if it is where each login begins.
    is_login: bool,
}

impl BaseUrl {
    /// The URL as text, to be stored; empty for [`Hosts::login_base`], which may be at another port after a restart if it is a
    /// stand-in. [`Hosts::base`] reads it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        if self.is_login { "" } else { self.url.as_str() }
    }

    /// The URL of a call; `path` begins with a slash.
    pub(super) fn join(&self, path: &str) -> Url {
        below(&self.url, path)
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BaseUrl({})", self.url)
    }
}

/// The hosts of the platform: `weixin.qq.com` and its subdomains over https, or a stand-in's own origin and only it.
#[derive(Debug, Clone)]
pub struct Hosts {
    api: Url,
    cdn: Url,
    is_stand_in: bool,
}

impl Hosts {
    /// `api` and `cdn` are the base URLs of a stand-in (`ILINK_API_BASE`, `ILINK_CDN_BASE`); `None`: the platform's own. A stand-in
    /// without `cdn` has its media at `/c2c` below `api`.
    ///
    /// # Errors
    /// [`Error::ForeignHost`] for a `cdn` without an `api`, and for a URL that is not http or https.
    pub fn new(api: Option<Url>, cdn: Option<Url>) -> Result<Self, Error> {
        let is_web = |url: &Url| matches!(url.scheme(), "http" | "https") && url.host().is_some();
        match (api, cdn) {
            (None, None) => {
                let parse = |text| Url::parse(text).map_err(|_| Error::ForeignHost);
                Ok(Self { api: parse(API_BASE)?, cdn: parse(CDN_BASE)?, is_stand_in: false })
            }
            (Some(api), cdn) => {
                let cdn = cdn.unwrap_or_else(|| below(&api, CDN_PATH));
                let is_valid = is_web(&api) && is_web(&cdn);
                if is_valid { Ok(Self { api, cdn, is_stand_in: true }) } else { Err(Error::ForeignHost) }
            }
            (None, Some(_)) => Err(Error::ForeignHost),
        }
    }

    /// The base URL where each login begins.
    #[must_use]
    pub fn login_base(&self) -> BaseUrl {
        BaseUrl { url: self.api.clone(), is_login: true }
    }

    /// Checks the `baseurl` of a confirmed login, or one from the database. Empty: [`Hosts::login_base`].
    ///
    /// # Errors
    /// [`Error::ForeignHost`].
    pub fn base(&self, text: &str) -> Result<BaseUrl, Error> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(self.login_base());
        }
        let url = plain(text).filter(|url| url.query().is_none()).ok_or(Error::ForeignHost)?;
        let is_own = if self.is_stand_in { url.origin() == self.api.origin() } else { is_platform(&url) };
        let is_login = below(&url, "") == below(&self.api, "");
        if is_own { Ok(BaseUrl { url, is_login }) } else { Err(Error::ForeignHost) }
    }

    /// Checks the `redirect_host` of a login: a host without scheme and path.
    ///
    /// # Errors
    /// [`Error::ForeignHost`].
    pub fn redirect(&self, host: &str) -> Result<BaseUrl, Error> {
        let is_host = |c: u8| c.is_ascii_alphanumeric() || b".-:[]".contains(&c);
        if !host.bytes().all(is_host) {
            return Err(Error::ForeignHost);
        }
        if !self.is_stand_in {
            return self.base(&format!("https://{host}"));
        }
        let url = plain(&format!("{}://{host}", self.api.scheme())).ok_or(Error::ForeignHost)?;
        if url.origin() == self.api.origin() { Ok(self.login_base()) } else { Err(Error::ForeignHost) }
    }

    /// The URL of a media file below the CDN's base.
    pub(super) fn cdn(&self, path: &str) -> Url {
        below(&self.cdn, path)
    }

    /// Checks the full URL of a media file.
    pub(super) fn media(&self, text: &str) -> Result<Url, Error> {
        let url = plain(text).ok_or(Error::ForeignHost)?;
        let is_own = if self.is_stand_in {
            url.origin() == self.cdn.origin() || url.origin() == self.api.origin()
        } else {
            is_platform(&url)
        };
        if is_own { Ok(url) } else { Err(Error::ForeignHost) }
    }
}

/// Parses a URL that is written without tricks: visible ASCII, no user, no backslash, no fragment.
fn plain(text: &str) -> Option<Url> {
    let is_visible = text.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    let authority = text.split_once("://")?.1.split(['/', '?', '#']).next()?;
    let url = Url::parse(text).ok().filter(|_| is_visible && !authority.contains(['@', '%']))?;
    (url.fragment().is_none() && url.username().is_empty() && url.password().is_none()).then_some(url)
}

/// True for a host of the platform over https at the standard port.
fn is_platform(url: &Url) -> bool {
    let Some(Host::Domain(host)) = url.host() else { return false };
    let is_below = host == DOMAIN || host.strip_suffix(DOMAIN).is_some_and(|rest| rest.ends_with('.'));
    url.scheme() == "https" && url.port_or_known_default() == Some(443) && is_below
}

fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}{path}", base.path().trim_end_matches('/')));
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    fn platform() -> Hosts {
        Hosts::new(None, None).unwrap()
    }

    fn stand_in() -> Hosts {
        Hosts::new(Some(Url::parse("http://127.0.0.1:4010/ilink").unwrap()), None).unwrap()
    }

    #[test]
    fn only_the_platform_over_https_is_called() {
        for (text, expected) in [
            ("", "https://ilinkai.weixin.qq.com/ilink/x"),
            ("https://weixin.qq.com", "https://weixin.qq.com/ilink/x"),
            ("https://idc2.ilinkai.weixin.qq.com:443/", "https://idc2.ilinkai.weixin.qq.com/ilink/x"),
            ("https://IDC2.WEIXIN.QQ.COM/sub/", "https://idc2.weixin.qq.com/sub/ilink/x"),
        ] {
            assert_eq!(platform().base(text).unwrap().join("/ilink/x").as_str(), expected, "{text}");
        }
        for text in [
            "http://ilinkai.weixin.qq.com",
            "https://ilinkai.weixin.qq.com:8443",
            "https://ilinkai.weixin.qq.com.",
            "https://weixin.qq.com.evil.example",
            "https://evilweixin.qq.com",
            "https://qq.com",
            "https://a@weixin.qq.com",
            "https://@weixin.qq.com",
            "https://weixin.qq.com@evil.example",
            "https://evil.example\\.weixin.qq.com",
            "https://evil.example#.weixin.qq.com",
            "https://evil.example/?.weixin.qq.com",
            "https://ｗeixin.qq.com",
            "https://weixin。qq.com",
            "https://wеixin.qq.com",
            "https://%77eixin.qq.com",
            "https://127.0.0.1",
            "https://[::1]",
            "https:weixin.qq.com",
            "//weixin.qq.com",
            "file:///etc/passwd",
            "http://127.0.0.1:4010/ilink",
            "https://weixin.qq.com/?a=b",
            "https://weixin.qq.com/#a",
            "https://wei\nxin.qq.com",
        ] {
            assert_eq!(platform().base(text), Err(Error::ForeignHost), "{text}");
            assert!(platform().media(text).is_err() || text.ends_with("?a=b"), "{text}");
        }
    }

    #[test]
    fn a_stored_base_is_read_again_also_at_another_port_of_the_stand_in() {
        for (hosts, text) in [(platform(), API_BASE), (stand_in(), "http://127.0.0.1:4010/ilink/")] {
            assert_eq!(hosts.base(text).unwrap().as_str(), "");
        }
        let other = platform().base("https://idc2.weixin.qq.com/x").unwrap();
        assert_eq!(platform().base(other.as_str()).unwrap(), other);
        let moved = Hosts::new(Some(Url::parse("http://127.0.0.1:4011").unwrap()), None).unwrap();
        assert_eq!(moved.base(stand_in().login_base().as_str()).unwrap(), moved.login_base());
    }

    #[test]
    fn a_redirect_names_a_host_of_the_platform() {
        let base = platform().redirect("idc2.ilinkai.weixin.qq.com").unwrap();
        assert_eq!(base.as_str(), "https://idc2.ilinkai.weixin.qq.com/");
        for host in [
            "",
            "evil.example",
            "weixin.qq.com/x",
            "weixin.qq.com:80",
            "a@weixin.qq.com",
            "weixin.qq.com.",
            "localhost",
        ] {
            assert_eq!(platform().redirect(host), Err(Error::ForeignHost), "{host}");
        }
    }

    #[test]
    fn a_stand_in_replaces_the_platform_and_is_the_only_host() {
        let hosts = stand_in();
        assert_eq!(hosts.redirect("127.0.0.1:4010").unwrap(), hosts.login_base());
        assert_eq!(hosts.base("http://127.0.0.1:4010/x").unwrap().as_str(), "http://127.0.0.1:4010/x");
        assert_eq!(hosts.cdn("/upload").as_str(), "http://127.0.0.1:4010/ilink/c2c/upload");
        assert!(hosts.media("http://127.0.0.1:4010/y?q=1").is_ok());
        for text in [
            "https://ilinkai.weixin.qq.com",
            "http://127.0.0.1:4011",
            "https://127.0.0.1:4010",
            "http://localhost:4010",
        ] {
            assert_eq!(hosts.base(text), Err(Error::ForeignHost), "{text}");
            assert_eq!(hosts.media(text), Err(Error::ForeignHost), "{text}");
        }
        assert_eq!(hosts.redirect("ilinkai.weixin.qq.com"), Err(Error::ForeignHost));
        assert!(Hosts::new(None, Some(Url::parse("http://127.0.0.1:1").unwrap())).is_err());
    }
}
