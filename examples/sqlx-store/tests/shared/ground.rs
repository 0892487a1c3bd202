//! A fresh database of either kind, and ways around the store: what somebody sees and does who has the database alone.

use sqlx::migrate::{MigrateError, Migrator};
use sqlx_store::{MasterKey, MasterKeys, SqlxStore};

pub(crate) trait Ground {
    fn address(&self) -> String;

    /// Runs statements that both databases understand alike.
    async fn execute(&self, sql: &str);

    /// The one number that a query finds.
    async fn number(&self, sql: &str) -> i64;

    /// SQL in the words of SQLite as this database has it: bytes are written as `x'00'`.
    fn spelled(&self, sql: &str) -> String;

    /// Whatever the database keeps anywhere.
    async fn everything(&self) -> Vec<u8>;

    /// Brings an empty database to an earlier schema.
    async fn migrate_to(&self, schema: i64);

    /// Runs the migrations of an application.
    async fn migrate(&self, migrations: &Migrator) -> Result<(), MigrateError>;

    /// Whatever the database keeps anywhere, without the lines that a dump makes up each time.
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

    /// Whether a text stands anywhere, as it is or in hex.
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

/// A key of which every byte is this one.
pub(crate) fn key(byte: u8) -> MasterKey {
    format!("ghmk_{}", format!("{byte:02x}").repeat(32))
        .parse()
        .unwrap()
}

pub(crate) fn keys(current: u8, previous: &[u8]) -> MasterKeys {
    MasterKeys::new(key(current), previous.iter().map(|byte| key(*byte)))
}
