//! T-14: random sign-ins and registrations, compared with a small model. Two followers, their browsers, the clock and restarts act in
//! random order. Only the browser that began a session collects it, for the follower who confirmed; an account exists only between a
//! confirmation and its withdrawal; a state never goes back.

use crate::rig::{APPID, App, BEGINNING_MS, Database, Engine, Platform, rounds};
use std::sync::Arc;
use weida::{
    base::{
        clock::{Clock as _, FakeClock},
        rng::{Rng as _, SeededRng},
    },
    core::{
        CoreError,
        account::identity,
        message::{answer, given_reply::GivenReply},
        signin::{Purpose, Secrets, Status, begin, collect::collect, enter_code::enter_code},
    },
    wechat::{
        message::Message,
        reply::Reply,
        xml::{PLAIN_MAX_BYTES, parse},
    },
};

mod model;

use model::{Model, Session};

const MINUTE_MS: i64 = 60_000;

/// One random sequence: the app and the model.
struct Sequence<'a> {
    app: App,
    database: &'a Database,
    platform: &'a Platform,
    clock: Arc<FakeClock>,
    rng: &'a SeededRng,
    model: Model,
    browsers: Vec<(Secrets, String)>,
    names: [String; 2],
    users: [Option<i64>; 2],
    seen: Vec<Status>,
    log: Vec<String>,
}

