//! Rules as CSV, for spreadsheets: UTF-8 with a byte order mark, which Excel needs, and CRLF.
//!
//! | 编号 number | 名称 name | 触发 cause | 关键词 keywords | 匹配 matching | 回复 reply | 其他内容 contents | 回复方式 answer | 优先级 priority | 启用 enabled |
//! | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
//! | may be empty | | keyword | one per line, or `a\|b` | one for all, or one per line | a text | JSON, unless it is one text | all, random | 0 | yes, no |
//!
//! Only 关键词 and 回复 (or 其他内容) are required; fields without a column stay unchanged in existing rules. A cell that a spreadsheet would
//! read as a formula (`=1+1`) is written with a leading `'`, and read without it.

use super::{
    Fault, Field, FileFlaw, LineFlaw, MOST_COLUMNS, MOST_ROWS, MOST_UNKNOWN, Note, NoteKind, Parsed, Row, excerpt,
    json::{self, nearest},
};
use crate::{
    core::rule::{AnswerMode, Content, Keyword, MatchType, Rule, TriggerKind, draft::Draft},
    text::{Lang, fold::fold},
};
use ::csv::{ReaderBuilder, StringRecord, Terminator, WriterBuilder};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Number,
    Name,
    Cause,
    Keywords,
    Matching,
    Reply,
    Contents,
    Answer,
    Priority,
    Enabled,
}

/// A word of the file: its value, its English and Chinese names, and accepted alternatives.
type Word<T> = (T, &'static str, &'static str, &'static [&'static str]);

const COLUMNS: [Word<Column>; 10] = [
    (Column::Number, "number", "编号", &["no", "序号"]),
    (Column::Name, "name", "名称", &["规则名", "规则名称", "title"]),
    (Column::Cause, "cause", "触发", &["触发方式", "trigger", "type", "类型"]),
    (Column::Keywords, "keywords", "关键词", &["keyword", "关键字", "收到"]),
    (Column::Matching, "matching", "匹配", &["match", "匹配方式"]),
    (Column::Reply, "reply", "回复", &["回复内容", "text", "文字", "内容"]),
    (Column::Contents, "contents", "其他内容", &["content"]),
    (Column::Answer, "answer", "回复方式", &["mode"]),
    (Column::Priority, "priority", "优先级", &["优先"]),
    (Column::Enabled, "enabled", "启用", &["is_enabled", "on", "是否启用", "状态"]),
];
const NAMES: [&str; 10] =
    ["number", "name", "cause", "keywords", "matching", "reply", "contents", "answer", "priority", "enabled"];
const CAUSES: [Word<TriggerKind>; 6] = [
    (TriggerKind::Keyword, "keyword", "关键词", &["关键字"]),
    (TriggerKind::Follow, "follow", "被关注", &["关注", "subscribe"]),
    (TriggerKind::Default, "default", "收到消息", &["默认"]),
    (TriggerKind::Menu, "menu", "菜单", &["click"]),
    (TriggerKind::Scan, "scan", "扫码", &[]),
    (TriggerKind::Kind, "kind", "非文本消息", &["消息类型"]),
];
const MATCHINGS: [Word<MatchType>; 4] = [
    (MatchType::Exact, "exact", "全匹配", &["等于", "完全匹配", "equal", "精确"]),
    (MatchType::Prefix, "prefix", "开头匹配", &["开头", "前缀", "starts-with"]),
    (MatchType::Contains, "contains", "包含", &["半匹配", "contain", "模糊"]),
    (MatchType::Regex, "regex", "正则", &["正则表达式"]),
];
const ANSWERS: [Word<AnswerMode>; 2] = [
    (AnswerMode::All, "all", "全部", &["reply_all", "回复全部"]),
    (AnswerMode::Random, "random", "随机", &["random_one", "随机一条", "随机回复一条"]),
];
const SWITCHES: [Word<bool>; 2] = [
    (true, "yes", "是", &["1", "true", "on", "启用", "开", "开启", "y"]),
    (false, "no", "否", &["0", "false", "off", "停用", "关", "关闭", "n"]),
];

