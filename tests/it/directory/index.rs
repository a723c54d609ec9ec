//! The index of the user list: it finds what a scan of all users finds, and keeps nothing of users who are gone.

use crate::rig::directory::looking_for;
use crate::rig::{App, BEGINNING_MS, Database, Engine, admin, eventually, register, seed, two_apps};
use futures::future::join_all;
use std::{collections::BTreeMap, time::Duration};
use weida::{
    base::rng::{Rng as _, SeededRng},
    core::CoreError,
    core::account::{
        ProfileColumn, Role,
        directory::{self, Admin, Limits, Page, Query, Sort},
    },
    store::{self, Link as _, Plan, Store, personal_data::Subject},
};

crate::every_engine!(
    the_index_finds_what_a_scan_finds,
    nothing_of_former_names_and_deleted_users_stays,
    users_of_an_earlier_version_are_indexed_in_the_background,
    changes_while_users_are_indexed_are_found,
    every_statement_of_the_list_uses_an_index,
    the_same_seed_gives_the_same_users,
);

/// Windows and candidates as if there were a million users.
const NARROW: Limits = Limits { few: 12, windows: &[10, 25] };

/// What the index holds: the users of each gram.
async fn postings(app: &App) -> BTreeMap<(i64, i64), (i64, String)> {
    use sqlx::Row as _;
    let mut db = app.ctx.store.read().await.unwrap();
    let rows = db.sql("SELECT segment, gram, users, members FROM user_postings").fetch_all(db.conn()).await.unwrap();
    rows.iter().map(|row| ((row.get(0), row.get(1)), (row.get(2), row.get(3)))).collect()
}

/// The index is the one that these users give when it is built anew.
async fn is_exact(app: &App) {
    // Levels that have ended are lowered in the background.
    let ended = async || app.count("SELECT COUNT(*) FROM users WHERE level_until <= 1757650000000").await;
    assert!(eventually(Duration::from_mins(2), async || ended().await == 0).await);
    directory::index_marked(&app.ctx).await.unwrap();
    let found = postings(app).await;
    let count = async || {
        let mut db = app.ctx.store.read().await.unwrap();
        store::user_index::count_all_users(&mut db).await.unwrap()
    };
    let users = app.count("SELECT COUNT(*) FROM users").await;
    assert_eq!(count().await, users);
    let mut tx = app.ctx.store.begin().await.unwrap();
    for text in [
        "DELETE FROM user_postings",
        "DELETE FROM user_segments",
        "DELETE FROM users_to_index",
        "INSERT INTO users_to_index (user_id, changes, is_indexed) SELECT id, 0, 0 FROM users",
    ] {
        tx.sql(text).execute(tx.conn()).await.unwrap();
    }
    tx.commit().await.unwrap();
    directory::index_marked(&app.ctx).await.unwrap();
    let built = postings(app).await;
    let differing: Vec<_> = found.iter().filter(|(key, row)| built.get(key) != Some(row)).collect();
    assert!(found.len() == built.len() && differing.is_empty(), "{} rows, {}: {differing:?}", found.len(), built.len());
    assert_eq!(count().await, users);
}

/// Changes some users, each in another way.
async fn change_some(app: &App, admin: &Admin, ids: impl Iterator<Item = i64>) {
    for (n, id) in ids.enumerate() {
        let ctx = &app.ctx;
        match n % 6 {
            0 => {
                let typed = [(ProfileColumn::Nickname, "改名的人"), (ProfileColumn::Phone, "+86 139-0000-4821")];
                directory::update_fields(ctx, admin, id, &typed).await.unwrap();
            }
            1 => directory::set_level_until(ctx, admin, id, "vip", "2026-12-30").await.unwrap(),
            2 => directory::set_role(ctx, admin, id, Role::User).await.unwrap(),
            3 => directory::set_enabled(ctx, admin, id, n % 4 == 0, "测试").await.unwrap(),
            4 => directory::delete(ctx, admin, id).await.unwrap(),
            _ => {
                let mut tx = ctx.store.begin().await.unwrap();
                let rows = store::identity::list_identities(&mut tx, id).await.unwrap();
                for row in rows {
                    store::identity::update_unionid(&mut tx, &row.appid, &row.openid, "uChanged-4821").await.unwrap();
                    store::identity::update_subscribed(&mut tx, &row.appid, &row.openid, false, 1).await.unwrap();
                }
                tx.commit().await.unwrap();
            }
        }
    }
}

