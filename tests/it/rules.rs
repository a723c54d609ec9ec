//! Rules as they are edited: all or nothing, by several at once, with a history that can be taken back.

use crate::rig::{App, BEGINNING_MS, Database, patient};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use weida::core::{
    CoreError, Flaw, Problem,
    clock::FakeClock,
    reply::{
        ACCOUNT, Answer, Cause, Content, Door, Keyword, Matching, Rule,
        draft::Draft,
        edit::{self, Editor, Plan, Update},
        history::{self, Action},
        place::{self, Spot},
        refusal::{Duplicate, Fault, Other, Refusal},
        search::{self, Query, Sort},
    },
};

crate::every_engine!(
    a_set_with_one_flaw_saves_nothing,
    every_duplicate_is_named_before_anything_is_saved,
    five_thousand_rules_come_in_at_once,
    the_later_of_two_editors_is_told,
    everything_can_be_taken_back,
    what_was_changed_since_is_not_taken_back,
    a_version_is_brought_back_also_where_the_rule_is_deleted,
    rules_are_found_sorted_and_paged,
    every_kind_of_content_comes_back,
    numbers_are_never_given_twice,
    what_was_so_already_is_no_change,
    a_rule_is_put_where_it_is_wanted,
    a_history_has_so_much_room,
);

pub fn account() -> Editor {
    Editor { owner_id: ACCOUNT, actor_id: 7, ..Editor::default() }
}

pub fn says(keyword: &str, text: &str) -> Draft {
    Draft::of_text(Cause::Keyword, keyword, Matching::Exact, text)
}

async fn rules(app: &App) -> Vec<Rule> {
    search::list(&app.ctx, ACCOUNT).await.unwrap()
}

fn faults(refused: Refusal) -> Vec<Fault> {
    match refused {
        Refusal::Drafts(faults) => faults,
        Refusal::Core(error) => panic!("{error}"),
    }
}

/// What is in the tables of rules.
async fn everything(app: &App) -> Vec<i64> {
    let mut found = Vec::new();
    for sql in [
        "SELECT COUNT(*) FROM reply_rules",
        "SELECT COUNT(*) FROM rule_keywords",
        "SELECT COUNT(*) FROM rule_contents",
        "SELECT COUNT(*) FROM rule_changes",
        "SELECT COUNT(*) FROM rule_versions",
        "SELECT COUNT(*) FROM audit_entries",
        "SELECT revision FROM revisions WHERE topic = 'rules'",
    ] {
        found.push(app.count(sql).await);
    }
    found
}

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
        (Draft::of_text(Cause::Keyword, "(", Matching::Regex, "x"), "keywords", Problem::BadPattern),
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
        let flaw = Flaw { field, problem };
        assert_eq!(faults(refused), [Fault { index: 1, flaws: vec![flaw], duplicates: Vec::new() }], "{draft:?}");
        let plan = Plan {
            add: vec![good.clone()],
            update: vec![Update { number: 1, revision: None, draft }],
            delete: Vec::new(),
        };
        assert_eq!(faults(edit::apply(&app.ctx, &account(), plan).await.unwrap_err())[0].index, 1);
        assert_eq!(everything(&app).await, before);
    }
    // Also where it is a number that is not there.
    let plan = Plan { add: vec![good], delete: vec![1, 99], ..Plan::default() };
    let refused = edit::apply(&app.ctx, &account(), plan).await.unwrap_err();
    assert!(matches!(refused, Refusal::Core(CoreError::NotFound)), "{refused:?}");
    assert_eq!(everything(&app).await, before);
}

