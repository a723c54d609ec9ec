//! What the next page says once: which fields were wrong, what was typed, what was done. It travels in a cookie that this
//! installation has signed, so that nobody can put words into a page's mouth.

use crate::{
    core::{Ctx, secret::Use},
    web::part::Tone,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

/// How long a page that was not shown is waited for.
pub const MAX_AGE_SECS: i64 = 60;
/// A value that was typed is kept up to here; only a reply's text is longer, and has its own measure.
const VALUE_MAX_CHARS: usize = 300;
/// All values together, in bytes: browsers keep cookies of 4096, and base64 makes four of three.
const VALUES_MAX_BYTES: usize = 2_300;

/// A button beside a notice, such as the one that takes back what was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// The action that its form goes to.
    pub action: String,
    /// The act, named.
    pub text: String,
    /// The form's fields.
    pub fields: Vec<(String, String)>,
}

/// What the next page says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// The form that flaws and values belong to.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub form: String,
    /// Field and message.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flaws: Vec<(String, String)>,
    /// Field and what was typed; never a password.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<(String, String)>,
    /// Something was too long to be kept whole.
    #[serde(skip)]
    pub is_cut: bool,
    /// A line above the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<(Tone, String)>,
    /// What can still be done about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<Offer>,
    /// The number under which the log has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl Flash {
    /// Only a notice.
    pub fn notice(tone: Tone, text: impl Into<String>) -> Self {
        Self { notice: Some((tone, text.into())), ..Self::default() }
    }

    /// Keeps what was typed, as much of it as there is room for; `whole`: as long as it may be.
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

    /// The cookie's value.
    pub fn seal(&self, ctx: &Ctx) -> String {
        seal(self, |payload| ctx.hash(Use::Flash, payload))
    }

    /// Reads a cookie's value; nothing where it was not made here.
    pub fn open(ctx: &Ctx, cookie: &str) -> Option<Self> {
        open(cookie, |payload| ctx.hash(Use::Flash, payload))
    }
}

fn seal(flash: &Flash, hash: impl Fn(&str) -> String) -> String {
    // A struct of strings always becomes JSON; an empty flash says nothing, should it ever not.
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
    use crate::core::secret::HashKey;

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
