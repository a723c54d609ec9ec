//! The history of rules, and undo.

use crate::rig::rules::{everything, faults, rules};
use crate::rig::{App, BEGINNING_MS, Database, account, new_user, says};
use std::sync::Arc;
use weida::{
    base::clock::FakeClock,
    core::{
        CoreError,
        rule::{
            ACCOUNT, Content,
            draft::Draft,
            edit::{self, Editor},
            history::{self, Action},
            rejection::{ConflictsWith, RuleRejection},
            search::{self},
        },
    },
};

crate::every_engine!(
    every_change_can_be_undone,
    a_rule_that_changed_since_is_not_undone,
    a_version_can_be_restored_also_for_a_deleted_rule,
    a_change_is_shown_whole_also_when_its_rules_changed_since,
    the_history_has_a_size_limit,
);

async fn every_change_can_be_undone(database: &Database) {
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
    // Undo every change, latest first.
    for action in [Action::Delete, Action::Priority, Action::Priority] {
        assert_eq!(history::undo_last(ctx, &editor).await.unwrap().action, action);
    }
    for (expected, action) in states.iter().rev().zip([Action::Disable, Action::Update, Action::Add]) {
        assert_eq!(&state().await, expected);
        assert_eq!(history::undo_last(ctx, &editor).await.unwrap().action, action);
    }
    assert_eq!(state().await, states[0]);
    let nothing = history::undo_last(ctx, &editor).await.unwrap_err();
    assert!(matches!(nothing, RuleRejection::Core(CoreError::NotFound)), "{nothing:?}");
    // An undo is a change and can be undone.
    let all = history::changes(ctx, ACCOUNT, None, 50).await.unwrap();
    assert_eq!(all.len(), 12);
    assert_eq!((all[0].action, all[0].rules, all[0].undoes), (Action::Undo, 3, Some(all[11].id)));
    history::undo(ctx, &editor, all[0].id).await.unwrap();
    assert_eq!(state().await, states[1]);
    assert!(matches!(
        history::undo(ctx, &editor, all[0].id).await.unwrap_err(),
        RuleRejection::Core(CoreError::Conflict)
    ));
    assert_eq!(history::undo_last(ctx, &editor).await.unwrap().action, Action::Add);
    assert_eq!(state().await, states[0]);
    // `undo_last` considers only the editor's own changes.
    edit::add(ctx, &Editor { actor_id: 8, ..account() }, &says("别人", "x")).await.unwrap();
    assert!(matches!(history::undo_last(ctx, &editor).await.unwrap_err(), RuleRejection::Core(CoreError::NotFound)));
}

async fn a_rule_that_changed_since_is_not_undone(database: &Database) {
    let app = App::on(database).await;
    let (ctx, editor) = (&app.ctx, account());
    edit::add_many(ctx, &editor, vec![says("一", "1"), says("二", "2")]).await.unwrap();
    edit::delete(ctx, &editor, &[1]).await.unwrap();
    let deleted = history::changes(ctx, ACCOUNT, None, 1).await.unwrap()[0].id;
    // Another rule has the keyword meanwhile: the refusal names it.
    edit::add(ctx, &Editor { actor_id: 8, ..account() }, &says("一", "新的")).await.unwrap();
    let named = faults(history::undo(ctx, &editor, deleted).await.unwrap_err());
    assert_eq!(named[0].duplicates[0].with, ConflictsWith::Rule(3));
    // One rule of the first change is unchanged and one is deleted: the undo changes neither.
    let before = everything(&app).await;
    let added = history::changes(ctx, ACCOUNT, None, 10).await.unwrap().pop().unwrap();
    assert!(matches!(
        history::undo(ctx, &editor, added.id).await.unwrap_err(),
        RuleRejection::Core(CoreError::Conflict)
    ));
    assert_eq!(everything(&app).await, before);
    // Another owner's changes cannot be undone.
    let other = Editor { owner_id: 1001, actor_id: 1001, ..Editor::default() };
    assert!(matches!(history::undo(ctx, &other, deleted).await.unwrap_err(), RuleRejection::Core(CoreError::NotFound)));
}

async fn a_version_can_be_restored_also_for_a_deleted_rule(database: &Database) {
    let app = App::on(database).await;
    let (ctx, editor) = (&app.ctx, account());
    // Longer than one stored part of the history, with characters of every UTF-8 length.
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
    // The restored rule answers immediately.
    assert_eq!(app.phone("oLong").ask("价格").await.chars().next(), Some('长'));
    let absent = history::restore(ctx, &editor, 1, versions[2].change.id).await.unwrap_err();
    assert!(matches!(absent, RuleRejection::Core(CoreError::NotFound)), "{absent:?}");
}

