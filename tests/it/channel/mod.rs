//! The personal-WeChat channel: connecting, answers, the window, kills, other instances, and forgetting.

mod answers;
mod crowd;
mod dialect;
mod kills;
mod login;
mod page;
mod personal;
mod takeover;
mod window;
