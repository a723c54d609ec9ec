//! Customer-service messages (客服消息): messages to a follower that are not the reply to a push. Only for verified
//! accounts.
//!
//! Limited after an action of the follower: 5 messages in 48 h after a message, 3 in a minute after a menu item, a
//! follow or a scan. Beyond that 45015 (too late) or 45047 (too many).

use super::{ApiError, Client, Request};
use crate::wechat::reply::{Article, Reply};
use serde::{Deserialize, Serialize};

/// A customer-service message. Serialized as the field named like its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Custom {
    /// Text, with the same links as in a reply.
    Text { content: String },
    /// A picture.
    Image { media_id: String },
    /// A voice message.
    Voice { media_id: String },
    /// A video.
    Video { media_id: String, thumb_media_id: String, title: String, description: String },
    /// Music.
    Music {
        title: String,
        description: String,
        #[serde(rename = "musicurl")]
        music_url: String,
        #[serde(rename = "hqmusicurl")]
        hq_music_url: String,
        thumb_media_id: String,
    },
    /// Linked articles: exactly one, else 45008.
    News { articles: Vec<LinkedArticle> },
    /// Articles of the account's own media library.
    MpNews { media_id: String },
    /// A published article.
    MpNewsArticle { article_id: String },
    /// A question with answers to tap; a tap sends a text with the item's id.
    #[serde(rename = "msgmenu")]
    Menu { head_content: String, list: Vec<MenuItem>, tail_content: String },
    /// A card or coupon.
    #[serde(rename = "wxcard")]
    Card { card_id: String },
    /// A mini-program's page.
    MiniProgramPage {
        title: String,
        appid: String,
        #[serde(rename = "pagepath")]
        page_path: String,
        thumb_media_id: String,
    },
}

/// One answer of a [`Custom::Menu`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MenuItem {
    /// The id that a tap sends.
    pub id: String,
    /// The text shown.
    pub content: String,
}

/// The article of a [`Custom::News`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LinkedArticle {
    /// The headline.
    pub title: String,
    /// The summary.
    pub description: String,
    /// The link's target.
    pub url: String,
    /// The picture's address.
    #[serde(rename = "picurl")]
    pub pic_url: String,
}

#[derive(Serialize)]
struct Body<'a> {
    touser: &'a str,
    msgtype: &'static str,
    #[serde(flatten)]
    message: &'a Custom,
}

/// The response only says that there was no error.
#[derive(Deserialize)]
struct Accepted {}

impl Custom {
    /// The same as a passive reply, to be sent later; `None` if there is nothing to send. News are cut to one article.
    #[must_use]
    pub fn of(reply: Reply) -> Option<Self> {
        Some(match reply {
            Reply::Text(content) => Self::Text { content },
            Reply::Image { media_id } => Self::Image { media_id },
            Reply::Voice { media_id } => Self::Voice { media_id },
            Reply::Video { media_id, title, description } => Self::Video {
                media_id,
                thumb_media_id: String::new(),
                title: title.unwrap_or_default(),
                description: description.unwrap_or_default(),
            },
            Reply::Music { title, description, music_url, hq_music_url, thumb_media_id } => Self::Music {
                title: title.unwrap_or_default(),
                description: description.unwrap_or_default(),
                music_url: music_url.unwrap_or_default(),
                hq_music_url: hq_music_url.unwrap_or_default(),
                thumb_media_id,
            },
            Reply::News(articles) => {
                let article = articles.into_iter().next()?;
                let Article { title, description, pic_url, url } = article;
                Self::News { articles: vec![LinkedArticle { title, description, url, pic_url }] }
            }
            Reply::Transfer { .. } => return None,
        })
    }

    fn msgtype(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Image { .. } => "image",
            Self::Voice { .. } => "voice",
            Self::Video { .. } => "video",
            Self::Music { .. } => "music",
            Self::News { .. } => "news",
            Self::MpNews { .. } => "mpnews",
            Self::MpNewsArticle { .. } => "mpnewsarticle",
            Self::Menu { .. } => "msgmenu",
            Self::Card { .. } => "wxcard",
            Self::MiniProgramPage { .. } => "miniprogrampage",
        }
    }
}

impl Client {
    /// Sends a text to a follower. See [`send_custom`](Self::send_custom).
    ///
    /// # Errors
    /// As for [`send_custom`](Self::send_custom).
    pub async fn send_custom_text(&self, openid: &str, text: &str) -> Result<(), ApiError> {
        self.send_custom(openid, &Custom::Text { content: text.to_owned() }).await
    }

    /// Sends a message to a follower. 500 000 calls a day.
    ///
    /// # Errors
    /// [`ApiError`]. After [`ApiError::Timeout`] and [`ApiError::Transport`] the message may have been delivered, so it
    /// is not retried here.
    pub async fn send_custom(&self, openid: &str, message: &Custom) -> Result<(), ApiError> {
        let body = Body { touser: openid, msgtype: message.msgtype(), message };
        let Accepted {} = self.call(&Request::post("/cgi-bin/message/custom/send", &body)?.once()).await?;
        Ok(())
    }
}
