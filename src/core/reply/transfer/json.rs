//! Rules as JSON: `{"weida": "rules", "version": 1, "rules": [{"number": 1, "keywords": [{"text": "收到", "matching": "exact"}], …}]}`.
//!
//! Read more kindly than written: a bare list of rules will do, and a keyword may be a text alone.

use super::{Fault, Field, FileFlaw, LineFlaw, MOST_ROWS, MOST_UNKNOWN, Note, Noted, Parsed, Row, told};
use crate::core::reply::draft::Draft;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::HashSet;

/// The fields of a rule.
const FIELDS: [&str; 8] = ["number", "name", "cause", "keywords", "contents", "answer", "priority", "is_enabled"];

/// Notes that a file brings along: those of the platform's rules.
const MOST_NOTES: usize = 1_000;

/// A rule as it is written.
#[derive(Serialize, Deserialize)]
struct Entry {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<i64>,
    #[serde(flatten)]
    draft: Draft,
}

/// Reads a document.
pub fn read(text: &str) -> Result<Parsed, FileFlaw> {
    let document: Value = serde_json::from_str(text).map_err(|e| FileFlaw::NotJson(e.line()))?;
    let mut parsed = Parsed::default();
    let rules = match document {
        Value::Array(rules) => rules,
        Value::Object(mut fields) => {
            let notes = fields.remove("notes").and_then(|notes| serde_json::from_value(notes).ok());
            parsed.notes = notes.unwrap_or_default();
            parsed.notes.truncate(MOST_NOTES);
            match fields.remove("rules") {
                Some(Value::Array(rules)) => rules,
                _ => return Err(FileFlaw::Empty),
            }
        }
        _ => return Err(FileFlaw::Empty),
    };
    if rules.len() > MOST_ROWS {
        return Err(FileFlaw::TooMany(MOST_ROWS));
    }
    let mut unknown = HashSet::new();
    for (line, mut rule) in (1..).zip(rules) {
        note_unknown(&mut parsed, &mut unknown, line, &rule);
        let absent = absent(&rule);
        widen_keywords(&mut rule);
        match serde_json::from_value::<Entry>(rule) {
            Ok(Entry { number, draft }) => parsed.rows.push(Row { line, number, draft, absent }),
            Err(e) => parsed.flaws.push(LineFlaw { line, fault: Fault::unreadable(&e) }),
        }
    }
    Ok(parsed)
}

/// A field that means nothing is most likely misspelt.
fn note_unknown(parsed: &mut Parsed, unknown: &mut HashSet<String>, line: usize, rule: &Value) {
    let Some(fields) = rule.as_object() else { return };
    for name in fields.keys().filter(|name| !FIELDS.contains(&name.as_str())) {
        if unknown.len() >= MOST_UNKNOWN {
            return;
        }
        let name = told(name);
        if unknown.insert(name.clone()) {
            let nearest = nearest(&name, &FIELDS).to_owned();
            parsed.notes.push(Note { line, noted: Noted::Unknown { name, nearest } });
        }
    }
}

/// What a rule says nothing of.
fn absent(rule: &Value) -> Vec<Field> {
    let fields = [
        ("name", Field::Name),
        ("cause", Field::Cause),
        ("keywords", Field::Keywords),
        ("contents", Field::Contents),
        ("answer", Field::Answer),
        ("priority", Field::Priority),
        ("is_enabled", Field::Enabled),
    ];
    let mut absent: Vec<Field> =
        fields.into_iter().filter(|(name, _)| rule.get(name).is_none()).map(|(_, field)| field).collect();
    let keywords = rule.get("keywords").and_then(Value::as_array);
    if keywords.is_some_and(|keywords| keywords.iter().all(|keyword| keyword.get("matching").is_none())) {
        absent.push(Field::Matching);
    }
    absent
}

/// `"收到"` stands for `{"text": "收到"}`.
fn widen_keywords(rule: &mut Value) {
    let Some(keywords) = rule.get_mut("keywords").and_then(Value::as_array_mut) else { return };
    for keyword in keywords {
        if let Value::String(text) = keyword {
            *keyword = json!({ "text": text });
        }
    }
}

/// The name that is most like this one.
pub fn nearest(name: &str, known: &[&'static str]) -> &'static str {
    known.iter().copied().min_by_key(|k| strsim::damerau_levenshtein(name, k)).unwrap_or_default()
}

/// Writes a document, one rule a line: so that two of them can be compared.
pub fn write(rules: impl Iterator<Item = (Option<i64>, Draft)>) -> Vec<u8> {
    write_noted(rules, &[])
}

/// The same with notes about where the rules come from.
pub fn write_noted(rules: impl Iterator<Item = (Option<i64>, Draft)>, notes: &[Note]) -> Vec<u8> {
    let mut bytes = br#"{"weida": "rules", "version": 1, "#.to_vec();
    if !notes.is_empty() {
        bytes.extend_from_slice(br#""notes": "#);
        bytes.extend(serde_json::to_vec(notes).unwrap_or_default());
        bytes.extend_from_slice(b", ");
    }
    bytes.extend_from_slice(br#""rules": ["#);
    for (at, (number, draft)) in rules.enumerate() {
        bytes.extend_from_slice(if at == 0 { b"\n" } else { b",\n" });
        bytes.extend(serde_json::to_vec(&Entry { number, draft }).unwrap_or_default());
    }
    bytes.extend_from_slice(b"\n]}\n");
    bytes
}
