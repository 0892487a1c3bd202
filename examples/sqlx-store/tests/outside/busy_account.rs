//! Number of rows that a claim reads if a skipped account has many due tasks.

use std::{sync::Arc, time::Duration};

use chrono::DateTime;
use greenhouse_core::{
    AccountId,
    store::{Claim, TaskKind, TaskQueue},
};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use sqlx_store::{SqlxStore, testing::PostgresCluster};

use crate::server::{Test, keys, tests};

pub(crate) fn tests() -> Vec<Test> {
    tests![a_skipped_account_costs_the_same_with_any_number_of_tasks]
}

async fn a_skipped_account_costs_the_same_with_any_number_of_tasks(cluster: Arc<PostgresCluster>) {
    for tasks in [5_000, 20_000] {
        let url = cluster.direct_url(&cluster.fresh_database().unwrap());
        SqlxStore::open(&url, keys()).await.unwrap().close().await;
        let mut connection = PgConnection::connect(&url).await.unwrap();
        let fill = format!(
            "INSERT INTO due_work (account, kind, work, since, claimable_at, claimed, attempts, generation) \
             SELECT account, 'notify', '{{\"invitation\":\"i\",\"work\":\"notify\"}}', n, n, 0, 0, 0 FROM \
             (SELECT 'busy' AS account, generate_series(1, {tasks}) AS n UNION ALL SELECT 'other', 30000) AS tasks"
        );
        connection.execute(AssertSqlSafe(fill)).await.unwrap();
        connection.execute("ANALYZE").await.unwrap();
        connection.close().await.unwrap();

        let before = rows_read(&url, "due_work").await;
        let store = SqlxStore::open(&url, keys()).await.unwrap();
        let (now, lease) = (DateTime::UNIX_EPOCH + HOUR, HOUR);
        let claim = Claim::new(&[TaskKind::Notify], now, lease, 8);
        let claim = claim.skipping(vec![AccountId::new("busy")]);
        let claimed = store.claim_due(&claim).await.unwrap();
        store.close().await;
        let accounts: Vec<_> = claimed.iter().map(|task| task.account.as_str()).collect();
        assert_eq!(accounts, ["other"]);
        let read = rows_read(&url, "due_work").await - before;
        assert!((1..=100).contains(&read), "{read} rows of {tasks}");
    }
}

/// Returns the rows and index entries of the table that other connections have read. A connection
/// reports them when it ends.
pub(crate) async fn rows_read(url: &str, table: &str) -> i64 {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let others = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() \
                  AND backend_type = 'client backend' AND pid <> pg_backend_pid()";
    loop {
        let others: i64 = sqlx::query_scalar(others)
            .fetch_one(&mut connection)
            .await
            .unwrap();
        if others == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let read = "SELECT (seq_tup_read + (SELECT SUM(idx_tup_read) FROM pg_stat_user_indexes \
                WHERE relname = $1))::BIGINT FROM pg_stat_user_tables WHERE relname = $1";
    let read = sqlx::query_scalar(read)
        .bind(table)
        .fetch_one(&mut connection)
        .await;
    connection.close().await.unwrap();
    read.unwrap()
}

const HOUR: Duration = Duration::from_secs(3_600);
