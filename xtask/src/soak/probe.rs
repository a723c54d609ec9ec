//! Measures signed pushes and the sign-in page during a flood.

use super::{
    random::Random,
    server::{TOKEN, Target},
    wire,
};
use crate::clock;
use sha1::{Digest as _, Sha1};
use std::{
    fmt::{self, Display, Write as _},
    net::Ipv4Addr,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant, UNIX_EPOCH},
};

/// The pause between two probes.
const PAUSE: Duration = Duration::from_millis(40);

#[derive(Default)]
pub struct Times {
    sorted: Vec<Duration>,
    pub failed: usize,
    /// Why the first request failed.
    why: String,
}

impl Times {
    pub fn at(&self, thousandths: usize) -> Duration {
        let last = self.sorted.len().saturating_sub(1);
        self.sorted.get((self.sorted.len() * thousandths / 1000).min(last)).copied().unwrap_or(Duration::MAX)
    }

    pub fn p99(&self) -> Duration {
        self.at(990)
    }
}

impl Times {
    /// Records a request; [`Self::sort`] comes after the last one.
    pub fn add(&mut self, took: crate::shell::Result<Duration>) {
        match took {
            Ok(took) => self.sorted.push(took),
            Err(failure) => {
                self.failed += 1;
                if self.why.is_empty() {
                    self.why = failure.to_string();
                }
            }
        }
    }

    pub fn sort(&mut self) {
        self.sorted.sort_unstable();
    }
}

impl Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sorted, failed, why } = self;
        if sorted.is_empty() {
            return write!(f, "never, {failed} failed ({why})");
        }
        let ms = |thousandths| self.at(thousandths).as_millis();
        write!(f, "{} × median {} p99 {} max {} ms", sorted.len(), ms(500), ms(990), ms(1000))?;
        if *failed > 0 { write!(f, ", {failed} failed ({why})") } else { Ok(()) }
    }
}

pub struct Measured {
    pub push: Times,
    pub login: Times,
}

/// Runs the work and measures meanwhile.
pub fn during(target: &Target, mut random: Random, lasts: Duration, work: impl FnOnce() + Send) -> Measured {
    let is_over = AtomicBool::new(false);
    let (for_push, begun) = (random.split(), Instant::now());
    thread::scope(|scope| {
        let pushes = scope.spawn(|| {
            let mut random = for_push;
            every(&is_over, || wire::ask(Ipv4Addr::LOCALHOST, target.port, &push(&mut random)))
        });
        let logins =
            scope.spawn(|| every(&is_over, || wire::ask(Ipv4Addr::LOCALHOST, target.port, &wire::get("/login", ""))));
        work();
        thread::sleep(lasts.saturating_sub(begun.elapsed()));
        is_over.store(true, Ordering::Relaxed);
        let times = |thread: thread::ScopedJoinHandle<'_, Times>| thread.join().unwrap_or_default();
        Measured { push: times(pushes), login: times(logins) }
    })
}

fn every(is_over: &AtomicBool, mut ask: impl FnMut() -> crate::shell::Result<wire::Answer>) -> Times {
    let mut times = Times::default();
    while !is_over.load(Ordering::Relaxed) {
        let asked = Instant::now();
        times.add(match ask() {
            Ok(answer) if answer.status == 200 => Ok(asked.elapsed()),
            Ok(answer) => Err(crate::shell::Failure::new(format!("status {}", answer.status))),
            Err(failure) => Err(failure),
        });
        thread::sleep(PAUSE);
    }
    times.sort();
    times
}

/// The signed query of a push.
fn query(random: &mut Random) -> String {
    let now = clock::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs()).to_string();
    let nonce = format!("{:010}", random.below(10_000_000_000));
    let mut parts = [TOKEN, &now, &nonce];
    parts.sort_unstable();
    let signature = Sha1::digest(parts.concat()).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    format!("signature={signature}&timestamp={now}&nonce={nonce}")
}

/// A push of a text message in plain mode.
fn push(random: &mut Random) -> Vec<u8> {
    let openid = format!("oProbe{}", random.below(50));
    push_of(random, &openid, "你好")
}

/// A push of this follower's text message in plain mode.
pub fn push_of(random: &mut Random, openid: &str, text: &str) -> Vec<u8> {
    let (query, id) = (query(random), random.below(1 << 60));
    let now = clock::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
    let body = format!(
        "<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName><![CDATA[{openid}]]></FromUserName>\
         <CreateTime>{now}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{text}]]></Content><MsgId>{id}</MsgId></xml>"
    );
    let length = body.len();
    format!(
        "POST /api/v1/auth/wechat/verify?{query} HTTP/1.1\r\nhost: weida.test\r\nconnection: close\r\ncontent-type: text/xml\r\n\
         content-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}
