//! A sign-in session on a page: how this visitor can reach the account, in words.

use crate::{
    core::{
        message::answers_of,
        signin::{Purpose, Secrets, Status, View},
    },
    http::client::Device,
    web::{
        component::{Line, Mood, Shape, Sign},
        page::{PageRequest, Visitor, script as script_of},
        text::{fill, signin::Signin},
    },
};

/// How the visitor reaches the account from where the page is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// A phone scans the QR code on this screen.
    Scan,
    /// The QR code is pressed, inside WeChat.
    Press,
    /// The digits are sent in the chat.
    Send,
}

/// A session that waits, and who sees it.
pub struct Gate<'a> {
    pub visitor: &'a Visitor,
    pub view: &'a View,
    pub secrets: &'a Secrets,
    pub t: &'static Signin,
}

impl<'a> Gate<'a> {
    pub fn of(visitor: &'a Visitor, view: &'a View, secrets: &'a Secrets) -> Self {
        Self { visitor, view, secrets, t: Signin::of(visitor.request.lang()) }
    }

    pub fn request(&self) -> &'a PageRequest {
        &self.visitor.request
    }

    pub fn device(&self) -> Device {
        self.request().client.device
    }

    pub fn reach(&self) -> Reach {
        match self.device() {
            Device::Desk if self.view.qr_url.is_some() => Reach::Scan,
            Device::WeChat if self.view.qr_url.is_some() => Reach::Press,
            _ => Reach::Send,
        }
    }

    /// A text with the account, the number of digits and the words of the chat filled in.
    pub fn fill(&self, template: &str) -> String {
        let (yes, no) = answers_of(self.view.purpose);
        let digits = self.secrets.code().len().to_string();
        let (account, chat) = (named(self.request(), self.t.account), named(self.request(), self.t.chat));
        fill(template, &[("account", &account), ("chat", &chat), ("n", &digits), ("yes", yes), ("no", no)])
    }

    /// The text for this purpose: of a registration, of a sign-in, of linking WeChat.
    pub fn by_purpose(&self, register: &'static str, login: &'static str, bind: &'static str) -> &'static str {
        match self.view.purpose {
            Purpose::Register => register,
            Purpose::Login | Purpose::Reset => login,
            Purpose::Bind => bind,
        }
    }

    /// The title of the document.
    pub fn title(&self) -> &'static str {
        self.by_purpose(self.t.title_register, self.t.title_login, self.t.title_bind)
    }

    /// What the account says while the session waits, and once it was received.
    pub fn lines(&self) -> Vec<Line> {
        let has_claimed = self.request().has("asked") && self.view.status == Status::Waiting;
        let (title, state) = self.waiting();
        let mut waiting = Line::always(title, state, Mood::Plain, Sign::Dots);
        if has_claimed {
            (waiting.state, waiting.mood) = (self.t.not_yet.to_owned(), Mood::Warn);
        }
        if self.has_wrong_code() {
            let tries = fill(self.t.tries, &[("n", &self.view.guesses_left.to_string())]);
            waiting = Line::always(self.t.wrong_title, tries, Mood::Bad, Sign::Icon(Shape::Bad));
        }
        let place = if self.device() == Device::WeChat { self.t.received_in_wechat } else { self.t.received_where };
        let received = Line::always(self.t.received, self.fill(place), Mood::Good, Sign::Icon(Shape::Check));
        vec![Line { when: Some("waiting"), ..waiting }, Line { when: Some("scanned"), ..received }]
    }

    /// True if a typed code was just refused.
    pub fn has_wrong_code(&self) -> bool {
        self.visitor.form("code").is_flawed()
    }

    fn waiting(&self) -> (&'static str, String) {
        let t = self.t;
        let (title, state) = match self.reach() {
            Reach::Scan => (self.by_purpose(t.register_scan, t.login_scan, t.bind_scan), t.wait_scan),
            Reach::Press => {
                let state = self.by_purpose(t.wait_follow, t.wait_press, t.wait_press);
                (self.by_purpose(t.register_press, t.login_press, t.bind_press), state)
            }
            Reach::Send => (self.by_purpose(t.register_send, t.login_send, t.bind_send), t.wait_send),
        };
        (title, fill(state, &[("n", &self.minutes_left().to_string())]))
    }

    /// Minutes until the session expires; the current one counts.
    fn minutes_left(&self) -> i64 {
        (self.view.expires_at - self.request().ctx.now() + 59_999).div_euclid(60_000).max(1)
    }
}

/// The account in a sentence: 公众号「豆芽书店」. `template`: around its name.
fn named(request: &PageRequest, template: &'static str) -> String {
    match request.ctx.shown_name().as_str() {
        "" => Signin::of(request.lang()).account_nameless.to_owned(),
        name => fill(template, &[("name", name)]),
    }
}

/// The class of a page's column: a phone's page stays narrow on a wide screen.
pub fn gate_class(device: Device) -> &'static str {
    if device == Device::Desk { "gate" } else { "gate slim" }
}

/// An error about a code, with the number of tries left.
pub fn with_guesses(request: &PageRequest, view: &View, error: &str) -> String {
    if view.guesses_left == request.ctx.live().limits.guesses_per_session {
        return error.to_owned();
    }
    fill(Signin::of(request.lang()).guesses_left, &[("error", error), ("n", &view.guesses_left.to_string())])
}

/// Follows the session's state, begins and renews sessions.
pub fn script() -> impl leptos::prelude::IntoView {
    script_of("/signin.js")
}
