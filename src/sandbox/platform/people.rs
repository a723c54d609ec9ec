//! Users and their actions: the methods of [`Platform`] for tests and the phone.

use super::{
    Platform,
    act::Act,
    chat::Line,
    code::Code,
    credentials::letters,
    deliver::Answer,
    push::{Push, Sealed},
    world::{Follow, Person, Refusal},
};
use std::sync::Arc;
use url::Url;

/// A user, without the chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonView {
    pub openid: String,
    pub mini_openid: String,
    pub unionid: Option<String>,
    pub nickname: String,
    /// Epoch milliseconds.
    pub created_at_ms: i64,
    /// `None`: does not follow.
    pub follow: Option<Follow>,
}

impl From<&Person> for PersonView {
    fn from(person: &Person) -> Self {
        Self {
            openid: person.openid.clone(),
            mini_openid: person.mini_openid.clone(),
            unionid: person.unionid.clone(),
            nickname: person.nickname.clone(),
            created_at_ms: person.created_at_ms,
            follow: person.follow.clone(),
        }
    }
}

impl Platform {
    /// Adds a user who does not follow, and returns the openid.
    ///
    /// # Errors
    /// [`Refusal`] if the nickname does not have 1 to 16 characters, or if there are too many users.
    pub async fn add_person(&self, nickname: &str) -> Result<String, Refusal> {
        let (now_ms, rng) = (self.state.clock.now_ms(), Arc::clone(&self.state.rng));
        self.state.change(|world| world.add_person(nickname, rng.as_ref(), now_ms)).await
    }

    /// All users, oldest first.
    #[must_use]
    pub fn people(&self) -> Vec<PersonView> {
        let mut people: Vec<PersonView> =
            self.state.look(|world| world.people.values().map(PersonView::from).collect());
        people.sort_by(|a, b| (a.created_at_ms, &a.openid).cmp(&(b.created_at_ms, &b.openid)));
        people
    }

    /// The user with this openid.
    #[must_use]
    pub fn person(&self, openid: &str) -> Option<PersonView> {
        self.state.look(|world| world.people.get(openid).map(PersonView::from))
    }

    /// Gives a user a unionid, as binding the account to an Open Platform account does.
    ///
    /// # Errors
    /// [`Refusal::UnknownPerson`]
    pub async fn set_unionid(&self, openid: &str, unionid: &str) -> Result<(), Refusal> {
        let unionid = Some(unionid.to_owned());
        self.state.change(|world| world.person(openid).map(|person| person.unionid = unionid)).await
    }

    /// A user's chat, oldest line first; empty for an unknown user.
    #[must_use]
    pub fn chat(&self, openid: &str) -> Vec<Line> {
        self.state.look(|world| world.people.get(openid).map(|person| person.chat.lines()).unwrap_or_default())
    }

    /// The unexpired codes that the account created, newest first.
    #[must_use]
    pub fn codes(&self) -> Vec<Code> {
        let now_ms = self.state.clock.now_ms();
        self.state.look(|world| world.codes.alive(now_ms))
    }

    /// Carries out a user's action, delivers it to the program, and waits for the result: up to three deliveries.
    ///
    /// # Errors
    /// [`Refusal`]: WeChat would not allow the action, so nothing was sent.
    pub async fn act(&self, openid: &str, act: &Act) -> Result<Answer, Refusal> {
        let push = self.prepare(openid, act).await?;
        Ok(self.state.deliver(&push).await)
    }

    /// The same, but delivers in the background.
    ///
    /// # Errors
    /// As [`act`](Self::act).
    pub async fn act_in_background(&self, openid: &str, act: &Act) -> Result<tokio::task::JoinHandle<Answer>, Refusal> {
        let (push, state) = (self.prepare(openid, act).await?, Arc::clone(&self.state));
        Ok(tokio::spawn(async move { state.deliver(&push).await }))
    }

    /// Carries out a user's action, and returns the push for delivery: more than once, or to several instances.
    ///
    /// # Errors
    /// As [`act`](Self::act).
    pub async fn prepare(&self, openid: &str, act: &Act) -> Result<Push, Refusal> {
        let state = Arc::clone(&self.state);
        self.state.change(|world| world.act(openid, act, state.moment())).await
    }

    /// Delivers a push to the push address, up to three times, and shows the reply in the chat.
    pub async fn deliver(&self, push: &Push) -> Answer {
        self.state.deliver(push).await
    }

    /// Delivers a push once, to the address of any instance. Does not change the chat.
    pub async fn deliver_to(&self, push: &Push, url: &Url) -> Answer {
        self.state.deliver_once(push, url).await
    }

    /// Signs and encrypts a push in the current mode, for tests that modify it before they [`post`](Self::post) it.
    ///
    /// # Errors
    /// One line: the AES key is invalid.
    pub fn seal(&self, push: &Push) -> Result<Sealed, String> {
        let (mode, secs) = (self.state.line().mode, self.state.clock.now_secs());
        push.seal(&self.state.credentials(), mode, secs, self.state.rng.as_ref())
    }

    /// Sends a delivery unchanged. Returns the status and the body.
    ///
    /// # Errors
    /// One line: no response.
    pub async fn post(&self, sealed: &Sealed, url: &Url) -> Result<(u16, Vec<u8>), String> {
        self.state.post(sealed, url).await.map_err(|e| e.without_url().to_string())
    }

    /// Issues a web login code for a user; it can be used once.
    ///
    /// # Errors
    /// [`Refusal::UnknownPerson`]
    pub async fn new_web_code(&self, openid: &str) -> Result<String, Refusal> {
        let code = format!("0{}", letters(self.state.rng.as_ref(), 31));
        let of = openid.to_owned();
        self.state
            .change(|world| {
                world.person(&of)?;
                world.web_codes.insert(code.clone(), of);
                Ok(code)
            })
            .await
    }

    /// Issues a mini-program login code for a user; it can be used once.
    ///
    /// # Errors
    /// [`Refusal::UnknownPerson`]
    pub async fn new_js_code(&self, openid: &str) -> Result<String, Refusal> {
        let code = format!("0{}", letters(self.state.rng.as_ref(), 31));
        let of = openid.to_owned();
        self.state
            .change(|world| {
                world.person(&of)?;
                world.js_codes.insert(code.clone(), of);
                Ok(code)
            })
            .await
    }
}
