//! Work in a transaction: retried after a collision, rolled back after an error, with its effects after the commit only.

use crate::rig::{self, App, Database, register};
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};
use weida::{
    core::{CoreError, account, token},
    store::{self, StoreError, TxError as _},
    transact,
};

crate::every_engine!(
    a_collision_is_retried_and_its_effects_run_once,
    an_error_rolls_back_and_no_effect_runs,
    endless_collisions_end,
    concurrent_work_on_one_row_is_done_one_after_the_other,
    a_commit_invalidates_what_the_instance_has_cached
);

/// Counts how often an effect ran.
#[derive(Clone, Default)]
struct Effect(Arc<AtomicU32>);

impl Effect {
    fn runs(&self) -> u32 {
        self.0.load(Ordering::SeqCst)
    }

    fn on(&self, tx: &mut store::Tx) {
        let counted = self.0.clone();
        tx.after_commit(move || {
            counted.fetch_add(1, Ordering::SeqCst);
        });
    }
}

async fn fact(app: &App, name: &str) -> Option<String> {
    store::fact::find_fact(&mut app.ctx.store.read().await.unwrap(), name).await.unwrap()
}

async fn a_collision_is_retried_and_its_effects_run_once(database: &Database) {
    let app = App::on(database).await;
    let (effect, mut attempts) = (Effect::default(), 0);
    let value = transact!(app.ctx.store, |tx| -> Result<i32, CoreError> {
        attempts += 1;
        effect.on(tx);
        store::fact::insert_fact(tx, "transact", "stored").await?;
        match attempts {
            // The row of a concurrent transaction, and a deadlock.
            1 => store::fact::insert_fact(tx, "transact", "again").await?,
            2 => return Err(StoreError::Collision.into()),
            _ => {}
        }
        assert_eq!(effect.runs(), 0);
        Ok(attempts)
    });
    assert_eq!(value.unwrap(), 3);
    assert_eq!(effect.runs(), 1);
    assert_eq!(fact(&app, "transact").await.as_deref(), Some("stored"));
}

async fn an_error_rolls_back_and_no_effect_runs(database: &Database) {
    let app = App::on(database).await;
    let (effect, mut attempts) = (Effect::default(), 0);
    let refused = transact!(app.ctx.store, |tx| -> Result<(), CoreError> {
        attempts += 1;
        effect.on(tx);
        store::fact::insert_fact(tx, "transact", "stored").await?;
        Err(CoreError::Forbidden)
    });
    assert!(matches!(refused, Err(CoreError::Forbidden)));
    assert_eq!((attempts, effect.runs()), (1, 0));
    assert_eq!(fact(&app, "transact").await, None);
}

async fn endless_collisions_end(database: &Database) {
    let app = App::on(database).await;
    let (effect, mut attempts) = (Effect::default(), 0);
    let refused = transact!(urgent app.ctx.store, |tx| -> Result<(), StoreError> {
        attempts += 1;
        effect.on(tx);
        Err(StoreError::Collision)
    });
    assert!(refused.unwrap_err().is_collision());
    assert_eq!((attempts, effect.runs()), (12, 0));
}

async fn concurrent_work_on_one_row_is_done_one_after_the_other(database: &Database) {
    let app = App::on(database).await;
    let effect = Effect::default();
    let works = (0..20).map(|_| async {
        transact!(app.ctx.store, |tx| -> Result<i64, StoreError> {
            effect.on(tx);
            store::fact::next_number(tx, "user").await
        })
    });
    let mut drawn: Vec<i64> = futures::future::join_all(works).await.into_iter().map(Result::unwrap).collect();
    drawn.sort_unstable();
    assert_eq!(drawn, (1001..=1020).collect::<Vec<_>>());
    assert_eq!(effect.runs(), 20);
}

async fn a_commit_invalidates_what_the_instance_has_cached(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oCached");
    register(&app, &phone, "cached").await;
    let user = account::identity::find_owner(&app.ctx, "oCached").await.unwrap().unwrap();
    let token = rig::token(&app.ctx, user.id, None).await.unwrap();
    // From here on the status is cached.
    token::verify(&app.ctx, &token).await.unwrap();
    account::session::revoke_others(&app.ctx, user.id, "").await.unwrap();
    assert!(matches!(token::verify(&app.ctx, &token).await, Err(CoreError::BadToken(_))));
}
