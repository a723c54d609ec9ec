//! A way to one database connection: for reading, or inside a transaction.

use super::{Engine, StoreError};
use sqlx::{
    Any, AnyConnection, AssertSqlSafe, SqlSafeStr as _, Transaction, any::AnyArguments, pool::PoolConnection,
    query::Query,
};

/// Something that statements can be run on.
pub trait Link: Send {
    /// Which dialect the placeholders are written for.
    fn engine(&self) -> Engine;
    /// The connection itself.
    fn conn(&mut self) -> &mut AnyConnection;

    /// A statement from this program's own text, with `?` for each value.
    fn sql(&self, text: &'static str) -> Query<'static, Any, AnyArguments> {
        match self.engine() {
            Engine::Postgres => assembled(numbered(text)),
            Engine::Sqlite | Engine::MySql => sqlx::query(text),
        }
    }

    /// A statement from several pieces of this program's own text: for lists of values, and for orders that people choose.
    fn sql_of(&self, pieces: &[&'static str]) -> Query<'static, Any, AnyArguments> {
        let text = pieces.concat();
        // Lists have many lengths: kept prepared, they would push out what is asked all the time.
        match self.engine() {
            Engine::Postgres => assembled(numbered(&text)).persistent(false),
            Engine::Sqlite | Engine::MySql => assembled(text).persistent(false),
        }
    }
}

/// The one place where SQL is not a literal: literals were put together, `?` became `$1`, `$2`, …, and no value is in it.
fn assembled(text: String) -> Query<'static, Any, AnyArguments> {
    sqlx::query(AssertSqlSafe(text).into_sql_str())
}

/// A connection outside a transaction, for reading.
pub struct Reader {
    pub(super) engine: Engine,
    pub(super) conn: PoolConnection<Any>,
}

impl Link for Reader {
    fn engine(&self) -> Engine {
        self.engine
    }
    fn conn(&mut self) -> &mut AnyConnection {
        &mut self.conn
    }
}

/// A transaction. Dropped without [`Tx::commit`] it never happened.
pub struct Tx {
    pub(super) engine: Engine,
    pub(super) inner: Transaction<'static, Any>,
}

impl Tx {
    /// Makes everything done in it last.
    ///
    /// # Errors
    /// The database could not promise that; then nothing of it lasts.
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.inner.commit().await?)
    }

    /// Forgets everything done in it, and waits until the database has.
    ///
    /// # Errors
    /// The connection broke; the database forgets by itself then.
    pub async fn rollback(self) -> Result<(), StoreError> {
        Ok(self.inner.rollback().await?)
    }
}

impl Link for Tx {
    fn engine(&self) -> Engine {
        self.engine
    }
    fn conn(&mut self) -> &mut AnyConnection {
        &mut self.inner
    }
}

/// `a = ? AND b = ?` → `a = $1 AND b = $2`. No text of this program has a question mark inside a literal.
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
