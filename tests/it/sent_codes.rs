//! T-152: digits sent in the chat are counted before they are looked up, first for the follower, then in total. Over the limit the
//! chat says how long to wait, no code is looked up, and rules still answer.

use crate::rig::{App, Database, Engine, account, begin_login, is_asked, register, rounds, says, status};
use futures::{StreamExt as _, stream};
use weida::core::{
    rule::{
        MatchType, TriggerKind,
        draft::Draft,
        edit::{self, Editor},
    },
    signin::Status,
};

crate::every_engine!(
    of_three_thousand_wrong_digits_of_one_follower_ten_are_checked,
    followers_without_failures_can_sign_in_while_the_total_is_used_up,
    digits_that_a_rule_answers_are_not_wrong_codes,
    guesses_count_also_with_a_rule_for_all_digits,
);

const WRONG: &str = "验证码不对";
const WAIT: &str = "秒后再发";

/// Digits that differ from the code.
fn wrong(n: usize, code: &str) -> String {
    (0..2).map(|k| format!("{:06}", (n * 7_919 + k) % 1_000_000)).find(|guess| guess != code).unwrap()
}

/// Sends wrong digits from several followers, eight at a time. Returns how many were wrong and how many must wait.
async fn guess(app: &App, people: usize, guesses: usize, code: &str) -> (usize, usize) {
    let tries = (0..guesses).map(|n| {
        let phone = app.phone(&format!("oGuesser{}", n % people));
        async move { phone.ask(&wrong(n, code)).await }
    });
    let answers: Vec<String> = stream::iter(tries).buffer_unordered(8).collect().await;
    let count = |what: &str| answers.iter().filter(|answer| answer.contains(what)).count();
    (count(WRONG), count(WAIT))
}

async fn of_three_thousand_wrong_digits_of_one_follower_ten_are_checked(database: &Database) {
    let app = App::on(database).await;
    let guesses = if database.engine == Engine::Sqlite { rounds(600, 3_000) } else { 200 };
    let secrets = begin_login(&app).await;
    assert_eq!(guess(&app, 1, guesses, secrets.code()).await, (10, guesses - 10));
    // The right code is not looked up either, and the page still waits.
    let attacker = app.phone("oGuesser0");
    assert!(attacker.ask(secrets.code()).await.contains(WAIT));
    assert_eq!(status(&app, &secrets).await, Status::Waiting);
    // Commands and codes from the account work as usual.
    assert!(attacker.say("帮助").await.is_some());
    attacker.code("验证码").await;
    // Other followers do not wait, and right codes are not counted.
    for n in 0..12 {
        let secrets = begin_login(&app).await;
        assert!(is_asked(&app.phone("oHonest").ask(secrets.code()).await), "{n}");
    }
    assert_eq!(
        app.count("SELECT COALESCE(MAX(used), 0) FROM rate_counters WHERE bucket LIKE 'wrong-sent-codes/%'").await,
        10
    );
    // The digits are not stored as message content.
    assert_eq!(app.count("SELECT COUNT(*) FROM messages WHERE content LIKE '______' AND content <> '帮助'").await, 0);
    app.clock.advance_ms(60_000);
    assert!(is_asked(&attacker.ask(secrets.code()).await));
}

async fn followers_without_failures_can_sign_in_while_the_total_is_used_up(database: &Database) {
    let app = App::on(database).await;
    for minute in 0..2 {
        let secrets = begin_login(&app).await;
        let (wrong, waiting) = guess(&app, 6, 120, secrets.code()).await;
        // Thirty in total, and one of the reserve for each follower without failures.
        assert!((30..=36).contains(&wrong) && wrong + waiting == 120, "minute {minute}: {wrong}, {waiting}");
        for n in 0..12 {
            let own = begin_login(&app).await;
            let answer = app.phone(&format!("oClean{minute}x{n}")).ask(own.code()).await;
            assert!(is_asked(&answer), "minute {minute}: {answer}");
        }
        app.clock.advance_ms(60_000);
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM audit_entries WHERE action = 'codes.slowed'").await, 1);
    // Codes typed on pages have a separate limit.
    assert_eq!(app.count("SELECT COUNT(*) FROM rate_counters WHERE bucket LIKE 'wrong-codes/%'").await, 0);
}

async fn digits_that_a_rule_answers_are_not_wrong_codes(database: &Database) {
    let app = App::on(database).await;
    edit::add(&app.ctx, &account(), &says("135790", "快递已签收")).await.unwrap();
    let phone = app.phone("oKeyword");
    for _ in 0..40 {
        assert_eq!(phone.ask("135790").await, "快递已签收");
    }
    // They do not count for the follower's limit.
    let secrets = begin_login(&app).await;
    for n in 0..10 {
        assert!(phone.ask(&wrong(n, secrets.code())).await.contains(WRONG), "{n}");
    }
    assert!(phone.ask(&wrong(11, secrets.code())).await.contains(WAIT));
    // Over the limit rules still answer, and a page's digits are not looked up.
    assert_eq!(phone.ask("135790").await, "快递已签收");
    assert!(phone.ask(secrets.code()).await.contains(WAIT));
    assert_eq!(status(&app, &secrets).await, Status::Waiting);
}

/// A user may have a rule for all digits.
async fn guesses_count_also_with_a_rule_for_all_digits(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oAllDigits");
    let owner = register(&app, &phone, "alldigits").await;
    let editor = Editor { owner_id: owner, actor_id: owner, ..account() };
    let all = Draft::of_text(TriggerKind::Keyword, "\\d{6}", MatchType::Regex, "都回这句");
    edit::add(&app.ctx, &editor, &all).await.unwrap();
    let secrets = begin_login(&app).await;
    for n in 0..80 {
        assert_eq!(phone.ask(&wrong(n, secrets.code())).await, "都回这句");
    }
    assert_eq!(phone.ask(secrets.code()).await, "都回这句", "no longer looked up");
    assert_eq!(status(&app, &secrets).await, Status::Waiting);
    app.clock.advance_ms(60_000);
    assert!(is_asked(&phone.ask(secrets.code()).await));
}
