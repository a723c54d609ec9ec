//! The names of contents' kinds, for people.

use super::Content;

crate::texts! {
    /// One name for each kind.
    pub struct ContentNames {
        text: "文字" / "Text",
        image: "图片" / "Picture",
        voice: "语音" / "Voice",
        video: "视频" / "Video",
        music: "音乐" / "Music",
        news: "图文" / "Article",
    }
}

impl ContentNames {
    /// The name of a content's kind.
    #[must_use]
    pub fn name(&self, content: &Content) -> &'static str {
        match content {
            Content::Text { .. } => self.text,
            Content::Image { .. } => self.image,
            Content::Voice { .. } => self.voice,
            Content::Video { .. } => self.video,
            Content::Music { .. } => self.music,
            Content::News { .. } => self.news,
        }
    }
}
