//! Connects a person's WeChat: a QR code, its states, a number to type in, and in the end the bot's token.
//!
//! [`Login`] is the state machine; [`Login::poll`] makes one long poll and one transition. [`Login::run`] polls until the end.

use super::bot::Credentials;
use super::client::Client;
use super::error::Error;
use super::host::{BaseUrl, Hosts};
use super::qr::{LoginCode, QrCode, QrStatus};
use crate::base::clock::Clock;
use secrecy::SecretString;
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// The longest login, in milliseconds, renewed QR codes included. The reference client: 480 s. (S)
pub const LOGIN_MAX_MS: i64 = 480_000;
/// How often a QR code that expired or was blocked is replaced. (S)
pub const RENEWALS_MAX: u8 = 3;
/// The pause between two polls. (S)
pub const POLL_PAUSE: Duration = Duration::from_secs(1);
/// The longest that one poll is held. (S)
const HOLD: Duration = Duration::from_secs(35);

/// What a page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoginView {
    /// Show the QR code (its text). It changes when the code is renewed.
    Scan {
        qr_content: String,
    },
    /// The person must confirm on the phone.
    Scanned,
    /// The person must type in the number that the phone shows. `is_wrong`: the one before was wrong.
    EnterCode {
        is_wrong: bool,
    },
    /// The entered number is being checked.
    Checking,
    /// Connected.
    Done,
    /// This person is connected already, with one of the known tokens.
    AlreadyConnected,
    Failed(LoginFailure),
}

/// Why a login ended without a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginFailure {
    /// 480 s are over.
    TimedOut,
    /// The QR code expired more than [`RENEWALS_MAX`] times.
    Expired,
    /// Too many wrong numbers, more than [`RENEWALS_MAX`] times.
    Blocked,
    /// The platform named a host that is not its own.
    ForeignHost,
    /// A new QR code could not be created, or the platform confirmed without a token.
    Platform,
}

/// How a login ended.
#[derive(Debug, Clone)]
pub enum LoginOutcome {
    Connected(Box<Credentials>),
    AlreadyConnected,
    Failed(LoginFailure),
}

/// A login under way.
#[derive(Debug)]
pub struct Login {
    known_tokens: Vec<SecretString>,
    qr: QrCode,
    /// Where the state is asked for: another host after a redirect.
    base: BaseUrl,
    started_at_ms: i64,
    renewals: u8,
    /// The number that was typed in, until the platform accepts it.
    code: Option<LoginCode>,
    view: LoginView,
}

/// What follows a state.
#[derive(Debug)]
enum Next {
    Poll,
    /// A new QR code, or this failure if there were too many.
    Renew(LoginFailure),
    End(LoginOutcome),
}

