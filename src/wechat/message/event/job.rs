//! Results of jobs: template messages, mass messages, publishing.

use crate::wechat::message::{text, trimmed};
use crate::wechat::xml::Element;

/// What became of a template message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplateOutcome {
    /// Delivered.
    Success,
    /// The person has switched the account's messages off.
    UserBlocked,
    /// The platform failed.
    SystemFailed,
    /// Something else, as sent.
    Other(String),
}

impl TemplateOutcome {
    /// Whether there is a blank after the colon varies.
    pub(super) fn read(root: &Element) -> Self {
        let status = trimmed(root, "Status").unwrap_or_default();
        match status.to_ascii_lowercase().replace(": ", ":").as_str() {
            "success" => Self::Success,
            "failed:user block" => Self::UserBlocked,
            "failed:system failed" => Self::SystemFailed,
            _ => Self::Other(status),
        }
    }
}

/// What became of a mass message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MassSendResult {
    /// `send success`, `send fail` or `err(nnnnn)`, as sent.
    pub status: String,
    /// Receivers in all.
    pub total: u64,
    /// Receivers left after those who must not get it.
    pub filtered: u64,
    /// Delivered to.
    pub sent: u64,
    /// Failed for.
    pub failed: u64,
    /// The verdict of the check for copied articles, if there was one: 1 no copy, 2 a copy that may be sent, 3 one that
    /// may not.
    pub copyright_state: Option<String>,
    /// The articles' addresses, if sent.
    pub articles: Vec<PublishedArticle>,
}

impl MassSendResult {
    pub(super) fn read(root: &Element) -> Self {
        let urls = root.child("ArticleUrlResult").and_then(|result| result.child("ResultList"));
        Self {
            status: text(root, "Status"),
            total: count(root, "TotalCount"),
            filtered: count(root, "FilterCount"),
            sent: count(root, "SentCount"),
            failed: count(root, "ErrorCount"),
            copyright_state: root.child("CopyrightCheckResult").and_then(|check| trimmed(check, "CheckState")),
            articles: items(urls, "ArticleIdx", "ArticleUrl"),
        }
    }
}

/// What became of publishing a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishResult {
    /// The job's id.
    pub publish_id: String,
    /// 0 published, 2 original check failed, 3 failed, 4 refused, 5 deleted, 6 banned; as sent.
    pub status: String,
    /// The published article's id.
    pub article_id: Option<String>,
    /// Where it can be read.
    pub articles: Vec<PublishedArticle>,
    /// Which articles failed, from 1, as sent.
    pub failed_indexes: Vec<String>,
}

impl PublishResult {
    pub(super) fn read(root: &Element) -> Self {
        let info = root.child("PublishEventInfo").unwrap_or(root);
        let failed = info.children().iter().filter(|child| child.name() == "fail_idx");
        Self {
            publish_id: text(info, "publish_id"),
            status: text(info, "publish_status"),
            article_id: trimmed(info, "article_id"),
            articles: items(info.child("article_detail"), "idx", "article_url"),
            failed_indexes: failed.map(|child| child.text().to_owned()).collect(),
        }
    }
}

/// Where an article can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedArticle {
    /// Which article, from 1, as sent.
    pub index: String,
    /// Its address.
    pub url: String,
}

fn items(list: Option<&Element>, index: &str, url: &str) -> Vec<PublishedArticle> {
    let children = list.map(Element::children).unwrap_or_default();
    let items = children.iter().filter(|child| child.name() == "item");
    items.map(|item| PublishedArticle { index: text(item, index), url: text(item, url) }).collect()
}

/// A number that is only shown; 0 when absent or not a number.
fn count(root: &Element, name: &str) -> u64 {
    trimmed(root, name).and_then(|text| text.parse().ok()).unwrap_or_default()
}
