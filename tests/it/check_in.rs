//! The daily check-in: once a day of Beijing, days in a row, and the cap of a month.

use crate::rig::{App, BEGINNING_MS, Database, register};
use futures::future::join_all;
use std::sync::Arc;
use weida::{
    base::{
        beijing,
        clock::{Clock as _, FakeClock},
    },
    core::{
        account::{deletion, identity, unionid},
        credit,
    },
};

crate::every_engine!(
    a_day_is_a_day_of_beijing,
    one_of_many_check_ins_at_once_counts,
    every_seventh_day_in_a_row_gives_more,
    a_month_has_a_cap,
    a_new_account_of_the_same_person_does_not_check_in_twice,
    a_join_keeps_the_days_in_a_row,
);

/// An app with check-ins, and these settings for them.
async fn app_with(database: &Database, clock: &Arc<FakeClock>, settings: &str) -> App {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("Leptos.toml");
    let text = format!("[chat.commands]\ncheck-in = [\"签到\", \"check in\"]\n[check-in]\n{settings}\n");
    std::fs::write(&file, text).unwrap();
    App::configured(database, clock.clone(), &file).await
}

fn clock() -> Arc<FakeClock> {
    Arc::new(FakeClock::at(BEGINNING_MS))
}

async fn balance(app: &App, user: i64) -> i64 {
    credit::totals(&app.ctx, user).await.unwrap().balance
}

fn set(clock: &FakeClock, ms: i64) {
    clock.advance_ms(ms - clock.now_ms());
}

async fn a_day_is_a_day_of_beijing(database: &Database) {
    let clock = clock();
    let app = app_with(database, &clock, "credits = 3").await;
    let phone = app.phone("oDay");
    assert!(phone.ask("签到").await.contains("还没有账号"));
    let user = register(&app, &phone, "day").await;
    let before = balance(&app, user).await;
    // In Beijing the day ends at 16:00 UTC, not at 0:00.
    let midnight = beijing::start_of("2025-09-13").unwrap();
    set(&clock, midnight - 1);
    let document = phone.text("签到");
    let first = phone.push(&document).await.unwrap();
    assert_eq!(first, format!("签到成功！积分 +3，现有 {}。", before + 3));
    for _ in 0..2 {
        assert_eq!(phone.push(&document).await.as_deref(), Some(first.as_str()), "a redelivery is answered alike");
    }
    assert!(phone.ask("签到").await.contains("今天已经签到过了"));
    set(&clock, midnight);
    assert_eq!(phone.push(&document).await.as_deref(), Some(first.as_str()), "also on the next day");
    let second = phone.ask("Check in").await;
    assert!(second.contains("Checked in!") && second.contains("Days in a row: 2"), "{second}");
    // 8 hours later it is 0:00 UTC, and the same day in Beijing.
    set(&clock, midnight + 8 * 3_600_000);
    assert!(phone.ask("签到").await.contains("今天已经签到过了"));
    assert_eq!(balance(&app, user).await, before + 6);
    assert_eq!(app.count("SELECT COUNT(*) FROM credit_entries WHERE reason = 'check_in'").await, 2);
}

async fn one_of_many_check_ins_at_once_counts(database: &Database) {
    let clock = clock();
    let (one, other) = (app_with(database, &clock, "").await, app_with(database, &clock, "").await);
    let phone = one.phone("oMany");
    let user = register(&one, &phone, "many").await;
    let before = balance(&one, user).await;
    let phones = [phone, other.phone("oMany")];
    let answers = join_all((0..12).map(|n| {
        let phone = phones[n % 2].clone();
        async move { phone.ask("签到").await }
    }))
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.contains("签到成功")).count(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| answer.contains("已经签到过了")).count(), 11, "{answers:?}");
    assert_eq!(balance(&one, user).await, before + 1);
}

async fn every_seventh_day_in_a_row_gives_more(database: &Database) {
    let clock = clock();
    let app = app_with(database, &clock, "streak-days = 3\nstreak-credits = 10").await;
    let phone = app.phone("oRow");
    let user = register(&app, &phone, "row").await;
    let mut given = Vec::new();
    // A day is left out after the fourth.
    for days in [0, 1, 1, 1, 2, 1, 1] {
        clock.advance_ms(days * beijing::DAY_MS);
        let before = balance(&app, user).await;
        phone.ask("签到").await;
        given.push(balance(&app, user).await - before);
    }
    assert_eq!(given, [1, 1, 11, 1, 1, 1, 11]);
    assert_eq!(app.count("SELECT total FROM check_ins").await, 7);
}

async fn a_month_has_a_cap(database: &Database) {
    let clock = clock();
    let app = app_with(database, &clock, "credits = 4\nstreak-days = 0\nmonth-max-credits = 10").await;
    let phone = app.phone("oCap");
    let user = register(&app, &phone, "cap").await;
    let mut given = Vec::new();
    set(&clock, beijing::start_of("2025-09-27").unwrap());
    for day in 0..5 {
        let before = balance(&app, user).await;
        let answer = phone.ask("签到").await;
        assert_eq!(answer.contains("上限"), day == 2 || day == 3, "{answer}");
        given.push(balance(&app, user).await - before);
        clock.advance_ms(beijing::DAY_MS);
    }
    // The fifth day is in October.
    assert_eq!(given, [4, 4, 2, 0, 4]);
    assert_eq!(app.count("SELECT streak FROM check_ins").await, 5, "a day without credits is a day");
}

async fn a_new_account_of_the_same_person_does_not_check_in_twice(database: &Database) {
    let clock = clock();
    let app = app_with(database, &clock, "credits = 4\nmonth-max-credits = 6").await;
    let phone = app.phone("oAgain");
    let user = register(&app, &phone, "again").await;
    assert!(phone.ask("签到").await.contains("签到成功"));
    deletion::delete(&app.ctx, user, Some(user), "test").await.unwrap();
    assert_eq!(app.count("SELECT COUNT(*) FROM check_ins").await, 0);
    clock.advance_ms(61_000);
    let user = register(&app, &phone, "anew").await;
    let before = balance(&app, user).await;
    assert!(phone.ask("签到").await.contains("今天已经签到过了"));
    clock.advance_ms(beijing::DAY_MS);
    let answer = phone.ask("签到").await;
    assert!(answer.contains("+2") && answer.contains("上限"), "the month's cap stays: {answer}");
    assert_eq!(balance(&app, user).await, before + 2);
}

async fn a_join_keeps_the_days_in_a_row(database: &Database) {
    let clock = clock();
    let app = app_with(database, &clock, "").await;
    let phone = app.phone("oJoin");
    register(&app, &phone, "join").await;
    for _ in 0..2 {
        assert!(phone.ask("签到").await.contains("签到成功"));
        clock.advance_ms(beijing::DAY_MS);
    }
    let proven = identity::Proven {
        app: identity::App::MiniProgram,
        appid: "wxmini".to_owned(),
        openid: "miniJoin".to_owned(),
        unionid: Some("uJoin".to_owned()),
        nickname: None,
        avatar_url: None,
    };
    identity::meet(&app.ctx, &proven).await.unwrap();
    unionid::learn(&app.ctx, &phone.openid, "uJoin").await.unwrap();
    assert!(phone.ask("合并账号").await.contains("两个账号"));
    assert!(phone.ask("1").await.contains("合并好了"));
    assert!(phone.ask("签到").await.contains("已连续签到 3 天"));
    assert_eq!(app.count("SELECT COUNT(*) FROM check_ins").await, 1);
}
