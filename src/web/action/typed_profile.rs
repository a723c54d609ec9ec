//! The profile fields of a form, whichever it has.

use super::Back;
use crate::core::account::ProfileColumn;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// What was typed into the profile fields, by name; fields of other names are ignored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TypedProfile {
    #[serde(flatten)]
    values: HashMap<String, String>,
}

impl TypedProfile {
    /// Those of the fields that the form had.
    pub fn fields(&self, columns: impl Iterator<Item = ProfileColumn>) -> Vec<(ProfileColumn, &str)> {
        columns.filter_map(|column| Some((column, self.values.get(column.name())?.as_str()))).collect()
    }

    /// Keeps what was typed, to be shown again.
    pub fn keep(&self, back: Back) -> Back {
        self.fields(ProfileColumn::ALL.iter().copied())
            .into_iter()
            .fold(back, |back, (column, text)| back.keep(column.name(), text))
    }
}
