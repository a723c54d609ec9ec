//! Saving rules: all of a change or none of it.

use crate::rig::rules::{everything, faults, rules};
use crate::rig::{App, BEGINNING_MS, Database, account, new_user, patient, says};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use weida::{
    base::clock::FakeClock,
    core::{
        CoreError, FieldError, Problem,
        rule::{
            ACCOUNT, AnswerMode, Content, Keyword, MatchType, Source, TriggerKind,
            draft::Draft,
            edit::{self, Editor, Plan, Update},
            history::{self},
            rejection::{ConflictsWith, Duplicate, Fault, RuleRejection},
            search::{self, Query},
        },
    },
};

crate::every_engine!(
    a_set_with_one_flaw_saves_nothing,
    every_duplicate_is_named_before_anything_is_saved,
    five_thousand_rules_are_added_in_one_change,
    the_later_of_two_editors_gets_a_conflict,
    setting_the_current_state_is_no_change,
    numbers_are_never_reused,
    every_kind_of_content_is_stored_unchanged,
);

async fn a_set_with_one_flaw_saves_nothing(database: &Database) {
    let clock = Arc::new(FakeClock::at(BEGINNING_MS));
    let app = App::with(database, clock, &[("WEIDA_REPLY_MORE", "false")]).await;
    edit::add(&app.ctx, &account(), &says("价格", "100 元")).await.unwrap();
    let before = everything(&app).await;
    let article = || Content::News {
        title: "活动".to_owned(),
        description: String::new(),
        picture_url: String::new(),
        url: "https://weida.example/".to_owned(),
    };
    let good = says("好", "x");
    let bad: Vec<(Draft, &str, Problem)> = vec![
        (Draft::of_text(TriggerKind::Keyword, "(", MatchType::Regex, "x"), "keywords", Problem::BadPattern),
        (Draft { contents: Vec::new(), ..good.clone() }, "text", Problem::Empty),
        (Draft { contents: vec![article(), article(), article()], ..good.clone() }, "news", Problem::TooMany(1)),
        (says("长", &"x".repeat(3_000)), "text", Problem::TooManyBytes(2048)),
        (says(&"长".repeat(10_000), "x"), "keywords", Problem::TooLong(60)),
        (says("", "x"), "keywords", Problem::Empty),
        (Draft { priority: 1_000, ..good.clone() }, "priority", Problem::OutOfRange(-999, 999)),
        (Draft { contents: vec![Content::text("x"); 6], ..good.clone() }, "contents", Problem::TooMany(5)),
        (says(&(0..21).map(|n| n.to_string()).collect::<Vec<_>>().join("\n"), "x"), "keywords", Problem::TooMany(20)),
        (
            Draft { contents: vec![Content::Image { media: "no id".to_owned() }], ..good.clone() },
            "media",
            Problem::Malformed,
        ),
    ];
    for (draft, field, problem) in bad {
        let refused = edit::add_many(&app.ctx, &account(), vec![good.clone(), draft.clone()]).await.unwrap_err();
        let flaw = FieldError { field, problem };
        assert_eq!(faults(refused), [Fault { index: 1, flaws: vec![flaw], duplicates: Vec::new() }], "{draft:?}");
        let plan = Plan {
            add: vec![good.clone()],
            update: vec![Update { number: 1, revision: None, draft }],
            delete: Vec::new(),
        };
        assert_eq!(faults(edit::apply(&app.ctx, &account(), plan).await.unwrap_err())[0].index, 1);
        assert_eq!(everything(&app).await, before);
    }
    // Also if one number does not exist.
    let plan = Plan { add: vec![good], delete: vec![1, 99], ..Plan::default() };
    let refused = edit::apply(&app.ctx, &account(), plan).await.unwrap_err();
    assert!(matches!(refused, RuleRejection::Core(CoreError::NotFound)), "{refused:?}");
    assert_eq!(everything(&app).await, before);
}

