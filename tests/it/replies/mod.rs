//! How rules answer: every content kind, several parts, random choice; the preview compared with the chat; traces and statistics.

mod contents;
mod counts;
mod long;
mod preview;
