//! The kinds of flood. Each runs for a limited time and uses its own loopback addresses.

use super::{random::Random, server::Target, wire};
use std::{
    collections::VecDeque,
    io::Write as _,
    net::{Ipv4Addr, TcpStream},
    thread,
    time::{Duration, Instant},
};

/// A kind of flood.
pub struct Flood {
    pub name: &'static str,
    pub run: fn(&Target, Random, Instant),
}

pub const ALL: &[Flood] = &[
    Flood { name: "half-headers", run: half_headers },
    Flood { name: "half-bodies", run: half_bodies },
    Flood { name: "event-streams", run: event_streams },
    Flood { name: "gzip", run: gzip },
    Flood { name: "argon2", run: argon2 },
    Flood { name: "ampersands", run: ampersands },
    Flood { name: "wrong-codes", run: wrong_codes },
    Flood { name: "wrong-passwords", run: wrong_passwords },
];

/// The most connections that one kind holds open.
const HELD: usize = 1_100;

/// The n-th address of a kind.
fn address(kind: u8, n: u64) -> Ipv4Addr {
    let [high, low] = u16::try_from(n % 60_000 + 2).unwrap_or(2).to_be_bytes();
    Ipv4Addr::new(127, kind, high, low)
}

/// Holds as many connections as possible and keeps replacing the oldest.
fn hold(until: Instant, mut open: impl FnMut(u64) -> Option<TcpStream>) {
    let (mut held, mut n) = (VecDeque::new(), 0);
    while Instant::now() < until {
        match open(n) {
            Some(stream) => held.push_back(stream),
            None => thread::sleep(Duration::from_millis(5)),
        }
        n += 1;
        if held.len() > HELD {
            held.pop_front();
            thread::sleep(Duration::from_millis(2));
        }
    }
}

/// 1,100 connections with half the head of a request, from ten addresses.
fn half_headers(target: &Target, _: Random, until: Instant) {
    hold(until, |n| {
        let mut stream = wire::connect(address(10, n % 10), target.port).ok()?;
        stream.write_all(b"GET /login HTTP/1.1\r\nhost: weida.test\r\nx-half: ").ok()?;
        Some(stream)
    });
}

/// Bodies that stop early, 400 KB of 500 KB: an unsigned push, a form, and JSON to an API.
fn half_bodies(target: &Target, _: Random, until: Instant) {
    let push = "POST /api/v1/auth/wechat/verify?signature=0000000000000000000000000000000000000000&timestamp=1&nonce=1 HTTP/1.1\r\n\
                host: weida.test\r\ncontent-length: 500000\r\n\r\n";
    let json = "POST /api/v1/auth/wechat/qrcode HTTP/1.1\r\nhost: weida.test\r\ncontent-type: application/json\r\n\
                content-length: 60000\r\n\r\n{\"client_id\":\"";
    let login = wire::form_head("/do/login", "", 500_000);
    let filler = vec![b'x'; 400_000];
    hold(until, |n| {
        let mut stream = wire::connect(address(11, n / 3 % 10), target.port).ok()?;
        stream.set_write_timeout(Some(Duration::from_millis(200))).ok()?;
        let (head, size) = match n % 3 {
            0 => (push.as_bytes(), filler.len()),
            1 => (login.as_slice(), filler.len()),
            _ => (json.as_bytes(), 50_000),
        };
        stream.write_all(head).ok()?;
        // The server may refuse early.
        stream.write_all(&filler[..size]).ok();
        Some(stream)
    });
}