async fn every_duplicate_is_named_before_anything_is_saved(database: &Database) {
    let app = App::on(database).await;
    edit::add(&app.ctx, &account(), &says("价格\n多少钱", "100 元")).await.unwrap();
    edit::add(&app.ctx, &account(), &Draft::of_text(Cause::Follow, "", Matching::Exact, "你好")).await.unwrap();
    let before = everything(&app).await;
    let drafts = vec![
        says("地址", "x"),
        says("ｐｒｉｃｅ\n价格！", "x"),
        says("PRICE", "x"),
        Draft::of_text(Cause::Follow, "", Matching::Exact, "x"),
        // Compared in another way it is another keyword.
        Draft::of_text(Cause::Keyword, "价格", Matching::Contains, "x"),
    ];
    let duplicate = |keyword: &str, with| Duplicate { keyword: keyword.to_owned(), matching: Matching::Exact, with };
    let expected = [
        (1, "keywords", vec![duplicate("价格！", Other::Rule(1))]),
        (2, "keywords", vec![duplicate("PRICE", Other::Draft(1))]),
        (3, "cause", vec![duplicate("", Other::Rule(2))]),
    ];
    let expected = expected.map(|(index, field, duplicates)| {
        let flaws = vec![Flaw { field, problem: Problem::Taken }];
        Fault { index, flaws, duplicates }
    });
    assert_eq!(faults(edit::check(&app.ctx, ACCOUNT, &drafts).await.unwrap_err()), expected);
    assert_eq!(faults(edit::add_many(&app.ctx, &account(), drafts).await.unwrap_err()), expected);
    assert_eq!(everything(&app).await, before);
    // Another owner's keywords are another's.
    let own = Editor { owner_id: 1001, actor_id: 1001, ..Editor::default() };
    edit::add(&app.ctx, &own, &says("价格", "我的")).await.unwrap();
    // A rule keeps its own keyword, and gives it up to another in one plan.
    let update = |number, draft| Update { number, revision: None, draft };
    let swap = vec![update(1, says("地址", "x")), update(3, says("价格", "y"))];
    edit::add(&app.ctx, &account(), &says("地址", "z")).await.unwrap();
    edit::apply(&app.ctx, &account(), Plan { update: swap, ..Plan::default() }).await.unwrap();
    let texts: Vec<_> = rules(&app).await.iter().map(|r| (r.number, r.text().to_owned())).collect();
    assert_eq!(texts, [(1, "x".to_owned()), (2, "你好".to_owned()), (3, "y".to_owned())]);
}

