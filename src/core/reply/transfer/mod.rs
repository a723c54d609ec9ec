//! Rules in and out: as CSV for a spreadsheet, as JSON for programs, and from what was set on the platform's website.
//!
//! Every way in goes the same way: a file is read into [`Row`]s, the rows are held against the owner's rules ([`plan`]), the
//! difference is shown, and all of it is carried out in one transaction, or nothing ([`apply`]). It is one change of the history:
//! one undo takes it back.

pub mod job;
pub mod words;

mod csv;
mod json;
mod plan;
mod row;
mod state;
mod wechat;

pub use plan::{Applied, Changed, Mode, Plan, apply, plan};
pub use row::{Field, Row};
pub use wechat::{Lost, PlatformFault, from_platform};

use super::{Matching, Rule, draft::Draft};
use crate::{core::Flaw, text::Lang};
use encoding_rs::GB18030;
use serde::{Deserialize, Serialize};

/// Bytes of a file.
pub const FILE_MAX_BYTES: usize = 5 * 1024 * 1024;
/// Rules of a file.
pub const MOST_ROWS: usize = 20_000;
/// Columns of a CSV file. There are ten of ours.
pub const MOST_COLUMNS: usize = 64;
/// Columns and fields without a meaning that are named.
const MOST_UNKNOWN: usize = 50;
/// Characters of a name or a cell that cannot be read, as they are told.
const TOLD_CHARS: usize = 40;
/// Characters of why a rule cannot be read.
const WHY_CHARS: usize = 200;

/// What a file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Csv,
    Json,
}

impl Format {
    /// The format of a file by its name, else by how it begins.
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

    /// As in file names and on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }

    /// What a browser is told that it is.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }
}

/// Excel takes a file without it for one in the machine's own encoding.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// What a file holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parsed {
    pub rows: Vec<Row>,
    /// In the order of the lines.
    pub flaws: Vec<LineFlaw>,
    pub notes: Vec<Note>,
}

/// Something that keeps a line from being imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineFlaw {
    pub line: usize,
    pub fault: Fault,
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The rule does not hold.
    Draft(Flaw),
    /// Another rule has this keyword. Empty: another rule answers in this case already.
    Taken { keyword: String, matching: Matching, with: Holder },
    /// A cell that cannot be read: its column's English name, and how it begins.
    Cell { column: &'static str, text: String },
    /// Something else; the reader's own words.
    Unreadable(String),
}

impl Fault {
    /// In the words of the reader, which quotes what it did not expect, however long.
    fn unreadable(error: &serde_json::Error) -> Self {
        Self::Unreadable(error.to_string().chars().take(WHY_CHARS).collect())
    }
}

/// Who has a keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// The owner's rule with this number.
    Rule(i64),
    /// An earlier line of the file.
    Line(usize),
}

/// Something that is left out or becomes different, without keeping anything from being imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// 0: the file as a whole.
    pub line: usize,
    pub noted: Noted,
}

/// What is noted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Noted {
    /// A column or field that means nothing here, and the nearest that does.
    Unknown { name: String, nearest: String },
    /// A picture, voice or video that is kept elsewhere: the rule answers without it until it is uploaded here.
    Absent,
    /// The file is not UTF-8 and was read as GBK, which Chinese spreadsheets write by default.
    Gbk,
    /// Something of the platform's rules that cannot be kept.
    Lost(Lost),
}

/// Why a file cannot be read at all.
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
    /// A CSV file whose first line names no column that is needed.
    NoHeading,
    /// Not JSON, at this line.
    NotJson(usize),
    /// There is no rule in it.
    Empty,
}

/// Reads a file. What is wrong with single lines is in the result.
///
/// # Errors
/// [`FileFlaw`] where nothing of it can be read.
pub fn read(format: Format, bytes: &[u8]) -> Result<Parsed, FileFlaw> {
    if bytes.len() > FILE_MAX_BYTES {
        return Err(FileFlaw::TooLarge(FILE_MAX_BYTES));
    }
    let bytes = bytes.strip_prefix(BOM).unwrap_or(bytes);
    let not_utf8 = match std::str::from_utf8(bytes) {
        Ok(text) => return read_text(format, text),
        Err(e) => FileFlaw::NotUtf8(e.valid_up_to()),
    };
    // JSON is UTF-8 wherever it comes from. GB18030 is what GBK has grown into.
    let decoded = GB18030.decode_without_bom_handling_and_without_replacement(bytes);
    let text = decoded.filter(|_| format == Format::Csv).ok_or(not_utf8)?;
    let mut parsed = read_text(format, &text)?;
    parsed.notes.insert(0, Note { line: 0, noted: Noted::Gbk });
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

/// The beginning of what a file says, to be told.
fn told(text: &str) -> String {
    text.trim().chars().take(TOLD_CHARS).collect()
}

/// Writes rules as a file that [`read`] gives back. A CSV file has its heading and its words in `lang`.
#[must_use]
pub fn write(format: Format, rules: &[Rule], lang: Lang) -> Vec<u8> {
    match format {
        Format::Csv => csv::write(rules, lang),
        Format::Json => json::write(rules.iter().map(|r| (Some(r.number), Draft::from(r)))),
    }
}

#[cfg(test)]
mod tests;
