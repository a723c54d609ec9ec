//! The personal-WeChat channel: a bot contact in a user's own WeChat, which answers with the user's own rules and takes the chat
//! commands about them. Only the person who connected can talk to it; it answers no other person.
//!
//! [`login`] connects, [`connection`] is what pages show and change. One task per connection ([`channel`]) polls, handles and sends;
//! [`supervisor`] starts the tasks of this instance, which owns them by a lease with a fencing number. A message and its answers are one
//! transaction ([`receive`]); answers leave through the outbox ([`outbox`]), which counts the platform's window ([`window`]).
//! Facts: docs/WECHAT.md, 7.

pub mod channels;
pub mod connection;
pub mod login;
pub mod supervisor;
pub mod window;

pub(crate) mod change;

mod channel;
mod item;
mod last_error;
mod notice;
mod outbox;
mod receive;
mod secret;
mod state;
mod text;
