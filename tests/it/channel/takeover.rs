//! Two instances: one is killed, and its connections go on in the other within 15 seconds, with one poll for each token at any time.

use crate::rig::channel::{SOON, connected};
use crate::rig::{App, Database, Engine, Ilink, Program, SECRET_KEY, environment, patient, two_apps};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use weida::base::clock::{Clock as _, FakeClock, SystemClock};

crate::every_engine!(
    a_killed_instances_connections_go_on_in_the_other,
    a_stopped_instance_gives_its_connections_up_at_once,
);

/// Within this time another instance takes over.
const TAKEOVER: Duration = Duration::from_secs(15);

async fn a_killed_instances_connections_go_on_in_the_other(database: &Database) {
    let ilink = Ilink::start().await;
    let people = ["anna@im.wechat", "bert@im.wechat", "carl@im.wechat"];
    let mut settings = ilink.settings().to_vec();
    settings.extend([("DATABASE_URL", database.url.as_str()), ("RUST_LOG", "warn")]);
    if database.engine != Engine::Sqlite {
        settings.push(("WEIDA_SECRET_KEY", SECRET_KEY));
    }
    let app = App::with(database, Arc::new(FakeClock::at(SystemClock.now_ms())), &ilink.settings()).await;
    for person in people {
        connected(&app, &ilink, person, &[("在吗", "在")]).await;
    }
    app.stop().await;
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let start = |folder: &std::path::Path| Program::start(folder, &environment(folder, &settings));
    let mut first = start(one.path());
    let all_poll = |ilink: &Ilink| people.iter().all(|person| ilink.polling(person) == 1);
    ilink.until("all poll", patient(TAKEOVER), all_poll).await;
    let mut second = start(other.path());
    // The second instance has looked around, and taken nothing.
    for person in people {
        ilink.say(person, "在吗");
        ilink.until("the answer", SOON, |ilink| ilink.texts(person) == ["在"]).await;
    }
    first.kill();
    ilink.until("the killed one polls no longer", SOON, |ilink| people.iter().all(|p| ilink.polling(p) == 0)).await;
    let killed_at = Instant::now();
    for person in people {
        ilink.say(person, "在吗");
    }
    let all_answered = |ilink: &Ilink| people.iter().all(|person| ilink.texts(person).len() == 2);
    ilink.until("answers of the other instance", patient(TAKEOVER), all_answered).await;
    eprintln!("{:?}: taken over after {:?}", database.engine, killed_at.elapsed());
    for person in people {
        assert_eq!((ilink.most_polling(person), ilink.went_back(person)), (1, 0), "{}", second.stderr());
    }
    second.kill();
}

async fn a_stopped_instance_gives_its_connections_up_at_once(database: &Database) {
    let ilink = Ilink::start().await;
    let (one, other) = two_apps(database, &ilink.settings()).await;
    let person = "dora@im.wechat";
    connected(&one, &ilink, person, &[("在吗", "在")]).await;
    let is_at_one = one.ctx.ilink.count() == 1;
    let (stays, leaves) = if is_at_one { (other, one) } else { (one, other) };
    leaves.stop().await;
    ilink.until("the end is announced", SOON, |ilink| ilink.notified(person).1 >= 1).await;
    ilink.say(person, "在吗");
    ilink.until("the answer", SOON, |ilink| ilink.texts(person) == ["在"]).await;
    assert_eq!(stays.ctx.ilink.count(), 1);
    assert_eq!((ilink.most_polling(person), ilink.went_back(person)), (1, 0));
}
