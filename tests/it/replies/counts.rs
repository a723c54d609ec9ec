//! Hits, and messages without an answer.

use crate::rig::replies::own;
use crate::rig::{APPID, App, BEGINNING_MS, Database, account, register, says};
use std::sync::Arc;
use weida::{
    base::clock::FakeClock,
    core::{
        message::unanswered,
        rule::{
            ACCOUNT, MatchType, TriggerKind,
            draft::Draft,
            edit::{self},
            stats,
        },
    },
    store::message::{MessageRow, insert_message},
};

crate::every_engine!(
    unanswered_messages_are_listed,
    the_unanswered_list_skips_what_rules_answer_now,
    hits_and_misses_are_counted_by_day,
);

async fn unanswered_messages_are_listed(database: &Database) {
    let app = App::on(database).await;
    edit::add_many(
        &app.ctx,
        &account(),
        vec![says("价格", "x"), Draft::of_text(TriggerKind::Default, "", MatchType::Exact, "不懂")],
    )
    .await
    .unwrap();
    let phone = app.phone("oMissed");
    let user = register(&app, &phone, "missed").await;
    for text in ["怎么退货", "怎么退货？", "　怎么退货", "价格", "营业吗", "帮助", "123456"] {
        app.clock.advance_ms(1_000);
        phone.say(text).await;
    }
    app.phone("oElse").say("营业吗").await;
    app.phone("oElse").say("怎么退货").await;
    let groups = async |owner| {
        let groups = unanswered::inbox(&app.ctx, owner, 10).await.unwrap();
        groups.into_iter().map(|g| (g.folded, g.count)).collect::<Vec<_>>()
    };
    assert_eq!(groups(ACCOUNT).await, [(own("怎么退货"), 4), (own("营业吗"), 2)]);
    assert_eq!(groups(user).await, [(own("怎么退货"), 3), (own("营业吗"), 1)]);
    assert_eq!(groups(user + 1).await, []);
    // A rule for the text removes it from the list, and deleting the rule restores it.
    let number = edit::add(&app.ctx, &account(), &says("怎么退货", "七天内")).await.unwrap();
    assert_eq!(groups(ACCOUNT).await, [(own("营业吗"), 2)]);
    edit::delete(&app.ctx, &account(), &[number]).await.unwrap();
    assert_eq!(groups(ACCOUNT).await.len(), 2);
    assert_eq!(unanswered::dismiss(&app.ctx, ACCOUNT, "怎么退货").await.unwrap(), 4);
    assert_eq!(unanswered::dismiss(&app.ctx, ACCOUNT, "怎么退货").await.unwrap(), 0);
    assert_eq!(groups(ACCOUNT).await, [(own("营业吗"), 2)]);
    // Each owner has a separate list.
    assert_eq!(groups(user).await, [(own("怎么退货"), 3), (own("营业吗"), 1)]);
    assert_eq!(unanswered::dismiss(&app.ctx, user, "营业吗").await.unwrap(), 1);
    assert_eq!(groups(ACCOUNT).await, [(own("营业吗"), 2)]);
    // A later message is listed again.
    app.phone("oElse").say("怎么退货").await;
    assert_eq!(groups(ACCOUNT).await, [(own("营业吗"), 2), (own("怎么退货"), 1)]);
    // With message storage off nothing is listed.
    drop(app);
    let app = App::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &[("WEIDA_MESSAGE_DAYS", "0")]).await;
    app.phone("oQuiet").say("没有记下").await;
    assert_eq!(app.count("SELECT COUNT(*) FROM messages WHERE openid = 'oQuiet' AND (missed IS NOT NULL OR trace IS NOT NULL OR content IS NOT NULL)").await, 0);
    assert_eq!(app.count("SELECT COUNT(*) FROM messages WHERE openid = 'oQuiet'").await, 1);
}

async fn the_unanswered_list_skips_what_rules_answer_now(database: &Database) {
    let app = App::on(database).await;
    let mut tx = app.ctx.store.begin().await.unwrap();
    for n in 0..230 {
        let missed = if n < 205 { format!("问题{n}") } else { format!("别的{n}") };
        // The first 205 were sent twice, so they are the most frequent.
        for _ in 0..if n < 205 { 2 } else { 1 } {
            let row = MessageRow {
                id: app.ctx.next_id(),
                appid: APPID.to_owned(),
                openid: "oMany".to_owned(),
                user_id: None,
                kind: "text".to_owned(),
                content: Some(missed.clone()),
                answered_by: "none".to_owned(),
                rule_id: None,
                reply_kind: "none".to_owned(),
                took_us: 1,
                received_at: BEGINNING_MS,
                trace: None,
                missed: Some(missed.clone()),
            };
            insert_message(&mut tx, &row).await.unwrap();
        }
    }
    tx.commit().await.unwrap();
    assert_eq!(unanswered::inbox(&app.ctx, ACCOUNT, unanswered::MOST).await.unwrap().len(), 200);
    let draft = Draft::of_text(TriggerKind::Keyword, "问题", MatchType::Contains, "知道了");
    edit::add(&app.ctx, &account(), &draft).await.unwrap();
    let open = unanswered::inbox(&app.ctx, ACCOUNT, unanswered::MOST).await.unwrap();
    assert!(open.len() == 25 && open.iter().all(|group| group.folded.starts_with("别的")), "{}", open.len());
}

async fn hits_and_misses_are_counted_by_day(database: &Database) {
    let app = App::on(database).await;
    edit::add_many(
        &app.ctx,
        &account(),
        vec![says("价格", "x"), says("地址", "x"), Draft::of_text(TriggerKind::Default, "", MatchType::Exact, "不懂")],
    )
    .await
    .unwrap();
    let phone = app.phone("oCounted");
    let day_ms = 24 * 3_600_000;
    for (hits, misses) in [(3, 1), (0, 0), (1, 2)] {
        for _ in 0..hits {
            phone.ask("价格").await;
        }
        for _ in 0..misses {
            phone.ask("什么").await;
        }
        app.clock.advance_ms(day_ms);
    }
    // Redeliveries count once; concurrent messages all count.
    let document = phone.text("价格");
    futures::future::join_all((0..4).map(|_| phone.push(&document))).await;
    futures::future::join_all((0..10).map(|n| {
        let phone = app.phone(&format!("oParallel{n}"));
        async move { phone.ask("价格").await }
    }))
    .await;
    let stats = stats::stats(&app.ctx, ACCOUNT, 7).await.unwrap();
    let days: Vec<_> = stats.days.iter().map(|d| (d.hits, d.misses)).collect();
    assert_eq!(days, [(0, 0), (0, 0), (0, 0), (3, 1), (0, 0), (1, 2), (11, 0)]);
    let rules = weida::core::rule::search::list(&app.ctx, ACCOUNT).await.unwrap();
    assert_eq!(stats.rules[&rules[0].id], [0, 0, 0, 3, 0, 1, 11]);
    assert_eq!((stats.hits_of(rules[0].id), rules[0].hits, stats.hits_of(rules[1].id)), (15, 15, 0));
    assert_eq!((stats.hits_of(rules[2].id), rules[2].hits), (3, 3));
    let two = stats::hits_of(&app.ctx, &[rules[0].id, rules[1].id], 2).await.unwrap();
    assert_eq!((two.len(), &two[&rules[0].id]), (1, &vec![1, 11]));
}
