//! Query plans on PostgreSQL. The planner scans small tables despite indexes, and disabling
//! `enable_seqscan` would only prove that some other plan exists. The tables therefore have enough
//! rows to make scans more expensive, and the tests check the plan that would be executed for any
//! values (`force_generic_plan`).

use std::sync::Arc;

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row};
use sqlx_store::{SqlxStore, postgres_statements, testing::PostgresCluster};

use crate::server::{Test, keys, tests};

pub(crate) fn tests() -> Vec<Test> {
    tests![no_statement_scans_a_table]
}

async fn no_statement_scans_a_table(cluster: Arc<PostgresCluster>) {
    let url = cluster.fresh_database().unwrap();
    SqlxStore::open(&url, keys()).await.unwrap();
    let mut connection = PgConnection::connect(&cluster.direct_url(&url))
        .await
        .unwrap();
    let key = "INSERT INTO sealing_keys VALUES ('current'), ('previous')";
    connection.execute(key).await.unwrap();
    // The counts are filled like any other table.
    connection
        .execute("ALTER TABLE sync_log DISABLE TRIGGER USER")
        .await
        .unwrap();
    for (table, columns) in ROWS {
        let fill = format!(
            "INSERT INTO {table} SELECT {columns} FROM generate_series(1, 20000) AS n, \
             LATERAL (SELECT 'account' || n % 10 AS account) AS of"
        );
        connection.execute(AssertSqlSafe(fill)).await.unwrap();
    }
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_greenhouse_migrations'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    for table in tables {
        assert!(
            ROWS.iter().any(|(filled, _)| *filled == table) || FEW.contains(&&*table),
            "{table} has no rows"
        );
    }
    connection
        .execute("ANALYZE; SET plan_cache_mode = force_generic_plan")
        .await
        .unwrap();
    let mut found = String::new();
    for (file, statement) in postgres_statements() {
        let plan = plan(&mut connection, statement).await;
        for problem in problems(&plan) {
            found += &format!("{file}: {statement}\n{problem} in\n{}\n\n", plan.join("\n"));
        }
    }
    assert!(found.is_empty(), "{found}");

    let dated = postgres_statements().filter(|(_, sql)| sql.contains("groups.day"));
    let mut checked = 0;
    for (_, statement) in dated {
        let plan = plan(&mut connection, statement).await;
        let by_day = plan
            .iter()
            .any(|line| line.contains("sync_log_by_day on sync_log"));
        assert!(by_day, "{statement}\n{}", plan.join("\n"));
        checked += 1;
    }
    assert_eq!(checked, 4);
}

async fn plan(connection: &mut PgConnection, statement: &str) -> Vec<String> {
    let parameters = (1..).take_while(|number| statement.contains(&format!("${number}")));
    let values = vec!["NULL"; parameters.count()].join(", ");
    let values = if values.is_empty() {
        values
    } else {
        format!("({values})")
    };
    connection
        .execute(AssertSqlSafe(format!("PREPARE judged AS {statement}")))
        .await
        .unwrap();
    let explain = AssertSqlSafe(format!("EXPLAIN (COSTS OFF) EXECUTE judged{values}"));
    let lines = sqlx::raw_sql(explain).fetch_all(&mut *connection).await;
    connection.execute("DEALLOCATE judged").await.unwrap();
    lines.unwrap().iter().map(|line| line.get(0)).collect()
}

/// Returns the steps that scan a whole table or a whole index, or that filter by account, kind,
/// direction or status. A sort counts as a scan if a limit returns only some of the sorted rows.
fn problems(plan: &[String]) -> Vec<String> {
    let mut problems = Vec::new();
    for (at, line) in plan.iter().enumerate() {
        let step = line.trim_start().trim_start_matches("->").trim_start();
        let details = plan[at + 1..]
            .iter()
            .map(|line| line.trim_start())
            .take_while(|line| !line.starts_with("->"));
        let whole_table = step.starts_with("Seq Scan")
            && !FEW.iter().any(|table| step.contains(table))
            || is_under_a_limit(plan, at)
                && (step.starts_with("Sort") || step.starts_with("Incremental Sort"));
        let whole_index = step.contains("Index ")
            && step.contains("Scan")
            && !details
                .clone()
                .any(|detail| detail.starts_with("Index Cond"))
            && !WAITING.iter().any(|index| step.contains(index));
        // A row is found by its id, without its account.
        let of_one_row =
            at > 0 && plan[at - 1].contains("Index Cond") && plan[at - 1].contains("id = ");
        // The remaining entries of one assessment are few.
        let of_few = at > 0 && plan[at - 1].contains("assessment = ");
        let disguised = step.starts_with("Filter")
            && !of_one_row
            && (step.contains("account")
                || step.contains("kind")
                || (step.contains("direction") || step.contains("status")) && !of_few);
        if whole_table || whole_index || disguised {
            problems.push(step.to_owned());
        }
    }
    problems
}

/// Returns `true` if a limit returns only some of the rows of this step.
fn is_under_a_limit(plan: &[String], at: usize) -> bool {
    let depth = |line: &str| line.len() - line.trim_start().len();
    let mut inner = depth(&plan[at]);
    for line in plan[..at].iter().rev() {
        if depth(line) < inner {
            inner = depth(line);
            if line.trim_start().trim_start_matches("-> ").trim_start() == "Limit" {
                return true;
            }
        }
    }
    false
}

/// Column values of the test rows, by table. `n` is the row number. The rows belong to ten
/// accounts.
const ROWS: &[(&str, &str)] = &[
    ("accounts", "n, 1, '{}', '[]'"),
    ("account_keys", "'partner', n, n"),
    ("last_seen", "n, 'hook', n, n"),
    ("account_secrets", "n / 4, n % 4, '\\x00', 'current'"),
    (
        "tokens",
        "n / 2, 'client', n, 1, n, '\\x00', '\\x00', 'current', n, n",
    ),
    ("budgets", "n, 'client', n, n, n, n, n"),
    ("ended_sessions", "int4send(n), n"),
    ("links", "account, n, n / 20, n / 20, 1, '{}'"),
    ("invitations", "account, n, n, n, n / 20, 1, '{}', n / 20"),
    ("pushes", "account, n, n / 20, n / 20, n, 1, '{}'"),
    ("report_access", "account, n, 1, '{}'"),
    ("trigger_decisions", "account, n, 1, '{}'"),
    ("rule_days", "account, n, 1, '{}'"),
    ("backfills", "account, n, 1, '{}'"),
    ("fates", "account, n, n, 1, '{}'"),
    (
        "deliveries",
        "n, account, n, '\\x00', n, 'effective', n / 20, '{}', CASE WHEN n % 5 = 0 THEN '\\x00'::bytea END, \
         CASE WHEN n % 10 = 0 THEN 'current' END",
    ),
    ("delivery_applications", "account, n / 20, n"),
    (
        "due_work",
        "n, account, 'notify', '{}', n, n, 0, 0, 0, 0, 0",
    ),
    (
        "sync_log",
        "n, account, n, 'to_greenhouse', 'done', n / 20, '{}', n * 5000000000, 'push'",
    ),
    (
        "sync_log_days",
        "n, account, n, 'to_greenhouse', 'done', 'push', n",
    ),
];
/// Partial indexes that contain only pending rows.
const WAITING: &[&str] = &["invitations_without_person", "deliveries_unsealed"];
/// Tables that do not grow with use.
const FEW: &[&str] = &["sealing_keys", "host_time"];
