//! A user's chat with the account.

use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// The most lines of a chat; older ones are deleted.
pub const LINES_MAX: usize = 200;

/// The newest lines of a chat, oldest first.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Chat {
    lines: VecDeque<Line>,
    last_id: u64,
}

/// One line of a chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Increases by one from line to line of one chat.
    pub id: u64,
    /// Epoch milliseconds.
    pub at_ms: i64,
    pub by: By,
    /// Files of earlier versions call it `said`.
    #[serde(alias = "said")]
    pub content: ChatContent,
}

/// The author of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    Person,
    Account,
    /// A grey line of WeChat itself.
    Platform,
}

/// The content of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatContent {
    /// As it was sent; in the account's texts, `<a href>` is a link.
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
    /// A question with answers to tap: id and text of each.
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

/// A note of WeChat itself in a chat.
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
    /// The account sent no reply in time, or an invalid one.
    OutOfOrder,
    /// The account transferred the conversation to its customer service.
    HandedOver,
    /// The account answered with nothing.
    NoReply(Unanswered),
}

/// What the account answered with nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unanswered {
    Follow,
    Text,
    /// A message that is not text.
    Kind,
    /// A tap on the account's menu.
    Menu,
}

impl Chat {
    /// Adds a line and deletes the oldest beyond the limit. A reply that comes late takes the place of the note that there was none.
    pub fn add(&mut self, at_ms: i64, by: By, content: ChatContent) {
        let is_no_reply = |line: &Line| matches!(line.content, ChatContent::Note(Note::NoReply(_)));
        if by == By::Account && self.lines.back().is_some_and(is_no_reply) {
            self.lines.pop_back();
        }
        self.last_id += 1;
        self.lines.push_back(Line { id: self.last_id, at_ms, by, content });
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
            chat.add(n, By::Person, ChatContent::Text(n.to_string()));
        }
        let lines = chat.lines();
        assert_eq!((lines.len(), lines[0].id, lines[LINES_MAX - 1].id), (LINES_MAX, 51, 250));
    }

    #[test]
    fn a_late_reply_takes_the_place_of_the_note_that_there_was_none() {
        let text = |text: &str| ChatContent::Text(text.to_owned());
        let none = || ChatContent::Note(Note::NoReply(Unanswered::Text));
        let mut chat = Chat::default();
        chat.add(1, By::Person, text("a"));
        chat.add(2, By::Platform, none());
        chat.add(3, By::Person, text("b"));
        chat.add(4, By::Platform, none());
        chat.add(5, By::Account, text("late"));
        let lines: Vec<_> = chat.lines().into_iter().map(|line| line.content).collect();
        assert_eq!(lines, [text("a"), none(), text("b"), text("late")]);
    }
}
