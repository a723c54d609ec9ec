//! Finding users.

use crate::rig::directory::{CROWD, found, looking_for};
use crate::rig::{App, BEGINNING_MS, Database, Engine, admin, crowd, patient, register, rounds};
use std::{
    collections::HashSet,
    time::{Duration, Instant},
};
use weida::core::account::ProfileColumn;
use weida::{
    core::{
        CoreError,
        account::{
            Role,
            directory::{self, Query, Sort, Total},
        },
    },
    store::{self, Link as _},
};

crate::every_engine!(
    one_of_a_crowd_is_found_by_any_fragment,
    every_field_is_searched_and_no_character_is_a_wildcard,
    pages_list_every_user_once_in_every_order_and_back,
    users_of_an_earlier_version_are_indexed,
);

/// 100,000 users on SQLite; on the servers 5,000, and 100,000 in a nightly run.
async fn one_of_a_crowd_is_found_by_any_fragment(database: &Database) {
    let app = App::on(database).await;
    let admin = admin(&app, "root").await;
    let count = if database.engine == Engine::Sqlite { 100_000 } else { rounds(5_000, 100_000) };
    let count = i64::try_from(count).unwrap();
    let begun = Instant::now();
    crowd::add(&app.ctx.store, CROWD, 0..count, BEGINNING_MS).await;
    eprintln!("{:?}: {count} users added in {:?}", database.engine, begun.elapsed());
    let wanted = count - 1_234;
    let person = crowd::person(CROWD, wanted, BEGINNING_MS);
    let username = person.username.clone().unwrap();
    let openid = crowd::openid(wanted);
    let rare = Query { sort: Sort::LastLogin, ..looking_for(&username[2..]) };
    let shut_out = Query {
        is_enabled: Some(false),
        level: Some("vip"),
        is_subscribed: Some(false),
        ..looking_for(&username[2..])
    };
    let cases = [
        ("name", looking_for(&username[2..]), true),
        ("name, by last login", rare, true),
        ("id", looking_for(&person.id.to_string()), true),
        ("openid", looking_for(&openid[5..15]), true),
        ("nickname", Query { size: 100, ..looking_for(&person.nickname) }, false),
        ("phone", looking_for(&format!("13{:09}", 7_919 * (wanted - wanted % 2) % 1_000_000_000)), false),
        ("no match", looking_for("没有这个人"), false),
        ("no match, by credits", Query { sort: Sort::Credits, ..looking_for("zzzzqqqq") }, false),
        ("filters alone", Query { is_enabled: Some(false), level: Some("vip"), ..looking_for("") }, false),
        ("name and filters", shut_out, false),
        ("no text", looking_for(""), false),
        ("no text, by last login", Query { sort: Sort::LastLogin, ..looking_for("") }, false),
        ("common", looking_for("crowd"), false),
    ];
    for (name, query, is_found) in cases {
        let mut best = Duration::MAX;
        for _ in 0..5 {
            let begun = Instant::now();
            let page = directory::search(&app.ctx, &admin, &query).await.unwrap();
            best = best.min(begun.elapsed());
            if is_found {
                assert_eq!(page.entries.first().map(|e| e.id), Some(person.id), "{name}");
            }
        }
        eprintln!("{:?}: {name}: {best:?}", database.engine);
        let limit = patient(Duration::from_millis(300));
        assert!(best < limit, "{name} took {best:?}, more than {limit:?}");
    }
    let all = directory::search(&app.ctx, &admin, &looking_for("")).await.unwrap();
    assert_eq!(all.total, Total::Exactly(count + 1));
    assert_eq!(directory::search(&app.ctx, &admin, &looking_for("crowd")).await.unwrap().total, Total::More);
}