/// A thousand event streams: twenty for each of fifty sign-in sessions.
fn event_streams(target: &Target, mut random: Random, until: Instant) {
    let sessions: Vec<(String, String)> = (0..50)
        .filter_map(|n| {
            let from = address(12, n / 10);
            let begun = wire::ask(from, target.port, &wire::form("/do/wechat", "", "next=")).ok()?;
            let cookie = format!("__Host-weida_signin={}", begun.cookie("__Host-weida_signin")?);
            let page = wire::ask(from, target.port, &wire::get("/signin", &format!("cookie: {cookie}\r\n"))).ok()?;
            let poll = page.text.split("data-poll=\"").nth(1)?.split('"').next()?.to_owned();
            Some((cookie, poll))
        })
        .collect();
    if sessions.is_empty() {
        println!("    no sign-in session could be begun");
        return;
    }
    hold(until, |n| {
        let at = usize::try_from(random.below(sessions.len() as u64)).unwrap_or(0);
        let (cookie, poll) = &sessions[at];
        let mut stream = wire::connect(address(12, n % 10), target.port).ok()?;
        let request =
            format!("GET /signin/events?poll={poll} HTTP/1.1\r\nhost: weida.test\r\ncookie: {cookie}\r\n\r\n");
        stream.write_all(request.as_bytes()).ok()?;
        Some(stream)
    });
}

/// Runs the same work in several threads, each with its own random numbers.
fn threads(count: usize, mut random: Random, work: impl Fn(Random) + Sync) {
    thread::scope(|scope| {
        for _ in 0..count {
            let random = random.split();
            scope.spawn(|| work(random));
        }
    });
}

/// 64 clients that request compressed files and read them.
fn gzip(target: &Target, random: Random, until: Instant) {
    threads(64, random, |mut random| {
        while Instant::now() < until {
            let n = usize::try_from(random.below(target.files.len() as u64 + 1)).unwrap_or(0);
            let path = target.files.get(n).map_or("/login", String::as_str);
            let request = wire::get(path, "accept-encoding: gzip, br\r\n");
            let Ok(mut stream) = wire::connect(address(13, random.below(8)), target.port) else { continue };
            if stream.write_all(&request).is_ok() {
                std::io::copy(&mut stream, &mut std::io::sink()).ok();
            }
        }
    });
}

/// Passwords for unknown names, each from a new address: every attempt costs a hash.
fn argon2(target: &Target, random: Random, until: Instant) {
    threads(48, random, |mut random| {
        while Instant::now() < until {
            let body = format!("username=name{}&password=correct+horse", random.next());
            wire::ask(address(14, random.next()), target.port, &wire::form("/do/login", "", &body)).ok();
        }
    });
}

/// Forms of 12.6 MB of `a&` from a signed-in user.
fn ampersands(target: &Target, random: Random, until: Instant) {
    let body = "a&".repeat(6_300_000);
    let large = "a&".repeat(500_000);
    threads(6, random, |mut random| {
        while Instant::now() < until {
            let from = address(15, random.below(8));
            let (path, body) = if random.below(2) == 0 { ("/replies", &body) } else { ("/do/login", &large) };
            wire::ask(from, target.port, &wire::form(path, &target.session, body)).ok();
        }
    });
}

/// Wrong codes, each session from a new address.
fn wrong_codes(target: &Target, random: Random, until: Instant) {
    threads(16, random, |mut random| {
        while Instant::now() < until {
            let from = address(16, random.next());
            let Ok(begun) = wire::ask(from, target.port, &wire::form("/do/wechat", "", "next=")) else { continue };
            let Some(cookie) = begun.cookie("__Host-weida_signin") else { continue };
            let cookie = format!("__Host-weida_signin={cookie}");
            for _ in 0..5 {
                let body = format!("code={:06}", random.below(1_000_000));
                wire::ask(from, target.port, &wire::form("/do/code", &cookie, &body)).ok();
            }
        }
    });
}

/// Wrong passwords for one existing name.
fn wrong_passwords(target: &Target, random: Random, until: Instant) {
    threads(32, random, |mut random| {
        while Instant::now() < until {
            let body = format!("username={}&password=wrong{}", target.username, random.next());
            wire::ask(address(17, random.next()), target.port, &wire::form("/do/login", "", &body)).ok();
        }
    });
}
