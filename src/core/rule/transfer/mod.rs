//! Exporting and importing rules: CSV for spreadsheets, JSON for programs, and the rules set on the platform's website.
//!
//! Every import works the same way: a file is parsed into [`Row`]s, the rows are compared with the owner's rules ([`plan`]), the
//! difference is shown, and all of it is applied in one transaction, or nothing ([`apply`]). It is one change in the history,
//! which one undo reverts.

pub mod error_text;
pub mod job;

mod csv;
mod json;
mod plan;
mod row;
mod state;
mod wechat;

pub use plan::{Applied, Changed, Mode, Plan, apply, plan};
pub use row::{Field, Row};
pub use wechat::{Lost, PlatformFault, from_platform};

use super::{MatchType, Rule, draft::Draft};
use crate::{
    core::FieldError,
    text::{Lang, cut},
};
use encoding_rs::GB18030;
use serde::{Deserialize, Serialize};

/// The most bytes of a file.
pub const FILE_MAX_BYTES: usize = 5 * 1024 * 1024;
/// The most rules of a file.
pub const MOST_ROWS: usize = 20_000;
/// The most columns of a CSV file. Ours have ten.
pub const MOST_COLUMNS: usize = 64;
/// The most unknown columns and fields that are reported.
const MOST_UNKNOWN: usize = 50;
/// The most characters of an invalid name or cell that are reported.
const EXCERPT_CHARS: usize = 40;
/// The most characters of the reason why a rule is invalid.
const WHY_CHARS: usize = 200;

/// The format of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Csv,
    Json,
}

impl Format {
    /// The format by the file's name, else by its first bytes.
    #[must_use]
    pub fn of(name: &str, bytes: &[u8]) -> Self {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        match ending.as_deref() {
            Some("csv" | "txt") => return Self::Csv,
            Some("json") => return Self::Json,
            _ => {}
        }
        let first = bytes.strip_prefix(BOM).unwrap_or(bytes).iter().find(|b| !b.is_ascii_whitespace());
        if matches!(first, Some(b'{' | b'[')) { Self::Json } else { Self::Csv }
    }

    /// The name in file names and on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }

    /// The content type for browsers.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }
}

/// Without it, Excel reads a file in the machine's own encoding.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// The parsed contents of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parsed {
    pub rows: Vec<Row>,
    /// In order of the lines.
    pub flaws: Vec<LineFlaw>,
    pub notes: Vec<Note>,
}

/// An error that prevents a line's import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineFlaw {
    pub line: usize,
    pub fault: Fault,
}

/// The error of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The rule is invalid.
    Draft(FieldError),
    /// Another rule has this keyword. Empty: another rule without keywords has this trigger.
    Taken { keyword: String, matching: MatchType, with: Holder },
    /// An invalid cell: its column's English name, and the beginning of its text.
    Cell { column: &'static str, text: String },
    /// Another error, as reported by the parser.
    Unreadable(String),
}

impl Fault {
    /// A list or an object where none belongs, or none where one does.
    fn misplaced(place: &str) -> Self {
        Self::Unreadable(format!("{place}: wrong type").chars().take(WHY_CHARS).collect())
    }

    /// The parser's message, which may quote a long text.
    fn unreadable(error: &serde_json::Error) -> Self {
        Self::Unreadable(error.to_string().chars().take(WHY_CHARS).collect())
    }
}

/// What a keyword collides with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// The owner's rule with this number.
    Rule(i64),
    /// An earlier line of the file.
    Line(usize),
}

/// Something that is left out or changed, without preventing the import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// 0: the whole file.
    pub line: usize,
    #[serde(rename = "noted")]
    pub kind: NoteKind,
}

/// The subject of a note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum NoteKind {
    /// An unknown column or field, and the most similar known one.
    Unknown { name: String, nearest: String },
    /// A picture, voice or video that is not stored here: the rule answers without it until it is uploaded.
    Absent,
    /// The file is not UTF-8 and was read as GBK, which Chinese spreadsheets write by default.
    Gbk,
    /// A part of the platform's rules that cannot be imported.
    Lost(Lost),
}

/// Why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileFlaw {
    /// Larger than this many bytes.
    TooLarge(usize),
    /// More rules than this.
    TooMany(usize),
    /// More columns than this.
    TooManyColumns(usize),
    /// Neither UTF-8, from this byte on, nor GBK.
    NotUtf8(usize),
    /// The first line of a CSV file names no required column.
    NoHeading,
    /// Not JSON, at this line.
    NotJson(usize),
    /// It contains no rule.
    Empty,
}

/// Parses a file. Errors of single lines are in the result.
///
/// # Errors
/// [`FileFlaw`] if the file cannot be read.
pub fn read(format: Format, bytes: &[u8]) -> Result<Parsed, FileFlaw> {
    if bytes.len() > FILE_MAX_BYTES {
        return Err(FileFlaw::TooLarge(FILE_MAX_BYTES));
    }
    let bytes = bytes.strip_prefix(BOM).unwrap_or(bytes);
    let not_utf8 = match std::str::from_utf8(bytes) {
        Ok(text) => return read_text(format, text),
        Err(e) => FileFlaw::NotUtf8(e.valid_up_to()),
    };
    // JSON is always UTF-8. GB18030 is a superset of GBK.
    let decoded = GB18030.decode_without_bom_handling_and_without_replacement(bytes);
    let text = decoded.filter(|_| format == Format::Csv).ok_or(not_utf8)?;
    let mut parsed = read_text(format, &text)?;
    parsed.notes.insert(0, Note { line: 0, kind: NoteKind::Gbk });
    Ok(parsed)
}

fn read_text(format: Format, text: &str) -> Result<Parsed, FileFlaw> {
    let parsed = match format {
        Format::Csv => csv::read(text)?,
        Format::Json => json::read(text)?,
    };
    if parsed.rows.len() + parsed.flaws.len() > MOST_ROWS {
        Err(FileFlaw::TooMany(MOST_ROWS))
    } else if parsed.rows.is_empty() && parsed.flaws.is_empty() && parsed.notes.iter().all(|n| n.line == 0) {
        Err(FileFlaw::Empty)
    } else {
        Ok(parsed)
    }
}

/// The beginning of a text, for an error.
fn excerpt(text: &str) -> String {
    cut::chars(text.trim(), EXCERPT_CHARS).to_owned()
}

/// Writes rules as a file for [`read`]. A CSV file has its heading and words in `lang`.
#[must_use]
pub fn write(format: Format, rules: &[Rule], lang: Lang) -> Vec<u8> {
    match format {
        Format::Csv => csv::write(rules, lang),
        Format::Json => json::write(rules.iter().map(|r| (Some(r.number), Draft::from(r)))),
    }
}

#[cfg(test)]
mod tests;
