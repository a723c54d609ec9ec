//! Passive replies: the answers to pushes. They are typed values, rendered as XML by the push handler.
//!
//! Rendering never fails: texts are cut to what the platform displays, because for an invalid answer it shows the
//! follower that the account is out of order. Facts: developers.weixin.qq.com, "被动回复用户消息".

use super::message::{Kind, Message};
use super::xml::{self, Element, Writer};
use serde::{Deserialize, Serialize};

mod split;

pub use split::split_text;

/// The longest text of a reply, in bytes of UTF-8 (about 680 Chinese characters). Longer ones fail. The limit is known
/// from several projects; the documentation gives none.
pub const TEXT_MAX_BYTES: usize = 2048;

/// A reply to a push. The database stores it for redeliveries, as JSON: the names of its kinds and fields must not change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// Text; `\n` breaks lines, `<a href>` is shown as a link. Cut to [`TEXT_MAX_BYTES`]: see [`split_text`].
    Text(String),
    /// A picture, by its media id.
    Image { media_id: String },
    /// A voice message, by its media id.
    Voice { media_id: String },
    /// A video, by its media id.
    Video { media_id: String, title: Option<String>, description: Option<String> },
    /// Music. `hq_music_url` is preferred on Wi-Fi; only the thumbnail is required.
    Music {
        title: Option<String>,
        description: Option<String>,
        music_url: Option<String>,
        hq_music_url: Option<String>,
        thumb_media_id: String,
    },
    /// Linked articles, at most [`Trigger::articles_max`]; further ones are dropped.
    News(Vec<Article>),
    /// Transfers the conversation to customer service: to any agent, or to this one.
    Transfer { kf_account: Option<String> },
}

/// One linked article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Article {
    /// The headline.
    pub title: String,
    /// The summary, shown only if there is one article.
    pub description: String,
    /// The picture, JPG or PNG: 360x200 for the first article, 200x200 for others.
    pub pic_url: String,
    /// The link's target.
    pub url: String,
}

/// What the reply answers, which limits the number of articles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// A follower's message.
    Message,
    /// An event: a follow, a menu item, a scan.
    Event,
}

impl Trigger {
    /// The trigger that `message` is.
    pub fn of(message: &Message) -> Self {
        if matches!(message.kind, Kind::Event(_)) { Self::Event } else { Self::Message }
    }

    /// One article in reply to a message (since 2018-10-12), eight in reply to an event.
    pub fn articles_max(self) -> usize {
        match self {
            Self::Message => 1,
            Self::Event => 8,
        }
    }
}

/// A reply with its addresses and time: rendering it again gives the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassiveReply {
    /// The openid of the follower.
    pub to: String,
    /// The account's original id (`gh_…`).
    pub from: String,
    /// Seconds since the Unix epoch.
    pub created_at_secs: i64,
    /// Cut to one message by [`PassiveReply::answering`].
    pub reply: Reply,
}

impl PassiveReply {
    /// The reply to `message`, made at `created_at_secs`. A text is cut to [`TEXT_MAX_BYTES`], and surplus articles are dropped.
    #[must_use]
    pub fn answering(message: &Message, reply: Reply, created_at_secs: i64) -> Self {
        let reply = match reply {
            Reply::Text(text) => Reply::Text(split::head(&text, TEXT_MAX_BYTES).to_owned()),
            Reply::News(mut articles) => {
                articles.truncate(Trigger::of(message).articles_max());
                Reply::News(articles)
            }
            other => other,
        };
        Self { to: message.from.clone(), from: message.to.clone(), created_at_secs, reply }
    }

    /// Renders the reply as XML.
    #[must_use]
    pub fn render(&self) -> String {
        // `answering` has dropped surplus articles: the trigger with the higher limit drops none.
        render(&self.reply, &self.to, &self.from, self.created_at_secs, Trigger::Event)
    }
}

