//! Statements that change rows, sent together: the embedded database runs them all in one call of its thread, where each call costs
//! more than the statement. Database servers get one after the other, with texts that they keep prepared.

use super::{Engine, Link as _, StoreError, Tx};
use sqlx::{Any, Arguments as _, any::AnyArguments};

/// What is sent at once.
struct Call {
    text: String,
    arguments: AnyArguments,
    /// The number of statements in the text.
    count: u64,
}

/// Statements that wait to be sent.
pub struct Script {
    engine: Engine,
    /// One for all statements of the embedded database.
    calls: Vec<Call>,
    failed: Option<sqlx::Error>,
}

impl Script {
    #[must_use]
    pub fn new(engine: Engine) -> Self {
        Self { engine, calls: Vec::new(), failed: None }
    }

    pub(super) fn engine(&self) -> Engine {
        self.engine
    }

    /// Adds a statement, with `?` for each value. [`Self::bind`] gives the values, in order.
    pub(super) fn add(&mut self, pieces: &[&'static str]) {
        if let (Engine::Sqlite, Some(call)) = (self.engine, self.calls.last_mut()) {
            call.count += 1;
            call.text.push_str("; ");
            call.text.push_str(&pieces.concat());
        } else {
            self.calls.push(Call { text: pieces.concat(), arguments: AnyArguments::default(), count: 1 });
        }
    }

    /// Binds the next value of the last statement.
    pub(super) fn bind<'v, T>(&mut self, value: T)
    where
        T: sqlx::Encode<'v, Any> + sqlx::Type<Any>,
    {
        if let Some(call) = self.calls.last_mut()
            && let Err(error) = call.arguments.add(value)
        {
            self.failed = Some(sqlx::Error::Encode(error));
        }
    }

    /// Sends the statements, in order; [`StoreError::Duplicate`] as their functions say.
    pub async fn run(self, db: &mut Tx) -> Result<(), StoreError> {
        if let Some(error) = self.failed {
            return Err(error.into());
        }
        for Call { text, arguments, count } in self.calls {
            // A script of the embedded database has as many texts as it has lengths: kept prepared, it would evict frequent ones.
            let is_kept = self.engine != Engine::Sqlite;
            db.sql_with(text, arguments, count).persistent(is_kept).execute(db.conn()).await?;
        }
        Ok(())
    }
}
