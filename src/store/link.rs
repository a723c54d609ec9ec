//! Access to one database connection: for reading, or inside a transaction.

use super::{
    Engine, StoreError,
    effects::Effects,
    group::{self, Open, Turn},
    plan::Plan,
};
use sqlx::{Any, AnyConnection, AssertSqlSafe, SqlSafeStr as _, any::AnyArguments, pool::PoolConnection, query::Query};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use tokio::sync::OwnedSemaphorePermit;

/// A statement and the values bound to it.
pub type Asked = Query<'static, Any, AnyArguments>;

/// The number of statements since the start.
pub type Statements = Arc<AtomicU64>;

/// A connection that runs statements.
pub trait Link: Send {
    /// The engine, which determines the placeholders.
    fn engine(&self) -> Engine;
    /// The underlying connection.
    fn conn(&mut self) -> &mut AnyConnection;
    /// Counts the statements of all connections.
    fn statements(&self) -> &Statements;

    /// A statement from a literal, with `?` for each value.
    fn sql(&self, text: &'static str) -> Asked {
        self.statements().fetch_add(1, Ordering::Relaxed);
        match self.engine() {
            Engine::Postgres => assembled(numbered(text)),
            Engine::Sqlite | Engine::MySql => sqlx::query(text),
        }
    }

    /// A statement concatenated from several literals: for lists of values, and for orders that users choose.
    fn sql_of(&self, pieces: &[&'static str]) -> Asked {
        // Lists have many lengths: cached as prepared statements, they would evict the frequent ones.
        self.sql_kept(pieces).persistent(false)
    }

    /// [`Self::sql_of`] for texts of which there are few, such as those of `bulk::parts`: kept prepared.
    fn sql_kept(&self, pieces: &[&'static str]) -> Asked {
        self.statements().fetch_add(1, Ordering::Relaxed);
        let text = pieces.concat();
        match self.engine() {
            Engine::Postgres => assembled(numbered(&text)),
            Engine::Sqlite | Engine::MySql => assembled(text),
        }
    }
}

/// A statement whose values are bound later.
fn assembled(text: String) -> Asked {
    assembled_with(text, AnyArguments::default())
}

/// The only place where SQL is not a literal: literals were concatenated, `?` became `$1`, `$2`, …, and it contains no
/// value.
fn assembled_with(text: String, arguments: AnyArguments) -> Asked {
    sqlx::query_with(AssertSqlSafe(text).into_sql_str(), arguments)
}

/// A connection outside a transaction, for reading.
pub struct Reader {
    pub(super) engine: Engine,
    pub(super) conn: PoolConnection<Any>,
    pub(super) statements: Statements,
    /// The plans of statements that were run since [`Reader::explain`].
    pub(super) plans: Option<Vec<Plan>>,
}

impl Reader {
    /// Begins to record how the engine runs the statements of the user list; for tests and measurements.
    pub fn explain(&mut self) {
        self.plans = Some(Vec::new());
    }

    /// Ends the recording, and returns it.
    pub fn take_plans(&mut self) -> Vec<Plan> {
        self.plans.take().unwrap_or_default()
    }
}

impl Link for Reader {
    fn engine(&self) -> Engine {
        self.engine
    }
    fn conn(&mut self) -> &mut AnyConnection {
        &mut self.conn
    }
    fn statements(&self) -> &Statements {
        &self.statements
    }
}

/// A transaction. Rolled back if dropped without [`Tx::commit`].
pub struct Tx {
    pub(super) engine: Engine,
    /// `None` once it ends, which consumes it.
    pub(super) open: Option<Open>,
    /// The right to use the embedded database's writer: others may join this transaction after its work.
    pub(super) turn: Option<Turn>,
    /// The permit of the write queue of a server, released with the connection.
    pub(super) permit: Option<OwnedSemaphorePermit>,
    pub(super) effects: Effects,
    pub(super) statements: Statements,
}

impl Tx {
    /// Begins this transaction's work within that of others.
    pub(super) async fn joined(mut self) -> Result<Self, StoreError> {
        if let Some(open) = &mut self.open {
            open.begin_member().await?;
        }
        Ok(self)
    }

    /// Commits the transaction. Once begun, the commit and the effects are carried out although the caller is gone.
    ///
    /// # Errors
    /// The commit failed; nothing was changed.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        let Some(open) = self.open.take() else { return Ok(()) };
        let (turn, permit, effects) = (self.turn.take(), self.permit.take(), std::mem::take(&mut self.effects));
        let ending = tokio::spawn(async move {
            let committed = group::end(open, turn, effects).await;
            drop(permit);
            committed
        });
        match ending.await {
            Ok(Ok(committed)) => committed.await.unwrap_or(Err(StoreError::Collision)),
            Ok(Err(error)) => Err(error),
            // The program ends, or an effect panicked.
            Err(error) => Err(StoreError::Unavailable(sqlx::Error::Io(std::io::Error::other(error)))),
        }
    }

    /// Statements from literals with their values, sent in one call: several of them on the embedded database only, separated by `;`.
    pub(super) fn sql_with(&self, text: String, arguments: AnyArguments, count: u64) -> Asked {
        self.statements.fetch_add(count, Ordering::Relaxed);
        let text = if self.engine == Engine::Postgres { numbered(&text) } else { text };
        assembled_with(text, arguments)
    }

    /// Registers what is to be done once this transaction is committed, in this instance's memory: without waiting, and without
    /// failing. It is dropped with a transaction that is not committed.
    pub fn after_commit(&mut self, effect: impl FnOnce() + Send + 'static) {
        self.effects.push(effect);
    }

    /// Rolls the transaction back, before any other one uses its connection.
    ///
    /// # Errors
    /// The connection broke; the database then rolls back by itself.
    pub async fn rollback(mut self) -> Result<(), StoreError> {
        let Some(open) = self.open.take() else { return Ok(()) };
        if let Some(turn) = self.turn.take().filter(|_| open.is_shared()) {
            group::spawn(group::undo(open, turn));
            return Ok(());
        }
        Ok(open.inner.rollback().await?)
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        // Its caller was cancelled. The work of others in it goes on.
        if let (Some(open), Some(turn)) = (self.open.take_if(|open| open.is_shared()), self.turn.take()) {
            group::spawn(group::undo(open, turn));
        }
    }
}

impl Link for Tx {
    fn engine(&self) -> Engine {
        self.engine
    }
    fn conn(&mut self) -> &mut AnyConnection {
        #[expect(clippy::expect_used, reason = "only the end of a transaction takes it, and consumes the Tx")]
        &mut self.open.as_mut().expect("an open transaction").inner
    }
    fn statements(&self) -> &Statements {
        &self.statements
    }
}

/// `a = ? AND b = ?` → `a = $1 AND b = $2`. No statement of this program contains a question mark inside a literal.
fn numbered(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut n = 0_u32;
    for part in text.split_inclusive('?') {
        match part.strip_suffix('?') {
            Some(before) => {
                n += 1;
                out.push_str(before);
                out.push('$');
                out.push_str(&n.to_string());
            }
            None => out.push_str(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::numbered;

    #[test]
    fn placeholders_are_numbered_in_order() {
        assert_eq!(numbered("a = ? AND b IN (?, ?) x"), "a = $1 AND b IN ($2, $3) x");
        assert_eq!(numbered("no values"), "no values");
    }
}
