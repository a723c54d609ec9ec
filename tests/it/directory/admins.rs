//! Who may change users.

use crate::rig::{App, Database, admin, register, two_apps};
use futures::future::join_all;
use weida::core::account::ProfileColumn;
use weida::{
    core::{
        CoreError,
        account::{
            self, Role,
            directory::{self, Admin},
        },
    },
    store::{self, personal_data::Subject},
};

crate::every_engine!(
    the_last_admin_cannot_be_disabled,
    two_admins_who_dismiss_each_other_concurrently_leave_one,
    an_admin_who_was_dismissed_meanwhile_is_refused,
    the_setup_link_is_void_once_there_is_an_admin,
);

async fn the_last_admin_cannot_be_disabled(database: &Database) {
    let app = App::on(database).await;
    let ctx = &app.ctx;
    let root = admin(&app, "root").await;
    let id = root.user_id();
    assert!(directory::user_detail(ctx, &root, id).await.unwrap().is_last_admin);
    for done in [
        directory::set_enabled(ctx, &root, id, false, "x").await,
        directory::set_role(ctx, &root, id, Role::User).await,
        directory::delete(ctx, &root, id).await,
        account::deletion::delete(ctx, id, Some(id), "test").await,
    ] {
        assert!(matches!(done, Err(CoreError::LastAdmin)), "{done:?}");
    }
    let second = admin(&app, "second").await;
    directory::set_enabled(ctx, &root, second.user_id(), false, "休假").await.unwrap();
    // A disabled admin does not count.
    assert!(matches!(directory::delete(ctx, &root, id).await, Err(CoreError::LastAdmin)));
    directory::delete(ctx, &root, second.user_id()).await.unwrap();
    assert_eq!(app.count("SELECT COUNT(*) FROM users WHERE role = 'admin' AND is_enabled = 1").await, 1);
}

async fn two_admins_who_dismiss_each_other_concurrently_leave_one(database: &Database) {
    let (one, other) = two_apps(database, &[]).await;
    for round in 0..8 {
        let (a, b) = (admin(&one, &format!("a{round}")).await, admin(&other, &format!("b{round}")).await);
        let dismiss = async |app: &App, by: &Admin, whom: &Admin| match round % 3 {
            0 => directory::set_enabled(&app.ctx, by, whom.user_id(), false, "争执").await,
            1 => directory::set_role(&app.ctx, by, whom.user_id(), Role::User).await,
            _ => directory::delete(&app.ctx, by, whom.user_id()).await,
        };
        let done = join_all([dismiss(&one, &a, &b), dismiss(&other, &b, &a)]).await;
        assert_eq!(done.iter().filter(|d| d.is_ok()).count(), 1, "{done:?}");
        assert_eq!(one.count("SELECT COUNT(*) FROM users WHERE role = 'admin' AND is_enabled = 1").await, 1, "{round}");
        // The next round needs no other admin.
        let left = if done[0].is_ok() { &a } else { &b };
        let mut tx = one.ctx.store.begin().await.unwrap();
        store::personal_data::delete_of(&mut tx, Subject::User(left.user_id())).await.unwrap();
        tx.commit().await.unwrap();
    }
}

/// The admin role is checked when the change is made, not only when the request begins.
async fn an_admin_who_was_dismissed_meanwhile_is_refused(database: &Database) {
    let app = App::on(database).await;
    let ctx = &app.ctx;
    let (root, dismissed) = (admin(&app, "root").await, admin(&app, "dismissed").await);
    let user = register(&app, &app.phone("oSubject"), "subject").await;
    directory::set_role(ctx, &root, dismissed.user_id(), Role::User).await.unwrap();
    let state = async || {
        let mut found = Vec::new();
        for sql in [
            "SELECT COUNT(*) FROM users WHERE is_enabled = 1 AND level = 'normal' AND nickname <> 'x'",
            "SELECT COUNT(*) FROM users WHERE role = 'admin'",
            "SELECT COUNT(*) FROM credit_entries",
            "SELECT COUNT(*) FROM audit_entries",
        ] {
            found.push(app.count(sql).await);
        }
        found
    };
    let before = state().await;
    let forbidden = |done: Result<(), CoreError>| assert!(matches!(done, Err(CoreError::Forbidden)), "{done:?}");
    forbidden(directory::set_role(ctx, &dismissed, root.user_id(), Role::User).await);
    forbidden(directory::set_level(ctx, &dismissed, user, "vip").await);
    forbidden(directory::set_enabled(ctx, &dismissed, user, false, "x").await);
    forbidden(directory::adjust_credits(ctx, &dismissed, user, 5, "x").await.map(drop));
    forbidden(directory::sign_out_everywhere(ctx, &dismissed, user).await.map(drop));
    forbidden(directory::end_session(ctx, &dismissed, user, "x").await);
    let typed = [(ProfileColumn::Nickname, "x")];
    forbidden(directory::update_fields(ctx, &dismissed, user, &typed).await);
    forbidden(directory::delete(ctx, &dismissed, user).await);
    forbidden(directory::clear_all(ctx, &dismissed, directory::CONFIRM_CLEAR).await.map(drop));
    assert_eq!(state().await, before);
}

async fn the_setup_link_is_void_once_there_is_an_admin(database: &Database) {
    let app = App::on(database).await;
    let first = account::admin::renew_setup_link(&app.ctx).await.unwrap().unwrap();
    let link = account::admin::renew_setup_link(&app.ctx).await.unwrap().unwrap();
    assert!(!account::admin::is_setup_link(&app.ctx, &first).await.unwrap(), "a newer one replaces it");
    admin(&app, "root").await;
    let refused = async || account::admin::set_up(&app.ctx, &link, "mallory", "correct horse", "x").await;
    assert!(!account::admin::is_setup_link(&app.ctx, &link).await.unwrap());
    assert!(matches!(refused().await, Err(CoreError::Forbidden)));
    assert_eq!(account::admin::renew_setup_link(&app.ctx).await.unwrap(), None);
    // Also where an earlier version left the hash in the database.
    let mut tx = app.ctx.store.begin().await.unwrap();
    let hash = app.ctx.hash(weida::base::secret::Use::SetupLink, &link);
    store::fact::insert_fact(&mut tx, "setup-link-hash", &hash).await.unwrap();
    tx.commit().await.unwrap();
    assert!(matches!(refused().await, Err(CoreError::Forbidden)));
    assert_eq!(account::admin::renew_setup_link(&app.ctx).await.unwrap(), None);
    assert!(!account::admin::is_setup_link(&app.ctx, &link).await.unwrap());
    assert_eq!(app.count("SELECT COUNT(*) FROM users").await, 1);
}
