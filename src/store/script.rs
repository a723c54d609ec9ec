//! Statements that change rows, sent together: the embedded database runs them all in one call of its thread, where each call costs
//! more than the statement. Database servers get one after the other, with texts that they keep prepared.

use super::{Engine, Link as _, StoreError, Tx, link};
use sqlx::{Any, Arguments as _, any::AnyArguments};

/// Statements that wait to be sent.
pub struct Script {
    engine: Engine,
    /// Texts with their values; one for all statements of the embedded database.
    calls: Vec<(String, AnyArguments)>,
    /// The number of statements.
    count: u64,
    failed: Option<sqlx::Error>,
}

impl Script {
    #[must_use]
    pub fn new(engine: Engine) -> Self {
        Self { engine, calls: Vec::new(), count: 0, failed: None }
    }

    pub(super) fn engine(&self) -> Engine {
        self.engine
    }

    /// Adds a statement, with `?` for each value. [`Self::bind`] gives the values, in order.
    pub(super) fn add(&mut self, pieces: &[&'static str]) {
        self.count += 1;
        match (self.engine, self.calls.last_mut()) {
            (Engine::Sqlite, Some((text, _))) => {
                text.push_str("; ");
                for piece in pieces {
                    text.push_str(piece);
                }
            }
            _ => self.calls.push((pieces.concat(), AnyArguments::default())),
        }
    }

    /// Binds the next value of the last statement.
    pub(super) fn bind<'v, T>(&mut self, value: T)
    where
        T: sqlx::Encode<'v, Any> + sqlx::Type<Any>,
    {
        if let Some((_, arguments)) = self.calls.last_mut()
            && let Err(error) = arguments.add(value)
        {
            self.failed = Some(sqlx::Error::Encode(error));
        }
    }

    /// Sends the statements, in order; [`StoreError::Duplicate`] as their functions say.
    pub async fn run(self, db: &mut Tx) -> Result<(), StoreError> {
        if let Some(error) = self.failed {
            return Err(error.into());
        }
        db.count_statements(self.count);
        for (text, arguments) in self.calls {
            // A script of the embedded database has as many texts as it has lengths: kept prepared, it would evict frequent ones.
            let is_kept = self.engine != Engine::Sqlite;
            link::assembled_with(self.engine, text, arguments).persistent(is_kept).execute(db.conn()).await?;
        }
        Ok(())
    }
}
