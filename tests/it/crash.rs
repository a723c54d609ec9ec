//! T-06: the program is killed as by a power cut, and starts again. What it acknowledged is there.

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
    core::{
        chance::{Chance as _, SystemChance},
        clock::{Clock as _, FakeClock, SystemClock},
        signin::{Purpose, begin, collect::collect, typed::type_code},
    },
    store::{Link as _, Store},
};

/// The program, its folder, and the machine's time for those who push to it.
struct House {
    folder: TempDir,
    program: Option<Program>,
    clock: Arc<FakeClock>,
}

impl House {
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

    /// Kills it, and starts it again: at another port, after how long.
    fn fall_and_rise(&mut self) -> Duration {
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
    let mut house = House::open();
    let document = house.phone("oSurvivor").text("验证码");
    let send = async |house: &House| {
        let push = Push::safe(&document, SystemClock.now_secs());
        let (status, body) = push.send(house.program.as_ref().unwrap().address).await;
        assert_eq!(status, 200);
        opened(&body).unwrap()
    };
    let before = send(&house).await;
    let started = house.fall_and_rise();
    assert!(started < Duration::from_secs(3), "{started:?}");
    assert_eq!(send(&house).await, before);

    // The code opens a page of another instance on the same file, while this one runs and after it was killed again.
    let code = digits(&before[before.find("验证码：").unwrap()..]).unwrap();
    house.program().kill();
    let mut database = crate::rig::Database::open(crate::rig::Engine::Sqlite).await.unwrap();
    database.url = house.url();
    let app = App::with(&database, house.clock.clone(), &[]).await;
    let secrets = begin::login(&app.ctx, Purpose::Login, crate::signin::asker()).await.unwrap();
    type_code(&app.ctx, &secrets, &code).await.unwrap();
    assert_eq!(collect(&app.ctx, &secrets).await.unwrap().user.credits, 100);
    eprintln!("started again in {started:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_acknowledged_message_is_there_after_a_kill() {
    let (mut kept, mut lost_unacknowledged) = (0, 0);
    for round in 0..rounds(3, 100) {
        let mut house = House::open();
        // Killed with a hundred acknowledged, and a few more on their way: some of those in the middle of a commit.
        let until = 100 + usize::try_from(SystemChance.below(8)).unwrap();
        let (acknowledged, count) = (Arc::new(Mutex::new(BTreeSet::new())), Arc::new(AtomicUsize::new(0)));
        let address = house.program().address;
        let (enough, mut told) = tokio::sync::mpsc::channel::<()>(64);
        let writers: Vec<_> = (0..8)
            .map(|w| {
                let phone = house.phone(&format!("oWriter{w}"));
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
        tokio::time::timeout(Duration::from_mins(1), told.recv()).await.unwrap();
        house.program().kill();
        for writer in writers {
            writer.await.unwrap();
        }
        house.fall_and_rise();
        let store = Store::open(&house.url()).await.unwrap();
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
        kept += acknowledged.len();
        lost_unacknowledged += there.len() - acknowledged.len();
    }
    eprintln!("{kept} acknowledged, all there; {lost_unacknowledged} more were done and not acknowledged");
}
