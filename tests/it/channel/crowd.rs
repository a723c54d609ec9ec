//! Many connected users in one program: what each costs while nothing arrives.

use crate::rig::{App, Database, Engine, Ilink, Program, environment, patient, rounds};
use std::{sync::Arc, time::Duration};
use weida::{
    base::clock::{Clock as _, FakeClock, SystemClock},
    core::secret_key::{IlinkField, Purpose},
    store::{
        self,
        ilink_connection::{ConnectionRow, NewCredentials},
    },
};

/// The most memory that one more connected user costs: 40 KiB in a release build. A debug build needs about as much, but the measurement
/// beside other tests varies by some KiB.
const BYTES_MAX: u64 = if cfg!(debug_assertions) { 56 * 1024 } else { 40 * 1024 };
/// How long all of them may take to poll.
const ALL: Duration = Duration::from_mins(1);

/// What the program itself needs for a crowd (pools, caches) is in both measurements: the difference is what users cost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_more_connected_user_costs_little_memory() {
    let all = rounds(500, 1_000);
    let few = all / 5;
    let (with_few, with_all) = (resident_with(few).await, resident_with(all).await);
    let each = with_all.saturating_sub(with_few) / u64::try_from(all - few).unwrap();
    eprintln!("{few} connected users: {with_few} bytes resident, {all}: {with_all}; {each} for each more");
    assert!(each <= BYTES_MAX, "{each} bytes for each user");
}

/// The resident memory of a program with so many connected users, each of whom has polled twice.
async fn resident_with(people: usize) -> u64 {
    let (folder, ilink) = (tempfile::tempdir().unwrap(), Ilink::start().await);
    let mut settings = ilink.settings().to_vec();
    settings.push(("RUST_LOG", "warn"));
    let environment = environment(folder.path(), &settings);
    {
        let mut database = Database::open(Engine::Sqlite).await.unwrap();
        database.url = environment["DATABASE_URL"].clone();
        let app = App::with(&database, Arc::new(FakeClock::at(SystemClock.now_ms())), &ilink.settings()).await;
        let mut tx = app.ctx.store.begin().await.unwrap();
        for user_id in 1..=i64::try_from(people).unwrap() {
            let person = format!("crowd-{user_id}@im.wechat");
            let (token, now) = (ilink.adopt(&person), SystemClock.now_ms());
            let name = IlinkField::BotToken.name(user_id);
            let new = NewCredentials {
                bot_token: app.ctx.secret_key.encrypt(Purpose::Ilink, &name, &token, app.ctx.rng.as_ref()),
                bot_id: format!("{person}-bot"),
                ilink_user_id: person,
                base_url: ilink.base.clone(),
            };
            let row = ConnectionRow::new(user_id, now);
            store::ilink_connection::insert_connection(&mut tx, row).await.unwrap();
            assert!(store::ilink_connection::update_connected(&mut tx, user_id, new, now).await.unwrap());
        }
        // This instance does not notice them: only the program is to run them.
        tx.commit().await.unwrap();
        app.stop().await;
    }
    let mut program = Program::start(folder.path(), &environment);
    ilink.until("all poll", patient(ALL), |ilink| ilink.all_polling() == people).await;
    let polls = ilink.all_polls();
    ilink.until("each polls twice more", patient(ALL), |ilink| ilink.all_polls() >= polls + 2 * people).await;
    let resident = program.resident_bytes();
    program.kill();
    resident
}
