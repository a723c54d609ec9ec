//! An optional text of a component.

use std::borrow::Cow;

/// An optional text. Converts from `&'static str`, `String`, or an `Option` of either, so that `error=form.error("name")`
/// and `hint=t.hint` are written alike. Empty counts as absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words(Option<Cow<'static, str>>);

impl Words {
    /// Whether there is text.
    pub const fn is_some(&self) -> bool {
        self.0.is_some()
    }

    /// The text for a view.
    pub fn get(self) -> Option<String> {
        self.0.map(Cow::into_owned)
    }

    /// The text, or a default.
    pub fn or(self, other: &str) -> String {
        self.get().unwrap_or_else(|| other.to_owned())
    }
}

impl From<Cow<'static, str>> for Words {
    fn from(text: Cow<'static, str>) -> Self {
        Self((!text.is_empty()).then_some(text))
    }
}

impl From<&'static str> for Words {
    fn from(text: &'static str) -> Self {
        Cow::Borrowed(text).into()
    }
}

impl From<String> for Words {
    fn from(text: String) -> Self {
        Cow::<'static, str>::Owned(text).into()
    }
}

impl From<Option<&'static str>> for Words {
    fn from(text: Option<&'static str>) -> Self {
        text.unwrap_or_default().into()
    }
}

impl From<Option<String>> for Words {
    fn from(text: Option<String>) -> Self {
        text.unwrap_or_default().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_to_say_is_absent_however_it_is_said() {
        for words in [Words::from(""), String::new().into(), None::<String>.into(), Some("").into()] {
            assert!(!words.is_some());
        }
        assert_eq!(Words::from(Some("x".to_owned())).get().as_deref(), Some("x"));
    }
}
