//! Imports the rules set on the platform's website (`get_current_autoreply_info`) as rules of the account.
//!
//! Facts: docs/WECHAT.md, 4.10. Every block may be missing; switch and content are independent; a picture is `img`, a video may be a
//! URL; media ids expire after three days, so files are fetched immediately and stored here. Losses are noted by name.

use super::{Note, NoteKind, Parsed, Row, state::Failure};
use crate::{
    core::{
        CoreError, OfficialCtx,
        rule::{
            ACCOUNT, AnswerMode, Content, Keyword, MatchType, TriggerKind, content::MOST_CONTENTS, draft::Draft, media,
        },
    },
    text::{cut, visible::visible},
    wechat::api::{ApiError, ErrorClass},
};
use futures::{StreamExt as _, stream};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{pin::pin, time::Duration};
use url::Url;

/// The most characters of a rule's name.
const NAME_CHARS: usize = 60;
/// The timeout for fetching one file.
const PATIENCE: Duration = Duration::from_secs(20);
/// Rules whose files are fetched concurrently.
const AT_ONCE: usize = 4;

/// A part of the platform's rules that is not imported unchanged. `rule` is its name there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lost {
    /// It has no keywords: it never answers there either. Left out.
    NoKeywords { rule: String },
    /// No part of its answer can be imported. Left out.
    NoContents { rule: String },
    /// An unknown kind of answer.
    Kind { rule: String, kind: String },
    /// A file that could not be fetched or stored.
    File { rule: String, kind: String, why: String },
    /// It has more contents than a rule may have; this many are left out.
    Surplus { rule: String, left_out: usize },
    /// One message shows one article: this many became links in a text.
    Articles { rule: String, linked: usize },
}

/// Why the platform's rules cannot be read.
#[derive(Debug)]
pub enum PlatformFault {
    /// The platform refused, or cannot be reached.
    Platform(ApiError),
    Core(CoreError),
}

impl std::fmt::Display for PlatformFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Platform(e) => e.fmt(f),
            Self::Core(e) => e.fmt(f),
        }
    }
}

impl From<&PlatformFault> for Failure {
    fn from(fault: &PlatformFault) -> Self {
        match fault {
            PlatformFault::Platform(ApiError::Platform { class: ErrorClass::Permission, .. }) => Self::Right,
            PlatformFault::Platform(ApiError::Platform { code, .. }) => Self::Code(*code),
            PlatformFault::Platform(_) | PlatformFault::Core(_) => Self::Unreachable,
        }
    }
}

impl From<ApiError> for PlatformFault {
    fn from(e: ApiError) -> Self {
        Self::Platform(e)
    }
}

/// Reads the platform's rules, and fetches their files.
///
/// # Errors
/// [`PlatformFault::Platform`].
pub async fn from_platform(ctx: &OfficialCtx) -> Result<Parsed, PlatformFault> {
    from_platform_watched(ctx, |_, _| {}).await
}

/// [`from_platform`], reporting with each rule how many of how many are complete.
///
/// # Errors
/// As [`from_platform`].
pub async fn from_platform_watched(ctx: &OfficialCtx, watch: impl Fn(usize, usize)) -> Result<Parsed, PlatformFault> {
    let found = read(&ctx.account.platform.current_autoreply_info().await?);
    let mut parsed = Parsed { notes: found.notes, ..Parsed::default() };
    let total = found.rules.len();
    let fetched = stream::iter(found.rules).map(async |Found { line, draft, wishes }| {
        let mut contents = Vec::with_capacity(wishes.len());
        for wish in wishes {
            contents.push(fulfil(ctx, wish).await);
        }
        (line, draft, contents)
    });
    // In their order, not that of completion: of two rules with one keyword the earlier one wins.
    let mut fetched = pin!(fetched.buffered(AT_ONCE).enumerate());
    while let Some((done, (line, draft, found))) = fetched.next().await {
        watch(done + 1, total);
        let rule = draft.name.clone();
        let mut contents = Vec::with_capacity(found.len());
        for content in found {
            match content {
                Ok(content) => contents.push(content),
                Err((kind, why)) => {
                    let lost = Lost::File { rule: rule.clone(), kind: kind.to_owned(), why };
                    parsed.notes.push(Note { line, kind: NoteKind::Lost(lost) });
                }
            }
        }
        if contents.is_empty() {
            parsed.notes.push(Note { line, kind: NoteKind::Lost(Lost::NoContents { rule }) });
        } else {
            let draft = Draft { contents, ..draft };
            parsed.rows.push(Row { line, number: None, draft, absent: Vec::new() });
        }
    }
    parsed.notes.sort_by_key(|n| n.line);
    Ok(parsed)
}

