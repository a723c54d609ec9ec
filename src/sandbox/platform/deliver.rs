//! Delivers pushes to the program, and puts its replies into the chat. Facts: docs/WECHAT.md, 1.2, 1.6 and 2.1.

use super::{
    chat::{By, ChatContent, Note},
    push::{Push, Sealed, verification},
    reply::{self, Oddity},
    state::PlatformState,
};
use tokio::time::Instant;
use url::Url;

/// The first delivery and two retries: "总共重试三次", as observed in practice.
const DELIVERIES: usize = 3;
/// The largest response that is read, in bytes.
const ANSWER_MAX_BYTES: usize = 512 * 1024;

/// The result of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The account sent no reply.
    Nothing,
    /// The account replied.
    Said(ChatContent),
    /// The account sent an invalid reply.
    Odd(Oddity),
    /// The account did not answer in time.
    Late,
    /// The connection failed or broke.
    Unreachable,
}

impl Answer {
    /// The reply's text; `None` for everything else.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Said(ChatContent::Text(text)) => Some(text),
            _ => None,
        }
    }
}

impl PlatformState {
    /// Delivers a push, with retries if no response came, and shows the result in the chat.
    pub async fn deliver(&self, push: &Push) -> Answer {
        let answer = self.deliver_up_to_three_times(push).await;
        let content = match &answer {
            Answer::Nothing => match push.unanswered() {
                Some(unanswered) => (By::Platform, ChatContent::Note(Note::NoReply(unanswered))),
                None => return answer,
            },
            Answer::Said(content @ ChatContent::Note(_)) => (By::Platform, content.clone()),
            Answer::Said(content) => (By::Account, content.clone()),
            Answer::Odd(_) | Answer::Late | Answer::Unreachable => {
                tracing::warn!(?answer, "the sandbox's account is out of order");
                (By::Platform, ChatContent::Note(Note::OutOfOrder))
            }
        };
        let now_ms = self.clock.now_ms();
        self.change(|world| {
            // A user who has unfollowed does not see the reply.
            if let Ok(person) = world.person(push.openid())
                && person.follow.is_some()
            {
                person.chat.add(now_ms, content.0, content.1);
            }
        })
        .await;
        answer
    }

    async fn deliver_up_to_three_times(&self, push: &Push) -> Answer {
        let mut answer = Answer::Unreachable;
        for delivery in 0..DELIVERIES {
            let Some(url) = self.line().push_url else { return Answer::Unreachable };
            let next = Instant::now() + self.patience;
            answer = self.deliver_once(push, &url).await;
            match answer {
                // Retries five seconds after the last delivery, also if the connection broke sooner.
                Answer::Late | Answer::Unreachable if delivery + 1 < DELIVERIES => tokio::time::sleep_until(next).await,
                _ => break,
            }
        }
        answer
    }

    /// Delivers a push once, to any address. Does not change the chat.
    pub async fn deliver_once(&self, push: &Push, url: &Url) -> Answer {
        let (credentials, mode) = (self.credentials(), self.line().mode);
        let sealed = match push.seal(&credentials, mode, self.clock.now_secs(), self.rng.as_ref()) {
            Ok(sealed) => sealed,
            Err(error) => {
                tracing::error!(error, "a push could not be signed or encrypted");
                return Answer::Unreachable;
            }
        };
        match tokio::time::timeout(self.patience, self.post(&sealed, url)).await {
            Err(_) => Answer::Late,
            Ok(Err(error)) => {
                tracing::debug!(error = %error.without_url(), "a push did not arrive");
                Answer::Unreachable
            }
            Ok(Ok((status, body))) => match reply::read(&credentials, mode, push, status, &body) {
                Ok(None) => Answer::Nothing,
                Ok(Some(content)) => Answer::Said(content),
                Err(oddity) => Answer::Odd(oddity),
            },
        }
    }

    /// Sends one delivery unchanged, and returns the status and body of the response.
    pub async fn post(&self, sealed: &Sealed, url: &Url) -> Result<(u16, Vec<u8>), reqwest::Error> {
        let mut url = url.clone();
        url.set_query(Some(&sealed.query));
        let request = self.http.post(url).header("content-type", "text/xml").body(sealed.body.clone());
        let mut response = request.send().await?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            body.extend_from_slice(&chunk);
            if body.len() > ANSWER_MAX_BYTES {
                break;
            }
        }
        Ok((response.status().as_u16(), body))
    }

    /// Verifies an address: it must echo a signed text.
    pub async fn verify(&self, url: &Url) -> Result<(), String> {
        let echo = self.rng.digits(19);
        let mut requested = url.clone();
        requested.set_query(Some(&verification(&self.credentials(), &echo, self.clock.now_secs(), self.rng.as_ref())));
        let response = self.http.get(requested).timeout(self.patience).send().await;
        let response = response.map_err(|e| format!("no answer from {url}: {}", e.without_url()))?;
        let status = response.status();
        let body = response.text().await.map_err(|e| format!("no answer from {url}: {}", e.without_url()))?;
        if status.is_success() && body == echo {
            Ok(())
        } else {
            Err(format!("{url} answered the verification with {status} and not with the echo"))
        }
    }
}