async fn every_duplicate_is_named_before_anything_is_saved(database: &Database) {
    let app = App::on(database).await;
    edit::add(&app.ctx, &account(), &says("价格\n多少钱", "100 元")).await.unwrap();
    edit::add(&app.ctx, &account(), &Draft::of_text(TriggerKind::Follow, "", MatchType::Exact, "你好")).await.unwrap();
    let before = everything(&app).await;
    let drafts = vec![
        says("地址", "x"),
        says("ｐｒｉｃｅ\n价格！", "x"),
        says("PRICE", "x"),
        Draft::of_text(TriggerKind::Follow, "", MatchType::Exact, "x"),
        // With another match type it is another keyword.
        Draft::of_text(TriggerKind::Keyword, "价格", MatchType::Contains, "x"),
    ];
    let duplicate = |keyword: &str, with| Duplicate { keyword: keyword.to_owned(), matching: MatchType::Exact, with };
    let expected = [
        (1, "keywords", vec![duplicate("价格！", ConflictsWith::Rule(1))]),
        (2, "keywords", vec![duplicate("PRICE", ConflictsWith::Draft(1))]),
        (3, "cause", vec![duplicate("", ConflictsWith::Rule(2))]),
    ];
    let expected = expected.map(|(index, field, duplicates)| {
        let flaws = vec![FieldError { field, problem: Problem::Taken }];
        Fault { index, flaws, duplicates }
    });
    assert_eq!(faults(edit::check(&app.ctx, ACCOUNT, &drafts).await.unwrap_err()), expected);
    assert_eq!(faults(edit::add_many(&app.ctx, &account(), drafts).await.unwrap_err()), expected);
    assert_eq!(everything(&app).await, before);
    // Another owner may use the same keyword.
    let owner_id = new_user(&app, "oOwner").await;
    let own = Editor { owner_id, actor_id: owner_id, ..Editor::default() };
    edit::add(&app.ctx, &own, &says("价格", "我的")).await.unwrap();
    // Two rules may swap their keywords in one plan.
    let update = |number, draft| Update { number, revision: None, draft };
    let swap = vec![update(1, says("地址", "x")), update(3, says("价格", "y"))];
    edit::add(&app.ctx, &account(), &says("地址", "z")).await.unwrap();
    edit::apply(&app.ctx, &account(), Plan { update: swap, ..Plan::default() }).await.unwrap();
    let texts: Vec<_> = rules(&app).await.iter().map(|r| (r.number, r.text().to_owned())).collect();
    assert_eq!(texts, [(1, "x".to_owned()), (2, "你好".to_owned()), (3, "y".to_owned())]);
}

async fn five_thousand_rules_are_added_in_one_change(database: &Database) {
    let app = App::on(database).await;
    let drafts: Vec<Draft> = (0..5_000).map(|n| says(&format!("词{n}\n又词{n}"), &format!("第 {n} 条"))).collect();
    let timed = async |name: &str, work: std::pin::Pin<Box<dyn Future<Output = ()> + '_>>| {
        let begun = Instant::now();
        work.await;
        eprintln!("{:?}: {name} 5,000 rules: {:?}", database.engine, begun.elapsed());
        begun.elapsed()
    };
    let (ctx, editor) = (&app.ctx, account());
    let numbers: Vec<i64> = (1..=5_000).collect();
    let took =
        timed("add", Box::pin(async { assert_eq!(edit::add_many(ctx, &editor, drafts).await.unwrap(), numbers) }))
            .await;
    assert!(took < patient(Duration::from_secs(20)), "{took:?}");
    timed(
        "disable",
        Box::pin(async {
            edit::set_enabled(ctx, &editor, &numbers, false).await.unwrap().unwrap();
        }),
    )
    .await;
    timed("undo disable", Box::pin(async { assert_eq!(history::undo_last(ctx, &editor).await.unwrap().rules, 5_000) }))
        .await;
    timed(
        "delete",
        Box::pin(async {
            edit::delete(ctx, &editor, &numbers).await.unwrap().unwrap();
        }),
    )
    .await;
    assert_eq!(app.count("SELECT COUNT(*) FROM rule_keywords").await, 0);
    timed(
        "undo delete",
        Box::pin(async {
            history::undo_last(ctx, &editor).await.unwrap();
        }),
    )
    .await;
    let page =
        search::search(ctx, ACCOUNT, &Query { text: "词4999".to_owned(), size: 10, ..Query::default() }).await.unwrap();
    assert_eq!((page.total, page.rules[0].number, page.rules[0].is_enabled), (1, 5_000, true));
    // The addition can be undone, because every rule is in its original state.
    timed(
        "undo add",
        Box::pin(async {
            history::undo_last(ctx, &editor).await.unwrap();
        }),
    )
    .await;
    assert_eq!(app.count("SELECT COUNT(*) FROM reply_rules").await, 0);
    assert_eq!(app.count("SELECT rules FROM rule_owners WHERE owner_id = 0").await, 0);
}