async fn a_change_is_shown_whole_also_when_its_rules_changed_since(database: &Database) {
    let app = App::on(database).await;
    let (ctx, editor) = (&app.ctx, account());
    edit::add(ctx, &editor, &says("价格", "一")).await.unwrap();
    edit::add(ctx, &editor, &says("地址", "甲")).await.unwrap();
    edit::update(ctx, &editor, 1, 1, &says("价格", "二")).await.unwrap();
    edit::set_enabled(ctx, &editor, &[1, 2], false).await.unwrap();
    edit::update(ctx, &editor, 1, 3, &says("价格", "三")).await.unwrap();
    edit::delete(ctx, &editor, &[2]).await.unwrap();
    let changes = history::changes(ctx, ACCOUNT, None, 50).await.unwrap();
    let rows: Vec<_> = changes.iter().map(|change| (change.action, change.number, change.labels.join(","))).collect();
    let named = |action, number, labels: &str| (action, number, labels.to_owned());
    assert_eq!(
        rows,
        [
            named(Action::Delete, Some(2), "地址"),
            named(Action::Update, Some(1), "价格"),
            named(Action::Disable, None, "价格,地址"),
            named(Action::Update, Some(1), "价格"),
            named(Action::Add, Some(2), "地址"),
            named(Action::Add, Some(1), "价格"),
        ]
    );
    let text =
        |rule: &Option<weida::core::rule::Rule>| rule.as_ref().map(|rule| (rule.text().to_owned(), rule.is_enabled));
    let mut seen = Vec::new();
    for change in changes.iter().rev() {
        let (_, versions) = history::change(ctx, ACCOUNT, change.id).await.unwrap();
        seen.extend(versions.iter().map(|v| (v.number, text(&v.before), text(&v.after), v.is_deleted)));
    }
    let some = |text: &str, is_enabled: bool| Some((text.to_owned(), is_enabled));
    assert_eq!(
        seen,
        [
            (1, None, some("一", true), false),
            (2, None, some("甲", true), false),
            (1, some("一", true), some("二", true), false),
            (1, some("二", true), some("二", false), false),
            (2, some("甲", true), some("甲", false), false),
            (1, some("二", false), some("三", true), false),
            (2, some("甲", false), None, true),
        ]
    );
}

async fn the_history_has_a_size_limit(database: &Database) {
    let app = App::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &[("WEIDA_HISTORY_MEGABYTES", "1")]).await;
    let owner_id = new_user(&app, "oOwner").await;
    assert_eq!(owner_id, 1001);
    let editor = Editor { owner_id, actor_id: owner_id, ..Editor::default() };
    let drafts = (0..100).map(|n| says(&format!("词{n}"), &"x".repeat(2_000))).collect();
    let numbers = edit::add_many(&app.ctx, &editor, drafts).await.unwrap();
    // Each of these changes stores some 230 KB of history.
    let mut latest = None;
    for round in 0..12 {
        latest = edit::shift(&app.ctx, &editor, &numbers, if round % 2 == 0 { 1 } else { -1 }).await.unwrap();
        // SUM has another type on servers, so multiply the number of parts by the longest; some engines count characters.
        let parts = app.count("SELECT COUNT(*) FROM rule_pieces").await;
        let stored = parts * app.count("SELECT MAX(LENGTH(piece)) FROM rule_pieces").await;
        let counted = app.count("SELECT kept_bytes FROM rule_owners WHERE owner_id = 1001").await;
        assert!(
            counted <= 1024 * 1024 && (stored * 9 / 10..=stored * 11 / 10).contains(&counted),
            "{counted} of {stored}"
        );
    }
    let changes = history::changes(&app.ctx, 1001, None, 50).await.unwrap();
    assert!((3..6).contains(&changes.len()) && Some(changes[0].id) == latest, "{}", changes.len());
    assert_eq!(app.count("SELECT COUNT(*) FROM rule_versions").await, 100 * i64::try_from(changes.len()).unwrap());
    // The remaining history can be undone.
    history::undo(&app.ctx, &editor, changes[0].id).await.unwrap();
    // Cleanup deletes expired history.
    let other = App::with(database, Arc::new(FakeClock::at(BEGINNING_MS + 181 * 24 * 3_600_000)), &[]).await;
    weida::core::cleanup::delete_expired(&other.ctx).await.unwrap();
    assert_eq!(other.count("SELECT COUNT(*) FROM rule_changes").await, 0);
    assert_eq!(other.count("SELECT COUNT(*) FROM rule_pieces").await, 0);
    assert_eq!(other.count("SELECT kept_bytes FROM rule_owners WHERE owner_id = 1001").await, 0);
}
