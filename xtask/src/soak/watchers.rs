//! `cargo xtask soak watchers [N]`: many waiting pages. Measures the memory of one, the time from a message in the chat to the event
//! on its page, and the processor time while nothing happens.

use super::{
    probe::{self, Times},
    random::Random,
    server::{Server, Setup},
    wire,
};
use crate::shell::{Context, Failure, Result};
use std::{
    io::{Read, Write as _},
    net::{Ipv4Addr, TcpStream},
    thread,
    time::{Duration, Instant},
};

/// The waiting pages unless the caller says another number.
const COUNT: usize = 10_000;
/// Those that are opened before the memory is measured first: what the program allocates once is no page's.
const WARM_UP: usize = 500;
/// Connections beside those of the pages, and files.
const SPARE: u64 = 1_000;
/// New sessions from one source address: below its limit a minute.
const PER_ADDRESS: usize = 100;
/// The messages whose event is timed.
const TIMED: usize = 500;
/// How long the idle program is watched: more than one interval of the heartbeat.
const IDLE: Duration = Duration::from_secs(30);

const PAGE_MAX_BYTES: u64 = 15 * 1024;
const EVENT_MAX: Duration = Duration::from_millis(20);
/// The part of one core that the idle program may use, in percent.
const IDLE_MAX_PERCENT: f64 = 2.0;

/// A page that waits.
struct Page {
    stream: TcpStream,
    /// What its visitor sends to the account.
    digits: String,
}

pub fn watchers(count: Option<usize>, seed: u64) -> Result {
    let count = count.unwrap_or(COUNT).max(2 * WARM_UP);
    println!("seed {seed}, {count} waiting pages");
    let server = Server::start(Setup { descriptors: count as u64 + SPARE, public_url: None })?;
    let mut pages = Vec::with_capacity(count);
    open(&server, &mut pages, WARM_UP)?;
    let before = server.resident_kib();
    let begun = Instant::now();
    open(&server, &mut pages, count)?;
    println!("  opened in {:.1} s", begun.elapsed().as_secs_f64());
    let bytes = server.resident_kib().saturating_sub(before) * 1024 / (count - WARM_UP) as u64;
    println!("  resident {} MiB, {bytes} bytes a page", server.resident_mib());

    let idle = idle_percent(&server);
    println!("  idle: {idle:.2} % of a core");

    let mut random = Random::of(seed, "watchers");
    let mut times = Times::default();
    for _ in 0..TIMED.min(count / 2) {
        let at = usize::try_from(random.below(pages.len() as u64)).unwrap_or(0);
        let page = pages.swap_remove(at);
        times.add(scanned(&server, page, &mut random));
        // A message every few milliseconds, as from many people.
        thread::sleep(Duration::from_millis(5));
    }
    times.sort();
    println!("  message to event: {times}");

    let mut faults = Vec::new();
    if bytes > PAGE_MAX_BYTES {
        faults.push(format!("a page costs {bytes} bytes, wanted ≤ {PAGE_MAX_BYTES}"));
    }
    if idle > IDLE_MAX_PERCENT {
        faults.push(format!("idle: {idle:.2} % of a core, wanted ≤ {IDLE_MAX_PERCENT}"));
    }
    if times.p99() > EVENT_MAX || times.failed > 0 {
        faults.push(format!("message to event: {times}, wanted ≤ {} ms and no failure", EVENT_MAX.as_millis()));
    }
    if faults.is_empty() { Ok(()) } else { Err(Failure::new(faults.join("\n  ")).fix("run it alone on the machine")) }
}

/// Opens pages until there are `count`.
fn open(server: &Server, pages: &mut Vec<Page>, count: usize) -> Result {
    while pages.len() < count {
        let group = u32::try_from(pages.len() / PER_ADDRESS).unwrap_or(u32::MAX);
        let from = Ipv4Addr::from(u32::from(Ipv4Addr::new(127, 1, 0, 1)).saturating_add(group));
        let host = format!("host: 127.0.0.1:{}\r\n", server.port());
        let form = String::from_utf8(wire::form("/do/wechat", "", "next=")).context("a form")?;
        let form = form.replace("host: weida.test\r\n", &host);
        let begun = wire::ask(from, server.port(), form.as_bytes())?;
        let secrets = begun.cookie("weida_signin").ok_or_else(|| {
            Failure::new(format!("page {}: no session was begun: status {}", pages.len(), begun.status))
        })?;
        let parts: Vec<&str> = secrets.split('.').collect();
        let [_, poll, digits] = parts.as_slice() else { return Err(Failure::new("the cookie has another form")) };
        let mut stream = wire::connect(from, server.port())?;
        let head = format!(
            "GET /signin/events?poll={poll} HTTP/1.1\r\n{host}accept: text/event-stream\r\n\
             cookie: weida_signin={secrets}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).context("a page")?;
        let digits = (*digits).to_owned();
        read_until(&mut stream, "data: waiting")?;
        pages.push(Page { stream, digits });
    }
    Ok(())
}

/// Sends the page's digits in the chat; the time until the page knows.
fn scanned(server: &Server, mut page: Page, random: &mut Random) -> Result<Duration> {
    let push = probe::push_of(random, &format!("oWatch{}", random.clone().next()), &page.digits);
    // What arrived before is read first.
    let begun = Instant::now();
    let answering = {
        let port = server.port();
        thread::spawn(move || wire::ask(Ipv4Addr::LOCALHOST, port, &push).map(|answer| answer.status))
    };
    read_until(&mut page.stream, "data: scanned")?;
    let took = begun.elapsed();
    match answering.join() {
        Ok(Ok(200)) => Ok(took),
        Ok(Ok(status)) => Err(Failure::new(format!("the push was answered with status {status}"))),
        Ok(Err(failure)) => Err(failure),
        Err(_) => Err(Failure::new("the push panicked")),
    }
}

fn read_until(stream: &mut TcpStream, wanted: &str) -> Result {
    let (mut text, mut bytes) = (String::new(), [0; 4096]);
    while !text.contains(wanted) {
        let count = stream.read(&mut bytes).context("a waiting page")?;
        if count == 0 {
            return Err(Failure::new(format!("a waiting page ended: {text}")));
        }
        text.push_str(&String::from_utf8_lossy(&bytes[..count]));
    }
    Ok(())
}

/// The part of one core that the program uses while nothing happens, in percent.
#[expect(clippy::cast_precision_loss, reason = "percents")]
fn idle_percent(server: &Server) -> f64 {
    // The work of opening the pages has ended.
    thread::sleep(Duration::from_secs(2));
    let (cpu, begun) = (server.cpu(), Instant::now());
    thread::sleep(IDLE);
    server.cpu().saturating_sub(cpu).as_millis() as f64 * 100.0 / begun.elapsed().as_millis() as f64
}