fn meaning<T: Copy>(words: &[Word<T>], text: &str) -> Option<T> {
    // Files exported by this program use the exact words, thousands of times.
    if let Some(word) = words.iter().find(|(_, en, zh, _)| text == *en || text == *zh) {
        return Some(word.0);
    }
    let text = fold(text);
    let is = |word: &str| fold(word) == text;
    words.iter().find(|(_, en, zh, others)| is(en) || is(zh) || others.iter().any(|o| is(o))).map(|w| w.0)
}

fn word<T: PartialEq>(words: &[Word<T>], of: &T, lang: Lang) -> &'static str {
    words.iter().find(|w| w.0 == *of).map_or("", |w| if lang == Lang::Zh { w.2 } else { w.1 })
}

/// Exports rules.
pub fn write(rules: &[Rule], lang: Lang) -> Vec<u8> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(super::BOM.to_vec());
    let heading = COLUMNS.iter().map(|(column, ..)| word(&COLUMNS, column, lang));
    // Writing to memory cannot fail, nor can a row of the same length.
    writer.write_record(heading).ok();
    for rule in rules {
        writer.write_record(cells(rule, lang)).ok();
    }
    writer.into_inner().unwrap_or_default()
}

fn cells(rule: &Rule, lang: Lang) -> [String; 10] {
    let (reply, contents) = match rule.contents.as_slice() {
        [Content::Text { text }] => (defused(text), String::new()),
        contents => (String::new(), serde_json::to_string(contents).unwrap_or_default()),
    };
    [
        rule.number.to_string(),
        defused(&rule.name),
        word(&CAUSES, &rule.cause, lang).to_owned(),
        defused(&keywords_cell(&rule.keywords)),
        matching_cell(&rule.keywords, lang),
        reply,
        contents,
        word(&ANSWERS, &rule.answer, lang).to_owned(),
        rule.priority.to_string(),
        word(&SWITCHES, &rule.is_enabled, lang).to_owned(),
    ]
}

/// One keyword per line. A single keyword containing `|` gets an empty line after it, so that it is not split.
fn keywords_cell(keywords: &[Keyword]) -> String {
    let lines: Vec<&str> = keywords.iter().map(|k| k.text.as_str()).collect();
    match lines.as_slice() {
        [one] if one.contains('|') => format!("{one}\n"),
        lines => lines.join("\n"),
    }
}

fn matching_cell(keywords: &[Keyword], lang: Lang) -> String {
    let words: Vec<&str> = keywords.iter().map(|k| word(&MATCHINGS, &k.matching, lang)).collect();
    match words.as_slice() {
        [first, rest @ ..] if rest.iter().all(|w| w == first) => (*first).to_owned(),
        words => words.join("\n"),
    }
}

/// True for a text that begins like a formula, after any quotes (OWASP, "CSV injection").
fn is_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
}

/// Characters after which a spreadsheet may begin another cell, whatever separator it was set to.
const SEPARATORS: [char; 4] = [';', '\t', '\n', '\r'];

