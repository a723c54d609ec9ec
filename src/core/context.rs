//! The context that domain functions take: store, settings, clients, caches and locks.

use super::{
    account::password::Hasher,
    credit::Holds,
    ilink::channels::Channels,
    image::EditQueue,
    keyed_lock::{InFlight, KeyedLock, KeyedLockGuard},
    message::deadline::ReplyDeadline,
    official_account::{Accounts, Deps, OfficialAccount, Origin, Platforms},
    rate::Rates,
    rule::{cache::RuleCache, transfer::job::Imports, worker_pool::WorkerPool},
    secret_key::SecretKey,
    setting::{Live, LiveSettings},
    signin::status_broadcast::StatusBroadcast,
    token::{KeyRing, TokenStatusCache},
};
use crate::base::{
    clock::Clock,
    id::Ids,
    rng::Rng,
    secret::{HashKey, Use},
};
use crate::{
    config::{Checked, Command},
    store::{Engine, Store},
    text::Lang,
};
use std::{ops::Deref, sync::Arc};

/// The parts of a [`Ctx`].
#[derive(Debug)]
pub struct Parts {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub rng: Arc<dyn Rng>,
    pub settings: Arc<Checked>,
    pub hash_key: HashKey,
    /// The key that encrypts secret values in the database.
    pub secret_key: SecretKey,
    /// See [`Ctx::official`].
    pub accounts: Accounts,
    pub ids: Ids,
    pub hasher: Hasher,
    pub status_broadcast: StatusBroadcast,
    pub rule_cache: RuleCache,
    pub imports: Imports,
    pub worker_pool: WorkerPool,
    /// See [`Ctx::live`].
    pub live: LiveSettings,
    pub image_edits: EditQueue,
    /// The keys that sign tokens.
    pub token_keys: KeyRing,
    pub token_status: TokenStatusCache,
    pub holds: Holds,
    pub rates: Rates,
    /// When a push is answered without its reply.
    pub reply_deadline: ReplyDeadline,
    /// See [`Ctx::lock_row`].
    pub row_locks: KeyedLock,
    /// Locks for reading a user's long list: one at a time per user.
    pub list_locks: KeyedLock,
    /// The connections of the personal channel that this instance runs.
    pub ilink: Channels,
    /// Users whose data export is running.
    pub exports_in_flight: InFlight,
}

impl std::fmt::Debug for dyn Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}

impl std::fmt::Debug for dyn Rng {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Chance")
    }
}

/// A [`Ctx`] for one Official Account: what functions take that act for an account. It is the account that was in force when the work began.
#[derive(Debug, Clone)]
pub struct OfficialCtx {
    ctx: Ctx,
    pub account: Arc<OfficialAccount>,
}

impl OfficialCtx {
    /// The name that people see: that of the account, where the console gave it one, else that of the site. Empty: there is none.
    #[must_use]
    pub fn shown_name(&self) -> String {
        let site = self.live().site_name.clone();
        let has_own = self.account.origin == Origin::Console && !self.account.name.is_empty();
        if has_own || site.is_empty() { self.account.name.clone() } else { site }
    }
}

impl Deref for OfficialCtx {
    type Target = Ctx;

    fn deref(&self) -> &Ctx {
        &self.ctx
    }
}

/// The domain's context: cheap to clone, shared by the whole instance.
#[derive(Debug, Clone)]
pub struct Ctx(Arc<Parts>);

impl Ctx {
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// This context for an account.
    #[must_use]
    pub fn of_account(&self, account: Arc<OfficialAccount>) -> OfficialCtx {
        OfficialCtx { ctx: self.clone(), account }
    }

    /// This context for the account in force. Take it once for one piece of work.
    #[must_use]
    pub fn official(&self) -> OfficialCtx {
        self.of_account(self.accounts.now())
    }

    /// What the program calls: WeChat and the iLink platform, or the sandbox's stand-ins.
    #[must_use]
    pub fn platforms(&self) -> Arc<Platforms> {
        self.accounts.platforms()
    }

    /// What building an account takes.
    #[must_use]
    pub fn account_deps(&self) -> Deps<'_> {
        Deps { store: &self.store, key: &self.secret_key, clock: &self.clock, rng: &self.rng }
    }

    /// Waits for the lock of a row that a transaction will change, instead of holding a connection to the server meanwhile. `None` on the
    /// embedded database: its transactions follow each other anyway, and many may be committed together.
    pub async fn lock_row(&self, row: i64) -> Option<KeyedLockGuard> {
        if self.store.engine() == Engine::Sqlite { None } else { Some(self.row_locks.lock(row).await) }
    }

    /// The values in force of settings that change while the program runs. Take them once for one piece of work.
    #[must_use]
    pub fn live(&self) -> Arc<Live> {
        self.live.now()
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.clock.now_ms()
    }

    /// A new row id.
    #[must_use]
    pub fn next_id(&self) -> i64 {
        self.ids.next(self.clock.as_ref(), self.rng.as_ref())
    }

    /// True where people can ask for the rest of a long answer: the setting allows it, and the command has a word.
    #[must_use]
    pub fn continues_answers(&self) -> bool {
        self.settings.settings.reply.more && self.live().commands.word(Command::More, Lang::Zh).is_some()
    }

    /// The keyed hash under which a secret is stored.
    #[must_use]
    pub fn hash(&self, of: Use, secret: &str) -> String {
        self.hash_key.hash(of, secret)
    }
}

impl Deref for Ctx {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
