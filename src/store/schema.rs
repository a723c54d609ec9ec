//! The schema, as one list of steps. A step that was released is never changed; a change is a new step.

use sqlx::{
    SqlSafeStr as _,
    migrate::{Migration, MigrationType, Migrator},
};

const STEPS: [(i64, &str, &str); 11] = [
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
];

/// What brings a database up to date.
pub(super) fn migrator() -> Migrator {
    let step = |(version, name, sql): (i64, &'static str, &'static str)| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(STEPS.into_iter().map(step).collect())
}

#[cfg(test)]
mod tests {
    use super::STEPS;

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
