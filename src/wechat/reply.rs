//! Passive replies: what goes back as the answer to a push, as XML.
//!
//! Rendering never fails: texts are cut to what the platform shows, since an answer it cannot show makes it tell the
//! user that the account is out of order. Facts: developers.weixin.qq.com, "被动回复用户消息".

use super::message::{Kind, Message};
use super::xml::{self, Element, Writer};

mod split;

pub use split::split_text;

/// The longest text of a reply, in bytes of UTF-8 (about 680 Chinese characters). Longer ones fail. The number is from
/// several projects' practice; the documentation gives none.
pub const TEXT_MAX_BYTES: usize = 2048;

/// An answer to a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// Text; `\n` breaks lines, `<a href>` is shown as a link. Cut to [`TEXT_MAX_BYTES`]: see [`split_text`].
    Text(String),
    /// A picture, by its media id.
    Image { media_id: String },
    /// A voice message, by its media id.
    Voice { media_id: String },
    /// A video, by its media id.
    Video { media_id: String, title: Option<String>, description: Option<String> },
    /// A piece of music. `hq_music_url` is preferred on Wi-Fi; only the thumbnail is required.
    Music {
        title: Option<String>,
        description: Option<String>,
        music_url: Option<String>,
        hq_music_url: Option<String>,
        thumb_media_id: String,
    },
    /// Linked articles, at most [`Trigger::articles_max`]; surplus ones are dropped.
    News(Vec<Article>),
    /// Hands the conversation to customer service, to anyone or to this account.
    Transfer { kf_account: Option<String> },
}

/// One linked article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// The headline.
    pub title: String,
    /// The summary, shown when there is only one article.
    pub description: String,
    /// The picture, JPG or PNG: 360x200 for the first article, 200x200 for others.
    pub pic_url: String,
    /// Where a tap leads.
    pub url: String,
}

/// What is being answered, which decides how many articles may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// A person's message.
    Message,
    /// An event: a follow, a menu item, a scan.
    Event,
}

impl Trigger {
    /// What `message` is.
    pub fn of(message: &Message) -> Self {
        if matches!(message.kind, Kind::Event(_)) { Self::Event } else { Self::Message }
    }

    /// One article in answer to a message (since 2018-10-12), eight to anything else.
    pub fn articles_max(self) -> usize {
        match self {
            Self::Message => 1,
            Self::Event => 8,
        }
    }
}

/// Writes `reply` as a document from the account `from` (`gh_…`) to the person `to` (openid). The time is in seconds
/// since the Unix epoch.
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

/// Reads what [`render`] wrote; None for anything else.
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
