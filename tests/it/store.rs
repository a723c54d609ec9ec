//! The store alone: behaviour that must be the same on every database engine.

use crate::rig::{App, Database, Engine};
use std::sync::Mutex;
use weida::store::{self, Store};

crate::every_engine!(
    openids_that_differ_in_case_are_two_people,
    numbers_are_drawn_once,
    a_dropped_transaction_is_rolled_back
);

async fn openids_that_differ_in_case_are_two_people(database: &Database) {
    let app = App::on(database).await;
    for openid in ["oAbC", "oaBc"] {
        app.phone(openid).follow().await;
    }
    let mut db = app.ctx.store.read().await.unwrap();
    for (openid, is_there) in [("oAbC", true), ("oaBc", true), ("OABC", false)] {
        let found = store::identity::find_identity(&mut db, &app.ctx.account.appid, openid).await.unwrap();
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

async fn a_dropped_transaction_is_rolled_back(database: &Database) {
    let app = App::on(database).await;
    let name = app.ctx.rng.token();
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

/// T-147: a message's transaction takes precedence over waiting writers, so that a flood of wrong guesses does not delay its answer.
#[tokio::test]
async fn a_messages_transaction_precedes_waiting_writers() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let store = Store::open(&database.url).await.unwrap();
    let order = Mutex::new(Vec::new());
    let write = async |is_message: bool| {
        let tx = if is_message { store.begin_urgent().await } else { store.begin().await };
        order.lock().unwrap().push(is_message);
        tx.unwrap().commit().await.unwrap();
    };
    let first = store.begin().await.unwrap();
    let mut others: Vec<_> = (0..40).map(|_| Box::pin(write(false))).collect();
    for other in &mut others {
        assert!(futures::poll!(other).is_pending());
    }
    let mut message = Box::pin(write(true));
    assert!(futures::poll!(&mut message).is_pending());
    first.commit().await.unwrap();
    futures::join!(futures::future::join_all(others), message);
    let position = order.lock().unwrap().iter().position(|is_message| *is_message).unwrap();
    assert!(position <= 1, "{position} writers were served before the message");
    store.close().await;
    database.close().await;
}
