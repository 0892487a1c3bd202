//! Counts of the sync log under concurrency, and their cost.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use greenhouse_core::{
    AccountId, Text,
    store::{
        Applied, Changes, Direction, LogEntry, LogFilter, LogStatus, LogSubject, StoreWriter,
        SyncLog,
    },
};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use sqlx_store::{SqlxStore, testing::PostgresCluster};
use tokio::time::timeout;

use crate::{
    busy_account::rows_read,
    opening::account,
    server::{Test, keys, tests},
};

pub(crate) fn tests() -> Vec<Test> {
    tests![
        a_count_waits_for_no_other_transaction,
        a_count_follows_an_administrator,
        a_summary_and_a_page_of_a_day_cost_the_same_with_any_number_of_entries,
    ]
}

/// Two transactions count the same groups in opposite orders. Neither waits for the other, so they
/// cannot deadlock.
async fn a_count_waits_for_no_other_transaction(cluster: Arc<PostgresCluster>) {
    let url = cluster.fresh_database().unwrap();
    let store = SqlxStore::open(&url, keys()).await.unwrap();
    let write = async |entries: usize| {
        let mut changes = Changes::none();
        changes.log = (0..entries).map(|_| entry()).collect();
        let account = acme();
        let write = store.apply(&account, changes);
        let applied = timeout(Duration::from_secs(10), write).await;
        assert_eq!(
            applied.expect("the write does not wait").unwrap(),
            Applied::Applied
        );
    };
    let counts = async |account: &str| {
        let days = at(0).date_naive()..=at(0).date_naive();
        let summary = store.log_summary(&AccountId::new(account), days).await;
        summary.unwrap().counts.into_values().sum::<u64>()
    };
    write(3).await;

    let direct = cluster.direct_url(&url);
    let mut first = PgConnection::connect(&direct).await.unwrap();
    let mut second = PgConnection::connect(&direct).await.unwrap();
    for connection in [&mut first, &mut second] {
        let begin = "BEGIN; SET LOCAL lock_timeout = '5s'";
        connection.execute(begin).await.unwrap();
    }
    for (one, other) in [("acme", "other"), ("other", "acme")] {
        first.execute(AssertSqlSafe(insert(one))).await.unwrap();
        second.execute(AssertSqlSafe(insert(other))).await.unwrap();
    }
    write(2).await;
    assert_eq!((counts("acme").await, counts("other").await), (5, 0));
    first.execute("COMMIT").await.unwrap();
    assert_eq!((counts("acme").await, counts("other").await), (6, 1));
    second.execute("ROLLBACK").await.unwrap();
    assert_eq!((counts("acme").await, counts("other").await), (6, 1));

    // A subtraction merges the rows that the transactions have left.
    let query = "SELECT COUNT(*) FROM sync_log_days WHERE account = 'acme'";
    let rows = async |connection: &mut PgConnection| {
        let rows = sqlx::query_scalar::<_, i64>(query);
        rows.fetch_one(connection).await.unwrap()
    };
    assert!(
        rows(&mut second).await > 1,
        "the transactions used different rows"
    );
    let delete = "DELETE FROM sync_log WHERE id IN (SELECT MIN(id) FROM sync_log)";
    second.execute(delete).await.unwrap();
    assert_eq!(counts("acme").await, 5);
    assert_eq!(rows(&mut second).await, 1);
}

/// The triggers find their tables with any search path.
async fn a_count_follows_an_administrator(cluster: Arc<PostgresCluster>) {
    let url = cluster.fresh_database().unwrap();
    let store = SqlxStore::open(&url, keys()).await.unwrap();
    let mut changes = Changes::none();
    changes.log = vec![entry(), entry()];
    let applied = store.apply(&acme(), changes).await;
    assert_eq!(applied.unwrap(), Applied::Applied);
    let direct = cluster.direct_url(&url);
    let mut connection = PgConnection::connect(&direct).await.unwrap();
    let delete = "SET search_path = ''; DELETE FROM public.sync_log";
    connection.execute(delete).await.unwrap();
    let rows = "SELECT COUNT(*) FROM public.sync_log_days";
    let rows: i64 = sqlx::query_scalar(rows)
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(rows, 0);
}

