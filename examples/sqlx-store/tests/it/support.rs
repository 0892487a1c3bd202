//! New databases and test data.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, ApplicationId, InvitationId,
    store::{
        Changes, Delivery, DeliverySource, Direction, DueTask, LogEntry, LogFilter, LogStatus,
        LogSubject, SyncLog, Task, TaskKind, TaskQueue, Verdict,
    },
    webhook::{ApplicationEvent, BodyHash, Event},
};
use sqlx::{
    Connection, SqliteConnection,
    migrate::{MigrateError, Migrator},
    sqlite::SqliteConnectOptions,
};
use sqlx_store::{MasterKeys, SqlxStore};
use tempfile::TempDir;

use crate::{
    opening::connect,
    test_database::{self, TestDatabase},
};

/// A folder for one database, which is deleted on drop.
pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("greenhouse.db")
    }

    pub(crate) fn address(&self) -> String {
        self.path().to_str().unwrap().to_owned()
    }

    pub(crate) async fn open(&self) -> SqlxStore {
        SqlxStore::open(self.address(), keys()).await.unwrap()
    }

    /// Returns the bytes of all files: database, write-ahead log and index.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let files = std::fs::read_dir(self.folder.path()).unwrap();
        files
            .flat_map(|file| std::fs::read(file.unwrap().path()).unwrap())
            .collect()
    }
}

impl TestDatabase for Place {
    fn address(&self) -> String {
        Place::address(self)
    }

    async fn execute(&self, sql: &str) {
        let mut connection = connect(self).await;
        let sql = sqlx::AssertSqlSafe(sql);
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    async fn number(&self, sql: &str) -> i64 {
        let mut connection = connect(self).await;
        let sql = sqlx::AssertSqlSafe(sql);
        let number = sqlx::query_scalar(sql).fetch_one(&mut connection).await;
        connection.close().await.unwrap();
        number.unwrap()
    }

    fn in_dialect(&self, sql: &str) -> String {
        sql.to_owned()
    }

    async fn everything(&self) -> Vec<u8> {
        self.bytes()
    }

    async fn migrate(&self, migrations: &Migrator) -> Result<(), MigrateError> {
        let mut connection = connect(self).await;
        let migrated = migrations.run(&mut connection).await;
        connection.close().await.unwrap();
        migrated
    }

    async fn migrate_to(&self, schema: i64) {
        let options = SqliteConnectOptions::new().filename(self.path());
        let options = options.create_if_missing(true);
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite"));
        let migrations = Migrator::new(folder).await.unwrap();
        migrations.run_to(schema, &mut connection).await.unwrap();
        connection.close().await.unwrap();
    }
}

/// Returns the same keys in every call, so that a database can be reopened.
pub(crate) fn keys() -> MasterKeys {
    test_database::keys(0x5a, &[])
}

pub(crate) fn account() -> AccountId {
    AccountId::new("acme")
}

pub(crate) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000 + seconds, 0).unwrap()
}

pub(crate) fn delivery(event_id: &str) -> Delivery {
    let source = DeliverySource::new(event_id, BodyHash::from_bytes([7; 32]));
    let event = Event::Rejected(ApplicationEvent::new(ApplicationId::new(7)));
    Delivery::new(source, Some(event), Verdict::Effective, at(0))
}

pub(crate) fn notify(name: &str) -> DueTask {
    let work = Task::Notify {
        invitation: InvitationId::new(name),
    };
    DueTask::new(work, at(0))
}

/// Returns one webhook's changes: a delivery, log entries and a task.
pub(crate) fn webhook(event_id: &str, entries: usize) -> Changes {
    let mut changes = Changes::none();
    changes.seen = Some(delivery(event_id));
    changes.log = (0..entries)
        .map(|number| {
            LogEntry::new(
                at(0),
                Direction::FromGreenhouse,
                LogSubject::Event,
                LogStatus::Done,
                greenhouse_core::Text::new("test", format!("entry {number}")),
            )
        })
        .collect();
    changes.due = vec![notify(event_id)];
    changes
}

/// Returns the numbers of log entries and due tasks.
pub(crate) async fn counts(store: &SqlxStore) -> (usize, u64) {
    let filter = LogFilter::newest(LogFilter::MAX_LIMIT);
    let page = store.log_page(&account(), &filter).await.unwrap();
    let backlog = store.backlog(&account(), &[TaskKind::Notify]).await;
    (page.entries.len(), backlog.unwrap().count)
}
