//! The form that connects an account, as typed and as checked.

use crate::core::{CoreError, FieldError, Problem};

/// The longest name of an account, in characters. WeChat allows 30.
pub(super) const NAME_MAX_CHARS: usize = 64;
/// An `AppSecret` has 32 characters today.
const APP_SECRET_MAX_CHARS: usize = 128;
const APPID_MAX_CHARS: usize = 64;
const QR_MAX_CHARS: usize = 500;

/// The form as typed. Empty secrets: those that the account has, or new ones.
#[derive(Clone, Default)]
pub struct Draft<'a> {
    pub name: &'a str,
    pub appid: &'a str,
    pub app_secret: &'a str,
    /// The account's pushes are not encrypted.
    pub is_plain: bool,
    pub token: &'a str,
    pub aes_key: &'a str,
    pub qr_url: &'a str,
}

/// The checked form.
pub(super) struct Parsed {
    pub name: String,
    pub appid: String,
    pub app_secret: Option<String>,
    pub is_plain: bool,
    pub token: Option<String>,
    pub aes_key: Option<String>,
    pub qr_url: String,
}

/// A secret that the program makes anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewed {
    Token,
    AesKey,
}

impl std::fmt::Debug for Draft<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Draft").field("appid", &self.appid).finish_non_exhaustive()
    }
}

impl Draft<'_> {
    /// # Errors
    /// Field errors.
    pub(super) fn parse(&self) -> Result<Parsed, CoreError> {
        let mut flaws = Vec::new();
        let mut flaw = |field, problem| flaws.push(FieldError { field, problem });
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let (name, appid, qr_url) = (self.name.trim(), self.appid.trim(), self.qr_url.trim());
        let (app_secret, token, aes_key) = (given(self.app_secret), given(self.token), given(self.aes_key));
        if name.chars().count() > NAME_MAX_CHARS {
            flaw("account_name", Problem::TooLong(NAME_MAX_CHARS));
        }
        if appid.is_empty() {
            flaw("appid", Problem::Empty);
        } else if !is_appid(appid) {
            flaw("appid", Problem::Malformed);
        }
        if app_secret.as_ref().is_some_and(|secret| !is_secret(secret)) {
            flaw("app_secret", Problem::Malformed);
        }
        if token.as_ref().is_some_and(|token| !(3..=32).contains(&token.len()) || !is_alphanumeric(token)) {
            flaw("push_token", Problem::Malformed);
        }
        if aes_key.as_ref().is_some_and(|key| key.len() != 43 || !is_alphanumeric(key)) {
            flaw("aes_key", Problem::Malformed);
        }
        if name.chars().any(char::is_control) {
            flaw("account_name", Problem::Malformed);
        }
        if qr_url.chars().count() > QR_MAX_CHARS {
            flaw("account_qr", Problem::TooLong(QR_MAX_CHARS));
        } else if !qr_url.is_empty() && !is_link(qr_url) {
            flaw("account_qr", Problem::Malformed);
        }
        if !flaws.is_empty() {
            return Err(CoreError::Invalid(flaws));
        }
        Ok(Parsed {
            name: name.to_owned(),
            appid: appid.to_owned(),
            app_secret,
            is_plain: self.is_plain,
            token,
            aes_key: aes_key.filter(|_| !self.is_plain),
            qr_url: qr_url.to_owned(),
        })
    }
}

fn is_alphanumeric(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// They are `wx` and 16 hexadecimal digits today.
fn is_appid(text: &str) -> bool {
    text.len() <= APPID_MAX_CHARS && text.starts_with("wx") && is_alphanumeric(text)
}

/// As WeChat's own codes say: `http://weixin.qq.com/r/…`.
fn is_link(text: &str) -> bool {
    let has_scheme = text.starts_with("http://") || text.starts_with("https://");
    has_scheme && text.bytes().all(|b| b.is_ascii_graphic())
}

fn is_secret(text: &str) -> bool {
    text.len() <= APP_SECRET_MAX_CHARS && text.bytes().all(|b| b.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flaws(draft: &Draft<'_>) -> Vec<&'static str> {
        match draft.parse() {
            Err(CoreError::Invalid(flaws)) => flaws.iter().map(|flaw| flaw.field).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn every_field_is_checked() {
        let key = "k".repeat(43);
        let good = Draft { appid: " wx0123456789abcdef ", app_secret: "s", aes_key: &key, ..Draft::default() };
        let parsed = good.parse().unwrap();
        assert_eq!(
            (parsed.appid.as_str(), parsed.token, parsed.aes_key),
            ("wx0123456789abcdef", None, Some(key.clone()))
        );
        // Without encryption there is no key.
        assert_eq!(Draft { is_plain: true, ..good.clone() }.parse().unwrap().aes_key, None);
        let long = "长".repeat(65);
        for (draft, field) in [
            (Draft { appid: "", ..good.clone() }, "appid"),
            (Draft { appid: "gh_0123", ..good.clone() }, "appid"),
            (Draft { appid: "wx 12", ..good.clone() }, "appid"),
            (Draft { app_secret: "密", ..good.clone() }, "app_secret"),
            (Draft { token: "ab", ..good.clone() }, "push_token"),
            (Draft { token: "a-b-c", ..good.clone() }, "push_token"),
            (Draft { aes_key: "short", ..good.clone() }, "aes_key"),
            (Draft { name: &long, ..good.clone() }, "account_name"),
            (Draft { name: "a\0b", ..good.clone() }, "account_name"),
            (Draft { qr_url: "javascript:alert(1)", ..good.clone() }, "account_qr"),
        ] {
            assert_eq!(flaws(&draft), [field]);
        }
        assert!(!format!("{good:?}").contains("kkk"));
    }
}
