//! The test fixtures: an app on its own database, a phone that sends pushes, and a fake clock.

pub mod channel;
pub mod crowd;
pub mod directory;
pub mod image_edit;
pub mod installed;
pub mod official_account;
pub mod page;
pub mod proxy;
pub mod replies;
pub mod rules;
pub mod seed;
pub mod site;

mod browser;
mod caller;
mod database;
mod ilink;
mod jwt;
mod log;
mod people;
mod phone;
mod platform;
mod program;
mod registration;
mod signin;
mod tape;
mod world;

pub use browser::{Answer, Browser, CHANGES};
pub use caller::Caller;
pub use database::{Column, Database, Engine};
pub use ilink::Ilink;
pub use jwt::{JWT_SECRET, claims_of, header_of, signed};
pub use log::Log;
pub use people::{account, admin, new_user, says, two_apps};
pub use phone::{Phone, Push, content, digits, next, opened};
pub use platform::{ACCESS_TOKEN, OAUTH_TOKEN, Platform, SESSION_KEY};
pub use program::{Ended, Program, environment};
pub use registration::{ATTACKERS_PASSWORD, app_with_platform, owner_of, relayed, user_count};
pub use signin::{
    HERE, asker, begin_login, browser_by_password, browser_by_wechat, is_asked, is_signed_in, register, status,
};
pub use tape::Tape;
pub use world::{QR, World, too_large};

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc};
use tokio_util::sync::CancellationToken;
use weida::{
    base::{clock::FakeClock, rng::SystemRng},
    config::{Flags, load},
    core::{CoreError, OfficialCtx, TokenFault, credit},
    http::state::AppState,
    server::{router::router, serve::start},
};

/// The fake clock's first time, the same as in the test vectors.
pub const BEGINNING_MS: i64 = 1_757_650_000_000;
/// The secret key of databases on a server.
pub const SECRET_KEY: &str = "a-secret-key-of-tests-a-secret-key-of-tests";
pub const TOKEN: &str = "Tok3n";
pub const APPID: &str = "wx0123456789abcdef";
pub const AES_KEY: &str = "cPpFMlYSZgCB6BZzT55xuJCnrL9FUVufBUgOgtXLGZi";

/// One running program.
pub struct App {
    pub state: AppState,
    phone: Option<Arc<weida::sandbox::Phone>>,
    pub ctx: OfficialCtx,
    pub address: SocketAddr,
    pub clock: Arc<FakeClock>,
    pub stopping: CancellationToken,
    running: tokio::task::JoinHandle<Result<(), String>>,
}

impl Drop for App {
    fn drop(&mut self) {
        self.stopping.cancel();
    }
}