/// Puts an apostrophe before everything that a spreadsheet could take for a formula.
fn defused(cell: &str) -> String {
    let mut out = String::with_capacity(cell.len() + 1);
    let mut rest = cell;
    loop {
        if is_formula(rest) {
            out.push('\'');
        }
        let Some(at) = rest.find(SEPARATORS) else { break };
        let (part, behind) = rest.split_at(at + 1);
        out.push_str(part);
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// The text of a cell that [`defused`] wrote.
fn plain(cell: &str) -> String {
    let mut out = String::with_capacity(cell.len());
    let mut rest = cell;
    loop {
        if is_formula(rest) {
            rest = rest.strip_prefix('\'').unwrap_or(rest);
        }
        let Some(at) = rest.find(SEPARATORS) else { break };
        let (part, behind) = rest.split_at(at + 1);
        out.push_str(part);
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// Parses a file.
pub fn read(text: &str) -> Result<Parsed, FileFlaw> {
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter(text)).from_reader(text.as_bytes());
    let mut parsed = Parsed::default();
    let mut headed = None;
    let mut lines = Lines { text: text.as_bytes(), at: 0, line: 1 };
    // One record for all rows: the reader's own iterator copies the capacity of the widest line with every line. The text is UTF-8
    // and rows may have any length, so no record can be invalid.
    let mut record = StringRecord::new();
    while reader.read_record(&mut record).unwrap_or(false) {
        let Some(heading) = &headed else {
            headed = Some(heading(&record, &mut parsed.notes)?);
            continue;
        };
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let line = lines.at(record.position().map_or(0, |p| usize::try_from(p.byte()).unwrap_or_default()));
        match row(&record, heading, line) {
            Ok(row) => parsed.rows.push(row),
            Err(fault) => parsed.flaws.push(LineFlaw { line, fault }),
        }
        if parsed.rows.len() + parsed.flaws.len() > MOST_ROWS {
            return Err(FileFlaw::TooMany(MOST_ROWS));
        }
    }
    if headed.is_none() { Err(FileFlaw::Empty) } else { Ok(parsed) }
}

/// Counts lines as an editor does. The reader's own count is one too low after CRLF.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: usize,
}

impl Lines<'_> {
    /// The line of the record that begins at this byte, or after the line breaks there. Must be called in the order of
    /// the file.
    fn at(&mut self, byte: usize) -> usize {
        let rest = self.text.get(byte..).unwrap_or_default();
        let breaks = rest.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        let end = byte.saturating_add(breaks);
        let passed = self.text.get(self.at..end).unwrap_or_default();
        self.line += passed.split(|b| *b == b'\n').count() - 1;
        self.at = self.at.max(end);
        self.line
    }
}

/// The delimiter of the heading: spreadsheets of some countries write semicolons.
fn delimiter(text: &str) -> u8 {
    let heading = text.lines().find(|l| !l.trim().is_empty()).unwrap_or_default();
    let count = |b: u8| heading.bytes().filter(|c| *c == b).count();
    // Of equal counts the last one wins.
    [b'\t', b';', b','].into_iter().max_by_key(|b| count(*b)).unwrap_or(b',')
}

/// The positions of the columns, and the fields without a column.
struct Heading {
    /// In the order of [`COLUMNS`].
    at: [Option<usize>; COLUMNS.len()],
    absent: Vec<Field>,
}

impl Heading {
    fn has(&self, column: Column) -> bool {
        self.at[column as usize].is_some()
    }

    /// The cell as it stands in the file: for words of a list and numbers.
    fn word<'a>(&self, record: &'a StringRecord, column: Column) -> &'a str {
        self.at[column as usize].and_then(|at| record.get(at)).unwrap_or_default()
    }

    /// The text of a cell.
    fn text(&self, record: &StringRecord, column: Column) -> String {
        plain(self.word(record, column))
    }
}

/// Identifies the columns. The keywords or the trigger are required, and a column for the answer.
fn heading(record: &StringRecord, notes: &mut Vec<Note>) -> Result<Heading, FileFlaw> {
    // Spreadsheets write empty cells up to the last one ever edited.
    let said = record.iter().enumerate().filter(|(_, cell)| !cell.trim().is_empty());
    let width = said.last().map_or(0, |(at, _)| at + 1);
    if width > MOST_COLUMNS {
        return Err(FileFlaw::TooManyColumns(MOST_COLUMNS));
    }
    let mut heading = Heading { at: [None; COLUMNS.len()], absent: Vec::new() };
    let mut unknown = Vec::new();
    for (at, cell) in record.iter().take(width).enumerate() {
        match meaning(&COLUMNS, cell) {
            Some(column) => heading.at[column as usize] = heading.at[column as usize].or(Some(at)),
            None if cell.trim().is_empty() => {}
            None => unknown.push(excerpt(cell)),
        }
    }
    let has_subject = heading.has(Column::Keywords) || heading.has(Column::Cause);
    if !has_subject || !(heading.has(Column::Reply) || heading.has(Column::Contents)) {
        return Err(FileFlaw::NoHeading);
    }
    notes.extend(unknown.into_iter().take(MOST_UNKNOWN).map(|name| {
        let nearest = nearest(&name, &NAMES).to_owned();
        Note { line: 1, kind: NoteKind::Unknown { name, nearest } }
    }));
    let fields = [
        (Column::Name, Field::Name),
        (Column::Cause, Field::Cause),
        (Column::Keywords, Field::Keywords),
        (Column::Matching, Field::Matching),
        (Column::Contents, Field::OtherContents),
        (Column::Answer, Field::Answer),
        (Column::Priority, Field::Priority),
        (Column::Enabled, Field::Enabled),
    ];
    heading.absent = fields.into_iter().filter(|(column, _)| !heading.has(*column)).map(|(_, field)| field).collect();
    Ok(heading)
}