async fn every_field_is_searched_and_no_character_is_a_wildcard(database: &Database) {
    let app = App::on(database).await;
    let admin = admin(&app, "root").await;
    let user = register(&app, &app.phone("oWxAbC_dEf-123"), "Ｌｉ_Ming").await;
    register(&app, &app.phone("oOther0000"), "other.100").await;
    let typed = [
        (ProfileColumn::Nickname, "小 微100%"),
        (ProfileColumn::RealName, "Łukasz 李"),
        (ProfileColumn::Email, "Li.Ming@Example.com"),
        (ProfileColumn::Phone, "+86 138-0013-8000"),
    ];
    directory::update_fields(&app.ctx, &admin, user, &typed).await.unwrap();
    let mut tx = app.ctx.store.begin().await.unwrap();
    store::identity::update_unionid(&mut tx, crate::rig::APPID, "oWxAbC_dEf-123", "uNion-77").await.unwrap();
    tx.commit().await.unwrap();
    let id = user.to_string();
    for text in [
        id.as_str(),
        " Li_m ",
        "ＬＩ＿ＭＩＮＧ",
        "小 微",
        "小　微100％",
        "łukasz",
        "ŁUKASZ 李",
        "ming@example",
        "0013-80",
        "13800138000",
        "8613800",
        "138 0013",
        "WxAbC_dEf",
        "oWxAbC_dEf-123",
        "Nion-77",
    ] {
        assert_eq!(found(&app, &admin, &looking_for(text)).await, [user], "{text:?}");
    }
    for text in
        ["L%M", "li.ming.", "小_微", "!", "wx_bc_def", "微100%\nŁ", "李 li", "o\\", "'; DROP TABLE users; --", "\0"]
    {
        let ids = found(&app, &admin, &looking_for(text)).await;
        // A NUL counts as a space, and a lone space lists every user.
        assert!(if text == "\0" { ids.len() == 3 } else { ids.is_empty() }, "{text:?} found {ids:?}");
    }
    let of = async |query: Query| found(&app, &admin, &query).await.len();
    assert_eq!(of(Query { level: Some("vip"), ..looking_for("") }).await, 0);
    assert_eq!(of(Query { role: Some(Role::Admin), ..looking_for("") }).await, 1);
    assert_eq!(of(Query { role: Some(Role::User), is_enabled: Some(true), ..looking_for("") }).await, 2);
    assert_eq!(of(Query { is_subscribed: Some(true), ..looking_for("") }).await, 2);
    assert_eq!(of(Query { is_subscribed: Some(false), ..looking_for("") }).await, 1);
    app.phone("oOther0000").push(&app.phone("oOther0000").event("unsubscribe", "")).await;
    assert_eq!(of(Query { is_subscribed: Some(false), ..looking_for("") }).await, 2);
    // Filters also apply when the text is an exact id.
    assert_eq!(of(Query { level: Some("vip"), ..looking_for(&id) }).await, 0);
    assert_eq!(directory::find_by_openid(&app.ctx, &admin, "oWxAbC_dEf-123").await.unwrap(), user);
    assert!(matches!(directory::find_by_openid(&app.ctx, &admin, "owxabc_def-123").await, Err(CoreError::NotFound)));
}

async fn pages_list_every_user_once_in_every_order_and_back(database: &Database) {
    let app = App::on(database).await;
    let admin = admin(&app, "root").await;
    crowd::add(&app.ctx.store, CROWD, 0..230, BEGINNING_MS).await;
    for n in 0..20 {
        directory::adjust_credits(&app.ctx, &admin, CROWD + n, 5 + n % 3, "order").await.unwrap();
    }
    for sort in Sort::ALL {
        for is_descending in [true, false] {
            let mut query = Query { sort, is_descending, size: 37, ..Query::default() };
            let (mut pages, mut seen) = (Vec::new(), HashSet::new());
            let mut page = directory::search(&app.ctx, &admin, &query).await.unwrap();
            loop {
                let ids: Vec<i64> = page.entries.iter().map(|entry| entry.id).collect();
                assert!(ids.iter().all(|id| seen.insert(*id)), "{sort:?}: twice");
                assert_eq!(page.before.is_none(), pages.is_empty(), "{sort:?}");
                pages.push(ids);
                let Some(after) = page.after else { break };
                query.cursor = after;
                page = directory::search(&app.ctx, &admin, &query).await.unwrap();
            }
            assert_eq!((seen.len(), pages.len(), page.total), (231, 7, Total::Exactly(231)), "{sort:?}");
            for wanted in pages.iter().rev().skip(1) {
                query.cursor = page.before.clone().expect("a page before");
                page = directory::search(&app.ctx, &admin, &query).await.unwrap();
                let ids: Vec<i64> = page.entries.iter().map(|entry| entry.id).collect();
                assert_eq!(&ids, wanted, "{sort:?} {is_descending}");
            }
            assert!(page.before.is_none());
            // A cursor is valid for its own order only.
            query.cursor = page.after.unwrap();
            query.is_descending = !is_descending;
            assert!(matches!(directory::search(&app.ctx, &admin, &query).await, Err(CoreError::Invalid(_))));
        }
    }
    // An exact id gives that user once, in every order.
    let query = Query { size: 100, sort: Sort::Created, is_descending: true, ..looking_for(&CROWD.to_string()) };
    assert_eq!(found(&app, &admin, &query).await, [CROWD]);
    let most = Query { size: 5_000, ..Query::default() };
    assert_eq!(found(&app, &admin, &most).await.len(), 100);
}

async fn users_of_an_earlier_version_are_indexed(database: &Database) {
    let app = App::on(database).await;
    let admin = admin(&app, "root").await;
    crowd::add(&app.ctx.store, CROWD, 0..1_203, BEGINNING_MS).await;
    let mut tx = app.ctx.store.begin().await.unwrap();
    tx.sql("UPDATE users SET search_key = ''").execute(tx.conn()).await.unwrap();
    tx.commit().await.unwrap();
    assert!(found(&app, &admin, &looking_for("crowd00120")).await.is_empty());
    // Every start does this.
    directory::index_missing(&app.ctx).await.unwrap();
    assert_eq!(found(&app, &admin, &looking_for("crowd00120")).await.len(), 3);
    assert_eq!(found(&app, &admin, &looking_for("ROOT")).await, [admin.user_id()]);
}
