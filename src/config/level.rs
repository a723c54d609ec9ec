//! Quotas: how much of each feature a level may use in each time window.

use super::{ConfigError, error::nearest};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The levels that users have, the lowest first.
pub const LEVELS: [&str; 3] = ["normal", "premium", "vip"];
/// Stands for every feature that is not named.
const ANY: &str = "*";
/// A larger number is a typing mistake; leaving the limit out means no limit.
const LIMIT_MAX: i64 = 1_000_000_000_000;

/// The limit of a feature in each window. `None`: no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Windows {
    pub day: Option<i64>,
    pub month: Option<i64>,
    pub total: Option<i64>,
}

/// The windows of every feature of every level. A level cannot use a feature that it does not name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
pub struct Levels(BTreeMap<String, BTreeMap<String, Windows>>);

impl Levels {
    /// The limits if the settings give none.
    fn defaults() -> Self {
        let feature = |name: &str, day: i64, month: Option<i64>| {
            (name.to_owned(), Windows { day: Some(day), month, total: None })
        };
        let levels = [
            ("normal", vec![feature("article", 10, Some(100)), feature("image_edit", 100, None)]),
            ("premium", vec![feature("article", 100, Some(2_000)), feature("image_edit", 1_000, None)]),
            ("vip", vec![(ANY.to_owned(), Windows::default())]),
        ];
        Self(levels.into_iter().map(|(level, features)| (level.to_owned(), features.into_iter().collect())).collect())
    }

    /// The defaults, with the features named in these settings replaced.
    ///
    /// # Errors
    /// An unknown level, an invalid name, or a negative limit.
    pub(super) fn over_defaults(&self) -> Result<Self, ConfigError> {
        let mut all = Self::defaults();
        for (level, features) in &self.0 {
            if !LEVELS.contains(&level.as_str()) {
                let similar = nearest(level, LEVELS.into_iter());
                return Err(ConfigError(format!("[quota.{level}]: there is no such level: did you mean {similar:?}?")));
            }
            for (feature, windows) in features {
                check(level, feature, windows)?;
                all.0.entry(level.clone()).or_default().insert(feature.clone(), *windows);
            }
        }
        Ok(all)
    }

    /// What a level may use of a feature; `None` if it cannot use it.
    #[must_use]
    pub fn find(&self, level: &str, feature: &str) -> Option<&Windows> {
        let features = self.0.get(level)?;
        features.get(feature).or_else(|| features.get(ANY))
    }

    /// The features that any level names.
    #[must_use]
    pub fn features(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.0.values().flat_map(BTreeMap::keys).map(String::as_str).collect();
        names.retain(|name| *name != ANY);
        names.sort_unstable();
        names.dedup();
        names
    }
}

fn check(level: &str, feature: &str, windows: &Windows) -> Result<(), ConfigError> {
    let is_name = (1..=64).contains(&feature.len())
        && feature.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if feature != ANY && !is_name {
        return Err(ConfigError(format!(
            "[quota.{level}.{feature:?}]: a feature's name has lower-case letters, digits and _, 64 at most; \"*\" means every other one"
        )));
    }
    for (window, limit) in [("day", windows.day), ("month", windows.month), ("total", windows.total)] {
        if let Some(limit) = limit
            && !(0..=LIMIT_MAX).contains(&limit)
        {
            return Err(ConfigError(format!(
                "quota.{level}.{feature}.{window} is {limit}: it must be from 0 to {LIMIT_MAX}; leave it out for no limit"
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(pairs: &[(&str, &str, Windows)]) -> Levels {
        let mut levels = Levels::default();
        for (level, feature, windows) in pairs {
            levels.0.entry((*level).to_owned()).or_default().insert((*feature).to_owned(), *windows);
        }
        levels
    }

    #[test]
    fn what_is_set_replaces_one_feature_and_leaves_the_others() {
        let day = |n| Windows { day: Some(n), ..Windows::default() };
        let all = levels(&[("normal", "article", day(3)), ("premium", "translate", day(7))]).over_defaults().unwrap();
        assert_eq!(all.find("normal", "article"), Some(&day(3)));
        assert_eq!(all.find("normal", "image_edit").unwrap().day, Some(100));
        assert_eq!(all.find("premium", "translate"), Some(&day(7)));
        assert_eq!(all.find("normal", "translate"), None);
        // The highest level has no limits.
        assert_eq!(all.find("vip", "translate"), Some(&Windows::default()));
        assert_eq!(all.features(), ["article", "image_edit", "translate"]);
    }

    #[test]
    fn what_cannot_be_is_named() {
        let some = Windows { day: Some(-1), ..Windows::default() };
        let refused = |l: &Levels| l.over_defaults().unwrap_err().0;
        assert!(refused(&levels(&[("norml", "article", Windows::default())])).contains("did you mean \"normal\""));
        assert!(refused(&levels(&[("vip", "article", some)])).contains("quota.vip.article.day is -1"));
        assert!(refused(&levels(&[("vip", "An Article", Windows::default())])).contains("An Article"));
    }
}
