//! The outcomes of a sign-in that the chat reports.

use super::{Fault, Purpose};

/// The outcome for the chat to report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChatOutcome {
    /// The QR or the code is expired, used, or unknown.
    Expired,
    /// Another user scanned or sent it first.
    TakenByOther,
    /// The user must confirm: browser, request, network address and time (epoch milliseconds).
    Ask {
        question: Question,
        browser_label: String,
        address: String,
        asked_at: i64,
    },
    /// An admin scanned the QR of a client program and must confirm: account name and the QR's creation time (epoch
    /// milliseconds).
    AskFollow {
        name: String,
        asked_at: i64,
    },
    /// The browser may sign in.
    Done {
        purpose: Purpose,
        is_new: bool,
        credits: i64,
        name: String,
    },
    /// The follower is now bound to a client program, and may undo that.
    Followed {
        credits: i64,
        name: String,
    },
    /// The user is an admin in plain mode: the chat may not act for them.
    PlainMode,
    /// The session was completed before.
    DoneBefore,
    Refused(Purpose),
    /// The binding to a client program was undone.
    Cancelled,
    Failed(Fault),
}

/// What the user is asked to confirm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// A first registration, with the username if the browser chose one.
    Register(Option<String>),
    Login,
    /// Binding this WeChat to the account with this name.
    Bind(String),
}