fn summary(page: &Page) -> (Vec<i64>, directory::Total, bool, bool) {
    let ids = page.entries.iter().map(|entry| entry.id).collect();
    (ids, page.total, page.before.is_some(), page.after.is_some())
}

/// Compares all pages of a query, forth and one back.
async fn agrees(app: &App, admin: &Admin, query: &Query) -> usize {
    let mut query = query.clone();
    let mut pages = 0;
    for _ in 0..3 {
        let scanned = directory::search_by_scan(&app.ctx, admin, &query).await.unwrap();
        let found = directory::search(&app.ctx, admin, &query).await.unwrap();
        assert_eq!(summary(&found), summary(&scanned), "{query:?}");
        let narrow = directory::search_within(&app.ctx, admin, &query, NARROW).await.unwrap();
        assert_eq!(summary(&narrow), summary(&scanned), "narrow: {query:?}");
        pages += 1;
        let cursor = if pages == 2 { scanned.before } else { scanned.after };
        let Some(cursor) = cursor else { break };
        query.cursor = cursor;
    }
    pages
}

async fn the_index_finds_what_a_scan_finds(database: &Database) {
    let app = App::on(database).await;
    let root = admin(&app, "root").await;
    let users = seed::users(&app.ctx.store, 7, 700, BEGINNING_MS).await;
    let register_later = register(&app, &app.phone("oLater_x"), "later").await;
    directory::index_marked(&app.ctx).await.unwrap();
    change_some(&app, &root, users.clone().skip(3).step_by(23)).await;
    assert!(register_later > 0);
    let rng = SeededRng::new(7);
    let below = |limit: usize| usize::try_from(rng.below(u64::try_from(limit).unwrap())).unwrap();
    let people: Vec<_> = users.clone().map(|id| seed::person(7, id, (id - users.start, 700), BEGINNING_MS)).collect();
    let mut pages = 0;
    for n in 0..140 {
        let person = &people[below(people.len())];
        let user = &person.user;
        let openid = person.identity.as_ref().map(|(openid, _)| openid.clone());
        let unionid = person.identity.as_ref().and_then(|(_, unionid)| unionid.clone());
        let id = Some(user.id.to_string());
        let fields = [
            user.username.clone(),
            Some(user.nickname.clone()),
            user.real_name.clone(),
            user.phone.clone(),
            user.email.clone(),
            openid,
            unionid,
            id,
        ];
        let value = fields[n % fields.len()].clone().unwrap_or_default();
        let letters: Vec<char> = value.chars().collect();
        let from = below(letters.len() + 1);
        let to = from + below(letters.len() - from + 1);
        let mut fragment: String = letters[from..to].iter().collect();
        match n % 7 {
            1 => fragment = fragment.to_uppercase(),
            2 => fragment = letters.iter().take(1).collect(),
            3 => ["4821", "改名", "oSeed", "用户", "-", "%", "_", "李", "1", "later"][n / 7 % 10]
                .clone_into(&mut fragment),
            4 if n % 2 == 0 => fragment.clone_from(&value),
            _ => {}
        }
        let pick = |percent: usize| below(100) < percent;
        let query = Query {
            text: fragment,
            level: pick(25).then_some(["normal", "premium", "vip"][n % 3]),
            role: pick(10).then_some(Role::User),
            is_enabled: pick(20).then_some(n % 4 != 0),
            is_subscribed: pick(25).then_some(n % 2 == 0),
            sort: Sort::ALL[n % 4],
            is_descending: n % 8 < 5,
            cursor: String::new(),
            size: 17,
        };
        pages += agrees(&app, &root, &query).await;
    }
    assert!(pages > 250, "{pages} pages were compared");
    is_exact(&app).await;
}

