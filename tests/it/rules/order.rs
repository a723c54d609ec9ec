//! Finding, sorting and reordering rules.

use crate::rig::{App, Database, account, says};
use weida::core::{
    CoreError,
    rule::{
        ACCOUNT, MatchType, TriggerKind,
        draft::Draft,
        edit::{self},
        history::{self},
        rejection::RuleRejection,
        reorder::{self, Spot},
        search::{self, Query, Sort},
    },
};

crate::every_engine!(rules_are_found_sorted_and_paged, a_rule_can_be_reordered,);

async fn rules_are_found_sorted_and_paged(database: &Database) {
    let app = App::on(database).await;
    let ctx = &app.ctx;
    let off = Draft { is_enabled: false, priority: 5, name: "促销%".to_owned(), ..says("Sale", "100% off_now!") };
    edit::add_many(
        ctx,
        &account(),
        vec![says("价格", "100 元"), off, Draft::of_text(TriggerKind::Default, "", MatchType::Exact, "不懂")],
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
    assert_eq!(find(Query { cause: Some(TriggerKind::Default), ..Query::default() }).await, (1, vec![3]));
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

async fn a_rule_can_be_reordered(database: &Database) {
    let app = App::on(database).await;
    let (ctx, editor) = (&app.ctx, account());
    edit::add_many(ctx, &editor, ["一", "二", "三", "四"].map(|word| says(word, word)).to_vec()).await.unwrap();
    let order = async || {
        let query = Query { sort: Sort::Priority, is_descending: true, size: 10, ..Query::default() };
        let rules = search::search(ctx, ACCOUNT, &query).await.unwrap().rules;
        rules.into_iter().map(|rule| rule.number).collect::<Vec<_>>()
    };
    assert_eq!(order().await, [1, 2, 3, 4]);
    assert!(reorder::put(ctx, &editor, 4, Spot::Before(1)).await.unwrap().is_some());
    assert_eq!(order().await, [4, 1, 2, 3]);
    let change = reorder::put(ctx, &editor, 3, Spot::After(1)).await.unwrap();
    assert_eq!(order().await, [4, 1, 3, 2]);
    // Moving a rule to its current position writes nothing.
    assert_eq!(reorder::put(ctx, &editor, 3, Spot::Before(2)).await.unwrap(), None);
    for nowhere in [Spot::After(9), Spot::Before(3)] {
        let refused = reorder::put(ctx, &editor, 3, nowhere).await;
        assert!(matches!(refused, Err(RuleRejection::Core(CoreError::NotFound))), "{refused:?}");
    }
    assert!(reorder::put(ctx, &editor, 9, Spot::After(1)).await.is_err());
    // Undo restores the position of every rule that moved.
    history::undo(ctx, &editor, change.unwrap()).await.unwrap();
    assert_eq!(order().await, [4, 1, 2, 3]);
}
