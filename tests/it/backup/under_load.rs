//! Backups of a program that is answering messages.

use crate::rig::{Phone, Program, Push, environment, http, next, rounds, site::named};
use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};
use weida::{
    base::clock::{Clock as _, FakeClock, SystemClock},
    store::{self, Link as _, Store},
};

const WRITERS: usize = 6;
/// A file of a reply, of several parts.
const FILE_ID: i64 = 77;

/// Writes one message after the other until it is stopped. Its messages are `w<n> 0`, `w<n> 1`, …
struct Writer {
    /// How many messages were sent, and how many were acknowledged.
    sent: AtomicUsize,
    acknowledged: AtomicUsize,
}

async fn write(writer: Arc<Writer>, phone: Phone, address: std::net::SocketAddr, n: usize, stop: Arc<AtomicBool>) {
    let client = http();
    while !stop.load(Ordering::SeqCst) {
        let number = writer.sent.fetch_add(1, Ordering::SeqCst);
        let push = Push::safe(&phone.text(&format!("w{n} {number}")), SystemClock.now_secs());
        let answer = client.post(format!("http://{address}{}", push.path())).body(push.body).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.text().await.unwrap();
        writer.acknowledged.fetch_add(1, Ordering::SeqCst);
    }
}

/// The messages of a database, per writer and in their order.
async fn messages(folder: &Path) -> BTreeMap<usize, Vec<usize>> {
    let store = Store::open(&format!("sqlite://{}", folder.join("weida.db").display())).await.unwrap();
    let mut db = store.read().await.unwrap();
    let mut found: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for row in db.sql("SELECT content FROM messages WHERE content LIKE 'w%'").fetch_all(db.conn()).await.unwrap() {
        let content: String = sqlx::Row::get(&row, 0);
        let (writer, number) = content[1..].split_once(' ').unwrap();
        found.entry(writer.parse().unwrap()).or_default().push(number.parse().unwrap());
    }
    for numbers in found.values_mut() {
        numbers.sort_unstable();
    }
    let halves = "SELECT (SELECT COUNT(*) FROM messages) - (SELECT COUNT(*) FROM deliveries)";
    let halves: i64 = sqlx::Row::get(&db.sql(halves).fetch_one(db.conn()).await.unwrap(), 0);
    assert_eq!(halves, 0, "a message is in a backup with its delivery or not at all");
    assert_eq!(
        store::file::find_file(&mut db, FILE_ID).await.unwrap(),
        picture(),
        "files of replies are in the backup"
    );
    drop(db);
    store.close().await;
    found
}

fn picture() -> Vec<u8> {
    (0..50_000_u32).map(|n| u8::try_from(n % 251).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_load_has_every_acknowledged_message_and_no_half_of_one() {
    let folder = tempfile::tempdir().unwrap();
    let settings = environment(folder.path(), &[("RUST_LOG", "warn")]);
    let mut program = Program::start(folder.path(), &settings);
    let store = Store::open(&settings["DATABASE_URL"]).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    store::file::insert_file(&mut tx, FILE_ID, &picture()).await.unwrap();
    tx.commit().await.unwrap();
    store.close().await;
    let (stop, clock) = (Arc::new(AtomicBool::new(false)), Arc::new(FakeClock::at(SystemClock.now_ms())));
    let writers: Vec<Arc<Writer>> = (0..WRITERS)
        .map(|_| Arc::new(Writer { sent: AtomicUsize::new(0), acknowledged: AtomicUsize::new(0) }))
        .collect();
    let tasks: Vec<_> = (0..WRITERS)
        .map(|n| {
            let phone = Phone::new(program.address, clock.clone(), &format!("oBackup{n}"));
            tokio::spawn(write(writers[n].clone(), phone, program.address, n, stop.clone()))
        })
        .collect();
    let (mut held, mut during) = (0, 0);
    for _ in 0..rounds(5, 20) {
        let more = writers[0].acknowledged.load(Ordering::SeqCst) + 5;
        let is_busy = crate::rig::eventually(Duration::from_mins(1), async || {
            writers[0].acknowledged.load(Ordering::SeqCst) >= more
        });
        assert!(is_busy.await, "the program answers no message");
        let name = format!("b{}.backup", next());
        let before: Vec<usize> = writers.iter().map(|w| w.acknowledged.load(Ordering::SeqCst)).collect();
        let made = tokio::task::block_in_place(|| Program::run(folder.path(), &["backup", &name], &settings));
        let after: Vec<usize> = writers.iter().map(|w| w.sent.load(Ordering::SeqCst)).collect();
        assert_eq!(made.code, Some(0), "{made:?}");
        let other = tempfile::tempdir().unwrap();
        fs::copy(folder.path().join("secret.key"), other.path().join("secret.key")).unwrap();
        let backup = folder.path().join(&name);
        let restored = tokio::task::block_in_place(|| {
            Program::run(other.path(), &["restore", backup.to_str().unwrap()], &environment(other.path(), &[]))
        });
        assert_eq!(restored.code, Some(0), "{restored:?}");
        let found = messages(other.path()).await;
        for n in 0..WRITERS {
            let numbers = found.get(&n).cloned().unwrap_or_default();
            // The first messages of this writer without a gap: all that were acknowledged before, none that was sent after.
            assert!(numbers.iter().copied().eq(0..numbers.len()), "writer {n}: {numbers:?}");
            assert!(
                (before[n]..=after[n]).contains(&numbers.len()),
                "writer {n}: {} of {before:?} {after:?}",
                numbers.len()
            );
            held += numbers.len();
        }
        during += after.iter().sum::<usize>() - before.iter().sum::<usize>();
    }
    stop.store(true, Ordering::SeqCst);
    for task in tasks {
        task.await.unwrap();
    }
    program.kill();
    assert!(held > 0 && during > 0, "the program wrote during the backups");
    assert_eq!(named(folder.path(), ".weida-").len(), 0);
    eprintln!("{held} messages in the backups, {during} were sent while these were made");
}
