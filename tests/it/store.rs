//! The database, without the rest: what the portable subset must do on every engine.

use crate::rig::{App, Database};
use weida::store;

crate::every_engine!(
    openids_that_differ_in_case_are_two_people,
    numbers_are_drawn_once,
    a_dropped_transaction_never_happened
);

async fn openids_that_differ_in_case_are_two_people(database: &Database) {
    let app = App::on(database).await;
    for openid in ["oAbC", "oaBc"] {
        app.phone(openid).follow().await;
    }
    let mut db = app.ctx.store.read().await.unwrap();
    for (openid, is_there) in [("oAbC", true), ("oaBc", true), ("OABC", false)] {
        let found = store::identity::find_identity(&mut db, &app.ctx.appid, openid).await.unwrap();
        assert_eq!(found.is_some(), is_there, "{openid}");
    }
}

async fn numbers_are_drawn_once(database: &Database) {
    let app = App::on(database).await;
    let tries = (0..40).map(|_| async {
        let mut tx = app.ctx.store.begin().await.unwrap();
        let n = store::fact::next_number(&mut tx, "user").await.unwrap();
        tx.commit().await.unwrap();
        n
    });
    let mut drawn = futures::future::join_all(tries).await;
    drawn.sort_unstable();
    assert_eq!(drawn, (1001..=1040).collect::<Vec<_>>());
}

async fn a_dropped_transaction_never_happened(database: &Database) {
    let app = App::on(database).await;
    let name = app.ctx.chance.token();
    {
        let mut tx = app.ctx.store.begin().await.unwrap();
        store::fact::insert_fact(&mut tx, &name, "x").await.unwrap();
    }
    assert_eq!(store::fact::find_fact(&mut app.ctx.store.read().await.unwrap(), &name).await.unwrap(), None);
    let mut tx = app.ctx.store.begin().await.unwrap();
    store::fact::insert_fact(&mut tx, &name, "😀 中文").await.unwrap();
    assert!(matches!(store::fact::insert_fact(&mut tx, &name, "y").await, Err(store::StoreError::Duplicate)));
    tx.rollback().await.unwrap();
}