async fn the_later_of_two_editors_gets_a_conflict(database: &Database) {
    let app = App::on(database).await;
    let number = edit::add(&app.ctx, &account(), &says("价格", "100 元")).await.unwrap();
    let seen = search::find(&app.ctx, ACCOUNT, number).await.unwrap().revision;
    let other = Editor { actor_id: 8, door: Source::Chat, ..account() };
    edit::update(&app.ctx, &other, number, seen, &says("价格", "90 元")).await.unwrap();
    let refused = edit::update(&app.ctx, &account(), number, seen, &says("价格", "80 元")).await.unwrap_err();
    assert!(matches!(refused, RuleRejection::Core(CoreError::Conflict)), "{refused:?}");
    let rule = search::find(&app.ctx, ACCOUNT, number).await.unwrap();
    assert_eq!((rule.text(), rule.updated_by, rule.updated_door), ("90 元", Some(8), Source::Chat));
    // Of concurrent updates of one revision one succeeds.
    let all = futures::future::join_all((0..8).map(|n| {
        let (ctx, draft) = (app.ctx.clone(), says("价格", &format!("{n} 元")));
        async move { edit::update(&ctx, &account(), number, rule.revision, &draft).await }
    }));
    assert_eq!(all.await.iter().filter(|done| done.is_ok()).count(), 1);
    // Concurrent additions of the same keyword create one rule.
    let owner_id = new_user(&app, "oOwner").await;
    let all = futures::future::join_all((0..8).map(|_| {
        let ctx = app.ctx.clone();
        async move { edit::add(&ctx, &Editor { owner_id, ..account() }, &says("同时", "x")).await }
    }));
    assert_eq!(all.await.iter().filter(|done| done.is_ok()).count(), 1);
}

async fn setting_the_current_state_is_no_change(database: &Database) {
    let app = App::on(database).await;
    let (ctx, editor) = (&app.ctx, account());
    edit::add_many(ctx, &editor, vec![says("一", "1"), says("二", "2")]).await.unwrap();
    let before = everything(&app).await;
    assert_eq!(edit::set_enabled(ctx, &editor, &[1, 2], true).await.unwrap(), None);
    assert_eq!(edit::set_priority(ctx, &editor, &[1], 0).await.unwrap(), None);
    let rule = search::find(ctx, ACCOUNT, 1).await.unwrap();
    assert_eq!(edit::update(ctx, &editor, 1, rule.revision, &says(" 一 ", "1\n")).await.unwrap(), None);
    assert_eq!(everything(&app).await, before);
    assert_eq!(search::find(ctx, ACCOUNT, 1).await.unwrap().revision, rule.revision);
    // A real change returns its id, and the history lists it.
    let change = edit::set_enabled(ctx, &editor, &[1, 2], false).await.unwrap().unwrap();
    edit::set_priority(ctx, &editor, &[2], 999).await.unwrap().unwrap();
    assert_eq!(edit::shift(ctx, &editor, &[2], 1).await.unwrap(), None);
    assert_eq!(history::changes(ctx, ACCOUNT, None, 9).await.unwrap().len(), 3);
    assert!(history::changes(ctx, ACCOUNT, None, 9).await.unwrap().iter().any(|known| known.id == change));
}

async fn numbers_are_never_reused(database: &Database) {
    let app = App::on(database).await;
    edit::add_many(&app.ctx, &account(), vec![says("一", "1"), says("二", "2")]).await.unwrap();
    edit::delete(&app.ctx, &account(), &[2]).await.unwrap();
    assert_eq!(edit::add(&app.ctx, &account(), &says("二", "新")).await.unwrap(), 3);
    let all = futures::future::join_all((0..10).map(|n| {
        let (ctx, draft) = (app.ctx.clone(), says(&format!("同{n}"), "x"));
        async move { edit::add(&ctx, &account(), &draft).await.unwrap() }
    }));
    let mut numbers = all.await;
    numbers.sort_unstable();
    assert_eq!(numbers, (4..=13).collect::<Vec<i64>>());
}

async fn every_kind_of_content_is_stored_unchanged(database: &Database) {
    let app = App::on(database).await;
    let own = |text: &str| text.to_owned();
    let url = || own("https://weida.example/x?a=1&b=2");
    let draft = Draft {
        name: own("所有"),
        cause: TriggerKind::Menu,
        keywords: vec![
            Keyword { text: own("MENU_1"), matching: MatchType::Exact },
            Keyword { text: own("MENU_"), matching: MatchType::Prefix },
        ],
        contents: vec![
            Content::text("第一行\n第二行 <a href=\"https://weida.example/\">链接</a> 😀 ]]>"),
            Content::Image { media: own("weida:0123456789abcdefghijkl") },
            Content::Video { media: own("m_1-A"), title: own("题"), description: own("\"引\"") },
            Content::Music { title: own(""), description: own(""), url: own(""), hq_url: url(), thumb: own("t") },
            Content::News { title: own("题"), description: own("述"), picture_url: url(), url: url() },
        ],
        answer: AnswerMode::Random,
        priority: -3,
        is_enabled: true,
    };
    edit::add(&app.ctx, &account(), &draft).await.unwrap();
    assert_eq!(Draft::from(&rules(&app).await[0]), draft);
    let json = serde_json::to_string(&draft).unwrap();
    assert_eq!(serde_json::from_str::<Draft>(&json).unwrap(), draft);
}
