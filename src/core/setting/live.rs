//! The values in force, replaced as a whole when one of them changes.

use super::definition::{Definition, Values};
use crate::config::{Checked, Commands, fixed_by};
use std::{
    collections::BTreeMap,
    ops::Deref,
    sync::{Arc, PoisonError, RwLock},
};

/// The values in force.
#[derive(Debug)]
pub struct Live {
    values: Values,
    pub commands: Commands,
    /// What the console set and is in force, by key.
    pub(super) console: BTreeMap<String, String>,
}

impl Deref for Live {
    type Target = Values;

    fn deref(&self) -> &Values {
        &self.values
    }
}

impl Live {
    /// `console`: what was set there. The environment wins over it, and it wins over the settings file. A value that no longer fits is left
    /// out, with a line in the log.
    #[must_use]
    pub fn of(settings: &Checked, console: Vec<(String, String)>) -> Self {
        let mut values = Values::of(&settings.settings);
        let mut in_force = BTreeMap::new();
        for (key, value) in console {
            let Some(of) = Definition::find(&key).filter(|of| fixed_by(&settings.given, of.key).is_none()) else {
                continue;
            };
            match of.write(&mut values, &value) {
                Ok(()) => {
                    in_force.insert(key, value);
                }
                Err(error) => tracing::warn!(key, %error, "a setting of the console no longer fits and is left out"),
            }
        }
        // Each change of the words was checked.
        let commands = Commands::new(&values.words).unwrap_or_default();
        Self { values, commands, console: in_force }
    }
}

/// The values in force, for all threads.
#[derive(Debug)]
pub struct LiveSettings(RwLock<(i64, Arc<Live>)>);

impl LiveSettings {
    /// Those without the console's, before they are read.
    #[must_use]
    pub fn new(settings: &Checked) -> Self {
        Self(RwLock::new((-1, Arc::new(Live::of(settings, Vec::new())))))
    }

    #[must_use]
    pub fn now(&self) -> Arc<Live> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).1.clone()
    }

    /// The revision that they were read at.
    #[must_use]
    pub fn revision(&self) -> i64 {
        self.0.read().unwrap_or_else(PoisonError::into_inner).0
    }

    /// Replaces them, unless those of a later revision are there already.
    pub(super) fn replace(&self, revision: i64, live: Live) {
        let mut now = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if revision >= now.0 {
            *now = (revision, Arc::new(live));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Flags, Unfollow, load};

    fn settings(environment: &[(&str, &str)]) -> Checked {
        let environment = environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        load(&Flags::default(), &environment).unwrap()
    }

    fn console(values: &[(&str, &str)]) -> Vec<(String, String)> {
        values.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn the_environment_wins_over_the_console_and_the_console_over_the_rest() {
        let set = console(&[("signin.unfollow", "delete"), ("message.keep-days", "7"), ("nothing.known", "1")]);
        let live = Live::of(&settings(&[("WEIDA_MESSAGE_DAYS", "90")]), set.clone());
        assert_eq!((live.signin.unfollow, live.message.keep_days), (Unfollow::Delete, 90));
        assert_eq!(live.console.keys().collect::<Vec<_>>(), ["signin.unfollow"]);
        assert_eq!(Live::of(&settings(&[]), set).message.keep_days, 7);
    }

    #[test]
    fn a_value_that_no_longer_fits_is_left_out() {
        let live = Live::of(&settings(&[]), console(&[("chat.commands.help", "列表"), ("message.keep-days", "-4")]));
        assert_eq!((live.words.help.len(), live.message.keep_days, live.console.len()), (4, 30, 0));
    }

    #[test]
    fn an_older_reading_does_not_replace_a_later_one() {
        let (given, all) = (settings(&[]), LiveSettings::new(&settings(&[])));
        let days = |n: &str| Live::of(&given, console(&[("message.keep-days", n)]));
        all.replace(4, days("4"));
        all.replace(3, days("3"));
        assert_eq!((all.now().message.keep_days, all.revision()), (4, 4));
    }
}
