//! Cost of a sync log page, which must not depend on its position or on the length of the log.

use std::time::{Duration, Instant};

use chrono::DateTime;
use greenhouse_core::{
    ApplicationId, AssessmentId,
    store::{Direction, LogEntry, LogFilter, LogId, LogKey, LogStatus, LogSubject, SyncLog as _},
};
use sqlx::{
    AssertSqlSafe, Connection, Executor, PgConnection, Row as _, SqliteConnection, raw_sql,
};
use sqlx_store::SqlxStore;

use crate::{
    figures::{median, micros, within},
    place::{Kind, Place, account, open},
};

pub(crate) async fn run(place: &Place, rows: i64) -> bool {
    let word = place.kind().word();
    let short = log_of(place, "short", SHORT).await;
    let began = Instant::now();
    let long = log_of(place, "long", rows).await;
    println!(
        "{word}: a log of {rows} rows created in {:.0} s; {READS} warm reads of {PAGE} entries each",
        began.elapsed().as_secs_f64()
    );
    let pages = [
        (&long, None),
        (&long, Some(rows / 2)),
        (&short, None),
        (&short, Some(SHORT / 2)),
    ];
    let mut times: [Vec<Duration>; 4] = Default::default();
    for round in 0..READS + WARM_UP {
        // The order rotates, so that no page is always read first.
        for step in 0..pages.len() {
            let which = (round + step) % pages.len();
            let (store, before) = pages[which];
            let time = read(store, before).await;
            if round >= WARM_UP {
                times[which].push(time);
            }
        }
    }
    long.close().await;
    short.close().await;

    let [first, deep, short_first, short_middle] = times.map(median);
    println!(
        "  medians: first page {}, {} rows deep {}; of {SHORT} rows: first {}, middle {}",
        micros(first),
        rows / 2,
        micros(deep),
        micros(short_first),
        micros(short_middle)
    );
    let mut kept = within("deep to first page", deep, first, 1.3);
    kept &= within("first to deep page", first, deep, 1.3);
    for (what, long) in [("first", first), ("deep", deep)] {
        for (floor_name, floor) in [("first", short_first), ("middle", short_middle)] {
            let what = format!("{what} page to the {floor_name} page of the short log");
            kept &= within(&what, long, floor, 1.5);
        }
    }
    kept
}

async fn read(store: &SqlxStore, before: Option<i64>) -> Duration {
    let mut filter = LogFilter::newest(PAGE);
    filter.before = before.map(LogId::new);
    let account = account();
    let began = Instant::now();
    let page = store.log_page(&account, &filter).await.unwrap();
    let time = began.elapsed();
    assert_eq!(page.entries.len(), PAGE);
    time
}

/// Fills the table directly, in one statement, and then creates the indexes.
async fn log_of(place: &Place, name: &str, rows: i64) -> SqlxStore {
    let address = place.database(name);
    open(&address).await.close().await;
    match place.kind() {
        Kind::Sqlite => fill_sqlite(&address, rows).await,
        Kind::Postgres => fill_postgres(&address, rows).await,
    }
    open(&address).await
}

async fn fill_sqlite(address: &str, rows: i64) {
    let url = format!("sqlite:{address}");
    let mut database = SqliteConnection::connect(&url).await.unwrap();
    let quick =
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000;";
    raw_sql(quick).execute(&mut database).await.unwrap();
    let indexes = "SELECT name, sql FROM sqlite_master \
        WHERE type = 'index' AND tbl_name = 'sync_log' AND sql IS NOT NULL";
    let numbers = format!(
        "WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < {rows})"
    );
    let when = format!("strftime('%Y-%m-%dT%H:%M:%SZ', {FIRST} + i * 10, 'unixepoch')");
    let insert = insert(&numbers, &when);
    fill(&mut database, indexes, &insert, "ANALYZE").await;
    database.close().await.unwrap();
}

async fn fill_postgres(address: &str, rows: i64) {
    let mut database = PgConnection::connect(address).await.unwrap();
    let indexes = "SELECT indexname::TEXT, indexdef FROM pg_indexes WHERE tablename = 'sync_log' \
        AND indexname NOT IN (SELECT conname FROM pg_constraint)";
    let numbers = format!("WITH numbers AS (SELECT generate_series(1, {rows}::BIGINT) AS i)");
    let when = format!(
        "to_char(to_timestamp({FIRST} + i * 10) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
    );
    let insert = insert(&numbers, &when);
    fill(&mut database, indexes, &insert, "VACUUM (ANALYZE) sync_log").await;
    database.close().await.unwrap();
}