impl App {
    /// Starts an app on this database.
    pub async fn on(database: &Database) -> Self {
        Self::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &[]).await
    }

    /// The same with a given clock and more environment settings; an empty value removes a setting.
    pub async fn with(database: &Database, clock: Arc<FakeClock>, more: &[(&str, &str)]) -> Self {
        Self::started(database, clock, more, &Flags::default()).await
    }

    /// The same with a settings file, for settings without an environment variable.
    pub async fn configured(database: &Database, clock: Arc<FakeClock>, file: &std::path::Path) -> Self {
        Self::configured_with(database, clock, file, &[]).await
    }

    /// The same with both.
    pub async fn configured_with(
        database: &Database,
        clock: Arc<FakeClock>,
        file: &std::path::Path,
        more: &[(&str, &str)],
    ) -> Self {
        let flags = Flags { config: Some(file.to_owned()), ..Flags::default() };
        Self::started(database, clock, more, &flags).await
    }

    async fn started(database: &Database, clock: Arc<FakeClock>, more: &[(&str, &str)], flags: &Flags) -> Self {
        let environment = Self::environment(database, more);
        Self::of(&environment, clock, flags).await.unwrap()
    }

    fn environment(database: &Database, more: &[(&str, &str)]) -> BTreeMap<String, String> {
        let mut environment: BTreeMap<String, String> = [
            ("DATABASE_URL", database.url.as_str()),
            ("LEPTOS_SITE_ADDR", "127.0.0.1:0"),
            ("WECHAT_APPID", APPID),
            ("WECHAT_SECRET", "stand-in"),
            ("WECHAT_TOKEN", TOKEN),
            ("WECHAT_AES_KEY", AES_KEY),
            // Nothing listens there: the account behaves like one that may not create QR codes.
            ("WECHAT_API_BASE", "http://127.0.0.1:9"),
            ("WECHAT_MP_BASE", "http://127.0.0.1:9"),
            ("ILINK_API_BASE", "http://127.0.0.1:9"),
        ]
        .map(|(k, v)| (k.to_owned(), v.to_owned()))
        .into();
        // An embedded database has the key in a file beside it; a database on a server has no folder.
        if database.engine != Engine::Sqlite {
            environment.insert("WEIDA_SECRET_KEY".to_owned(), SECRET_KEY.to_owned());
        }
        environment.extend(more.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
        environment.retain(|_, v| !v.is_empty());
        environment
    }

    /// Starts an app that may refuse to start. Returns the error line then.
    pub async fn attempt(database: &Database, more: &[(&str, &str)]) -> Result<Self, String> {
        let environment = Self::environment(database, more);
        Self::of(&environment, Arc::new(FakeClock::at(BEGINNING_MS)), &Flags::default()).await
    }

    async fn of(environment: &BTreeMap<String, String>, clock: Arc<FakeClock>, flags: &Flags) -> Result<Self, String> {
        let settings = load(flags, environment).map_err(|e| e.to_string())?;
        let server = start(settings, clock.clone(), Arc::new(SystemRng)).await?;
        let (state, phone, address) = (server.state.clone(), server.phone.clone(), server.address);
        let stopping = state.stopping.clone();
        let running = tokio::spawn(server.serve());
        // A busy machine must not turn an answer into `success`; tests of the deadline set the product's.
        state.core.reply_deadline.set(std::time::Duration::from_mins(1));
        Ok(Self { ctx: state.ctx(), state, phone, address, clock, stopping, running })
    }

    /// Stops the program as a signal does, and waits until it has ended.
    pub async fn stop(mut self) {
        self.stopping.cancel();
        (&mut self.running).await.unwrap().unwrap();
    }

    /// The router, for requests without a network.
    pub fn router(&self) -> axum::Router {
        router(self.state.clone(), self.phone.clone())
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
    /// The single number that a `SELECT COUNT(*) …` returns.
    pub async fn count(&self, sql: &'static str) -> i64 {
        use sqlx::Row as _;
        use weida::store::Link as _;
        let mut db = self.ctx.store.read().await.unwrap();
        db.sql(sql).fetch_one(db.conn()).await.unwrap().try_get(0).unwrap()
    }

    /// Counts and sums of user data; equal values before and after mean that nothing changed.
    pub async fn fingerprint(&self) -> Vec<i64> {
        let mut found = Vec::new();
        // Sums are decimals on servers.
        let [of_users, of_rules] = if self.ctx.store.engine() == weida::store::Engine::MySql {
            [
                "SELECT CAST(COALESCE(SUM(LENGTH(COALESCE(nickname, '')) + LENGTH(COALESCE(password_hash, '')) + is_auto_reply), 0) AS SIGNED) FROM users",
                "SELECT CAST(COALESCE(SUM(revision), 0) AS SIGNED) FROM reply_rules",
            ]
        } else {
            [
                "SELECT CAST(COALESCE(SUM(LENGTH(COALESCE(nickname, '')) + LENGTH(COALESCE(password_hash, '')) + is_auto_reply), 0) AS BIGINT) FROM users",
                "SELECT CAST(COALESCE(SUM(revision), 0) AS BIGINT) FROM reply_rules",
            ]
        };
        for sql in [
            "SELECT COUNT(*) FROM users",
            of_users,
            "SELECT COUNT(*) FROM identities WHERE user_id IS NOT NULL",
            "SELECT COUNT(*) FROM signin_sessions",
            "SELECT COUNT(*) FROM web_sessions",
            "SELECT COUNT(*) FROM reply_rules WHERE is_enabled = 1",
            of_rules,
            "SELECT COUNT(*) FROM messages",
            "SELECT COUNT(*) FROM deliveries",
            "SELECT COUNT(*) FROM credit_entries",
            "SELECT COUNT(*) FROM signin_sessions WHERE consumed_at IS NULL",
            "SELECT COUNT(*) FROM users WHERE is_enabled = 0",
            "SELECT COUNT(*) FROM rule_changes",
            "SELECT COUNT(*) FROM import_jobs",
            "SELECT COUNT(*) FROM audit_entries",
            "SELECT COUNT(*) FROM setting_changes",
            "SELECT COUNT(*) FROM official_accounts",
        ] {
            found.push(self.count(sql).await);
        }
        found
    }

    /// The app's time in epoch seconds.
    pub fn clock_secs(&self) -> i64 {
        use weida::base::clock::Clock as _;
        self.clock.now_secs()
    }
}

/// Issues a token for a user.
pub async fn token(ctx: &OfficialCtx, user_id: i64, openid: Option<&str>) -> Result<String, CoreError> {
    let user = weida::core::account::find(ctx, user_id).await?.ok_or(CoreError::BadToken(TokenFault::Gone))?;
    weida::core::token::issue(ctx, &user, openid).await
}

/// Adds credits to a user, or removes them, with the user as the actor.
pub async fn adjust(ctx: &OfficialCtx, user_id: i64, delta: i64) -> Result<i64, CoreError> {
    let mut tx = ctx.store.begin().await?;
    let balance = credit::adjust(ctx, &mut tx, user_id, delta, "test", (user_id, "x")).await?;
    tx.commit().await?;
    Ok(balance)
}

/// Repeats a check of background work until it is true. Returns false if it is not within `patience`.
pub async fn eventually(patience: std::time::Duration, mut question: impl AsyncFnMut() -> bool) -> bool {
    let asking = async {
        let mut interval = tokio::time::interval(std::time::Duration::from_millis(10));
        loop {
            interval.tick().await;
            if question().await {
                return;
            }
        }
    };
    tokio::time::timeout(patience, asking).await.is_ok()
}

/// A client without a proxy.
pub fn http() -> reqwest::Client {
    weida::base::tls::http_client().no_proxy().build().unwrap()
}

/// The number of rounds of a long test: `all` with `WEIDA_TEST_THOROUGH` set (nightly), else `some`.
pub fn rounds(some: usize, all: usize) -> usize {
    if std::env::var_os("WEIDA_TEST_THOROUGH").is_some() { all } else { some }
}

/// The time limit, extended on an overloaded machine: other processes must not fail the test.
pub fn patient(limit: std::time::Duration) -> std::time::Duration {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load: f64 = load.split(' ').next().and_then(|minute| minute.parse().ok()).unwrap_or(1.0);
    let cores = std::thread::available_parallelism().map_or(1.0, |n| f64::from(u32::try_from(n.get()).unwrap_or(1)));
    limit.mul_f64((load / cores).max(1.0))
}