async fn nothing_of_former_names_and_deleted_users_stays(database: &Database) {
    let app = App::on(database).await;
    let root = admin(&app, "root").await;
    let users = seed::users(&app.ctx.store, 3, 300, BEGINNING_MS).await;
    directory::index_marked(&app.ctx).await.unwrap();
    change_some(&app, &root, users.clone().skip(1).step_by(7)).await;
    // Deleted, while a change is not indexed yet, and before they were ever indexed.
    let gone = users.start + 1;
    directory::delete(&app.ctx, &root, gone).await.unwrap();
    let new = register(&app, &app.phone("oNew"), "new").await;
    directory::delete(&app.ctx, &root, new).await.unwrap();
    for user in [gone, new] {
        assert!(!crate::rig::directory::found(&app, &root, &looking_for(&user.to_string())).await.contains(&user));
    }
    is_exact(&app).await;
    // The row of each gram that one user alone has goes with the user.
    let last = users.end - 1;
    let before = postings(&app).await.len();
    let typed = [(ProfileColumn::RealName, "龘龘")];
    directory::update_fields(&app.ctx, &root, last, &typed).await.unwrap();
    directory::index_marked(&app.ctx).await.unwrap();
    assert!(postings(&app).await.len() > before - 90);
    directory::delete(&app.ctx, &root, last).await.unwrap();
    let rare = i64::from(u32::from('龘')) << 21;
    assert!(!postings(&app).await.keys().any(|(_, gram)| *gram == rare));
    is_exact(&app).await;
    let mut tx = app.ctx.store.begin().await.unwrap();
    store::personal_data::delete_of(&mut tx, Subject::Ordinary).await.unwrap();
    tx.commit().await.unwrap();
    assert!(postings(&app).await.is_empty());
    is_exact(&app).await;
    assert_eq!(crate::rig::directory::found(&app, &root, &looking_for("root")).await, [root.user_id()]);
}

/// A database of the version before: its users are found by a scan until all are indexed.
async fn users_of_an_earlier_version_are_indexed_in_the_background(database: &Database) {
    drop(Store::open(&database.url).await.unwrap());
    let store = Store::open(&database.url).await.unwrap();
    let users = seed::users(&store, 5, 2_300, BEGINNING_MS).await;
    store.close().await;
    let indexes = ["users_last_login", "users_credits"].map(|index| match database.engine {
        Engine::MariaDb => format!("DROP INDEX {index} ON users"),
        _ => format!("DROP INDEX {index}"),
    });
    for sql in indexes.into_iter().chain(
        [
            "DROP TABLE user_postings",
            "DROP TABLE user_segments",
            "DROP TABLE users_to_index",
            "DELETE FROM revisions WHERE topic = 'user_index'",
            "DELETE FROM _sqlx_migrations WHERE version = 38",
        ]
        .map(str::to_owned),
    ) {
        database.run(sql).await;
    }
    let store = Store::open(&database.url).await.unwrap();
    let mut db = store.read().await.unwrap();
    assert_eq!(store::user_index::count_marked(&mut db, 9_999).await.unwrap(), 2_300);
    // A program that ended meanwhile: a part is indexed.
    let batch = store::user_index::build::find_batch(&mut db, users.start + 1_000).await.unwrap().unwrap();
    drop(db);
    let mut tx = store.begin().await.unwrap();
    store::user_index::build::update_indexed(&mut tx, &batch.postings()).await.unwrap();
    tx.commit().await.unwrap();
    store.close().await;
    let app = App::on(database).await;
    let root = admin(&app, "root").await;
    let wanted = seed::person(5, users.start + 7, (7, 2_300), BEGINNING_MS).user;
    let search = async || crate::rig::directory::found(&app, &root, &looking_for(&wanted.nickname)).await;
    assert!(search().await.contains(&wanted.id));
    directory::index_many_marked(&app.ctx).await.unwrap();
    assert!(search().await.contains(&wanted.id));
    assert!(app.count("SELECT COUNT(*) FROM users_to_index").await < 256);
    is_exact(&app).await;
}

/// Two instances index and change the same users at the same time.
async fn changes_while_users_are_indexed_are_found(database: &Database) {
    let (one, other) = two_apps(database, &[]).await;
    let root = admin(&one, "root").await;
    let users = seed::users(&one.ctx.store, 9, 600, BEGINNING_MS).await;
    let index = async |app: &App| {
        for _ in 0..4 {
            directory::index_marked(&app.ctx).await.unwrap();
        }
    };
    let change = async |app: &App, every: usize| {
        for id in users.clone().skip(every).step_by(29) {
            let name = format!("并发{}", id % 97);
            let typed = [(ProfileColumn::Nickname, name.as_str())];
            let done = directory::update_fields(&app.ctx, &root, id, &typed).await;
            // Some are deleted meanwhile.
            assert!(matches!(done, Ok(()) | Err(CoreError::NotFound)), "{done:?}");
        }
    };
    let delete = async || {
        for id in users.clone().skip(20).step_by(41) {
            directory::delete(&one.ctx, &root, id).await.unwrap();
        }
    };
    let change_one = async { change(&one, 1).await };
    let change_other = async { change(&other, 2).await };
    let indexing = join_all([index(&one), index(&other)]);
    futures::join!(change_one, change_other, delete(), indexing);
    for id in [users.start + 1, users.start + 2] {
        let name = format!("并发{}", id % 97);
        let found = crate::rig::directory::found(&one, &root, &Query { size: 100, ..looking_for(&name) }).await;
        assert!(found.contains(&id), "{id}: {found:?}");
    }
    is_exact(&one).await;
}

