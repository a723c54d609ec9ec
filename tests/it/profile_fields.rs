//! Each profile field, whichever there are: typed on `/me/profile` or by an admin, shown, exported, and kept when two accounts are joined.

use crate::rig::{App, Browser, Database, admin, register};
use futures::TryStreamExt as _;
use serde_json::Value;
use weida::{
    core::account::{ProfileColumn, export::export, field},
    store,
};

crate::every_engine!(a_profile_field_is_typed_shown_exported_and_merged);

/// A text that this field accepts, and that no other place of a page has.
fn sample(column: ProfileColumn, n: usize) -> String {
    let texts = [format!("1987-06-1{n}"), format!("155-0013-807{n}"), format!("{}{n}@mail.example", column.name())];
    // The most special form that is accepted: a name accepts all of them.
    texts.into_iter().rev().find(|text| field::profile(column, text).is_ok()).expect("a text for this field")
}

async fn a_profile_field_is_typed_shown_exported_and_merged(database: &Database) {
    let app = App::on(database).await;
    let user_id = register(&app, &app.phone("oProfile"), "profile-user").await;
    admin(&app, "root").await;
    let signed_in = async |username: &str| {
        let browser = Browser::on(&app);
        browser.post("/do/login", &[("username", username), ("password", "correct horse")]).await;
        browser
    };
    let (own, root) = (signed_in("profile-user").await, signed_in("root").await);
    let page = format!("/admin/users/{user_id}");
    let id = user_id.to_string();

    // Typed by an admin: every field. Shown to admins; to the user those that they edit themselves.
    let by_admin: Vec<_> = ProfileColumn::ALL.iter().map(|column| (*column, sample(*column, 1))).collect();
    let mut fields = vec![("user", id.as_str())];
    fields.extend(by_admin.iter().map(|(column, text)| (column.name(), text.as_str())));
    assert_eq!(root.post("/do/user-profile", &fields).await.location(), page);
    for (column, text) in &by_admin {
        assert!(root.get(&page).await.body.contains(text.as_str()), "{column:?} on {page}");
        assert_eq!(own.get("/me/profile").await.body.contains(text.as_str()), field::is_own(*column), "{column:?}");
    }

    // Typed by the user: their own fields change, the operator's do not. A field that the form lacks stays.
    let by_user: Vec<_> = ProfileColumn::ALL.iter().map(|column| (*column, sample(*column, 2))).collect();
    let fields: Vec<_> = by_user.iter().map(|(column, text)| (column.name(), text.as_str())).collect();
    own.post("/do/profile", &fields).await;
    own.post("/do/profile", &[("nickname", &by_user[0].1)]).await;
    let expected =
        |column: ProfileColumn, at: usize| if field::is_own(column) { &by_user[at].1 } else { &by_admin[at].1 };
    let parts: Vec<String> = export(&app.ctx, user_id).await.unwrap().try_collect().await.unwrap();
    let exported: Value = serde_json::from_str(&parts.concat()).unwrap();
    for (at, column) in ProfileColumn::ALL.iter().enumerate() {
        assert_eq!(exported["user"][column.name()], *expected(*column, at), "{column:?}");
    }

    // A wrong text is shown again with its error, and changes nothing.
    for column in field::own_profile() {
        own.post("/do/profile", &[(column.name(), "\u{202e}?")]).await;
        let text = own.get("/me/profile").await.body;
        assert!(text.contains("aria-invalid=\"true\""), "{column:?}: {text}");
    }

    // An account that is joined to another one gives the fields that the other lacks.
    let bare = register(&app, &app.phone("oBare"), "bare-user").await;
    let mut tx = app.ctx.store.begin().await.unwrap();
    let given = store::user::find_user(&mut tx, user_id).await.unwrap().unwrap();
    store::personal_data::update_completed_by(&mut tx, bare, ("normal", None), given.id, 1).await.unwrap();
    let merged = store::user::find_user(&mut tx, bare).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    for (at, column) in ProfileColumn::ALL.iter().enumerate() {
        let own_name = (*column == ProfileColumn::Nickname).then(|| "bare-user".to_owned());
        let wanted = own_name.unwrap_or_else(|| expected(*column, at).clone());
        assert_eq!(merged.profile(*column), Some(wanted), "{column:?}");
    }
    assert_eq!(given.profile(ProfileColumn::Nickname).as_ref(), Some(&by_user[0].1), "wrong texts change nothing");
}
