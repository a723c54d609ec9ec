//! Sends requests over many connections, as fast as they are answered or at a fixed rate, and prints what was measured.

use crate::{
    Fault,
    args::Args,
    edit,
    journal::{Entry, Journal},
    push::{Message, Signer, now_nanos},
    report::Report,
    wire::Wire,
};
use std::{
    cell::{Cell, RefCell},
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

/// The pause before a request that failed is repeated.
const PAUSE: Duration = Duration::from_millis(50);

/// What all connections of a run share.
struct Run {
    kind: Kind,
    begun: Instant,
    measured_from: Instant,
    until: Instant,
    /// The time between two requests at a fixed rate; zero without one.
    interval: Duration,
    sent: Cell<u32>,
    report: RefCell<Report>,
    journal: Option<RefCell<Journal>>,
    first_id: u64,
}

enum Kind {
    Push {
        signer: RefCell<Signer>,
        /// The rules are `关键词0` … and answer `回复 0` …; 0: every answer counts.
        rules: u64,
        /// Messages come from this many followers; 0: each from a new one.
        followers: u64,
        /// Every so many pushes, one is the event of a new follower; 0: none.
        follow_every: u64,
    },
    /// The same request each time.
    Fixed(Vec<u8>),
    /// Paid edits of a picture, each connection with the token of another user.
    Edit(Vec<String>),
}

/// A request, and how its answer is recognized.
struct Asked {
    request: Vec<u8>,
    message: Option<Message>,
    expected: Vec<u8>,
}

pub async fn run(args: Args) -> Result<(), Fault> {
    let targets = args.targets()?;
    let connections: usize = args.or("connections", 32)?;
    let kind = kind(&args, targets[0], connections).await?;
    let (seconds, warm, rate) = (args.or("seconds", 5.0)?, args.or("warm", 0.5)?, args.or("rate", 0.0)?);
    // Everything is prepared: a caller that waits for this line may disturb the run from now on.
    println!("running");
    let begun = Instant::now();
    let measured_from = begun + Duration::from_secs_f64(warm);
    let run = Rc::new(Run {
        kind,
        begun,
        measured_from,
        until: measured_from + Duration::from_secs_f64(seconds),
        interval: if rate > 0.0 { Duration::from_secs_f64(1.0 / rate) } else { Duration::ZERO },
        sent: Cell::new(0),
        report: RefCell::default(),
        journal: args.text("journal").map(Journal::create).transpose()?.map(RefCell::new),
        first_id: now_nanos(),
    });
    let mut tasks = JoinSet::new();
    for n in 0..connections {
        tasks.spawn_local(connection(run.clone(), n, n % targets.len(), targets[n % targets.len()]));
    }
    tasks.join_all().await;
    if let Some(journal) = &run.journal {
        journal.borrow_mut().finish()?;
    }
    let lasted = run.until.min(Instant::now()).saturating_duration_since(run.measured_from);
    println!("{}", run.report.borrow_mut().summary(lasted));
    Ok(())
}

async fn kind(args: &Args, first: SocketAddr, connections: usize) -> Result<Kind, Fault> {
    match args.text("kind").unwrap_or("push") {
        "push" => Ok(Kind::Push {
            signer: RefCell::new(Signer::new(args)?),
            rules: args.or("rules", 1_000)?,
            followers: args.or("followers", 1_000)?,
            follow_every: args.or("follow-every", 0)?,
        }),
        "get" => {
            let path = args.need("path")?;
            Ok(Kind::Fixed(
                format!("GET {path} HTTP/1.1\r\nhost: weida.test\r\naccept: text/html\r\n\r\n").into_bytes(),
            ))
        }
        "edit" => Ok(Kind::Edit(edit::tokens(args, first, args.or("users", connections)?).await?)),
        other => Err(format!("there is no kind {other:?}: push, get, edit")),
    }
}

impl Run {
    /// The request number n, on this connection.
    fn ask(&self, n: u32, connection: usize) -> Asked {
        let id = self.first_id + u64::from(n);
        match &self.kind {
            Kind::Fixed(request) => Asked { request: request.clone(), message: None, expected: Vec::new() },
            Kind::Edit(tokens) => {
                let request = edit::request(&tokens[connection % tokens.len()], id);
                Asked { request, message: None, expected: Vec::new() }
            }
            Kind::Push { signer, rules, followers, follow_every } => {
                let n = u64::from(n);
                let of = if *followers == 0 { id } else { n % followers };
                let (mut openid, mut text) = (format!("oLoad{of}"), None);
                let mut expected = Vec::new();
                if *follow_every > 0 && n.is_multiple_of(*follow_every) {
                    openid = format!("oNew{id}");
                    expected = "欢迎关注".into();
                } else {
                    // Neighbours in time ask different rules.
                    let rule = if *rules > 0 { n.wrapping_mul(7_919) % rules } else { n };
                    text = Some(format!("关键词{rule}"));
                    if *rules > 0 {
                        expected = format!("[回复 {rule}]").into();
                    }
                }
                let created_secs = now_nanos() / 1_000_000_000;
                let message = Message { openid, id, created_secs, text };
                let request = signer.borrow_mut().request(&message);
                Asked { request, message: Some(message), expected }
            }
        }
    }

    /// True in plain mode, whose answers can be read.
    fn is_readable(&self) -> bool {
        match &self.kind {
            Kind::Push { signer, .. } => signer.borrow().is_plain(),
            _ => false,
        }
    }
}

async fn connection(run: Rc<Run>, number: usize, target: usize, to: SocketAddr) {
    let (mut wire, is_readable) = (Wire::new(to), run.is_readable());
    while Instant::now() < run.until {
        let n = run.sent.get();
        run.sent.set(n + 1);
        let scheduled = run.begun + run.interval * n;
        if scheduled > run.until {
            return;
        }
        if !run.interval.is_zero() {
            tokio::time::sleep_until(scheduled.into()).await;
        }
        let mut asked = run.ask(n, number);
        // At a fixed rate a request that had to wait for a free connection waited since its time.
        let mut since = if run.interval.is_zero() { Instant::now() } else { scheduled };
        for attempt in 1.. {
            let cause = match wire.ask(&asked.request).await {
                Ok(answer) if answer.status != 200 => format!("status {}", answer.status),
                Ok(answer) => {
                    let body = wire.body(&answer);
                    if !is_readable || contains(body, &asked.expected) {
                        run.report.borrow_mut().answered(target, since.elapsed(), since >= run.measured_from);
                        if let (Some(journal), Some(message)) = (&run.journal, asked.message.take()) {
                            let answer = String::from_utf8_lossy(body).into_owned();
                            journal.borrow_mut().add(&Entry { target, message, answer, attempt });
                        }
                        break;
                    }
                    format!("answered {}", excerpt(body))
                }
                Err(error) => error.kind().to_string(),
            };
            run.report.borrow_mut().failed(cause);
            let (Some(message), Some(_)) = (&asked.message, &run.journal) else { break };
            if Instant::now() >= run.until {
                return;
            }
            // As the platform: the same message again, with a signature of its own.
            tokio::time::sleep(PAUSE).await;
            if let Kind::Push { signer, .. } = &run.kind {
                asked.request = signer.borrow_mut().request(message);
            }
            since = Instant::now();
        }
    }
}

fn contains(body: &[u8], expected: &[u8]) -> bool {
    expected.is_empty() || body.windows(expected.len()).any(|window| window == expected)
}

/// The content of an answer, shortened: for the counts of causes.
fn excerpt(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let content = text.split("<Content><![CDATA[").nth(1).and_then(|rest| rest.split("]]>").next());
    content.unwrap_or(&text).chars().take(40).collect()
}
