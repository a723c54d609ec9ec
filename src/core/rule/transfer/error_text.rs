//! Texts of import errors and notes.

use super::{Fault, FileFlaw, Holder, LineFlaw, Lost, Note, NoteKind};
use crate::{
    core::rule::error_text::{describe as rule_flaw, padded, way},
    text::{Lang, fill},
    texts,
};

texts! {
    /// Imports.
    pub struct Transfer {
        at_line: "第 {line} 行：{what}" / "Line {line}: {what}",
        taken_by_rule: "关键词“{keyword}”（{way}）已经在规则 {number} 里" / "The keyword “{keyword}” ({way}) is already in rule {number}",
        taken_by_line: "关键词“{keyword}”（{way}）和第 {line} 行重复" / "The keyword “{keyword}” ({way}) is already in line {line}",
        case_by_rule: "这种规则只能有一条，规则 {number} 就是" / "Only one rule of this type is allowed, and rule {number} already is one",
        case_by_line: "这种规则只能有一条，第 {line} 行就是" / "Only one rule of this type is allowed, and line {line} already is one",
        cell: "{column} 一栏看不懂：“{text}”" / "Invalid value in column {column}: “{text}”",
        unreadable: "看不懂：{why}" / "The file cannot be read: {why}",
        too_large: "文件太大，最多 {n} MB" / "The file is too large: at most {n} MB",
        too_many: "规则太多，一个文件最多 {n} 条，请分成几个文件" / "Too many rules: a file can have at most {n}. Split it into several files",
        too_many_columns: "栏太多，最多 {n} 栏，请删掉不用的" / "Too many columns: a file can have at most {n}. Delete unused ones",
        not_utf8: "文件不是 UTF-8，也不是 GBK：请在表格软件里另存为“CSV UTF-8”再上传" / "The file is neither UTF-8 nor GBK. Save it as “CSV UTF-8” in your spreadsheet program and upload it again",
        gbk: "文件不是 UTF-8，按 GBK 读取。如果下面有乱码，请另存为“CSV UTF-8”再上传" / "The file is not UTF-8 and was read as GBK. If text below is garbled, save it as “CSV UTF-8” and upload it again",
        no_heading: "第一行要写栏名，至少有“关键词”和“回复”（keywords、reply）" / "The first line must name the columns, at least keywords and reply",
        not_json: "不是 JSON，第 {line} 行开始就看不懂" / "Invalid JSON at line {line}",
        nothing: "文件里没有规则" / "The file contains no rules",
        unknown: "“{name}”没有用到，是不是想写“{nearest}”？" / "“{name}” is unknown. Did you mean “{nearest}”?",
        absent: "里面的图片、语音或视频不在这里，请重新上传" / "The picture, voice or video is missing here. Please upload it again",
        lost_keywords: "规则“{rule}”没有关键词，从来不会回复，没有导入" / "Rule “{rule}” has no keywords and would never reply, so it was not imported",
        lost_contents: "规则“{rule}”没有能保留的回复，没有导入" / "No reply of rule “{rule}” can be imported, so it was not imported",
        lost_kind: "规则“{rule}”里有一条 {kind} 类型的回复，没有导入" / "A reply of type {kind} in rule “{rule}” was not imported",
        lost_file: "规则“{rule}”里的 {kind} 文件取不到，没有导入：{why}" / "A {kind} file of rule “{rule}” could not be fetched and was not imported: {why}",
        lost_surplus: "规则“{rule}”的回复太多，后面 {n} 条没有导入" / "Rule “{rule}” has too many replies: the last {n} were not imported",
        lost_articles: "规则“{rule}”里有 {n} 篇图文改成了文字链接：一次只能显示一篇图文" / "In rule “{rule}”, {n} articles were turned into text links: a message can show only one article",
        lost_follow: "（被关注、收到消息）" / "(follow or default)",
    }
}

