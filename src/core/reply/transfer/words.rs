//! What is wrong with a file or with lines of it, in words.

use super::{Fault, FileFlaw, Holder, LineFlaw, Lost, Note, Noted};
use crate::{
    core::reply::words::{padded, told as rule_flaw, way},
    text::{Lang, fill},
    texts,
};

texts! {
    /// Imports.
    pub struct Transfer {
        at_line: "第 {line} 行：{what}" / "Line {line}: {what}",
        taken_by_rule: "关键词“{keyword}”（{way}）已经在规则 {number} 里" / "The keyword “{keyword}” ({way}) is in rule {number} already",
        taken_by_line: "关键词“{keyword}”（{way}）和第 {line} 行重复" / "The keyword “{keyword}” ({way}) is in line {line} already",
        case_by_rule: "这种规则只能有一条，规则 {number} 就是" / "There can be one such rule only, and rule {number} is one",
        case_by_line: "这种规则只能有一条，第 {line} 行就是" / "There can be one such rule only, and line {line} is one",
        cell: "{column} 一栏看不懂：“{text}”" / "The column {column} cannot be read: “{text}”",
        unreadable: "看不懂：{why}" / "It cannot be read: {why}",
        too_large: "文件太大，最多 {n} MB" / "The file is too large: at most {n} MB",
        too_many: "规则太多，一个文件最多 {n} 条，请分成几个文件" / "Too many rules: a file may have at most {n}. Split it",
        too_many_columns: "栏太多，最多 {n} 栏，请删掉不用的" / "Too many columns: a file may have at most {n}. Delete those that are not needed",
        not_utf8: "文件不是 UTF-8，也不是 GBK：请在表格软件里另存为“CSV UTF-8”再上传" / "The file is neither UTF-8 nor GBK: save it as “CSV UTF-8” in the spreadsheet and upload it again",
        gbk: "文件不是 UTF-8，按 GBK 读取。如果下面有乱码，请另存为“CSV UTF-8”再上传" / "The file is not UTF-8 and was read as GBK. If words below look wrong, save it as “CSV UTF-8” and upload it again",
        no_heading: "第一行要写栏名，至少有“关键词”和“回复”（keywords、reply）" / "The first line must name the columns, at least keywords and reply",
        not_json: "不是 JSON，第 {line} 行开始就看不懂" / "This is no JSON from line {line} on",
        nothing: "文件里没有规则" / "There is no rule in the file",
        unknown: "“{name}”没有用到，是不是想写“{nearest}”？" / "“{name}” means nothing here. Was “{nearest}” meant?",
        absent: "里面的图片、语音或视频不在这里，请重新上传" / "Its picture, voice or video is not here. Please upload it again",
        lost_keywords: "规则“{rule}”没有关键词，从来不会回复，没有导入" / "The rule “{rule}” has no keywords and never answers: it is left out",
        lost_contents: "规则“{rule}”没有能保留的回复，没有导入" / "Nothing of the answer of the rule “{rule}” can be kept: it is left out",
        lost_kind: "规则“{rule}”里有一条 {kind} 类型的回复，没有导入" / "The rule “{rule}” has an answer of the kind {kind}: it is left out",
        lost_file: "规则“{rule}”里的 {kind} 文件取不到，没有导入：{why}" / "A file ({kind}) of the rule “{rule}” cannot be fetched and is left out: {why}",
        lost_surplus: "规则“{rule}”的回复太多，后面 {n} 条没有导入" / "The rule “{rule}” has too many answers: the last {n} are left out",
        lost_articles: "规则“{rule}”里有 {n} 篇图文改成了文字链接：一次只能显示一篇图文" / "In the rule “{rule}”, {n} articles became links in a text: one message shows one article",
        lost_follow: "（被关注、收到消息）" / "(follow or default)",
    }
}

/// What keeps a line from being imported.
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

/// What is left out or becomes different.
#[must_use]
pub fn note(lang: Lang, note: &Note) -> String {
    let t = Transfer::of(lang);
    match &note.noted {
        Noted::Unknown { name, nearest } => {
            at(lang, note.line, fill(t.unknown, &[("name", name), ("nearest", nearest)]))
        }
        Noted::Absent => at(lang, note.line, t.absent.to_owned()),
        Noted::Gbk => t.gbk.to_owned(),
        Noted::Lost(lost) => self::lost(t, lost),
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

/// Why a file cannot be read at all.
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
