//! What stands in a person's chat with the account.

use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Older lines than these are forgotten.
pub const LINES_MAX: usize = 200;

/// A chat: its newest lines, oldest first.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Chat {
    lines: VecDeque<Line>,
    last_id: u64,
}

/// One line of a chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Grows by one from line to line of one chat.
    pub id: u64,
    /// Epoch milliseconds.
    pub at_ms: i64,
    pub by: By,
    pub said: Said,
}

/// Whose line it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    Person,
    Account,
    /// A grey line of WeChat itself.
    Platform,
}

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// As it was sent; where the account said it, `<a href>` in it is a link.
    Text(String),
    Image {
        media_id: String,
    },
    Voice {
        media_id: String,
    },
    Video {
        media_id: String,
        title: String,
        summary: String,
    },
    Music {
        title: String,
        summary: String,
        url: String,
    },
    /// Linked articles.
    News(Vec<Article>),
    /// A question with answers to tap: id and words of each.
    Menu {
        head: String,
        items: Vec<(String, String)>,
        tail: String,
    },
    MiniProgram {
        title: String,
        appid: String,
        page_path: String,
    },
    Place {
        label: String,
    },
    Link {
        title: String,
        summary: String,
        url: String,
    },
    Sticker,
    Note(Note),
}

/// One linked article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Article {
    pub title: String,
    pub summary: String,
    pub picture: String,
    pub url: String,
}

/// What WeChat itself says in a chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    Followed,
    /// Followed by scanning a code.
    FollowedByScan,
    Unfollowed,
    Scanned,
    /// A menu item with this key was tapped.
    Clicked(String),
    /// The account gave no answer in time, or none that could be shown.
    OutOfOrder,
    /// The account handed the conversation to its customer service.
    HandedOver,
}

impl Chat {
    /// Adds a line and forgets what is too old.
    pub fn add(&mut self, at_ms: i64, by: By, said: Said) {
        self.last_id += 1;
        self.lines.push_back(Line { id: self.last_id, at_ms, by, said });
        while self.lines.len() > LINES_MAX {
            self.lines.pop_front();
        }
    }

    /// The lines, oldest first.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        self.lines.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chat_forgets_its_oldest_lines() {
        let mut chat = Chat::default();
        for n in 0..250 {
            chat.add(n, By::Person, Said::Text(n.to_string()));
        }
        let lines = chat.lines();
        assert_eq!((lines.len(), lines[0].id, lines[LINES_MAX - 1].id), (LINES_MAX, 51, 250));
    }
}
