//! The chat of the owner with the bot, as the owner's WeChat shows it.

use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// The most lines of a chat; older ones are deleted.
const LINES_MAX: usize = 200;

/// The newest lines of a chat, oldest first.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Chat(VecDeque<Line>);

/// One line of a chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Epoch milliseconds.
    pub at_ms: i64,
    pub by: LineBy,
    pub content: Content,
}

/// The author of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineBy {
    Owner,
    Bot,
    /// A grey line of WeChat itself.
    WeChat,
}

/// The content of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    Text(String),
    /// `file` names a file of [`super::IlinkPlatform::file`].
    File {
        kind: FileKind,
        file: String,
        name: String,
    },
    /// The bot was connected.
    Connected,
    /// The owner wrote, and no program was polling.
    Unreachable,
}

/// What a file is shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    Image,
    Voice,
    File,
    Video,
}

impl Chat {
    pub fn add(&mut self, at_ms: i64, by: LineBy, content: Content) {
        self.0.push_back(Line { at_ms, by, content });
        while self.0.len() > LINES_MAX {
            self.0.pop_front();
        }
    }

    pub fn lines(&self) -> Vec<Line> {
        self.0.iter().cloned().collect()
    }
}
