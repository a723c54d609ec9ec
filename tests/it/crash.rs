//! T-06: the program is killed without warning and starts again. Everything it acknowledged is still stored.

use crate::rig::{App, Phone, Program, Push, digits, environment, next, opened, rounds};
use std::{
    collections::BTreeSet,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tempfile::TempDir;
use weida::{
    base::{
        clock::{Clock as _, FakeClock, SystemClock},
        rng::{Rng as _, SystemRng},
    },
    core::signin::{Purpose, begin, collect::collect, enter_code::enter_code},
    store::{Link as _, Store},
};

/// The program, its folder, and a clock at the machine's time for signing pushes.
struct Server {
    folder: TempDir,
    program: Option<Program>,
    clock: Arc<FakeClock>,
}

impl Server {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = start(folder.path());
        Self { folder, program: Some(program), clock: Arc::new(FakeClock::at(SystemClock.now_ms())) }
    }

    fn program(&mut self) -> &mut Program {
        self.program.as_mut().unwrap()
    }

    fn phone(&self, openid: &str) -> Phone {
        Phone::new(self.program.as_ref().unwrap().address, self.clock.clone(), openid)
    }

    /// Kills the program and starts it again at another port. Returns how long the start took.
    fn kill_and_restart(&mut self) -> Duration {
        self.program().kill();
        let begun = Instant::now();
        self.program = Some(start(self.folder.path()));
        begun.elapsed()
    }

    fn url(&self) -> String {
        environment(self.folder.path(), &[])["DATABASE_URL"].clone()
    }
}

fn start(folder: &Path) -> Program {
    Program::start(folder, &environment(folder, &[("RUST_LOG", "warn")]))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_that_was_given_out_survives_a_kill_with_its_answer() {
    let mut server = Server::open();
    let document = server.phone("oSurvivor").text("验证码");
    let send = async |server: &Server| {
        let push = Push::safe(&document, SystemClock.now_secs());
        let (status, body) = push.send(server.program.as_ref().unwrap().address).await;
        assert_eq!(status, 200);
        opened(&body).unwrap()
    };
    let before = send(&server).await;
    let started = server.kill_and_restart();
    assert!(started < Duration::from_secs(3), "{started:?}");
    assert_eq!(send(&server).await, before);

    // The code signs in at another instance on the same file, after this one was killed again.
    let code = digits(&before[before.find("验证码：").unwrap()..]).unwrap();
    server.program().kill();
    let mut database = crate::rig::Database::open(crate::rig::Engine::Sqlite).await.unwrap();
    database.url = server.url();
    let app = App::with(&database, server.clock.clone(), &[]).await;
    let secrets = begin::login(&app.ctx, Purpose::Login, crate::rig::asker()).await.unwrap();
    enter_code(&app.ctx, &secrets, &code, crate::rig::HERE).await.unwrap();
    assert_eq!(collect(&app.ctx, &secrets).await.unwrap().user.credits, 100);
    eprintln!("started again in {started:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_acknowledged_message_is_there_after_a_kill() {
    let (mut stored, mut stored_unacknowledged) = (0, 0);
    for round in 0..rounds(3, 100) {
        let mut server = Server::open();
        // Killed with a hundred messages acknowledged and more under way, some in the middle of a commit.
        let until = 100 + usize::try_from(SystemRng.below(8)).unwrap();
        let (acknowledged, count) = (Arc::new(Mutex::new(BTreeSet::new())), Arc::new(AtomicUsize::new(0)));
        let address = server.program().address;
        let (enough, mut is_enough) = tokio::sync::mpsc::channel::<()>(64);
        let writers: Vec<_> = (0..8)
            .map(|w| {
                let phone = server.phone(&format!("oWriter{w}"));
                let (acknowledged, count, enough) = (acknowledged.clone(), count.clone(), enough.clone());
                tokio::spawn(async move {
                    let client = crate::rig::http();
                    loop {
                        let content = format!("r{round}w{w}n{}", next());
                        let push = Push::safe(&phone.text(&content), SystemClock.now_secs());
                        let request = client.post(format!("http://{address}{}", push.path())).body(push.body);
                        let Ok(answer) = request.send().await else { return };
                        if answer.status() != 200 || answer.text().await.is_err() {
                            return;
                        }
                        acknowledged.lock().unwrap().insert(content);
                        if count.fetch_add(1, Ordering::SeqCst) + 1 == until {
                            enough.send(()).await.ok();
                        }
                    }
                })
            })
            .collect();
        tokio::time::timeout(Duration::from_mins(1), is_enough.recv()).await.unwrap();
        server.program().kill();
        for writer in writers {
            writer.await.unwrap();
        }
        server.kill_and_restart();
        let store = Store::open(&server.url()).await.unwrap();
        let mut db = store.read().await.unwrap();
        let rows = db.sql("SELECT content FROM messages").fetch_all(db.conn()).await.unwrap();
        let there: BTreeSet<String> = rows.iter().map(|row| sqlx::Row::get::<String, _>(row, 0)).collect();
        let acknowledged = acknowledged.lock().unwrap().clone();
        let lost: Vec<_> = acknowledged.difference(&there).collect();
        assert!(acknowledged.len() >= until && lost.is_empty(), "round {round}: {lost:?}");
        let halves = "SELECT (SELECT COUNT(*) FROM messages) - (SELECT COUNT(*) FROM deliveries)";
        let halves: i64 = sqlx::Row::get(&db.sql(halves).fetch_one(db.conn()).await.unwrap(), 0);
        let integrity = db.sql("PRAGMA integrity_check").fetch_one(db.conn()).await.unwrap();
        assert_eq!((halves, sqlx::Row::get::<String, _>(&integrity, 0).as_str()), (0, "ok"));
        stored += acknowledged.len();
        stored_unacknowledged += there.len() - acknowledged.len();
    }
    eprintln!("{stored} acknowledged, all stored; {stored_unacknowledged} more were stored and not acknowledged");
}
