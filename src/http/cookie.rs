//! This program's cookies. On https they carry the `__Host-` prefix: no other host of the domain can set them.

use axum::http::{HeaderMap, HeaderValue, header};

/// One of this program's cookies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Jar {
    /// The session of a signed-in browser.
    Session,
    /// The sign-in session that this browser started.
    Signin,
    /// The notice that the next page shows once.
    Flash,
    /// A browser that entered the sandbox's key.
    Sandbox,
    /// The users who signed in with this browser before.
    Known,
}

impl Jar {
    /// The cookie's name.
    #[must_use]
    pub fn name(self, is_https: bool) -> &'static str {
        match (self, is_https) {
            (Self::Session, true) => "__Host-weida",
            (Self::Session, false) => "weida",
            (Self::Signin, true) => "__Host-weida_signin",
            (Self::Signin, false) => "weida_signin",
            (Self::Flash, true) => "__Host-weida_flash",
            (Self::Flash, false) => "weida_flash",
            (Self::Sandbox, true) => "__Host-weida_sandbox",
            (Self::Sandbox, false) => "weida_sandbox",
            (Self::Known, true) => "__Host-weida_known",
            (Self::Known, false) => "weida_known",
        }
    }

    /// The cookie's value in a request.
    #[must_use]
    pub fn read(self, headers: &HeaderMap, is_https: bool) -> Option<&str> {
        let name = self.name(is_https);
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|v| v.to_str().ok())
            .flat_map(|v| v.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(key, value)| (key == name).then_some(value))
    }

    /// A `Set-Cookie` value: for this site only, hidden from scripts, valid for `max_age_secs` seconds (0 deletes it).
    #[must_use]
    pub fn write(self, value: &str, max_age_secs: i64, is_https: bool) -> Option<HeaderValue> {
        let secure = if is_https { "; Secure" } else { "" };
        HeaderValue::from_str(&format!(
            "{}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age_secs}{secure}",
            self.name(is_https)
        ))
        .ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_read_by_its_whole_name() {
        let headers =
            HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static("xweida=1; weida=2; weida_signin=a.b.c"))]);
        assert_eq!(Jar::Session.read(&headers, false), Some("2"));
        assert_eq!(Jar::Signin.read(&headers, false), Some("a.b.c"));
        assert_eq!(Jar::Session.read(&headers, true), None);
    }

    #[test]
    fn cookies_are_out_of_scripts_reach_and_secure_on_https() {
        let value = Jar::Signin.write("x", 600, true).unwrap();
        assert_eq!(value, "__Host-weida_signin=x; Path=/; HttpOnly; SameSite=Lax; Max-Age=600; Secure");
    }
}