impl Sequence<'_> {
    fn draw(&self, below: usize) -> usize {
        usize::try_from(self.rng.below(below as u64)).unwrap()
    }

    /// Handles a push of this follower, without the HTTP layer and its signature.
    async fn push(&self, person: usize, document: impl FnOnce(&crate::rig::Phone) -> String) -> String {
        let document = parse(document(&self.app.phone(&self.names[person])).as_bytes(), PLAIN_MAX_BYTES).unwrap();
        let answer = answer::answer(&self.app.ctx, &Message::read(&document, APPID).unwrap()).await.unwrap();
        match answer.reply.and_then(GivenReply::into_reply) {
            Some(Reply::Text(text)) => text,
            _ => String::new(),
        }
    }

    async fn begin(&mut self) {
        let ctx = &self.app.ctx;
        // A registration hashes a password, which is slow: one in eight.
        let is_register = self.draw(8) == 0;
        let secrets = if is_register {
            let name = format!("{}x{}", self.names[0], self.browsers.len());
            begin::register(ctx, &name, "correct horse", crate::rig::asker()).await.unwrap()
        } else {
            begin::login(ctx, Purpose::Login, crate::rig::asker()).await.unwrap()
        };
        self.browsers.push((secrets, self.platform.last_scene().unwrap()));
        let expires_at = self.model.now + 10 * MINUTE_MS;
        let status = Status::Waiting;
        self.model.sessions.push(Session {
            is_register,
            expires_at,
            status,
            person: None,
            guesses: 0,
            is_collected: false,
            is_gone: false,
        });
        self.seen.push(status);
    }

    async fn collect(&mut self, s: usize) {
        let expected = self.model.collect(s);
        match (collect(&self.app.ctx, &self.browsers[s].0).await, expected) {
            (Ok(collected), Some(person)) => {
                // The account belongs to the follower who confirmed, in every later sign-in.
                let other = self.users[1 - person];
                assert!(other != Some(collected.user.id), "{:#?}", self.log);
                let known = *self.users[person].get_or_insert(collected.user.id);
                assert_eq!(known, collected.user.id, "{:#?}", self.log);
            }
            (Err(CoreError::SessionOver), None) => {}
            (got, expected) => panic!("{got:?}, expected {expected:?}: {:#?}", self.log),
        }
    }

    /// Tries to collect with wrong cookies.
    async fn collect_by_others(&mut self, s: usize) {
        let (own, scene) = &self.browsers[s];
        let own = own.to_cookie();
        let parts: Vec<&str> = own.split('.').collect();
        for browser in [scene, parts[1], &self.app.ctx.rng.token()] {
            let forged = Secrets::parse(&format!("{browser}.{}.{}", parts[1], parts[2])).unwrap();
            let refused = collect(&self.app.ctx, &forged).await;
            assert!(matches!(refused, Err(CoreError::SessionOver)), "{:#?}", self.log);
        }
    }

    /// Sends `1`, which may confirm the withdrawal of a registration and so delete the account.
    async fn confirm(&mut self, person: usize) {
        if self.model.confirm(person) {
            self.users[person] = None;
        }
        self.push(person, |phone| phone.text("1")).await;
    }

    async fn type_code(&mut self, s: usize) {
        let digits = match &self.model.codes[self.draw(2)] {
            Some((digits, _)) if self.draw(3) > 0 => digits.clone(),
            _ => self.app.ctx.rng.digits(6),
        };
        let expected = self.model.type_code(s, &digits);
        let typed = enter_code(&self.app.ctx, &self.browsers[s].0, &digits, crate::rig::HERE).await;
        assert_eq!(typed.is_ok(), expected, "{typed:?}: {:#?}", self.log);
    }

    async fn ask_code(&mut self, person: usize) {
        let answer = self.push(person, |phone| phone.text("验证码")).await;
        // Over the rate limit there is no new code: the last one stays valid.
        if let Some(digits) = answer.split_once("验证码：").and_then(|(_, rest)| crate::rig::digits(rest)) {
            self.model.codes[person] = Some((digits, self.model.now + 5 * MINUTE_MS));
        }
    }

    async fn step(&mut self) {
        let (kind, person) = (self.draw(25), self.draw(2));
        if self.browsers.is_empty() || kind < 3 {
            self.log.push("begin".to_owned());
            return self.begin().await;
        }
        let s = self.browsers.len() - 1 - self.draw(self.browsers.len().min(3));
        self.log.push(format!("{kind}: session {s}, person {person}"));
        match kind {
            3..=5 => {
                let scene = self.browsers[s].1.clone();
                let (name, key) = if kind == 3 { ("subscribe", format!("qrscene_{scene}")) } else { ("SCAN", scene) };
                // Two events of one follower in one second would count as one.
                self.clock.advance_ms(1000);
                self.model.now += 1000;
                self.model.meet(s, person);
                self.push(person, |phone| phone.event(name, &key)).await;
            }
            6..=7 => {
                self.model.meet(s, person);
                let code = self.browsers[s].0.code().to_owned();
                self.push(person, |phone| phone.text(&code)).await;
            }
            8..=10 => self.confirm(person).await,
            11 => {
                self.model.refuse(person);
                self.push(person, |phone| phone.text("取消")).await;
            }
            12..=13 => self.ask_code(person).await,
            14..=16 => self.type_code(s).await,
            17 => {
                let ms = (1 + i64::try_from(self.draw(6)).unwrap()) * MINUTE_MS;
                self.clock.advance_ms(ms);
                self.model.now += ms;
            }
            18..=21 => self.collect(s).await,
            22 => self.collect_by_others(s).await,
            23 => {
                self.model.unregister(person);
                self.push(person, |phone| phone.text("取消注册")).await;
            }
            // A restart loses no state; it is slow, so it is rare.
            _ if self.draw(40) == 0 => {
                let more = [("WECHAT_API_BASE", self.platform.base.as_str())];
                self.app = App::with(self.database, self.clock.clone(), &more).await;
            }
            _ => {}
        }
        self.check(s).await;
    }

    async fn check(&mut self, s: usize) {
        for (person, name) in self.names.iter().enumerate() {
            let owner = identity::owner(&self.app.ctx, name).await.unwrap();
            assert_eq!(owner.is_some(), self.model.has_account[person], "{name}: {:#?}", self.log);
        }
        if self.model.sessions[s].is_gone {
            let view = begin::view(&self.app.ctx, &self.browsers[s].0).await.unwrap();
            assert!(view.is_none(), "{:#?}", self.log);
            return;
        }
        let shown = crate::rig::status(&self.app, &self.browsers[s].0).await;
        assert_eq!(shown, self.model.shown(s), "session {s} of {:?}: {:#?}", self.model, self.log);
        let rank = |status: Status| match status {
            Status::Waiting => 0,
            Status::Scanned => 1,
            _ => 2,
        };
        let before = self.seen[s];
        assert!(shown == before || rank(shown) > rank(before), "{before:?} became {shown:?}: {:#?}", self.log);
        self.seen[s] = shown;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sign_ins_match_the_model() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let platform = Platform::answering().await;
    let clock = Arc::new(FakeClock::at(BEGINNING_MS));
    let mut app = App::with(&database, clock.clone(), &[("WECHAT_API_BASE", &platform.base)]).await;
    let (sequences, mut steps, mut collected) = (rounds(300, 2_000), 0, 0);
    for seed in 0..sequences {
        // A new minute, because other tests cover the rate limits.
        clock.advance_ms(MINUTE_MS);
        let rng = SeededRng::new(seed as u64);
        let mut sequence = Sequence {
            app,
            database: &database,
            platform: &platform,
            clock: clock.clone(),
            rng: &rng,
            model: Model { now: clock.now_ms(), ..Model::default() },
            browsers: Vec::new(),
            names: [format!("oA{seed}"), format!("oB{seed}")],
            users: [None; 2],
            seen: Vec::new(),
            log: vec![format!("seed {seed}")],
        };
        for _ in 0..=sequence.draw(60) {
            sequence.step().await;
            steps += 1;
        }
        collected += sequence.model.sessions.iter().filter(|s| s.is_collected).count();
        app = sequence.app;
    }
    assert!(collected > sequences / 4, "only {collected} sessions were collected: the test proves little");
    eprintln!("{sequences} sequences, {steps} steps, {collected} sessions collected");
}
