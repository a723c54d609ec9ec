//! A statement that is put together from literals, with its values; and its plan, for tests and measurements.

use super::{Engine, Link as _, Reader, StoreError, link::Asked, plan::Plan};
use sqlx::{Row as _, any::AnyRow};

/// A value of a statement.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Number(i64),
    Text(String),
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// A `SELECT`.
#[derive(Debug, Clone, Default)]
pub(super) struct Statement {
    pieces: Vec<&'static str>,
    values: Vec<Value>,
}

impl Statement {
    pub fn new(text: &'static str) -> Self {
        Self { pieces: vec![text], values: Vec::new() }
    }

    pub fn add(&mut self, text: &'static str) {
        self.pieces.push(text);
    }

    pub fn add_all(&mut self, pieces: &[&'static str]) {
        self.pieces.extend(pieces);
    }

    /// The value of the next `?`.
    pub fn bind(&mut self, value: impl Into<Value>) {
        self.values.push(value.into());
    }

    /// Adds `(?, ?, …)` with these values, of which there must be some.
    pub fn list(&mut self, values: &[i64]) {
        self.add("(");
        for (at, value) in values.iter().enumerate() {
            self.add(if at == 0 { "?" } else { ", ?" });
            self.bind(*value);
        }
        self.add(")");
    }

    fn bound(&self, query: Asked) -> Asked {
        self.values.iter().fold(query, |query, value| match value {
            Value::Number(number) => query.bind(*number),
            Value::Text(text) => query.bind(text.clone()),
        })
    }

    /// Runs the statement.
    pub async fn fetch(&self, db: &mut Reader) -> Result<Vec<AnyRow>, StoreError> {
        if db.plans.is_some() {
            let plan = self.plan(db).await?;
            db.plans.iter_mut().for_each(|plans| plans.push(plan.clone()));
        }
        Ok(self.bound(db.sql_of(&self.pieces)).fetch_all(db.conn()).await?)
    }

    /// The text and the plan that the engine makes for these values.
    async fn plan(&self, db: &mut Reader) -> Result<Plan, StoreError> {
        let (explain, column) = match db.engine() {
            Engine::Sqlite => ("EXPLAIN QUERY PLAN ", "detail"),
            Engine::Postgres => ("EXPLAIN ", "QUERY PLAN"),
            Engine::MySql => ("EXPLAIN FORMAT=JSON ", "EXPLAIN"),
        };
        let pieces: Vec<&'static str> = std::iter::once(explain).chain(self.pieces.iter().copied()).collect();
        let rows = self.bound(db.sql_of(&pieces)).fetch_all(db.conn()).await?;
        let mut steps = Vec::new();
        for row in &rows {
            // A text of MariaDB comes as bytes.
            let step = row.try_get::<String, _>(column).or_else(|_| {
                row.try_get::<Vec<u8>, _>(column).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            });
            steps.push(step?);
        }
        Ok(Plan { statement: shortened(&self.pieces.concat()), steps })
    }
}

/// A long list of placeholders says nothing.
fn shortened(text: &str) -> String {
    let mut short = text.to_owned();
    while let Some(at) = short.find("?, ?, ?, ") {
        short.replace_range(at..at + "?, ".len(), "");
    }
    short
}
