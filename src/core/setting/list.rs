//! Every setting in force, and where its value comes from.

use super::definition::{Definition, Kind};
use crate::{
    config::{SETTINGS_FILE, catalog},
    core::{CoreError, Ctx},
    store::{self, setting::SettingChange},
};

/// The most changes of the history that are shown.
const CHANGES_MAX: i64 = 50;

/// Where a value comes from, the weakest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    Default,
    File,
    Console,
    /// The environment variable or flag of this name.
    Environment(String),
}

/// A setting in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    pub key: String,
    /// As text; a secret is masked.
    pub value: String,
    pub origin: Origin,
    /// How it may be changed while the program runs; `None`: by a restart only.
    pub kind: Option<Kind>,
}

/// All settings, in the order of the settings file; those of open tables (`quota`) only where they are set.
#[must_use]
pub fn in_force(ctx: &Ctx) -> Vec<InForce> {
    let (given, live) = (&ctx.settings.given, ctx.live());
    let of_startup = |key: &str| {
        let found = given.iter().find(|given| given.key == key)?;
        let is_file = found.source == SETTINGS_FILE;
        let origin = if is_file { Origin::File } else { Origin::Environment(found.source.clone()) };
        Some((found.value.clone(), origin))
    };
    let known = catalog();
    let extra = given.iter().filter(|given| !known.iter().any(|known| known.key == given.key));
    let extra = extra.map(|given| (given.key.clone(), String::new())).collect::<Vec<_>>();
    let all = known.into_iter().map(|known| (known.key, known.default)).chain(extra);
    all.map(|(key, default)| {
        let (value, origin) = of_startup(&key).unwrap_or((default, Origin::Default));
        let Some(of) = Definition::find(&key) else { return InForce { key, value, origin, kind: None } };
        let origin = if live.console.contains_key(&key) { Origin::Console } else { origin };
        InForce { value: of.read(&live), key, origin, kind: Some(of.kind) }
    })
    .collect()
}

/// The last changes, newest first.
///
/// # Errors
/// The database cannot be reached.
pub async fn changes(ctx: &Ctx) -> Result<Vec<SettingChange>, CoreError> {
    Ok(store::setting::list_changes(&mut ctx.store.read().await?, CHANGES_MAX).await?)
}
