//! The pushes that were answered, one JSON object a line: what must be in the message log whatever happened since.

use crate::{Fault, push::Message};
use serde_json::{Value, json};
use std::{
    fs::File,
    io::{BufRead as _, BufReader, BufWriter, Write as _},
};

/// An answered push.
pub struct Entry {
    /// The position of the address in `to`.
    pub target: usize,
    pub message: Message,
    pub answer: String,
    /// 1, unless the push had to be repeated.
    pub attempt: u32,
}

impl Entry {
    fn to_json(&self) -> Value {
        let Message { openid, id, created_secs, text } = &self.message;
        json!({
            "target": self.target, "openid": openid, "id": id, "created": created_secs, "text": text, "answer": self.answer,
            "attempt": self.attempt,
        })
    }

    fn parse(line: &str) -> Option<Self> {
        let json: Value = serde_json::from_str(line).ok()?;
        let text = |name: &str| json[name].as_str().map(str::to_owned);
        let number = |name: &str| json[name].as_u64();
        let message = Message {
            openid: text("openid")?,
            id: number("id")?,
            created_secs: number("created")?,
            text: text("text"),
        };
        let target = usize::try_from(number("target")?).ok()?;
        Some(Self { target, message, answer: text("answer")?, attempt: u32::try_from(number("attempt")?).ok()? })
    }
}

/// A journal that is being written.
pub struct Journal {
    file: BufWriter<File>,
    fault: Option<Fault>,
}

impl Journal {
    pub fn create(path: &str) -> Result<Self, Fault> {
        let file = File::create(path).map_err(|e| format!("{path}: {e}"))?;
        Ok(Self { file: BufWriter::new(file), fault: None })
    }

    pub fn add(&mut self, entry: &Entry) {
        if let Err(error) = writeln!(self.file, "{}", entry.to_json()) {
            self.fault = Some(error.to_string());
        }
    }

    /// Writes everything to the file.
    ///
    /// # Errors
    /// An entry could not be written.
    pub fn finish(&mut self) -> Result<(), Fault> {
        self.file.flush().map_err(|e| e.to_string())?;
        self.fault.take().map_or(Ok(()), Err)
    }
}

pub fn read(path: &str) -> Result<Vec<Entry>, Fault> {
    let file = File::open(path).map_err(|e| format!("{path}: {e}"))?;
    let entry = |line: std::io::Result<String>| {
        let line = line.map_err(|e| e.to_string())?;
        Entry::parse(&line).ok_or_else(|| format!("{path}: {line:?} is no entry"))
    };
    BufReader::new(file).lines().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_read_as_it_was_written() {
        let message = Message { openid: "oOne".into(), id: u64::MAX, created_secs: 1_757_650_000, text: None };
        let entry = Entry { target: 1, message, answer: "<xml>\n欢迎</xml>".into(), attempt: 3 };
        let line = entry.to_json().to_string();
        assert_eq!(Entry::parse(&line).unwrap().to_json(), entry.to_json());
        assert!(Entry::parse("{}").is_none());
    }
}