/// Why a line cannot be imported.
#[must_use]
pub fn flaw(lang: Lang, flaw: &LineFlaw) -> String {
    at(lang, flaw.line, fault(lang, &flaw.fault))
}

/// The same without the line's number.
#[must_use]
pub fn fault(lang: Lang, fault: &Fault) -> String {
    let t = Transfer::of(lang);
    match fault {
        Fault::Draft(flaw) => rule_flaw(lang, flaw),
        Fault::Taken { keyword, matching, with } => {
            let template = match (with, keyword.is_empty()) {
                (Holder::Rule(_), false) => t.taken_by_rule,
                (Holder::Line(_), false) => t.taken_by_line,
                (Holder::Rule(_), true) => t.case_by_rule,
                (Holder::Line(_), true) => t.case_by_line,
            };
            let (number, line) = match with {
                Holder::Rule(number) => (padded(*number), String::new()),
                Holder::Line(line) => (String::new(), line.to_string()),
            };
            fill(template, &[("keyword", keyword), ("way", way(lang, *matching)), ("number", &number), ("line", &line)])
        }
        Fault::Cell { column, text } => fill(t.cell, &[("column", column), ("text", text)]),
        Fault::Unreadable(why) => fill(t.unreadable, &[("why", why)]),
    }
}

/// What is left out or changed.
#[must_use]
pub fn note(lang: Lang, note: &Note) -> String {
    let t = Transfer::of(lang);
    match &note.kind {
        NoteKind::Unknown { name, nearest } => {
            at(lang, note.line, fill(t.unknown, &[("name", name), ("nearest", nearest)]))
        }
        NoteKind::Absent => at(lang, note.line, t.absent.to_owned()),
        NoteKind::Gbk => t.gbk.to_owned(),
        NoteKind::Lost(lost) => self::lost(t, lost),
    }
}

fn lost(t: &Transfer, lost: &Lost) -> String {
    let name = |rule: &str| if rule.is_empty() { t.lost_follow.to_owned() } else { rule.to_owned() };
    match lost {
        Lost::NoKeywords { rule } => fill(t.lost_keywords, &[("rule", &name(rule))]),
        Lost::NoContents { rule } => fill(t.lost_contents, &[("rule", &name(rule))]),
        Lost::Kind { rule, kind } => fill(t.lost_kind, &[("rule", &name(rule)), ("kind", kind)]),
        Lost::File { rule, kind, why } => fill(t.lost_file, &[("rule", &name(rule)), ("kind", kind), ("why", why)]),
        Lost::Surplus { rule, left_out } => {
            fill(t.lost_surplus, &[("rule", &name(rule)), ("n", &left_out.to_string())])
        }
        Lost::Articles { rule, linked } => fill(t.lost_articles, &[("rule", &name(rule)), ("n", &linked.to_string())]),
    }
}

/// Why a file cannot be read.
#[must_use]
pub fn file(lang: Lang, flaw: &FileFlaw) -> String {
    let t = Transfer::of(lang);
    match flaw {
        FileFlaw::TooLarge(bytes) => fill(t.too_large, &[("n", &(bytes / 1024 / 1024).to_string())]),
        FileFlaw::TooMany(n) => fill(t.too_many, &[("n", &n.to_string())]),
        FileFlaw::TooManyColumns(n) => fill(t.too_many_columns, &[("n", &n.to_string())]),
        FileFlaw::NotUtf8(_) => t.not_utf8.to_owned(),
        FileFlaw::NoHeading => t.no_heading.to_owned(),
        FileFlaw::NotJson(line) => fill(t.not_json, &[("line", &line.to_string())]),
        FileFlaw::Empty => t.nothing.to_owned(),
    }
}

fn at(lang: Lang, line: usize, what: String) -> String {
    if line == 0 {
        return what;
    }
    fill(Transfer::of(lang).at_line, &[("line", &line.to_string()), ("what", &what)])
}
