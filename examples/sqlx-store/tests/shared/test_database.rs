//! A new database of either kind, which tests can also access without the store.

use sqlx::migrate::{MigrateError, Migrator};
use sqlx_store::{MasterKey, MasterKeys, SqlxStore};

pub(crate) trait TestDatabase {
    fn address(&self) -> String;

    /// Runs statements that work on both databases.
    async fn execute(&self, sql: &str);

    /// Runs a query that returns one number.
    async fn number(&self, sql: &str) -> i64;

    /// Translates SQLite's SQL for this database. SQLite writes bytes as `x'00'`.
    fn in_dialect(&self, sql: &str) -> String;

    /// Returns everything that the database stores.
    async fn everything(&self) -> Vec<u8>;

    /// Migrates an empty database to an earlier schema.
    async fn migrate_to(&self, schema: i64);

    /// Runs the migrations of an application.
    async fn migrate(&self, migrations: &Migrator) -> Result<(), MigrateError>;

    /// Returns everything that the database stores, without the random lines of a dump.
    async fn contents(&self) -> String {
        let everything = self.everything().await;
        let text = String::from_utf8_lossy(&everything);
        let lines = text
            .split_inclusive('\n')
            .filter(|line| !line.starts_with("\\restrict") && !line.starts_with("\\unrestrict"));
        lines.collect()
    }

    async fn open_with(&self, keys: MasterKeys) -> SqlxStore {
        SqlxStore::open(self.address(), keys).await.unwrap()
    }

    /// Returns `true` if the contents include the text, plain or in hex.
    async fn holds(&self, text: &str) -> bool {
        let everything = self.everything().await;
        let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        [text.as_bytes(), hex.as_bytes()].into_iter().any(|wanted| {
            everything
                .windows(wanted.len())
                .any(|found| found == wanted)
        })
    }
}

/// Returns a key made of one repeated byte.
pub(crate) fn key(byte: u8) -> MasterKey {
    format!("ghmk_{}", format!("{byte:02x}").repeat(32))
        .parse()
        .unwrap()
}

pub(crate) fn keys(current: u8, previous: &[u8]) -> MasterKeys {
    MasterKeys::new(key(current), previous.iter().map(|byte| key(*byte)))
}
