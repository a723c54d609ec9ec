//! Results of jobs: template messages, mass messages, publishing.

use crate::wechat::message::{text, trimmed};
use crate::wechat::xml::Element;

/// The result of a template message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplateOutcome {
    /// Delivered.
    Success,
    /// The follower has blocked the account's messages.
    UserBlocked,
    /// The platform failed.
    SystemFailed,
    /// Something else, as sent.
    Other(String),
}

impl TemplateOutcome {
    /// The space after the colon is optional.
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

/// The result of a mass message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MassSendResult {
    /// `send success`, `send fail` or `err(nnnnn)`, as sent.
    pub status: String,
    /// All recipients.
    pub total: u64,
    /// Recipients after filtering.
    pub filtered: u64,
    /// Successful deliveries.
    pub sent: u64,
    /// Failed deliveries.
    pub failed: u64,
    /// The result of the copyright check, if there was one: 1 original, 2 a copy that may be sent, 3 a copy that may
    /// not.
    pub copyright_state: Option<String>,
    /// The articles' URLs, if sent.
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

/// The result of publishing a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishResult {
    /// The job's id.
    pub publish_id: String,
    /// 0 published, 2 original check failed, 3 failed, 4 refused, 5 deleted, 6 banned; as sent.
    pub status: String,
    /// The published article's id.
    pub article_id: Option<String>,
    /// The published articles.
    pub articles: Vec<PublishedArticle>,
    /// The numbers of the articles that failed, from 1, as sent.
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

/// A published article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedArticle {
    /// The article's number, from 1, as sent.
    pub index: String,
    /// Its URL.
    pub url: String,
}

fn items(list: Option<&Element>, index: &str, url: &str) -> Vec<PublishedArticle> {
    let children = list.map(Element::children).unwrap_or_default();
    let items = children.iter().filter(|child| child.name() == "item");
    items.map(|item| PublishedArticle { index: text(item, index), url: text(item, url) }).collect()
}

/// A number for display only; 0 if absent or invalid.
fn count(root: &Element, name: &str) -> u64 {
    trimmed(root, name).and_then(|text| text.parse().ok()).unwrap_or_default()
}
