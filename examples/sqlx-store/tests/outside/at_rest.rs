//! The tests shared by both databases, run on PostgreSQL.

use std::{path::Path, sync::Arc};

use greenhouse_core::store::StoreErrorKind;
use sqlx::{
    Connection, PgConnection,
    migrate::{MigrateError, Migrator},
};
use sqlx_store::testing::PostgresCluster;

use crate::{
    busy, ended_sessions, erasure, read_only, sealed,
    server::{Test, tests},
    test_database::{self, TestDatabase},
    upgrade,
};

macro_rules! checks {
    ($($module:ident::$check:ident,)*) => {
        pub(crate) fn tests() -> Vec<Test> {
            tests![
                $($check,)*
                a_database_of_an_earlier_schema_is_migrated,
                a_read_only_open_reports_unusable_databases,
                a_locked_row_is_counted_as_remaining,
            ]
        }

        $(async fn $check(cluster: Arc<PostgresCluster>) {
            $module::$check(Fresh::new(&cluster)).await;
        })*
    };
}

checks! {
    busy::skipped_accounts_change_no_order,
    ended_sessions::an_ended_session_stays_ended,
    ended_sessions::ends_are_removed_after_the_sessions_have_expired,
    sealed::sealed_values_are_not_readable_in_the_database,
    sealed::moved_values_do_not_open,
    sealed::a_database_is_not_opened_without_its_key,
    sealed::a_reseal_replaces_the_key_in_small_steps,
    sealed::a_retired_key_is_listed_again,
    sealed::a_damaged_row_delays_no_other,
    sealed::many_damaged_rows_delay_no_other,
    erasure::erased_data_is_removed_from_the_whole_database,
    erasure::a_person_is_erased_by_email,
    upgrade::a_delivery_of_an_earlier_version_is_recognized,
    upgrade::a_failed_migration_changes_nothing,
    read_only::a_read_only_store_reads_and_changes_nothing,
}

async fn a_database_of_an_earlier_schema_is_migrated(cluster: Arc<PostgresCluster>) {
    let test_database = async || Fresh::new(&cluster);
    upgrade::a_database_of_an_earlier_schema_is_migrated(test_database).await;
}

async fn a_read_only_open_reports_unusable_databases(cluster: Arc<PostgresCluster>) {
    let test_database = async || Fresh::new(&cluster);
    read_only::a_read_only_open_reports_unusable_databases(test_database).await;
}

/// A row that another transaction has locked is skipped but counts as remaining. A result of zero
/// would mean that the old key can be removed.
async fn a_locked_row_is_counted_as_remaining(cluster: Arc<PostgresCluster>) {
    let test_database = Fresh::new(&cluster);
    let (old, new) = (test_database::keys(1, &[]), test_database::keys(2, &[1]));
    sealed::fill(&test_database.open_with(old).await, &sealed::acme()).await;
    let store = test_database.open_with(new).await;
    // The row locks of another host that reseals, and of a host that saves or locks a token.
    for hold in [
        "SELECT 1 FROM tokens FOR UPDATE",
        "UPDATE tokens SET locked_until = 1",
    ] {
        let mut connection = PgConnection::connect(&test_database.direct_url())
            .await
            .unwrap();
        let mut holder = connection.begin().await.unwrap();
        sqlx::raw_sql(hold).execute(&mut *holder).await.unwrap();
        let error = loop {
            match store.reseal(9).await {
                Ok(done) => assert!(done > 0, "the token remains"),
                Err(error) => break error,
            }
        };
        assert_eq!(error.kind(), StoreErrorKind::Unavailable);
        assert_eq!(store.needed_keys().await.unwrap().len(), 2);
        holder.rollback().await.unwrap();
    }
    assert_eq!(store.reseal(9).await.unwrap(), 1);
    assert_eq!(store.reseal(9).await.unwrap(), 0);
    assert_eq!(store.needed_keys().await.unwrap().len(), 1);
}

pub(crate) struct Fresh {
    cluster: Arc<PostgresCluster>,
    url: String,
}

impl Fresh {
    pub(crate) fn new(cluster: &Arc<PostgresCluster>) -> Self {
        Self {
            cluster: Arc::clone(cluster),
            url: cluster.fresh_database().unwrap(),
        }
    }

    fn direct_url(&self) -> String {
        self.cluster.direct_url(&self.url)
    }
}

impl TestDatabase for Fresh {
    fn address(&self) -> String {
        self.url.clone()
    }

    async fn execute(&self, sql: &str) {
        let mut connection = PgConnection::connect(&self.direct_url()).await.unwrap();
        let sql = sqlx::AssertSqlSafe(sql);
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    async fn number(&self, sql: &str) -> i64 {
        let mut connection = PgConnection::connect(&self.direct_url()).await.unwrap();
        let sql = sqlx::AssertSqlSafe(sql);
        let number = sqlx::query_scalar(sql).fetch_one(&mut connection).await;
        connection.close().await.unwrap();
        number.unwrap()
    }

    fn in_dialect(&self, sql: &str) -> String {
        sql.replace(" x'", " '\\x")
    }

    async fn everything(&self) -> Vec<u8> {
        self.cluster.dump(&self.url).unwrap()
    }

    async fn migrate(&self, migrations: &Migrator) -> Result<(), MigrateError> {
        let mut connection = PgConnection::connect(&self.direct_url()).await.unwrap();
        let migrated = migrations.run(&mut connection).await;
        connection.close().await.unwrap();
        migrated
    }

    async fn migrate_to(&self, schema: i64) {
        let mut connection = PgConnection::connect(&self.direct_url()).await.unwrap();
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/postgres"));
        let migrations = Migrator::new(folder).await.unwrap();
        migrations.run_to(schema, &mut connection).await.unwrap();
        connection.close().await.unwrap();
    }
}