impl Login {
    /// Creates the QR code. `known_tokens`: see [`Client::qr_code`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn start(client: &Client, clock: &dyn Clock, known_tokens: Vec<SecretString>) -> Result<Self, Error> {
        let qr = client.qr_code(&known_tokens).await?;
        Ok(Self::new(known_tokens, qr, client.hosts(), clock.now_ms()))
    }

    fn new(known_tokens: Vec<SecretString>, qr: QrCode, hosts: &Hosts, started_at_ms: i64) -> Self {
        let view = LoginView::Scan { qr_content: qr.content.clone() };
        Self { known_tokens, qr, base: hosts.login_base(), started_at_ms, renewals: 0, code: None, view }
    }

    /// What the page shows now.
    #[must_use]
    pub fn view(&self) -> &LoginView {
        &self.view
    }

    /// Takes the number that the person typed in; the next poll sends it. Ignored unless [`LoginView::EnterCode`].
    pub fn enter_code(&mut self, code: LoginCode) {
        if self.is_asking() {
            self.code = Some(code);
            self.view = LoginView::Checking;
        }
    }

    /// Makes one long poll and one transition; `Some` at the end. While a number is awaited, only the time is checked.
    pub async fn poll(&mut self, client: &Client, clock: &dyn Clock) -> Option<LoginOutcome> {
        let Some(left) = self.left(clock.now_ms()) else { return Some(self.end(LoginFailure::TimedOut)) };
        if self.is_asking() {
            return None;
        }
        let status = client.qr_status_within(&self.base, &self.qr, self.code.as_ref(), left.min(HOLD)).await;
        match self.advance(status, client.hosts()) {
            Next::Poll => None,
            Next::End(outcome) => Some(outcome),
            Next::Renew(failure) if self.renewals == RENEWALS_MAX => Some(self.end(failure)),
            Next::Renew(_) => match client.qr_code(&self.known_tokens).await {
                Ok(qr) => {
                    self.renew(qr, client.hosts());
                    None
                }
                Err(_) => Some(self.end(LoginFailure::Platform)),
            },
        }
    }

    /// Polls until the end. Takes typed numbers from `codes`, and sends each change of the view to `views`. Cancelled by dropping.
    pub async fn run(
        mut self,
        client: &Client,
        clock: &dyn Clock,
        mut codes: mpsc::Receiver<LoginCode>,
        views: &watch::Sender<LoginView>,
    ) -> LoginOutcome {
        loop {
            let was_asking = self.is_asking();
            let outcome = self.poll(client, clock).await;
            publish(views, &self.view);
            if let Some(outcome) = outcome {
                return outcome;
            }
            if !self.is_asking() {
                tokio::time::sleep(POLL_PAUSE).await;
                continue;
            }
            // Numbers from before the question do not answer it.
            while !was_asking && codes.try_recv().is_ok() {}
            tokio::select! {
                Some(code) = codes.recv() => self.enter_code(code),
                () = tokio::time::sleep(POLL_PAUSE) => {}
            }
            publish(views, &self.view);
        }
    }

    fn is_asking(&self) -> bool {
        matches!(self.view, LoginView::EnterCode { .. })
    }

    /// The time left, `None` if it is over.
    fn left(&self, now_ms: i64) -> Option<Duration> {
        let left = (self.started_at_ms + LOGIN_MAX_MS).saturating_sub(now_ms).min(LOGIN_MAX_MS);
        u64::try_from(left).ok().filter(|left| *left > 0).map(Duration::from_millis)
    }

    /// The transition for a state of the QR code.
    fn advance(&mut self, status: QrStatus, hosts: &Hosts) -> Next {
        match status {
            QrStatus::Wait | QrStatus::Unknown(_) | QrStatus::Redirected(None) => {}
            QrStatus::Scanned => {
                self.code = None;
                self.view = LoginView::Scanned;
            }
            QrStatus::NeedsCode => {
                self.view = LoginView::EnterCode { is_wrong: self.code.take().is_some() };
            }
            QrStatus::Redirected(Some(host)) => match hosts.redirect(&host) {
                Ok(base) => {
                    self.base = base;
                    self.view = if self.code.is_some() { LoginView::Checking } else { LoginView::Scanned };
                }
                Err(_) => return Next::End(self.end(LoginFailure::ForeignHost)),
            },
            QrStatus::Expired => return Next::Renew(LoginFailure::Expired),
            QrStatus::CodeBlocked => return Next::Renew(LoginFailure::Blocked),
            QrStatus::AlreadyConnected => {
                self.view = LoginView::AlreadyConnected;
                return Next::End(LoginOutcome::AlreadyConnected);
            }
            QrStatus::Confirmed(credentials) => {
                self.view = LoginView::Done;
                return Next::End(LoginOutcome::Connected(credentials));
            }
            QrStatus::Refused(Error::ForeignHost) => return Next::End(self.end(LoginFailure::ForeignHost)),
            QrStatus::Refused(_) => return Next::End(self.end(LoginFailure::Platform)),
        }
        Next::Poll
    }

    fn renew(&mut self, qr: QrCode, hosts: &Hosts) {
        self.view = LoginView::Scan { qr_content: qr.content.clone() };
        (self.qr, self.base, self.code) = (qr, hosts.login_base(), None);
        self.renewals += 1;
    }

    fn end(&mut self, failure: LoginFailure) -> LoginOutcome {
        self.view = LoginView::Failed(failure);
        LoginOutcome::Failed(failure)
    }
}

fn publish(views: &watch::Sender<LoginView>, view: &LoginView) {
    views.send_if_modified(|shown| {
        let is_new = shown != view;
        if is_new {
            shown.clone_from(view);
        }
        is_new
    });
}

#[cfg(test)]
mod tests;
