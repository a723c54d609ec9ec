//! The actions of a person with a phone.

/// An action of a user on their phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    Follow,
    Unfollow,
    /// `menu_id`: the text was not typed, but sent by a tap on a link or an item of a message menu with this id.
    Text {
        content: String,
        menu_id: Option<String>,
    },
    Image,
    Voice,
    Video,
    Location,
    Link,
    /// WeChat only reports that there was one, without its content.
    Sticker,
    /// Taps an item of the account's menu.
    Click {
        key: String,
    },
    /// `code` is the scanned content.
    Scan {
        code: String,
    },
    /// The same by a user who agreed to follow first.
    FollowAndScan {
        code: String,
    },
}

impl Act {
    /// A typed text.
    #[must_use]
    pub fn text(content: impl Into<String>) -> Self {
        Self::Text { content: content.into(), menu_id: None }
    }
}
