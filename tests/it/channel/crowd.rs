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

/// The most memory per connected user.
const BYTES_MAX: u64 = 40 * 1024;
/// How long all of them may take to poll.
const ALL: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connected_user_costs_little_memory() {
    let (folder, ilink) = (tempfile::tempdir().unwrap(), Ilink::start().await);
    let users = i64::try_from(rounds(200, 1_000)).unwrap();
    let mut settings = ilink.settings().to_vec();
    settings.push(("RUST_LOG", "warn"));
    let environment = environment(folder.path(), &settings);
    {
        let mut database = Database::open(Engine::Sqlite).await.unwrap();
        database.url = environment["DATABASE_URL"].clone();
        let app = App::with(&database, Arc::new(FakeClock::at(SystemClock.now_ms())), &ilink.settings()).await;
        let mut tx = app.ctx.store.begin().await.unwrap();
        for user_id in 1..=users {
            let person = format!("crowd-{user_id}@im.wechat");
            let token = ilink.adopt(&person);
            let name = IlinkField::BotToken.name(user_id);
            let new = NewCredentials {
                bot_token: app.ctx.secret_key.encrypt(Purpose::Ilink, &name, &token, app.ctx.rng.as_ref()),
                bot_id: format!("{person}-bot"),
                ilink_user_id: person,
                base_url: ilink.base.clone(),
            };
            let row = ConnectionRow::new(user_id, SystemClock.now_ms());
            store::ilink_connection::insert_connection(&mut tx, row).await.unwrap();
            assert!(
                store::ilink_connection::update_connected(&mut tx, user_id, new, SystemClock.now_ms()).await.unwrap()
            );
        }
        // Only the program is to run them.
        tx.commit().await.unwrap();
        app.stop().await;
    }
    let people = usize::try_from(users).unwrap();
    let mut program = Program::start(folder.path(), &environment);
    let idle = program.resident_bytes();
    ilink.until("all poll", patient(ALL), |ilink| ilink.all_polling() == people).await;
    let polls = ilink.all_polls();
    ilink.until("each polls again", patient(ALL), |ilink| ilink.all_polls() >= polls + 2 * people).await;
    let busy = program.resident_bytes();
    let each = busy.saturating_sub(idle) / users.unsigned_abs();
    eprintln!("{users} connected users: {idle} → {busy} bytes resident, {each} each");
    program.kill();
    assert!(each <= BYTES_MAX, "{each} bytes for each user");
}
