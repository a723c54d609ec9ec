//! T-300: the list of what belongs to a person names every column of the schema, and joining and exporting follow it.

use crate::rig::{App, Database, Phone, register};
use std::collections::BTreeSet;
use weida::{
    core::account::{
        ProfileColumn::{self, Email, Nickname, RealName},
        identity::{self, App as Kind, Proven},
        unionid,
    },
    store::personal_data::list_tables,
};

crate::every_engine!(
    every_column_of_the_schema_is_in_the_list,
    a_join_moves_what_the_list_says,
    answers_and_audit_entries_go_with_the_joined_account,
);

async fn every_column_of_the_schema_is_in_the_list(database: &Database) {
    let _app = App::on(database).await;
    let listed = list_tables()
        .into_iter()
        .flat_map(|table| table.columns.iter().map(|column| format!("{}.{}", table.name, column.name)));
    let listed: Vec<String> = listed.collect();
    let known: BTreeSet<String> = listed.iter().cloned().collect();
    assert_eq!(known.len(), listed.len(), "a column stands in the list twice");
    let schema: BTreeSet<String> = database
        .schema()
        .await
        .into_iter()
        .filter(|column| !column.table.starts_with("_sqlx") && !column.table.starts_with("sqlite_"))
        .map(|column| format!("{}.{}", column.table, column.name))
        .collect();
    assert!(schema.len() > 200, "{} columns were found", schema.len());
    let missing: Vec<_> = schema.difference(&known).collect();
    assert!(missing.is_empty(), "say in src/store/personal_data what becomes of these columns: {missing:?}");
    let gone: Vec<_> = known.difference(&schema).collect();
    assert!(gone.is_empty(), "the schema has no such columns: {gone:?}");
}

/// A phone with a registered account, and the account that its owner got by the mini-program. Returns the ids in this order.
async fn two_accounts(app: &App, name: &str) -> (Phone, i64, i64) {
    let phone = app.phone(&format!("o{name}"));
    let registered = register(app, &phone, name).await;
    let proven = Proven {
        app: Kind::MiniProgram,
        appid: "wxmini".to_owned(),
        openid: format!("mini{name}"),
        unionid: Some(format!("u{name}")),
        nickname: None,
        avatar_url: Some("https://example.com/a.png".to_owned()),
    };
    let came = identity::meet(&app.ctx, &proven).await.unwrap().id;
    unionid::learn(&app.ctx, &phone.openid, &format!("u{name}")).await.unwrap();
    (phone, registered, came)
}

async fn a_join_moves_what_the_list_says(database: &Database) {
    let app = App::on(database).await;
    let (phone, registered, came) = two_accounts(&app, "moves").await;
    let mut tx = app.ctx.store.begin().await.unwrap();
    let fields =
        [(Nickname, "另一个名字"), (RealName, "王小微"), (Email, "a@b.cn"), (ProfileColumn::Phone, "13800138000")];
    let fields = fields.map(|(column, value)| (column, Some(value.to_owned())));
    weida::store::user::update_profile(&mut tx, registered, &fields, 1).await.unwrap();
    let chosen = [(Nickname, Some("自选的名字".to_owned()))];
    weida::store::user::update_profile(&mut tx, came, &chosen, 1).await.unwrap();
    tx.commit().await.unwrap();
    assert!(phone.ask("合并之前说的话").await.contains("两个账号"));
    assert!(phone.ask("1").await.contains("合并好了"));
    // The registered account went into the other one.
    assert!(weida::core::account::find(&app.ctx, registered).await.unwrap().is_none());
    let joined = weida::core::account::find(&app.ctx, came).await.unwrap().unwrap();
    // The account keeps its name, and empty fields are filled.
    assert_eq!(joined.nickname, "自选的名字");
    assert_eq!((joined.email.as_deref(), joined.phone.as_deref()), (Some("a@b.cn"), Some("13800138000")));
    assert_eq!(
        (joined.real_name.as_deref(), joined.avatar_url.as_deref()),
        (Some("王小微"), Some("https://example.com/a.png"))
    );
    assert_eq!(
        app.count(
            "SELECT COUNT(*) FROM messages WHERE content = '合并之前说的话' AND user_id IN (SELECT id FROM users)"
        )
        .await,
        1
    );
    // A sign-in of the joined account does not change the name, as before.
    let again = Proven {
        app: Kind::MiniProgram,
        appid: "wxmini".to_owned(),
        openid: "minimoves".to_owned(),
        unionid: Some("umoves".to_owned()),
        nickname: weida::core::account::presented::nickname("微信里的名字"),
        avatar_url: None,
    };
    assert_eq!(identity::meet(&app.ctx, &again).await.unwrap().nickname, "自选的名字");
}

/// What the audit log says about the account that went is found with the one that stays, and emptied with it.
async fn answers_and_audit_entries_go_with_the_joined_account(database: &Database) {
    let app = App::on(database).await;
    let (phone, registered, came) = two_accounts(&app, "audit").await;
    let root = crate::rig::admin(&app, "root").await;
    weida::core::account::directory::set_level(&app.ctx, &root, registered, "vip").await.unwrap();
    phone.ask("合并账号").await;
    assert!(phone.ask("1").await.contains("合并好了"));
    assert_eq!(app.count("SELECT COUNT(*) FROM audit_entries WHERE action = 'user.level' AND detail <> ''").await, 1);
    weida::core::account::directory::delete(&app.ctx, &root, came).await.unwrap();
    let left = "SELECT COUNT(*) FROM audit_entries WHERE target LIKE 'user/%' AND detail <> ''";
    assert_eq!(app.count(left).await, 0);
    assert_eq!(app.count("SELECT COUNT(*) FROM deliveries WHERE reply LIKE '%oaudit%'").await, 0);
}
