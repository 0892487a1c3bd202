//! The server's log has the cause of each 503.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use reqwest::{Method, RequestBuilder};
use server::demo::Demo;
use sqlx::{
    Row,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};
use tracing::Level;
use tracing_subscriber::fmt::MakeWriter;

use super::{
    http::{request, signature},
    setup::Setup,
};

pub(crate) async fn the_log_has_the_cause_of_each_503(setup: Setup) {
    let log = Log::of_process();
    let stage = setup.stage().await;
    rename_tables(&stage.config.product_database).await;
    for (path, asked) in [
        (
            "api/greenhouse/list-tests",
            partner(&stage, Method::GET, "list-tests"),
        ),
        (
            "api/integrations/greenhouse/push/asm-1",
            operator(
                &stage,
                Method::POST,
                "api/integrations/greenhouse/push/asm-1",
            ),
        ),
        (
            "product/assessments",
            operator(&stage, Method::GET, "product/assessments"),
        ),
    ] {
        expect_cause(&log, path, asked, "no such table").await;
    }

    rename_tables(stage.config.database.expose()).await;
    let hook = stage.hook.0.strip_prefix(&stage.host_url).unwrap();
    let webhook = request(&stage, Method::POST, hook)
        .header("Signature", signature(&stage.hook.1, b"{}"))
        .body("{}");
    let log_page = "api/integrations/greenhouse/sync-log";
    for (path, asked) in [
        ("list-tests", partner(&stage, Method::GET, "list-tests")),
        (
            "send-test",
            partner(&stage, Method::POST, "send-test").body("{}"),
        ),
        ("webhook", webhook),
        ("sync-log", operator(&stage, Method::GET, log_page)),
        (
            "product",
            operator(&stage, Method::GET, "product/assessments"),
        ),
        ("readyz", request(&stage, Method::GET, "readyz")),
    ] {
        // The store omits the message of the database, because it can contain personal data.
        expect_cause(&log, path, asked, "the database returned error 1").await;
    }
    stage.stop().await.unwrap();
}

async fn expect_cause(log: &Log, path: &str, asked: RequestBuilder, cause: &str) {
    let id = log.next_id();
    let answer = asked.header("X-Request-Id", &id).send().await.unwrap();
    assert_eq!(
        answer.status(),
        503,
        "{path}: {}",
        answer.text().await.unwrap()
    );
    let lines = log.lines_of(&id);
    let is_cause = |line: &String| line.contains(" WARN ") && line.contains(cause);
    assert!(lines.iter().any(is_cause), "{path}: {lines:#?}");
}

fn partner(stage: &Demo, method: Method, name: &str) -> RequestBuilder {
    let path = format!("api/greenhouse/{name}");
    request(stage, method, &path).basic_auth(stage.partner_key.expose(), Some(""))
}

fn operator(stage: &Demo, method: Method, path: &str) -> RequestBuilder {
    request(stage, method, path).bearer_auth(stage.client.token().expose())
}

/// Makes every query fail.
async fn rename_tables(file: &str) {
    let options = SqliteConnectOptions::new().filename(file);
    let pool = SqlitePoolOptions::new().max_connections(1);
    let pool = pool.connect_with(options).await.unwrap();
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    for row in sqlx::query(tables).fetch_all(&pool).await.unwrap() {
        let name: String = row.get(0);
        let rename = format!("ALTER TABLE \"{name}\" RENAME TO \"renamed_{name}\"");
        sqlx::raw_sql(sqlx::AssertSqlSafe(rename))
            .execute(&pool)
            .await
            .unwrap();
    }
    pool.close().await;
}

/// Lines of the process's log that belong to requests of this test.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<LogLines>>);

#[derive(Default)]
struct LogLines {
    lines: Vec<String>,
    ids: usize,
}

impl Log {
    /// A process has one log, which the tests of all hosts share.
    fn of_process() -> Self {
        static LOG: OnceLock<Log> = OnceLock::new();
        let log = LOG.get_or_init(|| {
            let log = Self::default();
            let subscriber = tracing_subscriber::fmt()
                .with_max_level(Level::INFO)
                .with_ansi(false)
                .with_writer(log.clone())
                .finish();
            tracing::subscriber::set_global_default(subscriber).unwrap();
            log
        });
        log.clone()
    }

    fn next_id(&self) -> String {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        log.ids += 1;
        format!("{PREFIX}{}-", log.ids)
    }

    fn lines_of(&self, id: &str) -> Vec<String> {
        let log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lines = log.lines.iter().filter(|line| line.contains(id));
        lines.cloned().collect()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        if text.contains(PREFIX) {
            let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            log.lines.push(text.into_owned());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

const PREFIX: &str = "cause-";
