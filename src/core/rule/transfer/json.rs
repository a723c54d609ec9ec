//! Rules as JSON: `{"weida": "rules", "version": 1, "rules": [{"number": 1, "keywords": [{"text": "收到", "matching": "exact"}], …}]}`.
//!
//! The parser accepts more than is written: a bare list of rules, and a keyword as plain text.

use super::{Fault, Field, FileFlaw, LineFlaw, MOST_ROWS, MOST_UNKNOWN, Note, NoteKind, Parsed, Row, excerpt};
use crate::core::rule::{Content, draft::Draft};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::HashSet;

/// The fields of a rule.
const FIELDS: [&str; 8] = ["number", "name", "cause", "keywords", "contents", "answer", "priority", "is_enabled"];

/// The most notes in a file: those of the platform's rules.
const MOST_NOTES: usize = 1_000;

/// A rule as written.
#[derive(Serialize, Deserialize)]
struct Entry {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<i64>,
    #[serde(flatten)]
    draft: Draft,
}

/// Parses a document.
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
        if let Some(place) = misplaced(&rule) {
            parsed.flaws.push(LineFlaw { line, fault: Fault::misplaced(&place) });
            continue;
        }
        match serde_json::from_value::<Entry>(rule) {
            Ok(Entry { number, draft }) => parsed.rows.push(Row { line, number, draft, absent }),
            Err(e) => parsed.flaws.push(LineFlaw { line, fault: Fault::unreadable(&e) }),
        }
    }
    Ok(parsed)
}

/// An unknown field is most likely misspelt.
fn note_unknown(parsed: &mut Parsed, unknown: &mut HashSet<String>, line: usize, rule: &Value) {
    let Some(fields) = rule.as_object() else { return };
    for name in fields.keys().filter(|name| !FIELDS.contains(&name.as_str())) {
        if unknown.len() >= MOST_UNKNOWN {
            return;
        }
        let name = excerpt(name);
        if unknown.insert(name.clone()) {
            let nearest = nearest(&name, &FIELDS).to_owned();
            parsed.notes.push(Note { line, kind: NoteKind::Unknown { name, nearest } });
        }
    }
}

/// The fields that a rule omits.
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

/// Expands `"收到"` to `{"text": "收到"}`.
fn widen_keywords(rule: &mut Value) {
    let Some(keywords) = rule.get_mut("keywords").and_then(Value::as_array_mut) else { return };
    for keyword in keywords {
        if let Value::String(text) = keyword {
            *keyword = json!({ "text": text });
        }
    }
}

/// The first place in a rule with a list or an object where none belongs. Checked first, because serde would also read a keyword from a
/// list of its values (`["收到", "exact"]`) and a word from `{"exact": null}`.
fn misplaced(rule: &Value) -> Option<String> {
    let Some(fields) = rule.as_object() else { return Some("rules".to_owned()) };
    FIELDS.iter().find_map(|name| match (*name, fields.get(*name)?) {
        ("keywords" | "contents", Value::Array(items)) => misplaced_among(name, items),
        (_, Value::Array(_) | Value::Object(_)) => Some((*name).to_owned()),
        _ => None,
    })
}

/// Reads contents written as a JSON list.
pub fn contents(text: &str) -> Result<Vec<Content>, Fault> {
    let items: Vec<Value> = serde_json::from_str(text).map_err(|e| Fault::unreadable(&e))?;
    if let Some(place) = misplaced_among("contents", &items) {
        return Err(Fault::misplaced(&place));
    }
    serde_json::from_value(Value::Array(items)).map_err(|e| Fault::unreadable(&e))
}

/// The same in a list of objects with plain fields.
fn misplaced_among(list: &str, items: &[Value]) -> Option<String> {
    items.iter().enumerate().find_map(|(at, item)| {
        let place = format!("{list}[{at}]");
        let Some(fields) = item.as_object() else { return Some(place) };
        let (name, _) = fields.iter().find(|(_, value)| value.is_array() || value.is_object())?;
        Some(format!("{place}.{name}"))
    })
}

/// The known name that is most similar to this one.
pub fn nearest(name: &str, known: &[&'static str]) -> &'static str {
    known.iter().copied().min_by_key(|k| strsim::damerau_levenshtein(name, k)).unwrap_or_default()
}

/// Writes a document with one rule per line, so that two documents can be compared.
pub fn write(rules: impl Iterator<Item = (Option<i64>, Draft)>) -> Vec<u8> {
    write_noted(rules, &[])
}

/// The same with notes about the origin of the rules.
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
