//! The people of the stand-in, and what they do: the part of [`Platform`] that tests and the phone use.

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

/// A person, without the chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonView {
    pub openid: String,
    pub mini_openid: String,
    pub unionid: Option<String>,
    pub nickname: String,
    /// Epoch milliseconds.
    pub created_at_ms: i64,
    /// None: does not follow.
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
    /// Adds somebody who does not follow, and gives the openid.
    ///
    /// # Errors
    /// [`Refusal`] of the nickname, 1 to 16 characters, or because there are too many people.
    pub async fn add_person(&self, nickname: &str) -> Result<String, Refusal> {
        let (now_ms, chance) = (self.desk.clock.now_ms(), Arc::clone(&self.desk.chance));
        self.desk.change(|world| world.add_person(nickname, chance.as_ref(), now_ms)).await
    }

    /// Everybody, in the order of their coming.
    #[must_use]
    pub fn people(&self) -> Vec<PersonView> {
        let mut people: Vec<PersonView> = self.desk.look(|world| world.people.values().map(PersonView::from).collect());
        people.sort_by(|a, b| (a.created_at_ms, &a.openid).cmp(&(b.created_at_ms, &b.openid)));
        people
    }

    /// One of them.
    #[must_use]
    pub fn person(&self, openid: &str) -> Option<PersonView> {
        self.desk.look(|world| world.people.get(openid).map(PersonView::from))
    }

    /// Gives somebody a unionid, as binding the account to an Open Platform account does.
    ///
    /// # Errors
    /// [`Refusal::Nobody`]
    pub async fn set_unionid(&self, openid: &str, unionid: &str) -> Result<(), Refusal> {
        let unionid = Some(unionid.to_owned());
        self.desk.change(|world| world.person(openid).map(|person| person.unionid = unionid)).await
    }

    /// Somebody's chat, oldest line first; empty for nobody.
    #[must_use]
    pub fn chat(&self, openid: &str) -> Vec<Line> {
        self.desk.look(|world| world.people.get(openid).map(|person| person.chat.lines()).unwrap_or_default())
    }

    /// The codes that the account asked for and that can be scanned, newest first.
    #[must_use]
    pub fn codes(&self) -> Vec<Code> {
        let now_ms = self.desk.clock.now_ms();
        self.desk.look(|world| world.codes.alive(now_ms))
    }

    /// Lets somebody do something, brings it to the product, and waits for what comes of it: up to three deliveries.
    ///
    /// # Errors
    /// [`Refusal`]: WeChat would not let the person do it, so nothing was sent.
    pub async fn act(&self, openid: &str, act: &Act) -> Result<Answer, Refusal> {
        let push = self.prepare(openid, act).await?;
        Ok(self.desk.deliver(&push).await)
    }

    /// The same, but the deliveries go on by themselves.
    ///
    /// # Errors
    /// As [`act`](Self::act).
    pub async fn act_in_background(&self, openid: &str, act: &Act) -> Result<tokio::task::JoinHandle<Answer>, Refusal> {
        let (push, desk) = (self.prepare(openid, act).await?, Arc::clone(&self.desk));
        Ok(tokio::spawn(async move { desk.deliver(&push).await }))
    }

    /// Lets somebody do something, and gives the push that is to be delivered: more than once, or to several instances.
    ///
    /// # Errors
    /// As [`act`](Self::act).
    pub async fn prepare(&self, openid: &str, act: &Act) -> Result<Push, Refusal> {
        let desk = Arc::clone(&self.desk);
        self.desk.change(|world| world.act(openid, act, desk.moment())).await
    }

    /// Delivers a push where pushes go, up to three times, and shows the answer in the chat.
    pub async fn deliver(&self, push: &Push) -> Answer {
        self.desk.deliver(push).await
    }

    /// Delivers a push once, to the address of any instance. Nothing of it shows in the chat.
    pub async fn deliver_to(&self, push: &Push, url: &Url) -> Answer {
        self.desk.deliver_once(push, url).await
    }

    /// Signs and seals a push in the present mode, for tests that change it before they [`post`](Self::post) it.
    ///
    /// # Errors
    /// One line: the AES key is of no use.
    pub fn seal(&self, push: &Push) -> Result<Sealed, String> {
        let (mode, secs) = (self.desk.line().mode, self.desk.clock.now_secs());
        push.seal(&self.desk.credentials(), mode, secs, self.desk.chance.as_ref())
    }

    /// Sends a delivery as it is. Gives the status and the body.
    ///
    /// # Errors
    /// One line: no answer.
    pub async fn post(&self, sealed: &Sealed, url: &Url) -> Result<(u16, Vec<u8>), String> {
        self.desk.post(sealed, url).await.map_err(|e| e.without_url().to_string())
    }

    /// A code of web login for somebody; it can be used once.
    ///
    /// # Errors
    /// [`Refusal::Nobody`]
    pub async fn new_web_code(&self, openid: &str) -> Result<String, Refusal> {
        let code = format!("0{}", letters(self.desk.chance.as_ref(), 31));
        let of = openid.to_owned();
        self.desk
            .change(|world| {
                world.person(&of)?;
                world.web_codes.insert(code.clone(), of);
                Ok(code)
            })
            .await
    }

    /// A login code of the mini-program for somebody; it can be used once.
    ///
    /// # Errors
    /// [`Refusal::Nobody`]
    pub async fn new_js_code(&self, openid: &str) -> Result<String, Refusal> {
        let code = format!("0{}", letters(self.desk.chance.as_ref(), 31));
        let of = openid.to_owned();
        self.desk
            .change(|world| {
                world.person(&of)?;
                world.js_codes.insert(code.clone(), of);
                Ok(code)
            })
            .await
    }
}