async fn fill<C>(database: &mut C, indexes: &'static str, insert: &str, settle: &'static str)
where
    C: Connection,
    for<'c> &'c mut C: Executor<'c, Database = C::Database>,
    for<'a> <C::Database as sqlx::Database>::Arguments: sqlx::IntoArguments<C::Database>,
    usize: sqlx::ColumnIndex<<C::Database as sqlx::Database>::Row>,
    String: for<'r> sqlx::Decode<'r, C::Database> + sqlx::Type<C::Database>,
{
    let indexes = sqlx::query::<C::Database>(indexes);
    let indexes: Vec<(String, String)> = (&mut *database)
        .fetch_all(indexes)
        .await
        .unwrap()
        .iter()
        .map(|row| (row.get(0), row.get(1)))
        .collect();
    let drops = indexes.iter().map(|(name, _)| format!("DROP INDEX {name}"));
    let makes = indexes.iter().map(|(_, sql)| sql.clone());
    let steps = drops
        .chain([insert.to_owned()])
        .chain(makes)
        .chain([settle.to_owned()]);
    for step in steps {
        let step = raw_sql(AssertSqlSafe(step));
        (&mut *database).execute(step).await.unwrap();
    }
}

/// Returns an `INSERT` that repeats one push, one effective event and one ignored event.
fn insert(numbers: &str, when: &str) -> String {
    let assessment = AssessmentId::new(ASSESSMENT);
    let entry = |direction, subject, status, text: &str| {
        let at = DateTime::from_timestamp(FIRST, 0).unwrap();
        LogEntry::new(
            at,
            direction,
            subject,
            status,
            greenhouse_core::Text::new("bench", text),
        )
        .about_assessment(assessment.clone())
        .about_application(ApplicationId::new(7_310_029_002))
    };
    let push = entry(
        Direction::ToGreenhouse,
        LogSubject::Push,
        LogStatus::Done,
        "Pushed: candidate 7310028002, application 7310029002, recommendation Yes (64.5), scorecard as a note.",
    )
    .keyed(LogKey::push(&assessment));
    let moved = entry(
        Direction::FromGreenhouse,
        LogSubject::Event,
        LogStatus::Done,
        "The application moved to stage \"Face to face\" in Greenhouse.",
    );
    let stale = entry(
        Direction::FromGreenhouse,
        LogSubject::Event,
        LogStatus::Skipped,
        "An older state of the application arrived late and was ignored.",
    );
    let [push_json, moved_json, stale_json] =
        [&push, &moved, &stale].map(|entry| serde_json::to_string(entry).unwrap());
    let at = DateTime::from_timestamp(FIRST, 0).unwrap();
    let at = serde_json::to_string(&at).unwrap().replace('"', "");
    assert!(
        push_json.contains(&at),
        "the SQL replaces the time in the record"
    );
    let account = account();
    format!(
        "{numbers}, rows AS (SELECT i, 'asm-' || (i / 3) AS assessment, {when} AS happened, CASE i % 3 \
        WHEN 0 THEN '{push_json}' WHEN 1 THEN '{moved_json}' ELSE '{stale_json}' END AS form FROM numbers) \
        INSERT INTO sync_log (id, account, entry_key, direction, status, assessment, record, happened_at, subject) \
        SELECT i, '{account}', CASE i % 3 WHEN 0 THEN 'push:' || assessment END, \
        CASE i % 3 WHEN 0 THEN 'to_greenhouse' ELSE 'from_greenhouse' END, \
        CASE i % 3 WHEN 2 THEN 'skipped' ELSE 'done' END, assessment, \
        replace(replace(form, '{ASSESSMENT}', assessment), '{at}', happened), ({FIRST} + i * 10) * 1000000, \
        CASE i % 3 WHEN 0 THEN 'push' ELSE 'event' END FROM rows"
    )
}

const SHORT: i64 = 10_000;
const READS: usize = 1_000;
const WARM_UP: usize = 50;
const PAGE: usize = 50;
/// Time of the first entry in seconds since 1970. Entries are ten seconds apart.
const FIRST: i64 = 1_600_000_000;
const ASSESSMENT: &str = "THE-ASSESSMENT";
