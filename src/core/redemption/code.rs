//! The form of a redemption code: sixteen letters and digits in four groups, without those that look alike (0 and O, 1 and I).

use crate::base::rng::Rng;

/// 32 letters and digits: five random bits each.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// 80 random bits: guessing one of a million codes takes 10^18 guesses.
const CHARS: usize = 16;
const GROUP: usize = 4;
/// What is at least as long and at most as long as this may be a code with a slip.
const SLIP_MIN_CHARS: usize = 8;
const SLIP_MAX_CHARS: usize = 40;

/// A redemption code. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Code(…)")
    }
}

impl Code {
    /// A new code.
    pub fn random(rng: &dyn Rng) -> Self {
        let symbol = |_| char::from(ALPHABET[usize::try_from(rng.below(32)).unwrap_or_default()]);
        Self((0..CHARS).map(symbol).collect())
    }

    /// A code as typed: in any width and case, with or without dashes and spaces.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let text: String = typed.chars().map(narrow).filter(|c| !is_separator(*c)).collect();
        let is_code = text.len() == CHARS && text.bytes().all(|b| ALPHABET.contains(&b));
        is_code.then_some(Self(text))
    }

    /// The code with its dashes, as it is given out.
    #[must_use]
    pub fn shown(&self) -> String {
        let groups: Vec<&str> = (0..CHARS).step_by(GROUP).filter_map(|at| self.0.get(at..at + GROUP)).collect();
        groups.join("-")
    }

    /// The last group, by which a person and the operator can talk about a code.
    #[must_use]
    pub fn last_four(&self) -> &str {
        &self.0[CHARS - GROUP..]
    }

    /// What is hashed.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// True for what a person may mean as a code: a code, or one word (or groups of four) of letters and digits with a digit or a dash in it. An
/// ordinary sentence after the command's word is none.
#[must_use]
pub fn looks_like(typed: &str) -> bool {
    if Code::parse(typed).is_some() {
        return true;
    }
    let words: Vec<String> = typed.split_whitespace().map(|word| word.chars().map(narrow).collect()).collect();
    let is_grouped = words.len() == 1 || words.iter().all(|word| word.len() == GROUP);
    let text: String = words.concat();
    let is_plain = text.chars().all(|c| c.is_ascii_alphanumeric() || is_separator(c));
    let has_mark = text.chars().any(|c| c.is_ascii_digit() || is_separator(c));
    is_grouped && is_plain && has_mark && (SLIP_MIN_CHARS..=SLIP_MAX_CHARS).contains(&text.len())
}

/// The narrow form of a wide letter, digit or sign, in upper case.
fn narrow(c: char) -> char {
    let narrow = match c {
        '！'..='～' => char::from_u32(u32::from(c) - u32::from('！') + u32::from('!')).unwrap_or(c),
        '\u{3000}' => ' ',
        '–' | '—' | '‐' | '‑' | '−' => '-',
        c => c,
    };
    narrow.to_ascii_uppercase()
}

fn is_separator(c: char) -> bool {
    c == '-' || c.is_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::SeededRng;

    #[test]
    fn a_code_is_read_in_every_width_and_case() {
        let code = Code::random(&SeededRng::new(1));
        let shown = code.shown();
        assert_eq!((shown.len(), shown.matches('-').count(), code.last_four()), (19, 3, &shown[15..]));
        let wide: String =
            shown.chars().map(|c| char::from_u32(u32::from(c) - u32::from('!') + u32::from('！')).unwrap()).collect();
        for typed in [shown.clone(), shown.to_lowercase(), shown.replace('-', " "), shown.replace('-', ""), wide] {
            assert_eq!(Code::parse(&typed), Some(code.clone()), "{typed}");
        }
        for wrong in ["", "ABCD-EFGH", "OOOO-OOOO-OOOO-OOOO", "ABCD-EFGH-JKLM-NPQ1", &format!("{shown}A")] {
            assert_eq!(Code::parse(wrong), None, "{wrong}");
        }
        assert_eq!(format!("{code:?}"), "Code(…)");
    }

    #[test]
    fn a_sentence_is_no_code() {
        for slip in ["ABCD-EFGH-JKLM", "abcd efgh jklm npq1", "ABCDEFGH1234", "ＡＢＣＤ－ＥＦＧＨ"] {
            assert!(looks_like(slip), "{slip}");
        }
        for sentence in
            ["", "什么时候", "my points", "100 points now", "points", "5000", "看这里 ABCD-EFGH", "yes - please"]
        {
            assert!(!looks_like(sentence), "{sentence}");
        }
    }
}