async fn a_summary_and_a_page_of_a_day_cost_the_same_with_any_number_of_entries(
    cluster: Arc<PostgresCluster>,
) {
    for entries in [6_000, 60_000] {
        let url = cluster.direct_url(&cluster.fresh_database().unwrap());
        SqlxStore::open(&url, keys()).await.unwrap().close().await;
        let mut connection = PgConnection::connect(&url).await.unwrap();
        let record = serde_json::to_string(&entry()).unwrap();
        let start = at(0).timestamp_micros();
        // The entries of 30 days, in the order of their times.
        let fill = format!(
            "INSERT INTO sync_log (account, direction, status, subject, record, happened_at) \
             SELECT 'acme', 'to_greenhouse', CASE n % 4 WHEN 0 THEN 'failed' ELSE 'done' END, 'push', \
             replace('{record}', '2026-11-01T00:00:00Z', to_char(to_timestamp({start} / 1000000 + seconds) \
                AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')), {start} + seconds * 1000000 \
             FROM (SELECT n, n::BIGINT * 30 * 86400 / {entries} AS seconds FROM generate_series(0, {entries} - 1) AS n) AS rows"
        );
        connection.execute(AssertSqlSafe(fill)).await.unwrap();
        connection.execute("VACUUM ANALYZE").await.unwrap();
        connection.close().await.unwrap();

        let before = read(&url).await;
        let store = SqlxStore::open(&url, keys()).await.unwrap();
        let days = at(0).date_naive()..=at(29).date_naive();
        let summary = store.log_summary(&acme(), days).await.unwrap();
        store.close().await;
        assert_eq!(summary.counts.len(), 60);
        assert_eq!(summary.counts.into_values().sum::<u64>(), entries);
        assert_eq!(summary.open.failed, entries / 4);
        assert_eq!(summary.open.oldest, Some(at(0)));
        let after = read(&url).await;
        let cost = after - before;
        assert!(
            (60..=200).contains(&cost),
            "{cost} rows for the summary of {entries}"
        );

        let store = SqlxStore::open(&url, keys()).await.unwrap();
        let mut filter = LogFilter::newest(20);
        filter.from = Some(at(9));
        filter.until = Some(at(11));
        let page = store.log_page(&acme(), &filter).await.unwrap();
        store.close().await;
        assert_eq!(page.entries.len(), 20);
        assert!(
            page.entries
                .iter()
                .all(|logged| filter.contains(logged.entry.at))
        );
        assert!(page.next.is_some());
        let cost = read(&url).await - after;
        assert!(
            (40..=300).contains(&cost),
            "{cost} rows for the page of {entries}"
        );
    }
}

async fn read(url: &str) -> i64 {
    rows_read(url, "sync_log").await + rows_read(url, "sync_log_days").await
}

fn insert(account: &str) -> String {
    let at = at(0).timestamp_micros();
    format!(
        "INSERT INTO sync_log (account, direction, status, subject, record, happened_at) \
         VALUES ('{account}', 'to_greenhouse', 'done', 'push', '{{}}', {at})"
    )
}

fn entry() -> LogEntry {
    LogEntry::new(
        at(0),
        Direction::ToGreenhouse,
        LogSubject::Push,
        LogStatus::Done,
        Text::new("test", "pushed"),
    )
}

fn acme() -> AccountId {
    account()
}

/// Start of a day, counted from 1 November 2026.
fn at(day: i64) -> DateTime<Utc> {
    let first: DateTime<Utc> = "2026-11-01T00:00:00Z".parse().unwrap();
    first + TimeDelta::days(day)
}
