//! Messages and events of the account: their effects and answers.

pub mod answer;
pub mod answered_by;
pub mod commands;
pub mod custom_message;
pub mod deadline;
pub mod encryption;
pub mod given_reply;
pub mod join;
pub mod level_end;
pub mod log;
pub mod near;
pub mod original_id;
pub mod personal;
pub mod preview;
pub mod replay;
pub mod showcase;
pub mod trace;
pub mod unanswered;

mod apply_effects;
mod batch;
mod chat_text;
mod command_result;
mod command_text;
mod command_texts;
mod decide;
mod digits;
mod effects;
pub(crate) mod follower;
mod forgetting;
mod handle;
mod log_row;
mod member_commands;
mod overflow;
mod own_rules;
mod rule_commands;
mod split;
mod user_data;

pub use answer::{answer, answer_signed};
pub use answered_by::AnsweredBy;
pub use batch::PushQueue;
pub use chat_text::{answers_of, ask as ask_text};
pub use member_commands::refused;
pub use overflow::Hold;
pub use split::{PART_MAX_BYTES, Rest, pieces};
