//! A setting that was given, as it may be shown.

/// The settings file, and the source of what stands in it.
pub const SETTINGS_FILE: &str = "Leptos.toml";

/// A setting as `weida doctor` and the console show it.
#[derive(Debug, Clone)]
pub struct Described {
    pub key: String,
    /// As text; a secret is masked.
    pub value: String,
    /// [`SETTINGS_FILE`], or the name of the environment variable or flag.
    pub source: String,
}

/// The environment variable or flag that sets this key; `None` if none does.
#[must_use]
pub fn fixed_by<'a>(given: &'a [Described], key: &str) -> Option<&'a str> {
    let given = given.iter().find(|given| given.key == key)?;
    (given.source != SETTINGS_FILE).then_some(given.source.as_str())
}
