//! Bringing pushes to the product, and what it answers into the chat. Facts: docs/WECHAT.md, 1.2, 1.6 and 2.1.

use super::{
    chat::{By, Note, Said},
    desk::Desk,
    push::{Push, Sealed, verification},
    reply::{self, Oddity},
};
use tokio::time::Instant;
use url::Url;

/// The first one and two repetitions: "总共重试三次", as it is seen in practice.
const DELIVERIES: usize = 3;
/// The largest answer that is read, in bytes.
const ANSWER_MAX_BYTES: usize = 512 * 1024;

/// What came of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The account has nothing to say.
    Nothing,
    /// The account answered.
    Said(Said),
    /// It answered something that cannot be shown.
    Odd(Oddity),
    /// It did not answer in time.
    Late,
    /// Nobody is there, or the connection broke.
    Unreachable,
}

impl Answer {
    /// The answer's text; None for everything else.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Said(Said::Text(text)) => Some(text),
            _ => None,
        }
    }
}

impl Desk {
    /// Delivers a push, again where no answer came, and shows what came of it in the chat.
    pub async fn deliver(&self, push: &Push) -> Answer {
        let answer = self.deliver_up_to_three_times(push).await;
        let said = match &answer {
            Answer::Nothing => return answer,
            Answer::Said(said @ Said::Note(_)) => (By::Platform, said.clone()),
            Answer::Said(said) => (By::Account, said.clone()),
            Answer::Odd(_) | Answer::Late | Answer::Unreachable => {
                tracing::warn!(?answer, "the sandbox's account is out of order");
                (By::Platform, Said::Note(Note::OutOfOrder))
            }
        };
        let now_ms = self.clock.now_ms();
        self.change(|world| {
            // Who does not follow any more sees nothing of the answer.
            if let Ok(person) = world.person(push.openid())
                && person.follow.is_some()
            {
                person.chat.add(now_ms, said.0, said.1);
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
                // Again five seconds after the last time, also where the connection broke sooner.
                Answer::Late | Answer::Unreachable if delivery + 1 < DELIVERIES => tokio::time::sleep_until(next).await,
                _ => break,
            }
        }
        answer
    }

    /// Delivers a push once, to any address. Nothing of it shows in the chat.
    pub async fn deliver_once(&self, push: &Push, url: &Url) -> Answer {
        let (credentials, mode) = (self.credentials(), self.line().mode);
        let sealed = match push.seal(&credentials, mode, self.clock.now_secs(), self.chance.as_ref()) {
            Ok(sealed) => sealed,
            Err(error) => {
                tracing::error!(error, "a push could not be sealed");
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
                Ok(Some(said)) => Answer::Said(said),
                Err(oddity) => Answer::Odd(oddity),
            },
        }
    }

    /// Sends one delivery as it is, and gives the status and the body of what came back.
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

    /// Asks an address whether it is the account's: it must echo what it is sent.
    pub async fn verify(&self, url: &Url) -> Result<(), String> {
        let echo = self.chance.digits(19);
        let mut asked = url.clone();
        asked.set_query(Some(&verification(&self.credentials(), &echo, self.clock.now_secs(), self.chance.as_ref())));
        let response = self.http.get(asked).timeout(self.patience).send().await;
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
