//! What several tests of directory need.

use super::App;
use std::time::Duration;
use weida::core::account::directory::{self, Admin, Query};

/// How long a revocation may take to reach another instance.
pub const SOON: Duration = Duration::from_secs(1);

/// Ids from here on: above those of the users that these tests register.
pub const CROWD: i64 = 2_000_000;

pub fn looking_for(text: &str) -> Query {
    Query { text: text.to_owned(), ..Query::default() }
}

pub async fn found(app: &App, admin: &Admin, query: &Query) -> Vec<i64> {
    directory::search(&app.ctx, admin, query).await.unwrap().entries.iter().map(|entry| entry.id).collect()
}
