//! List of all statements, for the tests that check that no query plan scans a growing table.

use crate::{
    backfill, budgets, ended_sessions, host_time, keys, last_seen, read, reseal, retention,
    session::{FileStatements, Statement},
    tasks, tokens, write,
};

/// Returns the source file and text of every PostgreSQL statement.
#[cfg(feature = "testing")]
pub fn postgres_statements() -> impl Iterator<Item = (&'static str, &'static str)> {
    all().map(|(file, statement)| (file, statement.postgres))
}

fn all() -> impl Iterator<Item = (&'static str, &'static Statement)> {
    LISTED.iter().flat_map(|listed| {
        let statements = listed.statements.iter().copied().flatten();
        statements.map(|statement| (listed.file, statement))
    })
}

const LISTED: &[FileStatements] = &[
    budgets::STATEMENTS,
    ended_sessions::STATEMENTS,
    host_time::STATEMENTS,
    keys::STATEMENTS,
    last_seen::STATEMENTS,
    read::accounts::STATEMENTS,
    read::candidate_history::STATEMENTS,
    read::deliveries::STATEMENTS,
    read::invitations::STATEMENTS,
    read::links::STATEMENTS,
    read::log_summary::STATEMENTS,
    read::pushes::STATEMENTS,
    read::report_access::STATEMENTS,
    read::sync_log::STATEMENTS,
    read::sync_log::dated::STATEMENTS,
    read::rule_day::STATEMENTS,
    read::backfill::STATEMENTS,
    read::trigger_decision::STATEMENTS,
    reseal::STATEMENTS,
    retention::STATEMENTS,
    tasks::STATEMENTS,
    tasks::claim::STATEMENTS,
    tokens::STATEMENTS,
    backfill::STATEMENTS,
    write::account::STATEMENTS,
    write::delivery::STATEMENTS,
    write::person::STATEMENTS,
    write::record::STATEMENTS,
    write::sync_log::STATEMENTS,
    write::task::STATEMENTS,
];

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeSet,
        fs,
        path::{Path, PathBuf},
    };

    use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection, sqlite::SqliteConnectOptions};

    use super::*;
    use crate::{MasterKey, MasterKeys, SqlxStore};

    #[tokio::test]
    async fn sqlite_neither_scans_nor_sorts_a_table() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plans.db");
        let keys = MasterKeys::new(MasterKey::generate().unwrap(), []);
        SqlxStore::open(path.to_str().unwrap(), keys).await.unwrap();
        let options = SqliteConnectOptions::new().filename(path);
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        let mut found = String::new();
        for (file, statement) in all() {
            let sql = statement.sqlite;
            let explained = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
            let steps = sqlx::query(explained).fetch_all(&mut connection).await;
            for step in steps.unwrap() {
                let detail: String = step.get("detail");
                let scan = detail.starts_with("SCAN") && !ALLOWED_SCANS.contains(&&*detail)
                    || detail.contains("(rowid<")
                    || detail.contains("(rowid>");
                let sort = detail.contains("TEMP B-TREE");
                if scan || sort {
                    found += &format!("{file}: {sql}: {detail}\n");
                }
            }
        }
        assert!(found.is_empty(), "{found}");
    }

    /// A page of an assessment, or of a range of times, is read by their index, and not by one that
    /// would read the entries of all assessments or of all days.
    #[tokio::test]
    async fn sqlite_pages_use_the_narrowest_index() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plans.db");
        let keys = MasterKeys::new(MasterKey::generate().unwrap(), []);
        SqlxStore::open(path.to_str().unwrap(), keys).await.unwrap();
        let options = SqliteConnectOptions::new().filename(path);
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        let mut checked = 0;
        for (_, statement) in all() {
            let sql = statement.sqlite;
            let index = match sql {
                sql if sql.contains(" assessment = $") && sql.contains("FROM sync_log ") => {
                    "sync_log_by_assessment"
                }
                sql if sql.contains(" = +groups.day") => "sync_log_by_day",
                _ => continue,
            };
            let explained = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
            let steps = sqlx::query(explained).fetch_all(&mut connection).await;
            let steps: Vec<String> = steps
                .unwrap()
                .iter()
                .map(|step| step.get("detail"))
                .collect();
            let expected = format!("SEARCH sync_log USING INDEX {index} (");
            assert!(
                steps.iter().any(|step| step.starts_with(&expected)),
                "{sql}: {steps:?}"
            );
            checked += 1;
        }
        assert_eq!(checked, 12);
    }

    /// Allowed scans: bound values, tables with one row per key, partial indexes on pending rows,
    /// limited subqueries, the accounts with tasks, and the days of a range.
    const ALLOWED_SCANS: &[&str] = &[
        "SCAN groups",
        "SCAN page VIRTUAL TABLE INDEX 1:",
        "SCAN (subquery-2)",
        "SCAN next",
        "SCAN parked",
        "SCAN waiting",
        "SCAN CONSTANT ROW",
        "SCAN json_each VIRTUAL TABLE INDEX 1:",
        "SCAN sealing_keys",
        "SCAN invitations USING INDEX invitations_without_person",
        "SCAN deliveries USING INDEX deliveries_unsealed",
    ];

    /// An unlisted statement would not be tested.
    #[test]
    fn every_statement_is_listed() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let exempt = [
            root.join("session.rs"),
            root.join("session"),
            root.join("open"),
        ];
        let mut declaring = BTreeSet::new();
        for file in sources(&root) {
            let text = fs::read_to_string(&file).unwrap();
            if exempt.iter().any(|path| file.starts_with(path)) || file.ends_with("query_plans.rs")
            {
                continue;
            }
            if text.contains(" both(") || text.contains(" each(") {
                declaring.insert(file.strip_prefix(&root).unwrap().to_owned());
            }
            let (code, _tests) = text.split_once("#[cfg(test)]").unwrap_or((&text, ""));
            for bypass in ["sqlx::query", "raw_sql", "Statement {", "QueryBuilder"] {
                assert!(!code.contains(bypass), "{bypass} in {file:?}");
            }
        }
        let listed: BTreeSet<PathBuf> = LISTED
            .iter()
            .map(|listed| listed.file.split_once("src/").unwrap().1.into())
            .collect();
        assert_eq!(declaring, listed);
        assert!(LISTED.iter().all(|listed| !listed.statements.is_empty()));
    }

    fn sources(folder: &Path) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                found.extend(sources(&path));
            } else {
                found.push(path);
            }
        }
        found
    }
}
