//! What tests start from: a program with a database of its own, a phone that pushes, and a clock that is theirs.

pub mod crowd;

mod database;
mod phone;
mod platform;
mod program;
mod tape;

pub use database::{Database, Engine};
pub use phone::{Phone, Push, digits, next, opened};
pub use platform::{ACCESS_TOKEN, OAUTH_TOKEN, Platform, SESSION_KEY};
pub use program::{Program, environment};
pub use tape::Tape;

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc};
use tokio_util::sync::CancellationToken;
use weida::{
    config::{Flags, load},
    core::{CoreError, Ctx, account, chance::SystemChance, clock::FakeClock, credit, token::TokenFault},
    http::{router::router, serve::start, state::AppState},
};

/// When the tests' world begins: the clock of the vectors.
pub const BEGINNING_MS: i64 = 1_757_650_000_000;
pub const TOKEN: &str = "Tok3n";
pub const APPID: &str = "wx0123456789abcdef";
pub const AES_KEY: &str = "cPpFMlYSZgCB6BZzT55xuJCnrL9FUVufBUgOgtXLGZi";

/// One running program.
pub struct App {
    pub state: AppState,
    pub ctx: Ctx,
    pub address: SocketAddr,
    pub clock: Arc<FakeClock>,
    pub stopping: CancellationToken,
}

impl Drop for App {
    fn drop(&mut self) {
        self.stopping.cancel();
    }
}