async fn five_thousand_rules_come_in_at_once(database: &Database) {
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
    // Taking back the adding is refused by nothing: everything says what it said.
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

async fn the_later_of_two_editors_is_told(database: &Database) {
    let app = App::on(database).await;
    let number = edit::add(&app.ctx, &account(), &says("价格", "100 元")).await.unwrap();
    let seen = search::find(&app.ctx, ACCOUNT, number).await.unwrap().revision;
    let other = Editor { actor_id: 8, door: Door::Chat, ..account() };
    edit::update(&app.ctx, &other, number, seen, &says("价格", "90 元")).await.unwrap();
    let refused = edit::update(&app.ctx, &account(), number, seen, &says("价格", "80 元")).await.unwrap_err();
    assert!(matches!(refused, Refusal::Core(CoreError::Conflict)), "{refused:?}");
    let rule = search::find(&app.ctx, ACCOUNT, number).await.unwrap();
    assert_eq!((rule.text(), rule.updated_by, rule.updated_door), ("90 元", Some(8), Door::Chat));
    // Many at the same moment: each revision is taken once.
    let all = futures::future::join_all((0..8).map(|n| {
        let (ctx, draft) = (app.ctx.clone(), says("价格", &format!("{n} 元")));
        async move { edit::update(&ctx, &account(), number, rule.revision, &draft).await }
    }));
    assert_eq!(all.await.iter().filter(|done| done.is_ok()).count(), 1);
    // And adding the same keyword at the same moment makes one rule.
    let all = futures::future::join_all((0..8).map(|_| {
        let ctx = app.ctx.clone();
        async move { edit::add(&ctx, &Editor { owner_id: 1001, ..account() }, &says("同时", "x")).await }
    }));
    assert_eq!(all.await.iter().filter(|done| done.is_ok()).count(), 1);
}

async fn everything_can_be_taken_back(database: &Database) {
    let app = App::on(database).await;
    let (ctx, editor) = (&app.ctx, account());
    let mut states = Vec::new();
    let state = async || rules(&app).await.iter().map(Draft::from).collect::<Vec<_>>();
    states.push(state().await);
    edit::add_many(ctx, &editor, vec![says("一", "1"), says("二", "2"), says("三", "3")]).await.unwrap();
    states.push(state().await);
    edit::update(ctx, &editor, 2, 1, &Draft { name: "二号".to_owned(), ..says("二\n贰", "两") }).await.unwrap();
    states.push(state().await);
    edit::set_enabled(ctx, &editor, &[1, 2], false).await.unwrap();
    states.push(state().await);
    edit::set_priority(ctx, &editor, &[3], 9).await.unwrap();
    edit::shift(ctx, &editor, &[1, 3], -1).await.unwrap();
    edit::delete(ctx, &editor, &[1, 2]).await.unwrap();
    assert_eq!(rules(&app).await.len(), 1);
    // Step by step back to the beginning.
    for action in [Action::Delete, Action::Priority, Action::Priority] {
        assert_eq!(history::undo_last(ctx, &editor).await.unwrap().action, action);
    }
    for (expected, action) in states.iter().rev().zip([Action::Disable, Action::Update, Action::Add]) {
        assert_eq!(&state().await, expected);
        assert_eq!(history::undo_last(ctx, &editor).await.unwrap().action, action);
    }
    assert_eq!(state().await, states[0]);
    let nothing = history::undo_last(ctx, &editor).await.unwrap_err();
    assert!(matches!(nothing, Refusal::Core(CoreError::NotFound)), "{nothing:?}");
    // An undoing is a change, and can be taken back itself.
    let all = history::changes(ctx, ACCOUNT, None, 50).await.unwrap();
    assert_eq!(all.len(), 12);
    assert_eq!((all[0].action, all[0].rules, all[0].undoes), (Action::Undo, 3, Some(all[11].id)));
    history::undo(ctx, &editor, all[0].id).await.unwrap();
    assert_eq!(state().await, states[1]);
    assert!(matches!(history::undo(ctx, &editor, all[0].id).await.unwrap_err(), Refusal::Core(CoreError::Conflict)));
    assert_eq!(history::undo_last(ctx, &editor).await.unwrap().action, Action::Add);
    assert_eq!(state().await, states[0]);
    // Only one's own changes are the last ones.
    edit::add(ctx, &Editor { actor_id: 8, ..account() }, &says("别人", "x")).await.unwrap();
    assert!(matches!(history::undo_last(ctx, &editor).await.unwrap_err(), Refusal::Core(CoreError::NotFound)));
}

async fn what_was_changed_since_is_not_taken_back(database: &Database) {
    let app = App::on(database).await;
    let (ctx, editor) = (&app.ctx, account());
    edit::add_many(ctx, &editor, vec![says("一", "1"), says("二", "2")]).await.unwrap();
    edit::delete(ctx, &editor, &[1]).await.unwrap();
    let deleted = history::changes(ctx, ACCOUNT, None, 1).await.unwrap()[0].id;
    // The keyword went to another rule meanwhile: it is named.
    edit::add(ctx, &Editor { actor_id: 8, ..account() }, &says("一", "新的")).await.unwrap();
    let named = faults(history::undo(ctx, &editor, deleted).await.unwrap_err());
    assert_eq!(named[0].duplicates[0].with, Other::Rule(3));
    // The other rule of the first change is as it was, this one is gone: nothing is half taken back.
    let before = everything(&app).await;
    let added = history::changes(ctx, ACCOUNT, None, 10).await.unwrap().pop().unwrap();
    assert!(matches!(history::undo(ctx, &editor, added.id).await.unwrap_err(), Refusal::Core(CoreError::Conflict)));
    assert_eq!(everything(&app).await, before);
    // Others' changes are out of reach.
    let stranger = Editor { owner_id: 1001, actor_id: 1001, ..Editor::default() };
    assert!(matches!(history::undo(ctx, &stranger, deleted).await.unwrap_err(), Refusal::Core(CoreError::NotFound)));
}

async fn a_version_is_brought_back_also_where_the_rule_is_deleted(database: &Database) {
    let app = App::on(database).await;
    let (ctx, editor) = (&app.ctx, account());
    // Longer than one piece of the history, with characters of every width.
    let long: String = "长 long 😀".chars().cycle().take(1_900).collect();
    let draft = Draft { contents: vec![Content::text(long.clone()); 5], ..says("价格", "") };
    edit::add(ctx, &editor, &draft).await.unwrap();
    edit::update(ctx, &editor, 1, 1, &says("价格", "90 元")).await.unwrap();
    edit::delete(ctx, &editor, &[1]).await.unwrap();
    let versions = history::versions(ctx, ACCOUNT, 1).await.unwrap();
    let texts: Vec<_> = versions
        .iter()
        .map(|v| {
            (v.change.action, v.before.as_ref().map(|r| r.contents.len()), v.after.as_ref().map(|r| r.contents.len()))
        })
        .collect();
    let expected = [(Action::Delete, Some(1), None), (Action::Update, Some(5), Some(1)), (Action::Add, None, Some(5))];
    assert_eq!(texts, expected);
    history::restore(ctx, &editor, 1, versions[1].change.id).await.unwrap();
    let rule = search::find(ctx, ACCOUNT, 1).await.unwrap();
    assert_eq!((rule.contents.len(), rule.text()), (5, long.trim()));
    assert!(rule.revision > versions[0].before.as_ref().unwrap().revision - 1);
    // It answers at once.
    assert_eq!(app.phone("oLong").ask("价格").await.chars().next(), Some('长'));
    let absent = history::restore(ctx, &editor, 1, versions[2].change.id).await.unwrap_err();
    assert!(matches!(absent, Refusal::Core(CoreError::NotFound)), "{absent:?}");
}

async fn rules_are_found_sorted_and_paged(database: &Database) {
    let app = App::on(database).await;
    let ctx = &app.ctx;
    let off = Draft { is_enabled: false, priority: 5, name: "促销%".to_owned(), ..says("Sale", "100% off_now!") };
    edit::add_many(
        ctx,
        &account(),
        vec![says("价格", "100 元"), off, Draft::of_text(Cause::Default, "", Matching::Exact, "不懂")],
    )
    .await
    .unwrap();
    let find = async |query: Query| {
        let page = search::search(ctx, ACCOUNT, &Query { size: 10, ..query }).await.unwrap();
        (page.total, page.rules.iter().map(|r| r.number).collect::<Vec<_>>())
    };
    let text = |text: &str| Query { text: text.to_owned(), ..Query::default() };
    assert_eq!(find(text("ＳＡＬＥ")).await, (1, vec![2]));
    assert_eq!(find(text("100%")).await, (1, vec![2]));
    assert_eq!(find(text("OFF_")).await, (1, vec![2]));
    assert_eq!(find(text("ｏｆｆ_Ｎow")).await, (1, vec![2]));
    assert_eq!(find(text("_")).await, (1, vec![2]));
    assert_eq!(find(text("!")).await, (1, vec![2]));
    assert_eq!(find(text("03")).await, (1, vec![3]));
    assert_eq!(find(text("100")).await, (2, vec![1, 2]));
    assert_eq!(find(text("促销%")).await, (1, vec![2]));
    assert_eq!(find(text("没有")).await, (0, vec![]));
    assert_eq!(find(Query { cause: Some(Cause::Default), ..Query::default() }).await, (1, vec![3]));
    assert_eq!(find(Query { is_enabled: Some(false), ..Query::default() }).await, (1, vec![2]));
    for (sort, is_descending, expected) in [
        (Sort::Number, true, [3, 2, 1]),
        (Sort::Priority, true, [2, 1, 3]),
        (Sort::Keyword, false, [3, 2, 1]),
        (Sort::Hits, true, [1, 2, 3]),
        (Sort::Updated, true, [3, 2, 1]),
    ] {
        let found = find(Query { sort, is_descending, ..Query::default() }).await;
        assert_eq!(found, (3, expected.to_vec()), "{sort:?}");
    }
    let second = search::search(ctx, ACCOUNT, &Query { page: 2, size: 2, ..Query::default() }).await.unwrap();
    assert_eq!((second.total, second.rules.len(), second.rules[0].number), (3, 1, 3));
    assert_eq!(search::search(ctx, 1001, &Query::default()).await.unwrap().total, 0);
}

async fn every_kind_of_content_comes_back(database: &Database) {
    let app = App::on(database).await;
    let own = |text: &str| text.to_owned();
    let url = || own("https://weida.example/x?a=1&b=2");
    let draft = Draft {
        name: own("所有"),
        cause: Cause::Menu,
        keywords: vec![
            Keyword { text: own("MENU_1"), matching: Matching::Exact },
            Keyword { text: own("MENU_"), matching: Matching::Prefix },
        ],
        contents: vec![
            Content::text("第一行\n第二行 <a href=\"https://weida.example/\">链接</a> 😀 ]]>"),
            Content::Image { media: own("weida:0123456789abcdefghijkl") },
            Content::Video { media: own("m_1-A"), title: own("题"), description: own("\"引\"") },
            Content::Music { title: own(""), description: own(""), url: own(""), hq_url: url(), thumb: own("t") },
            Content::News { title: own("题"), description: own("述"), picture_url: url(), url: url() },
        ],
        answer: Answer::Random,
        priority: -3,
        is_enabled: true,
    };
    edit::add(&app.ctx, &account(), &draft).await.unwrap();
    assert_eq!(Draft::from(&rules(&app).await[0]), draft);
    let json = serde_json::to_string(&draft).unwrap();
    assert_eq!(serde_json::from_str::<Draft>(&json).unwrap(), draft);
}

async fn numbers_are_never_given_twice(database: &Database) {
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

async fn what_was_so_already_is_no_change(database: &Database) {
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
    // What is a change gives itself, and that is the one which is taken back.
    let change = edit::set_enabled(ctx, &editor, &[1, 2], false).await.unwrap().unwrap();
    edit::set_priority(ctx, &editor, &[2], 999).await.unwrap().unwrap();
    assert_eq!(edit::shift(ctx, &editor, &[2], 1).await.unwrap(), None);
    assert_eq!(history::changes(ctx, ACCOUNT, None, 9).await.unwrap().len(), 3);
    assert!(history::changes(ctx, ACCOUNT, None, 9).await.unwrap().iter().any(|known| known.id == change));
}

async fn a_history_has_so_much_room(database: &Database) {
    let app = App::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &[("WEIDA_HISTORY_MEGABYTES", "1")]).await;
    let editor = Editor { owner_id: 1001, actor_id: 1001, ..Editor::default() };
    let drafts = (0..100).map(|n| says(&format!("词{n}"), &"x".repeat(2_000))).collect();
    let numbers = edit::add_many(&app.ctx, &editor, drafts).await.unwrap();
    // Each of these keeps some 230 KB.
    let mut latest = None;
    for round in 0..12 {
        latest = edit::shift(&app.ctx, &editor, &numbers, if round % 2 == 0 { 1 } else { -1 }).await.unwrap();
        // Sums are of another type on servers: by pieces of nearly one length, of characters on some.
        let pieces = app.count("SELECT COUNT(*) FROM rule_pieces").await;
        let kept = pieces * app.count("SELECT MAX(LENGTH(piece)) FROM rule_pieces").await;
        let counted = app.count("SELECT kept_bytes FROM rule_owners WHERE owner_id = 1001").await;
        assert!(counted <= 1024 * 1024 && (kept * 9 / 10..=kept * 11 / 10).contains(&counted), "{counted} of {kept}");
    }
    let changes = history::changes(&app.ctx, 1001, None, 50).await.unwrap();
    assert!((3..6).contains(&changes.len()) && Some(changes[0].id) == latest, "{}", changes.len());
    assert_eq!(app.count("SELECT COUNT(*) FROM rule_versions").await, 100 * i64::try_from(changes.len()).unwrap());
    // What is left can be taken back, the oldest of it too.
    history::undo(&app.ctx, &editor, changes[0].id).await.unwrap();
    // And it goes with its time.
    let other = App::with(database, Arc::new(FakeClock::at(BEGINNING_MS + 181 * 24 * 3_600_000)), &[]).await;
    weida::core::keep::sweep(&other.ctx).await.unwrap();
    assert_eq!(other.count("SELECT COUNT(*) FROM rule_changes").await, 0);
    assert_eq!(other.count("SELECT COUNT(*) FROM rule_pieces").await, 0);
    assert_eq!(other.count("SELECT kept_bytes FROM rule_owners WHERE owner_id = 1001").await, 0);
}

async fn a_rule_is_put_where_it_is_wanted(database: &Database) {
    let app = App::on(database).await;
    let (ctx, editor) = (&app.ctx, account());
    edit::add_many(ctx, &editor, ["一", "二", "三", "四"].map(|word| says(word, word)).to_vec()).await.unwrap();
    let order = async || {
        let query = Query { sort: Sort::Priority, is_descending: true, size: 10, ..Query::default() };
        let rules = search::search(ctx, ACCOUNT, &query).await.unwrap().rules;
        rules.into_iter().map(|rule| rule.number).collect::<Vec<_>>()
    };
    assert_eq!(order().await, [1, 2, 3, 4]);
    assert!(place::put(ctx, &editor, 4, Spot::Before(1)).await.unwrap().is_some());
    assert_eq!(order().await, [4, 1, 2, 3]);
    let change = place::put(ctx, &editor, 3, Spot::After(1)).await.unwrap();
    assert_eq!(order().await, [4, 1, 3, 2]);
    // Where it stands already nothing is written.
    assert_eq!(place::put(ctx, &editor, 3, Spot::Before(2)).await.unwrap(), None);
    for nowhere in [Spot::After(9), Spot::Before(3)] {
        let refused = place::put(ctx, &editor, 3, nowhere).await;
        assert!(matches!(refused, Err(Refusal::Core(CoreError::NotFound))), "{refused:?}");
    }
    assert!(place::put(ctx, &editor, 9, Spot::After(1)).await.is_err());
    // All that moved goes back together.
    history::undo(ctx, &editor, change.unwrap()).await.unwrap();
    assert_eq!(order().await, [4, 1, 2, 3]);
}