/// One rule, or the error of the first invalid cell.
fn row(record: &StringRecord, heading: &Heading, line: usize) -> Result<Row, Fault> {
    let text = |column: Column| heading.text(record, column);
    let word = |column: Column| heading.word(record, column);
    // Spreadsheets keep an apostrophe before numbers that begin with a sign.
    let read = |column: Column| (column, word(column).trim().trim_start_matches('\''));
    let number = match read(Column::Number) {
        (_, "") => None,
        (_, text) => Some(integer(text).filter(|n| *n > 0).ok_or_else(|| wrong(Column::Number, text))?),
    };
    let answer = either(&ANSWERS, read(Column::Answer), AnswerMode::All)?;
    let draft = Draft {
        name: text(Column::Name),
        cause: either(&CAUSES, read(Column::Cause), TriggerKind::Keyword)?,
        keywords: keywords(&text(Column::Keywords), word(Column::Matching))?,
        contents: contents(&text(Column::Reply), word(Column::Contents))?,
        answer,
        priority: match read(Column::Priority) {
            (_, "") => 0,
            (column, text) => integer(text).ok_or_else(|| wrong(column, text))?,
        },
        is_enabled: either(&SWITCHES, read(Column::Enabled), true)?,
    };
    Ok(Row { line, number, draft, absent: heading.absent.clone() })
}

fn either<T: Copy>(words: &[Word<T>], (column, text): (Column, &str), else_: T) -> Result<T, Fault> {
    if text.is_empty() { Ok(else_) } else { meaning(words, text).ok_or_else(|| wrong(column, text)) }
}

/// An integer of any width; spreadsheets write `3.0` for 3.
fn integer(text: &str) -> Option<i64> {
    let text = fold(text);
    text.strip_suffix(".0").unwrap_or(&text).parse().ok()
}

/// Splits keywords by lines if there are any, else by `|`; an expression is never split at its own `|`.
fn keywords(cell: &str, ways: &str) -> Result<Vec<Keyword>, Fault> {
    let ways: Vec<MatchType> = split(ways, false)
        .into_iter()
        .map(|way| meaning(&MATCHINGS, way).ok_or_else(|| wrong(Column::Matching, way)))
        .collect::<Result<_, _>>()?;
    let texts = split(cell, ways.contains(&MatchType::Regex));
    if ways.len() > 1 && ways.len() != texts.len() {
        return Err(wrong(Column::Matching, &format!("{} / {}", ways.len(), texts.len())));
    }
    let way = |at: usize| ways.get(at).or(ways.first()).copied().unwrap_or_default();
    Ok(texts.into_iter().enumerate().map(|(at, text)| Keyword { text: text.to_owned(), matching: way(at) }).collect())
}

fn split(cell: &str, is_whole: bool) -> Vec<&str> {
    let parts: Vec<&str> =
        if cell.contains(['\n', '\r']) || is_whole { cell.lines().collect() } else { cell.split('|').collect() };
    parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

fn contents(reply: &str, others: &str) -> Result<Vec<Content>, Fault> {
    match (reply.trim(), others.trim()) {
        ("", "") => Ok(Vec::new()),
        (_, "") => Ok(vec![Content::text(reply)]),
        ("", others) => json::contents(others),
        // Both: the text comes first.
        (_, others) => Ok(std::iter::once(Content::text(reply)).chain(json::contents(others)?).collect()),
    }
}

fn wrong(column: Column, text: &str) -> Fault {
    let column = COLUMNS.iter().find(|c| c.0 == column).map_or("", |c| c.1);
    Fault::Cell { column, text: excerpt(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_cell_is_a_formula_whatever_the_separator() {
        for cell in [
            "=1+1",
            "价格;=HYPERLINK(\"http://x\")",
            "a\t+1",
            "b\n@x",
            "n;+1;-2",
            "'=1",
            "';'=1",
            "＝1;x",
            "plain; text",
            ";",
            "",
        ] {
            let written = defused(cell);
            for part in written.split([';', '\n']) {
                assert!(!part.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']), "{cell:?} gave {written:?}");
            }
            assert_eq!(plain(&written), cell, "{written:?}");
        }
    }
}