impl App {
    /// A program on this database.
    pub async fn on(database: &Database) -> Self {
        Self::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &[]).await
    }

    /// The same with a given clock and more settings, as in the environment; an empty one takes a setting away.
    pub async fn with(database: &Database, clock: Arc<FakeClock>, more: &[(&str, &str)]) -> Self {
        Self::started(database, clock, more, &Flags::default()).await
    }

    /// The same with a settings file, for what the environment has no name for.
    pub async fn configured(database: &Database, clock: Arc<FakeClock>, file: &std::path::Path) -> Self {
        let flags = Flags { config: Some(file.to_owned()), ..Flags::default() };
        Self::started(database, clock, &[], &flags).await
    }

    async fn started(database: &Database, clock: Arc<FakeClock>, more: &[(&str, &str)], flags: &Flags) -> Self {
        let mut environment: BTreeMap<String, String> = [
            ("DATABASE_URL", database.url.as_str()),
            ("LEPTOS_SITE_ADDR", "127.0.0.1:0"),
            ("WECHAT_APPID", APPID),
            ("WECHAT_SECRET", "stand-in"),
            ("WECHAT_TOKEN", TOKEN),
            ("WECHAT_AES_KEY", AES_KEY),
            // Nobody listens there: the account behaves like one that may make no QR codes.
            ("WECHAT_API_BASE", "http://127.0.0.1:9"),
            ("WECHAT_MP_BASE", "http://127.0.0.1:9"),
        ]
        .map(|(k, v)| (k.to_owned(), v.to_owned()))
        .into();
        environment.extend(more.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
        environment.retain(|_, v| !v.is_empty());
        let settings = load(flags, &environment).unwrap();
        let server = start(settings, clock.clone(), Arc::new(SystemChance)).await.unwrap();
        let (state, address) = (server.state.clone(), server.address);
        let stopping = state.stopping.clone();
        tokio::spawn(server.serve());
        Self { ctx: state.ctx.clone(), state, address, clock, stopping }
    }

    /// The router, to be asked without a network.
    pub fn router(&self) -> axum::Router {
        router(self.state.clone())
    }

    /// A phone with this openid, pushing to this program.
    pub fn phone(&self, openid: &str) -> Phone {
        Phone::new(self.address, self.clock.clone(), openid)
    }

    /// An address of this program.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

/// Makes one test for each engine of an `async fn name(database: &Database)`.
#[macro_export]
macro_rules! every_engine {
    ($($name:ident),+ $(,)?) => { $(
        mod $name {
            use $crate::rig::{Database, Engine};

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                if let Some(database) = Database::open(Engine::Sqlite).await { super::$name(&database).await; database.close().await; }
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_mariadb() {
                if let Some(database) = Database::open(Engine::MariaDb).await { super::$name(&database).await; database.close().await; }
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                if let Some(database) = Database::open(Engine::Postgres).await { super::$name(&database).await; database.close().await; }
            }
        }
    )+ };
}

impl App {
    /// What `SELECT COUNT(*) …` gives.
    pub async fn count(&self, sql: &'static str) -> i64 {
        use sqlx::Row as _;
        use weida::store::Link as _;
        let mut db = self.ctx.store.read().await.unwrap();
        db.sql(sql).fetch_one(db.conn()).await.unwrap().try_get(0).unwrap()
    }

    /// What a person's doings leave behind, as counts and sums: two equal ones mean that nothing happened.
    pub async fn fingerprint(&self) -> Vec<i64> {
        let mut found = Vec::new();
        for sql in [
            "SELECT COUNT(*) FROM users",
            "SELECT COALESCE(SUM(LENGTH(COALESCE(nickname, '')) + LENGTH(COALESCE(password_hash, '')) + is_auto_reply), 0) FROM users",
            "SELECT COUNT(*) FROM identities WHERE user_id IS NOT NULL",
            "SELECT COUNT(*) FROM signin_sessions",
            "SELECT COUNT(*) FROM web_sessions",
            "SELECT COUNT(*) FROM reply_rules WHERE is_enabled = 1",
            "SELECT COALESCE(SUM(revision), 0) FROM reply_rules",
            "SELECT COUNT(*) FROM messages",
            "SELECT COUNT(*) FROM deliveries",
            "SELECT COUNT(*) FROM credit_entries",
        ] {
            found.push(self.count(sql).await);
        }
        found
    }

    /// The program's time, in seconds.
    pub fn clock_secs(&self) -> i64 {
        use weida::core::clock::Clock as _;
        self.clock.now_secs()
    }
}

/// A token for a user who is proven just now.
pub async fn token(ctx: &Ctx, user_id: i64, openid: Option<&str>) -> Result<String, CoreError> {
    let user = account::find(ctx, user_id).await?.ok_or(CoreError::BadToken(TokenFault::Gone))?;
    weida::core::token::issue(ctx, &user, openid).await
}

/// Credits given to a user (or taken), by themselves as it were.
pub async fn adjust(ctx: &Ctx, user_id: i64, delta: i64) -> Result<i64, CoreError> {
    let mut tx = ctx.store.begin().await?;
    let balance = credit::adjust(ctx, &mut tx, user_id, delta, "test", (user_id, "x")).await?;
    tx.commit().await?;
    Ok(balance)
}

/// Asks again and again until the answer is yes, for what happens behind the scenes; false when it never is.
pub async fn eventually(patience: std::time::Duration, mut question: impl AsyncFnMut() -> bool) -> bool {
    let asking = async {
        let mut turns = tokio::time::interval(std::time::Duration::from_millis(10));
        loop {
            turns.tick().await;
            if question().await {
                return;
            }
        }
    };
    tokio::time::timeout(patience, asking).await.is_ok()
}

/// A client that goes straight there.
pub fn http() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// How much of a long test is done: `all` of it with `WEIDA_TEST_THOROUGH` set (nightly), else enough for every push.
pub fn rounds(some: usize, all: usize) -> usize {
    if std::env::var_os("WEIDA_TEST_THOROUGH").is_some() { all } else { some }
}

/// This much time on a machine of our own, and more where it has more to do than it can: a limit is for the program, and not for
/// what else is compiled beside it.
pub fn patient(limit: std::time::Duration) -> std::time::Duration {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load: f64 = load.split(' ').next().and_then(|minute| minute.parse().ok()).unwrap_or(1.0);
    let cores = std::thread::available_parallelism().map_or(1.0, |n| f64::from(u32::try_from(n.get()).unwrap_or(1)));
    limit.mul_f64((load / cores).max(1.0))
}
