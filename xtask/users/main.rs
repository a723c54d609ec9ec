//! Fills a database with users, and measures the user list on it. Called by `cargo xtask seed` and `cargo xtask bench --only users`.
//!
//! ```text
//! users create SERVER                                creates an empty database, and prints its URL
//! users drop  URL                                    drops it
//! users seed  URL users=1000000 messages=0 seed=1    adds users and messages
//! users index URL                                    adds them to the index, as the program does in the background
//! users bench URL rounds=100 seed=1 [plans]          one line a case: its name, the time that half of the searches took and 99 %, in ms
//! ```

#![expect(clippy::unwrap_used, reason = "a tool for measurements may panic")]

mod cases;
#[path = "../../tests/it/rig/seed.rs"]
mod seed;

use std::{collections::BTreeMap, sync::Arc, time::Instant};
use weida::{
    base::{
        clock::{Clock as _, SystemClock},
        rng::SystemRng,
    },
    config::{Flags, load},
    core::{
        OfficialCtx,
        account::{
            self,
            directory::{self, Admin},
        },
    },
    server::assemble,
};

/// The values after the URL: `name=number`.
struct Values(Vec<String>);

impl Values {
    fn number(&self, name: &str, default: i64) -> i64 {
        let found = self.0.iter().find_map(|word| word.strip_prefix(name)?.strip_prefix('=')?.parse().ok());
        found.unwrap_or(default)
    }

    fn has(&self, word: &str) -> bool {
        self.0.iter().any(|it| it == word)
    }
}

/// The database on a server.
const NAME: &str = "weida_bench_users";

async fn create(server: &str) {
    let server = server.trim_end_matches('/');
    let (own, how) = if server.starts_with("postgres") {
        ("postgres", "ENCODING 'UTF8' TEMPLATE template0")
    } else {
        ("mysql", "CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
    };
    run(&format!("{server}/{own}"), format!("DROP DATABASE IF EXISTS {NAME}")).await;
    run(&format!("{server}/{own}"), format!("CREATE DATABASE {NAME} {how}")).await;
    println!("{server}/{NAME}");
}

async fn run(url: &str, sql: String) {
    use sqlx::Executor as _;
    sqlx::any::install_default_drivers();
    let pool = sqlx::AnyPool::connect(url).await.unwrap();
    pool.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
    pool.close().await;
}

/// The server's own database, from which another one can be dropped.
fn server_of(url: &str) -> String {
    let own = if url.starts_with("postgres") { "postgres" } else { "mysql" };
    format!("{}{own}", url.trim_end_matches(NAME))
}

async fn open(url: &str) -> OfficialCtx {
    let environment: BTreeMap<String, String> = [
        ("DATABASE_URL", url),
        ("WECHAT_APPID", seed::APPID),
        ("WECHAT_SECRET", "stand-in"),
        ("WECHAT_TOKEN", "Tok3n"),
        ("WEIDA_SECRET_KEY", "a-secret-key-of-measurements-a-secret-key"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    let settings = load(&Flags::default(), &environment).unwrap();
    let opened = assemble::open(&settings, Arc::new(SystemClock), Arc::new(SystemRng)).await.unwrap();
    let account =
        weida::core::official_account::in_force(opened.deps(), &opened.platforms, &settings).await.unwrap().unwrap();
    assemble::ctx(settings, opened, account, None).await.unwrap().official()
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let (command, url) = (arguments.next().unwrap(), arguments.next().unwrap());
    let values = Values(arguments.collect());
    match command.as_str() {
        "create" => return create(&url).await,
        "drop" => return run(&server_of(&url), format!("DROP DATABASE {NAME}")).await,
        _ => {}
    }
    let ctx = open(&url).await;
    let chosen = u64::try_from(values.number("seed", 1)).unwrap();
    let begun = Instant::now();
    match command.as_str() {
        "seed" => {
            let now = SystemClock.now_ms();
            let users = seed::users(&ctx.store, chosen, values.number("users", 0), now).await;
            println!("users\t{}\t{:.1} s", users.end - users.start, begun.elapsed().as_secs_f64());
            let (begun, messages) = (Instant::now(), values.number("messages", 0));
            if messages > 0 {
                seed::messages(&ctx.store, chosen, messages, users, now).await;
                println!("messages\t{messages}\t{:.1} s", begun.elapsed().as_secs_f64());
            }
        }
        "index" => {
            let count = directory::index_marked(&ctx).await.unwrap();
            println!("indexed\t{count}\t{:.1} s", begun.elapsed().as_secs_f64());
        }
        _ => {
            let admin = admin(&ctx).await;
            let rounds = usize::try_from(values.number("rounds", 100)).unwrap();
            cases::measure(&ctx, &admin, rounds, values.has("plans")).await;
        }
    }
    ctx.store.close().await;
}

/// One of the seeded admins.
async fn admin(ctx: &OfficialCtx) -> Admin {
    use sqlx::Row as _;
    use weida::store::Link as _;
    let mut db = ctx.store.read().await.unwrap();
    let id = db.sql("SELECT id FROM users WHERE role = 'admin' AND is_enabled = 1 ORDER BY id LIMIT 1");
    let id: i64 = id.fetch_one(db.conn()).await.unwrap().try_get(0).unwrap();
    drop(db);
    Admin::of(&account::find(ctx, id).await.unwrap().unwrap(), "").unwrap()
}
