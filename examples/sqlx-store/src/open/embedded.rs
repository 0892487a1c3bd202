//! The migrations, embedded in the program.

use sqlx::{
    SqlSafeStr,
    migrate::{Migration, MigrationType, Migrator},
};

/// Embeds the migrations of `migrations/$folder`.
macro_rules! embedded_migrations {
    ($folder:literal) => {
        embedded_migrations!(
            $folder,
            "0001_stores",
            "0002_accounts",
            "0003_budgets",
            "0004_key_uses",
            "0005_fates",
            "0006_hook_uses",
            "0007_last_seen_and_parked",
            "0008_due_by_account",
            "0009_words_and_times",
            "0010_log_counts",
            "0011_ended_sessions",
            "0012_rule_days",
            "0013_backfills",
        )
    };
    ($folder:literal, $($name:literal,)+) => {
        std::sync::LazyLock::new(|| {
            $crate::open::embedded::migrator(&[$((
                $name,
                include_str!(concat!("../../migrations/", $folder, "/", $name, ".sql")),
            )),+])
        })
    };
}
pub(super) use embedded_migrations;

/// Creates a migrator from pairs of file name (without extension) and SQL. The version of a
/// migration is its position, counted from 1.
pub(super) fn migrator(files: &[(&'static str, &'static str)]) -> Migrator {
    let migrations = (1..).zip(files).map(|(version, (name, sql))| {
        let description =
            name.trim_start_matches(|digit: char| digit.is_ascii_digit() || digit == '_');
        Migration::new(
            version,
            description.replace('_', " ").into(),
            MigrationType::Simple,
            (*sql).into_sql_str(),
            false,
        )
    });
    Migrator::with_migrations(migrations.collect())
}

#[cfg(test)]
mod tests {
    use std::{ffi::OsString, fs, path::Path, sync::LazyLock};

    use super::*;

    #[test]
    fn every_file_is_embedded_at_its_version() {
        static SQLITE: LazyLock<Migrator> = embedded_migrations!("sqlite");
        static POSTGRES: LazyLock<Migrator> = embedded_migrations!("postgres");
        for (folder, embedded) in [("sqlite", &*SQLITE), ("postgres", &*POSTGRES)] {
            let path = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("migrations")
                .join(folder);
            let files = fs::read_dir(path).unwrap();
            let mut files: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
            files.sort_unstable();
            let expected = embedded.iter().map(|one| -> OsString {
                let description = one.description.replace(' ', "_");
                format!("{:04}_{description}.sql", one.version).into()
            });
            assert_eq!(files, expected.collect::<Vec<_>>(), "{folder}");
        }
    }
}