/// A content, or a file for one.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Wish {
    Content(Content),
    /// By a media id or a URL.
    File {
        kind: &'static str,
        from: String,
    },
}

/// A rule whose files are not fetched yet.
#[derive(Debug)]
struct Found {
    line: usize,
    draft: Draft,
    wishes: Vec<Wish>,
}

#[derive(Debug, Default)]
struct AllFound {
    rules: Vec<Found>,
    notes: Vec<Note>,
}

impl AllFound {
    fn note(&mut self, line: usize, lost: Lost) {
        self.notes.push(Note { line, kind: NoteKind::Lost(lost) });
    }
}

/// Fetches a file and stores it for the account.
async fn fulfil(ctx: &OfficialCtx, wish: Wish) -> Result<Content, (&'static str, String)> {
    let (kind, from) = match wish {
        Wish::Content(content) => return Ok(content),
        Wish::File { kind, from } => (kind, from),
    };
    let fetching = async {
        match Url::parse(&from) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => ctx.account.platform.fetch_file(&url).await,
            _ => ctx.account.platform.fetch_media(&from).await,
        }
    };
    let fetched = tokio::time::timeout(PATIENCE, fetching).await.unwrap_or(Err(ApiError::Timeout));
    let bytes = fetched.map_err(|e| (kind, e.to_string()))?;
    let kept = media::storage::add(ctx, ACCOUNT, kind, bytes).await.map_err(|e| (kind, e.to_string()))?;
    if kept.format.kind().as_str() == kind {
        Ok(kept.content())
    } else {
        Err((kind, format!("the file is {}", kept.format.as_str())))
    }
}

/// Parses the platform's response. Fetches nothing.
fn read(info: &Value) -> AllFound {
    let mut found = AllFound::default();
    let is_on = |switch: &str| info[switch].as_i64() == Some(1);
    let bare = [
        (TriggerKind::Follow, "add_friend_autoreply_info", is_on("is_add_friend_reply_open")),
        (TriggerKind::Default, "message_default_autoreply_info", is_on("is_autoreply_open")),
    ];
    let mut line = 0;
    for (cause, block, is_enabled) in bare {
        if info[block].is_object() {
            line += 1;
            let draft = Draft { cause, is_enabled, ..Draft::default() };
            add(&mut found, line, draft, std::slice::from_ref(&info[block]));
        }
    }
    let none = Vec::new();
    for rule in info["keyword_autoreply_info"]["list"].as_array().unwrap_or(&none) {
        line += 1;
        let draft = Draft {
            name: beginning(&visible(text(rule, "rule_name")), NAME_CHARS),
            keywords: rule["keyword_list_info"].as_array().unwrap_or(&none).iter().filter_map(keyword).collect(),
            answer: if text(rule, "reply_mode") == "random_one" { AnswerMode::Random } else { AnswerMode::All },
            is_enabled: is_on("is_autoreply_open"),
            ..Draft::default()
        };
        if draft.keywords.is_empty() {
            found.note(line, Lost::NoKeywords { rule: draft.name });
        } else {
            add(&mut found, line, draft, rule["reply_list_info"].as_array().unwrap_or(&none));
        }
    }
    found
}

fn keyword(info: &Value) -> Option<Keyword> {
    let matching = if text(info, "match_mode") == "contain" { MatchType::Contains } else { MatchType::Exact };
    let text = text(info, "content").trim();
    (!text.is_empty()).then(|| Keyword { text: text.to_owned(), matching })
}

