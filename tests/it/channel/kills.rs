//! The program is killed at any point: nothing that the platform handed over is lost, nothing is answered twice, and the cursor never
//! goes back.

use crate::rig::channel::{SOON, add_rule, connected};
use crate::rig::{App, Database, Engine, Ilink, Program, environment, patient, rounds};
use std::{sync::Arc, time::Duration};
use weida::{
    base::{
        clock::{Clock as _, FakeClock, SystemClock},
        rng::{Rng as _, SystemRng},
    },
    core::rule::MatchType,
};

/// Messages between two kills.
const MESSAGES: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_message_is_answered_once_however_often_the_program_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let ilink = Ilink::start().await;
    let person = "anna@im.wechat";
    let mut settings = ilink.settings().to_vec();
    settings.push(("RUST_LOG", "warn"));
    let environment = environment(folder.path(), &settings);
    {
        let mut database = Database::open(Engine::Sqlite).await.unwrap();
        database.url = environment["DATABASE_URL"].clone();
        let app = App::with(&database, Arc::new(FakeClock::at(SystemClock.now_ms())), &ilink.settings()).await;
        let user_id = connected(&app, &ilink, person, &[]).await;
        add_rule(&app, user_id, "问([0-9]+)", MatchType::Regex, "答{{1}}").await;
        app.stop().await;
    }
    ilink.until("the first instance stops", SOON, |ilink| ilink.polling(person) == 0).await;
    let all = rounds(5, 100);
    let (mut asked, mut killed_in_time) = (0, 0);
    for _ in 0..all {
        let mut program = Program::start(folder.path(), &environment);
        for _ in 0..MESSAGES {
            asked += 1;
            ilink.say(person, &format!("问{asked}"));
        }
        // At any moment between the first poll and the last answer.
        let pause = SystemRng.below(2_500);
        let answered = ilink.texts(person).len();
        let deadline = tokio::time::sleep(Duration::from_millis(pause));
        let done = ilink.until("all answers", patient(SOON), |ilink| ilink.texts(person).len() >= asked);
        tokio::select! {
            () = deadline => {}
            () = done => {}
        }
        killed_in_time += usize::from(ilink.texts(person).len() < asked && ilink.texts(person).len() > answered);
        program.kill();
    }
    let mut program = Program::start(folder.path(), &environment);
    // What exceeds the window waits for the person's next message, which no rule answers.
    while ilink.texts(person).len() < asked {
        let sent = ilink.texts(person).len();
        ilink.say(person, "继续");
        let until = asked.min(sent + 10);
        ilink.until("the next answers", patient(SOON), |ilink| ilink.texts(person).len() >= until).await;
    }
    // A second poll after the last answer: nothing more comes.
    let polls = ilink.polls(person);
    ilink.until("two more polls", patient(SOON), |ilink| ilink.polls(person) >= polls + 2).await;
    let expected: Vec<String> = (1..=asked).map(|n| format!("答{n}")).collect();
    // The last one of a window has a hint behind it.
    let texts = ilink.texts(person);
    let answers: Vec<&str> = texts.iter().filter_map(|text| text.lines().next()).collect();
    assert_eq!(answers, expected, "{}", program.stderr());
    assert_eq!((ilink.went_back(person), ilink.most_polling(person)), (0, 1));
    eprintln!(
        "{all} kills, {killed_in_time} of them between answers, {asked} messages, {} sent again with the same id",
        ilink.repeated(person)
    );
    program.kill();
}