/// The steps of a plan that read a whole table.
fn full_scans(engine: Engine, steps: &[String]) -> Vec<&String> {
    let is_computed = |name: &str| {
        steps.iter().any(|step| [format!("CO-ROUTINE {name}"), format!("MATERIALIZE {name}")].contains(step))
    };
    let is_full = |step: &&String| match engine {
        // What a subquery computed may be read to its end.
        Engine::Sqlite => step.strip_prefix("SCAN ").is_some_and(|name| !is_computed(name)),
        Engine::Postgres => step.contains("Seq Scan"),
        Engine::MariaDb => step.split("\"table_name\": ").skip(1).any(|table| {
            let is_computed = table.starts_with("\"<");
            !is_computed && table.split('}').next().unwrap_or_default().contains("\"access_type\": \"ALL\"")
        }),
    };
    steps.iter().filter(is_full).collect()
}

async fn every_statement_of_the_list_uses_an_index(database: &Database) {
    let app = App::on(database).await;
    let root = admin(&app, "root").await;
    // MariaDB reads a table where a list of ids has a tenth of it.
    let count = if database.engine == Engine::MariaDb { 20_000 } else { 3_000 };
    seed::users(&app.ctx.store, 11, count, BEGINNING_MS).await;
    directory::index_marked(&app.ctx).await.unwrap();
    // Small tables are scanned where the engine may choose.
    let statistics = match database.engine {
        Engine::Sqlite => vec![],
        Engine::MariaDb => vec!["ANALYZE TABLE users, identities, user_postings".to_owned()],
        Engine::Postgres => {
            let name = database.url.rsplit('/').next().unwrap();
            vec!["ANALYZE".to_owned(), format!("ALTER DATABASE {name} SET enable_seqscan = off")]
        }
    };
    for sql in statistics {
        database.run(sql).await;
    }
    app.stop().await;
    let app = App::on(database).await;
    let texts = ["王", "李伟", "wang", "138", "oSeed", "oSeedAbC", "@qq.com", "4821", "没有", "+86 138"];
    let searches = texts.into_iter().map(looking_for);
    let filters = [
        Query::default(),
        Query { level: Some("vip"), ..Query::default() },
        Query { level: Some("normal"), role: Some(Role::User), ..Query::default() },
        Query { is_enabled: Some(false), ..Query::default() },
        Query { is_subscribed: Some(true), is_enabled: Some(true), ..Query::default() },
    ];
    let mut statements = 0;
    for query in searches.chain(filters) {
        for sort in Sort::ALL {
            for is_descending in [true, false] {
                let mut query = Query { sort, is_descending, size: 20, ..query.clone() };
                for _ in 0..2 {
                    let explained = directory::search_explained(&app.ctx, &root, &query, NARROW).await;
                    let (page, plans) = explained.unwrap();
                    for Plan { statement, steps } in plans {
                        statements += 1;
                        let scans = full_scans(database.engine, &steps);
                        assert!(scans.is_empty(), "{statement}\n{}", steps.join("\n"));
                    }
                    query.cursor = page.after.unwrap_or_default();
                }
            }
        }
    }
    assert!(statements > 500, "{statements} statements");
}

async fn the_same_seed_gives_the_same_users(database: &Database) {
    let app = App::on(database).await;
    let users = seed::users(&app.ctx.store, 1, 501, BEGINNING_MS).await;
    seed::messages(&app.ctx.store, 1, 301, users.clone(), BEGINNING_MS).await;
    assert_eq!(app.count("SELECT COUNT(*) FROM messages").await, 301);
    let mut db = app.ctx.store.read().await.unwrap();
    for id in users.clone() {
        let stored = store::user::find_user(&mut db, id).await.unwrap().unwrap();
        let person = seed::person(1, id, (id - users.start, 501), BEGINNING_MS);
        assert_eq!(format!("{stored:?}"), format!("{:?}", person.user));
        let identities = store::identity::list_identities(&mut db, id).await.unwrap();
        let openids: Vec<String> = identities.into_iter().map(|row| row.openid).collect();
        assert_eq!(openids, person.identity.into_iter().map(|(openid, _)| openid).collect::<Vec<_>>());
    }
    drop(db);
    // The next user gets the number after them.
    assert_eq!(register(&app, &app.phone("oNext"), "next").await, users.end);
}