fn add(found: &mut AllFound, line: usize, draft: Draft, replies: &[Value]) {
    let rule = draft.name.clone();
    let (mut wishes, mut articles) = (Vec::new(), 0);
    for reply in replies {
        let content = text(reply, "content").trim();
        let file = |kind| Wish::File { kind, from: content.to_owned() };
        match text(reply, "type") {
            "text" if !content.is_empty() => wishes.push(Wish::Content(Content::text(content))),
            "img" | "image" if !content.is_empty() => wishes.push(file("image")),
            "voice" if !content.is_empty() => wishes.push(file("voice")),
            "video" if !content.is_empty() => wishes.push(file("video")),
            "news" => {
                let none = Vec::new();
                let list = reply["news_info"]["list"].as_array().unwrap_or(&none);
                // A message of a rule that answers with all its contents shows only one article in total.
                let may_show = draft.answer == AnswerMode::Random || articles == 0;
                let (contents, linked) = news(list, may_show, draft.answer);
                articles += list.len();
                wishes.extend(contents.into_iter().map(Wish::Content));
                if linked > 0 {
                    found.note(line, Lost::Articles { rule: rule.clone(), linked });
                }
            }
            kind => {
                let kind = beginning(if kind.is_empty() { "?" } else { kind }, NAME_CHARS);
                found.note(line, Lost::Kind { rule: rule.clone(), kind });
            }
        }
    }
    if wishes.len() > MOST_CONTENTS {
        found.note(line, Lost::Surplus { rule: rule.clone(), left_out: wishes.len() - MOST_CONTENTS });
        wishes.truncate(MOST_CONTENTS);
    }
    if wishes.is_empty() {
        found.note(line, Lost::NoContents { rule });
    } else {
        found.rules.push(Found { line, draft, wishes });
    }
}

/// The first article as an article, if it may be shown; the others as links in one text. One of several random contents must stay
/// one content.
fn news(list: &[Value], may_show: bool, answer: AnswerMode) -> (Vec<Content>, usize) {
    let is_whole = answer == AnswerMode::Random && list.len() > 1;
    let shown = usize::from(may_show && !is_whole).min(list.len());
    let (first, rest) = list.split_at(shown);
    let mut contents: Vec<Content> = first.iter().map(article).collect();
    if !rest.is_empty() {
        let lines: Vec<String> = rest.iter().map(link).collect();
        contents.push(Content::text(lines.join("\n")));
    }
    (contents, rest.len())
}

fn article(article: &Value) -> Content {
    let field = |name: &str, max: usize| beginning(text(article, name), max);
    Content::News {
        title: field("title", crate::core::rule::content::TITLE_MAX_CHARS),
        description: field("digest", crate::core::rule::content::DESCRIPTION_MAX_CHARS),
        picture_url: text(article, "cover_url").trim().to_owned(),
        url: address(article).to_owned(),
    }
}

/// `<a href="…">title</a>`, escaped so that neither part can end it early.
fn link(article: &Value) -> String {
    let title = text(article, "title").trim().replace('<', "＜").replace('>', "＞");
    let url = address(article).replace('"', "%22").replace('<', "%3C").replace('>', "%3E");
    if url.is_empty() { title } else { format!("<a href=\"{url}\">{title}</a>") }
}

/// The article's URL, else the URL it links to.
fn address(article: &Value) -> &str {
    match text(article, "content_url").trim() {
        "" => text(article, "source_url").trim(),
        url => url,
    }
}

