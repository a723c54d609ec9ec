//! What belongs to a person: one list of all tables and columns, which deletion, joining and export follow.
//!
//! The list names every column of the schema; a test compares it with the database, so that a new column cannot be forgotten.

mod account;
mod chat;
mod export;
mod forget;
mod ilink;
mod join;
mod rule;
mod site;

pub use export::{list_exported, list_sections};
pub use forget::{Subject, delete_identity, delete_of, update_replies_forgotten};
pub use join::{update_completed_by, update_owner_of_rows};

/// A table of the schema.
#[derive(Debug)]
pub struct Table {
    pub name: &'static str,
    /// How rows are found from a person, and what is done with them when the person is forgotten. Empty: no row is about a person.
    pub forget: &'static [(Key, Forget)],
    pub join: Join,
    pub export: Export,
    pub columns: &'static [Column],
}

/// How the rows of a person are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// This column is the user's id.
    User(&'static str),
    /// This column is `user/` and the user's id.
    Target(&'static str),
    /// This column is the user's username.
    Username(&'static str),
    /// The columns `appid` and `openid` are an identity of the person.
    Identity,
    /// This column is the id of a row of this table, whose `owner_id` is the user's id.
    OwnerOf(&'static str, &'static str),
    /// A condition on the row alone: rows that may be about any person.
    Row(&'static str),
}

/// What is done with a row when its person is forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forget {
    Delete,
    /// The row stays with these columns emptied; each with its assignment.
    Empty(&'static [(&'static str, &'static str)]),
}

/// What becomes of the rows of an account that is joined to another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Join {
    /// These keys name the account that stays.
    Moves(&'static [Key]),
    /// This column is set to NULL.
    Clears(&'static str),
    /// The rows stay with their identity, or with the row that they belong to.
    Follows,
    /// A function of its own does it.
    By(&'static str),
    /// They are deleted with the account.
    Ends,
    /// No row is about an account.
    Untouched,
}

/// How the rows of a table are exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Export {
    /// One object under this name.
    One(&'static str),
    /// A list under this name.
    List(&'static str),
    /// Within the rules, which are exported with their parts.
    Rules,
    None,
}

/// A column and what it holds.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    pub name: &'static str,
    pub class: Class,
    /// True if joining fills it from the other account where it is empty.
    pub is_filled: bool,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// About the person; exported under this key.
    Shown(&'static str),
    /// The same, with this text before the value: an address of this site.
    Address(&'static str, &'static str),
    /// About the person, and not exported: a secret, derived from another column, for admins only, or of a few minutes.
    Withheld,
    /// Nothing about a person: an id, a number, a time, a keyed hash, a word of the program, or a value of the site.
    Technical,
}

/// All tables, in the order in which they are forgotten: rows before those by which they are found.
#[must_use]
pub fn list_tables() -> Vec<&'static Table> {
    [rule::RULES, rule::FILES, chat::TABLES, ilink::TABLES, account::TABLES, site::TABLES]
        .into_iter()
        .flatten()
        .collect()
}

const fn shown(name: &'static str, key: &'static str) -> Column {
    Column { name, class: Class::Shown(key), is_filled: false }
}

/// Exported under the column's own name.
const fn plain(name: &'static str) -> Column {
    shown(name, name)
}

const fn withheld(name: &'static str) -> Column {
    Column { name, class: Class::Withheld, is_filled: false }
}

const fn technical(name: &'static str) -> Column {
    Column { name, class: Class::Technical, is_filled: false }
}

const fn filled(column: Column) -> Column {
    Column { is_filled: true, ..column }
}

#[cfg(test)]
mod tests;