/// Renders `reply` as XML from the account `from` (`gh_…`) to the follower `to` (openid). The time is in seconds since
/// the Unix epoch.
pub fn render(reply: &Reply, to: &str, from: &str, create_time_secs: i64, trigger: Trigger) -> String {
    let head = Writer::new()
        .text("ToUserName", to)
        .text("FromUserName", from)
        .number("CreateTime", create_time_secs)
        .text("MsgType", msg_type(reply));
    let whole = match reply {
        Reply::Text(text) => head.text("Content", split::head(text, TEXT_MAX_BYTES)),
        Reply::Image { media_id } => head.nest("Image", |w| w.text("MediaId", media_id)),
        Reply::Voice { media_id } => head.nest("Voice", |w| w.text("MediaId", media_id)),
        Reply::Video { media_id, title, description } => head.nest("Video", |w| {
            w.text("MediaId", media_id)
                .text_if("Title", title.as_deref())
                .text_if("Description", description.as_deref())
        }),
        Reply::Music { title, description, music_url, hq_music_url, thumb_media_id } => head.nest("Music", |w| {
            w.text_if("Title", title.as_deref())
                .text_if("Description", description.as_deref())
                .text_if("MusicUrl", music_url.as_deref())
                .text_if("HQMusicUrl", hq_music_url.as_deref())
                .text("ThumbMediaId", thumb_media_id)
        }),
        Reply::News(articles) => news(head, articles.get(..trigger.articles_max()).unwrap_or(articles)),
        Reply::Transfer { kf_account: Some(account) } => head.nest("TransInfo", |w| w.text("KfAccount", account)),
        Reply::Transfer { kf_account: None } => head,
    };
    whole.finish()
}

/// The follower to whom a rendered reply is addressed.
#[must_use]
pub fn recipient(document: &str) -> Option<String> {
    let root = xml::parse(document.as_bytes(), xml::PLAIN_MAX_BYTES).ok()?;
    root.field("ToUserName").map(str::to_owned)
}

/// Parses the output of [`render`]; `None` for anything else.
pub fn read(document: &str) -> Option<Reply> {
    let root = xml::parse(document.as_bytes(), xml::PLAIN_MAX_BYTES).ok()?;
    let text = |of: &Element, name: &str| of.field(name).unwrap_or_default().to_owned();
    let given = |of: &Element, name: &str| of.field(name).map(str::to_owned);
    Some(match root.field("MsgType")? {
        "text" => Reply::Text(text(&root, "Content")),
        "image" => Reply::Image { media_id: text(root.child("Image")?, "MediaId") },
        "voice" => Reply::Voice { media_id: text(root.child("Voice")?, "MediaId") },
        "video" => {
            let video = root.child("Video")?;
            let (title, description) = (given(video, "Title"), given(video, "Description"));
            Reply::Video { media_id: text(video, "MediaId"), title, description }
        }
        "music" => {
            let music = root.child("Music")?;
            Reply::Music {
                title: given(music, "Title"),
                description: given(music, "Description"),
                music_url: given(music, "MusicUrl"),
                hq_music_url: given(music, "HQMusicUrl"),
                thumb_media_id: text(music, "ThumbMediaId"),
            }
        }
        "news" => {
            let article = |item: &Element| Article {
                title: text(item, "Title"),
                description: text(item, "Description"),
                pic_url: text(item, "PicUrl"),
                url: text(item, "Url"),
            };
            Reply::News(root.child("Articles")?.children().iter().map(article).collect())
        }
        "transfer_customer_service" => {
            Reply::Transfer { kf_account: root.child("TransInfo").and_then(|info| given(info, "KfAccount")) }
        }
        _ => return None,
    })
}

fn msg_type(reply: &Reply) -> &'static str {
    match reply {
        Reply::Text(_) => "text",
        Reply::Image { .. } => "image",
        Reply::Voice { .. } => "voice",
        Reply::Video { .. } => "video",
        Reply::Music { .. } => "music",
        Reply::News(_) => "news",
        Reply::Transfer { .. } => "transfer_customer_service",
    }
}

fn news(head: Writer, articles: &[Article]) -> Writer {
    head.number("ArticleCount", i64::try_from(articles.len()).unwrap_or(i64::MAX)).nest("Articles", |list| {
        articles.iter().fold(list, |list, article| {
            list.nest("item", |w| {
                w.text("Title", &article.title)
                    .text("Description", &article.description)
                    .text("PicUrl", &article.pic_url)
                    .text("Url", &article.url)
            })
        })
    })
}

#[cfg(test)]
mod tests;