fn beginning(text: &str, max_chars: usize) -> String {
    cut::chars(text.trim(), max_chars).to_owned()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples() -> Vec<Value> {
        let file: Value = serde_json::from_str(include_str!("../../../../tests/vectors/autoreply.json")).unwrap();
        file["samples"].as_array().unwrap().clone()
    }

    fn sample(id: &str) -> AllFound {
        read(&samples().into_iter().find(|s| s["id"] == id).unwrap()["response"])
    }

    fn lost(found: &AllFound) -> Vec<Lost> {
        let lost = |n: &Note| match &n.kind {
            NoteKind::Lost(lost) => lost.clone(),
            other => panic!("{other:?}"),
        };
        found.notes.iter().map(lost).collect()
    }

    #[test]
    fn the_platforms_own_sample_is_read_whole() {
        let found = sample("official-sample");
        let names: Vec<&str> = found.rules.iter().map(|f| f.draft.name.as_str()).collect();
        assert_eq!(names, ["", "", "autoreply-news", "autoreply-voice", "autoreply-text", "autoreply-video"]);
        let causes: Vec<TriggerKind> = found.rules.iter().map(|f| f.draft.cause).collect();
        assert_eq!(causes[..3], [TriggerKind::Follow, TriggerKind::Default, TriggerKind::Keyword]);
        assert!(found.rules.iter().all(|f| f.draft.is_enabled));
        assert_eq!(found.rules[0].wishes, [Wish::Content(Content::text("Thanks for your attention!"))]);
        let news = &found.rules[2];
        assert_eq!(news.draft.answer, AnswerMode::All);
        assert_eq!(news.draft.keywords, [Keyword { text: "news测试".to_owned(), matching: MatchType::Contains }]);
        // One article unchanged; the two of the second message as links in one text.
        assert!(matches!(&news.wishes[0], Wish::Content(Content::News { title, .. }) if title == "it's news"));
        let Wish::Content(Content::Text { text }) = &news.wishes[1] else { panic!("{:?}", news.wishes) };
        assert!(text.lines().count() == 2 && text.contains(">MULTI_NEWS4</a>"), "{text}");
        assert_eq!(lost(&found), [Lost::Articles { rule: "autoreply-news".to_owned(), linked: 2 }]);
        let voice = &found.rules[3];
        assert_eq!(voice.draft.answer, AnswerMode::Random);
        assert!(matches!(&voice.wishes[..], [Wish::File { kind: "voice", from }] if from.starts_with("NESsxg")));
        let video = &found.rules[5];
        assert_eq!(video.draft.keywords[0].matching, MatchType::Exact);
        assert!(matches!(&video.wishes[..], [Wish::File { kind: "video", from }] if from.starts_with("http://61.")));
    }

    #[test]
    fn switches_and_contents_are_independent() {
        assert!(sample("all-off").rules.is_empty());
        let found = sample("follow-off-but-content-present");
        assert_eq!(found.rules.len(), 1);
        assert!(!found.rules[0].draft.is_enabled && found.rules[0].draft.cause == TriggerKind::Follow);
    }

    #[test]
    fn what_cannot_be_kept_is_named() {
        let found = sample("img-and-empty-keywords");
        let kinds: Vec<&Wish> = found.rules.iter().flat_map(|f| &f.wishes).collect();
        let file = |kind, from: &str| Wish::File { kind, from: from.to_owned() };
        assert_eq!(kinds, [&file("image", "MEDIA_ID_TEMP"), &file("voice", "MEDIA_ID_TEMP2")]);
        assert_eq!(lost(&found), [Lost::NoKeywords { rule: "r".to_owned() }]);
        let found = sample("unknown-type");
        assert!(found.rules.is_empty());
        assert_eq!(lost(&found)[0], Lost::Kind { rule: String::new(), kind: "wxcard".to_owned() });
    }

    #[test]
    fn whatever_the_platform_says_nothing_breaks() {
        for strange in ["{}", "[]", "null", r#"{"keyword_autoreply_info":{"list":[{},{"reply_list_info":7}]}}"#] {
            read(&serde_json::from_str(strange).unwrap());
        }
        let link = link(&serde_json::json!({ "title": "</a><b>", "content_url": "http://a.example/\"><script>" }));
        assert_eq!(link, "<a href=\"http://a.example/%22%3E%3Cscript%3E\">＜/a＞＜b＞</a>");
    }

    #[test]
    fn a_drawn_answer_stays_one_answer() {
        let article = serde_json::json!({ "title": "t", "content_url": "http://a.example/" });
        let (contents, linked) = news(&[article.clone(), article.clone()], true, AnswerMode::Random);
        assert_eq!((contents.len(), linked), (1, 2));
        let (contents, linked) = news(&[article.clone(), article.clone(), article], true, AnswerMode::All);
        assert_eq!((contents.len(), linked), (2, 2));
    }
}
