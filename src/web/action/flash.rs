//! What the next page shows once: wrong fields, typed values and notices. Sent in a cookie that this installation signs,
//! so that an attacker cannot forge notices.

use crate::{base::secret::Use, core::Ctx, web::component::Tone};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

/// How long a flash waits for the next page.
pub const MAX_AGE_SECS: i64 = 60;
/// The longest stored value; only a reply's text may be longer, with its own limit.
const VALUE_MAX_CHARS: usize = 300;
/// The limit of all values together, in bytes: browsers limit cookies to 4096 bytes, and base64 turns three bytes into
/// four.
const VALUES_MAX_BYTES: usize = 2_300;

/// A button beside a notice, for instance to undo the action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// The action of its form.
    pub action: String,
    /// The button's text.
    pub text: String,
    /// The form's fields.
    pub fields: Vec<(String, String)>,
}

/// The content of the next page's notices and forms.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// The form that flaws and values belong to.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub form: String,
    /// Field and message.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flaws: Vec<(String, String)>,
    /// Field and typed value; never a password.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<(String, String)>,
    /// Some value was too long and was cut.
    #[serde(skip)]
    pub is_cut: bool,
    /// A notice at the top of the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<(Tone, String)>,
    /// The follow-up action of the notice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<Offer>,
    /// The request id in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl Flash {
    /// Only a notice.
    pub fn notice(tone: Tone, text: impl Into<String>) -> Self {
        Self { notice: Some((tone, text.into())), ..Self::default() }
    }

    /// Stores a typed value, as far as there is room; `whole`: without the limit of a single value.
    pub fn keep(&mut self, field: &str, value: &str, whole: bool) {
        let used: usize = self.values.iter().map(|(_, v)| v.len()).sum();
        let most_chars = if whole { usize::MAX } else { VALUE_MAX_CHARS };
        let mut kept = String::new();
        for c in value.chars().take(most_chars) {
            if used + kept.len() + c.len_utf8() > VALUES_MAX_BYTES {
                break;
            }
            kept.push(c);
        }
        self.is_cut |= kept.len() < value.len();
        self.values.push((field.to_owned(), kept));
    }

    /// Signs and encodes the cookie's value.
    pub fn seal(&self, ctx: &Ctx) -> String {
        seal(self, |payload| ctx.hash(Use::Flash, payload))
    }

    /// Decodes a cookie's value; `None` if its signature is invalid.
    pub fn open(ctx: &Ctx, cookie: &str) -> Option<Self> {
        open(cookie, |payload| ctx.hash(Use::Flash, payload))
    }
}

fn seal(flash: &Flash, hash: impl Fn(&str) -> String) -> String {
    // Serializing a struct of strings cannot fail; if it did, the flash would be empty.
    let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(flash).unwrap_or_default());
    let proof = hash(&payload);
    format!("{payload}.{proof}")
}

fn open(cookie: &str, hash: impl Fn(&str) -> String) -> Option<Flash> {
    let (payload, proof) = cookie.split_once('.')?;
    if !bool::from(hash(payload).as_bytes().ct_eq(proof.as_bytes())) {
        return None;
    }
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::secret::HashKey;

    fn key(digit: &str) -> impl Fn(&str) -> String {
        let key = HashKey::parse(&digit.repeat(64)).unwrap();
        move |payload| key.hash(Use::Flash, payload)
    }

    fn full() -> Flash {
        let mut flash = Flash::notice(Tone::Warning, "再试一次");
        flash.form = "login".to_owned();
        flash.flaws.push(("password".to_owned(), "密码不对".to_owned()));
        flash.keep("username", "小明\n\"<b>", false);
        flash
    }

    #[test]
    fn what_was_sealed_is_opened_again() {
        assert_eq!(open(&seal(&full(), key("a")), key("a")), Some(full()));
        assert_eq!(open(&seal(&Flash::default(), key("a")), key("a")), Some(Flash::default()));
    }

    #[test]
    fn what_was_touched_or_made_elsewhere_says_nothing() {
        let cookie = seal(&full(), key("a"));
        let (payload, proof) = cookie.split_once('.').unwrap();
        let other = seal(&Flash::notice(Tone::Danger, "汇款到…"), key("b"));
        let swapped = format!("{}.{proof}", other.split_once('.').unwrap().0);
        for forged in [&cookie[1..], payload, &swapped, &other, "", ".", "a.b", &format!("{cookie}0")] {
            assert_eq!(open(forged, key("a")), None, "{forged}");
        }
    }

    #[test]
    fn a_cookie_is_never_larger_than_browsers_keep() {
        let mut flash = full();
        flash.keep("text", &"长".repeat(5_000), true);
        flash.keep("keywords", &"长".repeat(5_000), false);
        flash.flaws.push(("text".to_owned(), "最多 2048 字节，大约 682 个汉字".to_owned()));
        let cookie = seal(&flash, key("a"));
        assert!(cookie.len() + "__Host-weida_flash=".len() < 4096, "{}", cookie.len());
        assert!(flash.values[1].1.chars().count() > 700);
    }

    #[test]
    fn an_ordinary_value_is_cut_at_its_measure_between_characters() {
        let mut flash = Flash::default();
        flash.keep("username", &"😀".repeat(400), false);
        assert_eq!(flash.values[0].1.chars().count(), 300);
        assert!(flash.is_cut);
    }
}
