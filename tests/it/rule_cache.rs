//! Large rule sets: answers do not wait for a rebuild, and a change is visible within a second at both of two instances.

use crate::rig::{App, BEGINNING_MS, Database, account, eventually, new_user, patient, says};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use weida::{
    base::clock::FakeClock,
    core::{
        message::preview::{Input, preview},
        rule::{ACCOUNT, MatchType, TriggerKind, cache, draft::Draft, edit, history, search::find},
    },
};

crate::every_engine!(
    a_change_of_one_among_thousands_is_visible_within_a_second,
    concurrent_loads_read_a_rule_set_once,
    a_user_may_have_fewer_expressions_than_the_account,
);

const SOON: Duration = Duration::from_secs(1);

async fn two_with(database: &Database, rules: usize) -> (App, App) {
    let clock = Arc::new(FakeClock::at(BEGINNING_MS));
    let one = App::with(database, clock.clone(), &[]).await;
    let drafts = (0..rules).map(|n| says(&format!("词{n}"), &format!("第 {n} 条"))).collect();
    edit::add_many(&one.ctx, &account(), drafts).await.unwrap();
    // Ids grow with time: the other instance must not draw ids from the same moment as these thousands.
    clock.advance_ms(60_000);
    let other = App::with(database, clock, &[]).await;
    (one, other)
}

async fn a_change_of_one_among_thousands_is_visible_within_a_second(database: &Database) {
    let (one, other) = two_with(database, 2_500).await;
    let phones = [one.phone("oHere"), other.phone("oThere")];
    for phone in &phones {
        assert_eq!(phone.ask("词2499").await, "第 2499 条");
    }
    let mut slowest = [Duration::ZERO; 2];
    for round in 0..3 {
        let text = format!("改了 {round} 次");
        let revision = find(&one.ctx, ACCOUNT, 7).await.unwrap().revision;
        edit::update(&one.ctx, &account(), 7, revision, &says("词6", &text)).await.unwrap();
        let added = edit::add(&one.ctx, &account(), &says(&format!("新{round}"), "新的")).await.unwrap();
        edit::delete(&one.ctx, &account(), &[100 + round]).await.unwrap();
        edit::set_enabled(&one.ctx, &account(), &[200 + round], false).await.unwrap();
        assert_eq!(added, 2_501 + round);
        let begun = Instant::now();
        for (phone, slowest) in phones.iter().zip(&mut slowest) {
            // During the rebuild, unchanged rules are answered from the old rule set.
            let asked = Instant::now();
            assert_eq!(phone.ask("词2000").await, "第 2000 条");
            assert!(asked.elapsed() < patient(SOON), "{:?}", asked.elapsed());
            let is_there = async || {
                phone.say("词6").await.as_deref() == Some(text.as_str())
                    && phone.say(&format!("新{round}")).await.is_some()
                    && phone.say(&format!("词{}", 99 + round)).await.is_none()
                    && phone.say(&format!("词{}", 199 + round)).await.is_none()
            };
            // A debug build with three databases on two cores takes ten times as long.
            assert!(eventually(SOON * 10, is_there).await, "the change did not arrive");
            *slowest = begun.elapsed().max(*slowest);
        }
    }
    // Change and undo all rules: the cache rebuilds instead of patching.
    let all: Vec<i64> = search_numbers(&one).await;
    edit::set_enabled(&one.ctx, &account(), &all, false).await.unwrap();
    assert!(eventually(SOON * 10, async || phones[1].say("词2000").await.is_none()).await);
    history::undo_last(&one.ctx, &account()).await.unwrap();
    assert!(eventually(SOON * 10, async || phones[1].say("词2000").await.is_some()).await);
    eprintln!(
        "{:?}: 2,500 rules, changed at one: there {:?}, at the other {:?}",
        database.engine, slowest[0], slowest[1]
    );
}

async fn search_numbers(app: &App) -> Vec<i64> {
    let rules = weida::core::rule::search::list(&app.ctx, ACCOUNT).await.unwrap();
    rules.iter().map(|rule| rule.number).collect()
}

async fn concurrent_loads_read_a_rule_set_once(database: &Database) {
    let (_one, other) = two_with(database, 2_000).await;
    let rule_sets = futures::future::join_all((0..20).map(|_| cache::load(&other.ctx, ACCOUNT))).await;
    let first = rule_sets[0].as_ref().unwrap();
    assert!(rule_sets.iter().all(|rule_set| Arc::ptr_eq(rule_set.as_ref().unwrap(), first)));
    assert_eq!(first.len(), 2_000);
    // A small rule set is rebuilt by the next load, so its owner sees a change immediately.
    assert_eq!(new_user(&other, "oOwner").await, 1_001);
    let own = edit::Editor { owner_id: 1_001, actor_id: 1_001, ..edit::Editor::default() };
    for n in 0..20 {
        let draft = Draft::of_text(TriggerKind::Keyword, &format!("我的{n}"), MatchType::Exact, "x");
        edit::add(&other.ctx, &own, &draft).await.unwrap();
        assert_eq!(cache::load(&other.ctx, 1_001).await.unwrap().len(), n + 1);
    }
    let shown = preview(&other.ctx, None, &Input::Text("词1999".to_owned())).await.unwrap();
    assert_eq!(shown.answered_by.as_str(), "account_rule");
}

/// Compiled expressions take memory while their owner writes, and there are many owners.
async fn a_user_may_have_fewer_expressions_than_the_account(database: &Database) {
    let app = App::on(database).await;
    assert_eq!(new_user(&app, "oOwner").await, 1_001);
    let own = edit::Editor { owner_id: 1_001, actor_id: 1_001, ..edit::Editor::default() };
    let drafts = |many: usize| {
        (0..many)
            .map(|n| Draft::of_text(TriggerKind::Keyword, &format!("^第{n}个(\\d+)$"), MatchType::Regex, "x"))
            .collect()
    };
    edit::add_many(&app.ctx, &account(), drafts(51)).await.unwrap();
    let refused = format!("{:?}", edit::add_many(&app.ctx, &own, drafts(51)).await.unwrap_err());
    assert!(refused.contains("expressions") && refused.contains("TooMany(50)"), "{refused}");
    edit::add_many(&app.ctx, &own, drafts(50)).await.unwrap();
    let rule_set = cache::load(&app.ctx, 1_001).await.unwrap();
    assert_eq!(rule_set.len(), 50);
    assert!((50_000..50_000_000).contains(&rule_set.expression_bytes()), "{}", rule_set.expression_bytes());
}
