//! Texts of rule errors for the chat and the command line: with the limit, and what to do.

use super::MatchType;
use crate::{
    core::{FieldError, Problem},
    text::{Lang, fill},
    texts,
};

texts! {
    /// Field errors of rules.
    pub struct RuleWords {
        keyword_empty: "还没有关键词" / "The keyword is missing",
        keyword_long: "关键词太长，最多 {n} 个字" / "The keyword is too long: at most {n} characters",
        keyword_many: "关键词太多，一条规则最多 {n} 个" / "Too many keywords: a rule can have at most {n}",
        keyword_form: "关键词不能只有标点或看不见的字符" / "A keyword cannot be only punctuation or invisible characters",
        keyword_pattern: "正则表达式写错了，或者太复杂" / "The regular expression is invalid or too complex",
        text_empty: "还没有回复内容" / "The reply is missing",
        text_bytes: "回复太长，最多 {n} 字节（约 {chars} 个汉字）" / "The reply is too long: at most {n} bytes (about {chars} Chinese characters)",
        text_form: "回复里有看不见的控制字符" / "The reply contains control characters",
        rules_many: "规则太多，最多 {n} 条，请先删掉不用的" / "Too many rules: at most {n}. Delete some first",
        contents_many: "回复内容太多，一条规则最多 {n} 条" / "Too many replies: a rule can have at most {n}",
        expressions_many: "正则表达式太多，最多 {n} 个" / "Too many expressions: at most {n}",
        long_texts_many: "长回复太多，超过 700 字的最多 {n} 条，请先删掉不用的" / "Too many long replies: at most {n} of more than 700 characters. Delete some first",
        news_many: "图文太多，一次只能回复 {n} 篇" / "Too many articles: a reply can show only {n}",
        name_long: "规则名称太长，最多 {n} 个字" / "The name is too long: at most {n} characters",
        priority_range: "优先级要在 {least} 到 {most} 之间" / "The priority must be between {least} and {most}",
        cause_form: "只有公众号自己的规则可以这样触发" / "Only the account’s own rules can be triggered this way",
        file_animated: "动图发不出去，请换成 JPG、PNG 或不会动的 GIF" / "Animated GIFs cannot be sent. Use a JPG, a PNG or a still GIF",
        file_long: "语音太长，最多 {n} 秒" / "The voice message is too long: at most {n} seconds",
        file_large: "文件太大，最多 {n} MB" / "The file is too large: at most {n} MB",
        file_form: "文件只能是 JPG、PNG、GIF、MP3、AMR 或 MP4" / "A file must be JPG, PNG, GIF, MP3, AMR or MP4",
        media_form: "素材只能是公众平台的 media_id 或已上传的文件" / "Media must be a platform media_id or an uploaded file",
        url_form: "链接要以 http:// 或 https:// 开头" / "A link must start with http:// or https://",
        taken: "已经有了" / "It already exists",
        other: "{field} 不对" / "{field} is invalid",
        other_empty: "{field} 没有填" / "{field} is empty",
        other_long: "{field} 太长，最多 {n}" / "{field} is too long: at most {n}",
        exact: "全匹配" / "exact",
        prefix: "开头匹配" / "starts with",
        contains: "包含" / "contains",
        regex: "正则" / "regex",
    }
}

/// The text of an error, with the limit, without a full stop.
#[must_use]
pub fn describe(lang: Lang, flaw: &FieldError) -> String {
    let t = RuleWords::of(lang);
    let field = flaw.field.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
    let with = |template: &str, n: usize| {
        fill(template, &[("field", flaw.field), ("n", &n.to_string()), ("chars", &(n / 3).to_string())])
    };
    match (field, flaw.problem) {
        ("keywords", Problem::Empty) => t.keyword_empty.to_owned(),
        ("keywords", Problem::TooLong(n)) => with(t.keyword_long, n),
        ("keywords", Problem::TooMany(n)) => with(t.keyword_many, n),
        ("keywords", Problem::Malformed) => t.keyword_form.to_owned(),
        ("text", Problem::Empty) => t.text_empty.to_owned(),
        ("text", Problem::Malformed) => t.text_form.to_owned(),
        ("rules", Problem::TooMany(n)) => with(t.rules_many, n),
        ("contents", Problem::TooMany(n)) => with(t.contents_many, n),
        ("expressions", Problem::TooMany(n)) => with(t.expressions_many, n),
        ("long_texts", Problem::TooMany(n)) => with(t.long_texts_many, n),
        ("news", Problem::TooMany(n)) => with(t.news_many, n),
        ("name", Problem::TooLong(n)) => with(t.name_long, n),
        ("cause", Problem::Malformed) => t.cause_form.to_owned(),
        ("file", Problem::Wrong) => t.file_animated.to_owned(),
        ("file", Problem::OutOfRange(_, most)) => fill(t.file_long, &[("n", &most.to_string())]),
        ("file", Problem::TooManyBytes(n)) => with(t.file_large, n / 1024 / 1024),
        ("file", Problem::Malformed) => t.file_form.to_owned(),
        ("media" | "thumb", Problem::Malformed) => t.media_form.to_owned(),
        ("url" | "hq_url" | "picture_url", Problem::Malformed) => t.url_form.to_owned(),
        ("text", Problem::TooManyBytes(n)) => with(t.text_bytes, n),
        (_, Problem::OutOfRange(least, most)) => {
            fill(t.priority_range, &[("least", &least.to_string()), ("most", &most.to_string())])
        }
        (_, Problem::BadPattern) => t.keyword_pattern.to_owned(),
        (_, Problem::Taken) => t.taken.to_owned(),
        (_, Problem::Empty) => with(t.other_empty, 0),
        (_, Problem::TooLong(n) | Problem::TooMany(n) | Problem::TooManyBytes(n)) => with(t.other_long, n),
        (_, Problem::Malformed | Problem::TooShort(_) | Problem::TooCommon | Problem::Wrong) => with(t.other, 0),
    }
}

/// The name of a match type.
#[must_use]
pub fn way(lang: Lang, matching: MatchType) -> &'static str {
    let t = RuleWords::of(lang);
    match matching {
        MatchType::Exact => t.exact,
        MatchType::Prefix => t.prefix,
        MatchType::Contains => t.contains,
        MatchType::Regex => t.regex,
    }
}

/// A rule's number as people write it: `03`, and `100` from there on.
#[must_use]
pub fn padded(number: i64) -> String {
    format!("{number:02}")
}
