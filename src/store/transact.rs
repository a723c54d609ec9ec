//! Work in a transaction: begun, committed, rolled back, and done again where it collided with a concurrent one.

use super::{Store, StoreError, Tx};
use std::time::Duration;

/// How often the same work is attempted before its collision is returned.
const ATTEMPTS: u32 = 12;
/// The pause before the second attempt; it doubles before each further one, up to eight times as long.
const PAUSE_MS: u64 = 5;
const MAX_DOUBLINGS: u32 = 3;

/// Does work in a transaction and commits it; evaluates to the result of the work.
///
/// An error rolls the transaction back. After a collision ([`TxError::is_collision`]) the whole work is done again in a new
/// transaction, a few times and with short pauses; the last collision is returned. So the work must change nothing outside its
/// transaction: what is to be done in memory is registered with [`Tx::after_commit`], and done once, after the commit. `return` and `?`
/// end the work, not the function around it. `urgent` before the store is for messages: see [`Store::begin_urgent`].
///
/// ```ignore
/// let balance = transact!(ctx.store, |tx| -> Result<i64, CoreError> {
///     lock(tx, user_id).await?;
///     change(tx, user_id, -1).await
/// })?;
/// ```
///
/// A macro, because the compiler does not prove yet that the future of an `AsyncFnMut` that borrows is `Send`
/// (rust-lang/rust issue 110338).
#[macro_export]
macro_rules! transact {
    (urgent $store:expr, |$tx:ident| -> $result:ty $work:block) => {
        $crate::transact!(@ $crate::store::Attempts::urgent(&$store), $tx, ($result), $work)
    };
    (urgent $store:expr, |$tx:ident| $work:expr) => {
        $crate::transact!(@ $crate::store::Attempts::urgent(&$store), $tx, (_), $work)
    };
    ($store:expr, |$tx:ident| -> $result:ty $work:block) => {
        $crate::transact!(@ $crate::store::Attempts::new(&$store), $tx, ($result), $work)
    };
    ($store:expr, |$tx:ident| $work:expr) => {
        $crate::transact!(@ $crate::store::Attempts::new(&$store), $tx, (_), $work)
    };
    (@ $attempts:expr, $tx:ident, ($result:ty), $work:expr) => {{
        let mut attempts = $attempts;
        let done: $result = loop {
            let mut tx = match attempts.begin().await {
                Ok(tx) => tx,
                Err(e) => break Err(e.into()),
            };
            let done: $result = async {
                let $tx = &mut tx;
                $work
            }
            .await;
            if let Some(done) = attempts.end(tx, done).await {
                break done;
            }
        };
        done
    }};
}

/// An error of work in a transaction.
pub trait TxError: From<StoreError> {
    /// True where the same work may succeed in a new transaction, which sees the rows of the concurrent one.
    fn is_collision(&self) -> bool;
}

impl TxError for StoreError {
    fn is_collision(&self) -> bool {
        self.is_retryable()
    }
}

/// The attempts of [`transact!`](crate::transact).
#[derive(Debug)]
pub struct Attempts<'a> {
    store: &'a Store,
    is_urgent: bool,
    made: u32,
}

impl<'a> Attempts<'a> {
    #[must_use]
    pub fn new(store: &'a Store) -> Self {
        Self { store, is_urgent: false, made: 0 }
    }

    /// For a message of the account, which must be answered within seconds.
    #[must_use]
    pub fn urgent(store: &'a Store) -> Self {
        Self { is_urgent: true, ..Self::new(store) }
    }

    /// A transaction for the next attempt.
    ///
    /// # Errors
    /// No connection was free in time, or the database cannot be reached.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        if self.is_urgent { self.store.begin_urgent().await } else { self.store.begin().await }
    }

    /// Commits an attempt, or rolls it back. Returns the result of the work; `None` after a pause where it is to be done again.
    pub async fn end<T, E: TxError>(&mut self, tx: Tx, done: Result<T, E>) -> Option<Result<T, E>> {
        let failure = match done {
            Ok(value) => match tx.commit().await {
                Ok(()) => return Some(Ok(value)),
                Err(e) => E::from(e),
            },
            Err(e) => {
                // A connection on which this fails is closed, and its transaction with it.
                tx.rollback().await.ok();
                e
            }
        };
        self.made += 1;
        if self.made == ATTEMPTS || !failure.is_collision() {
            return Some(Err(failure));
        }
        tokio::time::sleep(pause(self.made)).await;
        None
    }
}

/// The pause after so many attempts, at least 1.
fn pause(made: u32) -> Duration {
    Duration::from_millis(PAUSE_MS << (made - 1).min(MAX_DOUBLINGS))
}

#[cfg(test)]
mod tests {
    use super::{ATTEMPTS, pause};

    #[test]
    fn the_pauses_grow_and_end_soon() {
        let pauses: Vec<u128> = (1..ATTEMPTS).map(|made| pause(made).as_millis()).collect();
        assert_eq!(pauses[..5], [5, 10, 20, 40, 40]);
        assert!(pauses.iter().sum::<u128>() < 500);
    }
}
