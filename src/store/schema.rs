//! The schema as a list of migrations. A released migration is never changed; a change is a new migration.

use super::{Engine, server};
use sqlx::{
    AnyPool, AssertSqlSafe, SqlSafeStr as _,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
};
use std::time::Duration;

/// How often a Galera cluster is asked whether another instance has finished the migrations, and the pause between.
const ATTEMPTS: u32 = 60;
const PAUSE: Duration = Duration::from_millis(500);

const STEPS: &[(i64, &str, &str)] = &[
    (1, "people", include_str!("../../migrations/0001_people.sql")),
    (2, "signin", include_str!("../../migrations/0002_signin.sql")),
    (3, "messages", include_str!("../../migrations/0003_messages.sql")),
    (4, "rules", include_str!("../../migrations/0004_rules.sql")),
    (5, "api", include_str!("../../migrations/0005_api.sql")),
    (6, "follow", include_str!("../../migrations/0006_follow.sql")),
    (7, "media", include_str!("../../migrations/0007_media.sql")),
    (8, "directory", include_str!("../../migrations/0008_directory.sql")),
    (10, "budget", include_str!("../../migrations/0010_budget.sql")),
    (11, "thumb_search", include_str!("../../migrations/0011_thumb_search.sql")),
    (12, "person", include_str!("../../migrations/0012_person.sql")),
    (13, "registrations", include_str!("../../migrations/0013_registrations.sql")),
    (14, "doors", include_str!("../../migrations/0014_doors.sql")),
    (15, "follow_poll", include_str!("../../migrations/0015_follow_poll.sql")),
    (16, "known_networks", include_str!("../../migrations/0016_known_networks.sql")),
    (17, "secrets", include_str!("../../migrations/0017_secrets.sql")),
    (18, "account_joins", include_str!("../../migrations/0018_account_joins.sql")),
    (20, "whose_signin", include_str!("../../migrations/0020_whose_signin.sql")),
    (21, "longer_kinds", include_str!("../../migrations/0021_longer_kinds.sql")),
    (22, "personal_data", include_str!("../../migrations/0022_personal_data.sql")),
    (23, "ilink", include_str!("../../migrations/0023_ilink.sql")),
    (24, "hot_tables", include_str!("../../migrations/0024_hot_tables.sql")),
    (26, "rules_on_home", include_str!("../../migrations/0026_rules_on_home.sql")),
    (27, "avatars", include_str!("../../migrations/0027_avatars.sql")),
    (32, "settings", include_str!("../../migrations/0032_settings.sql")),
    (34, "level_end", include_str!("../../migrations/0034_level_end.sql")),
    (35, "redemption", include_str!("../../migrations/0035_redemption.sql")),
    (36, "check_ins", include_str!("../../migrations/0036_check_ins.sql")),
    (37, "official_accounts", include_str!("../../migrations/0037_official_accounts.sql")),
    (38, "user_index", include_str!("../../migrations/0038_user_index.sql")),
];

/// Brings the schema up to date. Of several instances that start at the same time, one does it and the others wait.
pub(super) async fn migrate(engine: Engine, pool: &AnyPool) -> Result<(), MigrateError> {
    let mut migrator = migrator(engine);
    let is_galera = engine == Engine::MySql && server::is_galera(&mut *pool.acquire().await?).await?;
    // A Galera cluster has no locks by name. There the row that stands for a migration decides: it is inserted first, and of two nodes that
    // insert it one fails. Until the other has finished, the migrations are refused.
    migrator.set_locking(engine != Engine::Sqlite && !is_galera);
    let mut attempts = if is_galera { ATTEMPTS } else { 1 };
    loop {
        attempts -= 1;
        match migrator.run(pool).await {
            Err(error) if attempts > 0 => {
                tracing::debug!(%error, "another instance may be migrating the schema");
                tokio::time::sleep(PAUSE).await;
            }
            done => return done,
        }
    }
}

/// The migrations of an engine.
pub(super) fn migrator(engine: Engine) -> Migrator {
    let step = |(version, name, sql): (i64, &'static str, &'static str)| {
        let sql = AssertSqlSafe(of_engine(sql, engine));
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(STEPS.iter().copied().map(step).collect())
}

/// The statements of a file for this engine: all, but those behind a line `-- only` with the name of another engine.
fn of_engine(sql: &str, engine: Engine) -> String {
    let own = match engine {
        Engine::Sqlite => "sqlite",
        Engine::MySql => "mysql",
        Engine::Postgres => "postgres",
    };
    let mut is_meant = true;
    let mut text = String::with_capacity(sql.len());
    for line in sql.split_inclusive('\n') {
        if let Some(only) = line.strip_prefix("-- only ") {
            is_meant = only.trim() == own;
        } else if is_meant {
            text.push_str(line);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{STEPS, of_engine};
    use crate::store::Engine;

    #[test]
    fn a_file_has_statements_for_one_engine() {
        let sql = "a;\n-- only mysql\nb;\n-- only postgres\nc;\n";
        let of = |engine| of_engine(sql, engine);
        assert_eq!(
            (of(Engine::Sqlite), of(Engine::MySql), of(Engine::Postgres)),
            ("a;\n".into(), "a;\nb;\n".into(), "a;\nc;\n".into())
        );
        // Files without such lines are unchanged: their checksums are in databases.
        let same = |sql: &str| sql.contains("-- only ") || of_engine(sql, Engine::Sqlite) == sql;
        assert!(STEPS.iter().all(|(_, _, sql)| same(sql)));
    }

    #[test]
    fn every_file_is_a_step() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
        let mut files: Vec<String> =
            std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap()).collect();
        files.sort();
        let steps: Vec<String> = STEPS.iter().map(|(version, name, _)| format!("{version:04}_{name}.sql")).collect();
        assert_eq!(files, steps);
    }
}
