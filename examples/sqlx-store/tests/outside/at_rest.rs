//! What the tests of both databases do to one of PostgreSQL.

use std::{path::Path, sync::Arc};

use greenhouse_core::store::StoreErrorKind;
use sqlx::{
    Connection, PgConnection,
    migrate::{MigrateError, Migrator},
};
use sqlx_store::testing::PostgresCluster;

use crate::{
    erasure,
    ground::{self, Ground},
    looked_at, sealed,
    server::{Test, tests},
    upgrade,
};

macro_rules! checks {
    ($($module:ident::$check:ident,)*) => {
        pub(crate) fn tests() -> Vec<Test> {
            tests![
                $($check,)*
                a_database_of_an_earlier_schema_is_brought_up_to_date,
                whoever_looks_is_told_what_cannot_be_used,
                a_row_that_another_holds_is_not_done,
            ]
        }

        $(async fn $check(cluster: Arc<PostgresCluster>) {
            $module::$check(Fresh::new(&cluster)).await;
        })*
    };
}

checks! {
    sealed::what_is_sealed_cannot_be_read_in_the_database,
    sealed::what_is_put_elsewhere_does_not_open,
    sealed::a_database_is_not_opened_without_its_key,
    sealed::a_new_key_takes_over_in_small_steps,
    sealed::a_key_that_was_given_up_is_listed_again,
    sealed::a_row_that_does_not_open_holds_up_no_other,
    sealed::many_damaged_rows_hold_up_no_other,
    erasure::erased_data_is_nowhere,
    erasure::a_person_is_erased_by_their_address,
    upgrade::a_delivery_of_an_earlier_version_stays_known,
    upgrade::what_cannot_be_migrated_stays_as_it_was,
    looked_at::whoever_looks_reads_and_changes_nothing,
}

async fn a_database_of_an_earlier_schema_is_brought_up_to_date(cluster: Arc<PostgresCluster>) {
    let ground = async || Fresh::new(&cluster);
    upgrade::a_database_of_an_earlier_schema_is_brought_up_to_date(ground).await;
}

async fn whoever_looks_is_told_what_cannot_be_used(cluster: Arc<PostgresCluster>) {
    let ground = async || Fresh::new(&cluster);
    looked_at::whoever_looks_is_told_what_cannot_be_used(ground).await;
}

/// What another transaction holds is passed over: zero would say that the old key can go.
async fn a_row_that_another_holds_is_not_done(cluster: Arc<PostgresCluster>) {
    let ground = Fresh::new(&cluster);
    let (old, new) = (ground::keys(1, &[]), ground::keys(2, &[1]));
    sealed::fill(&ground.open_with(old).await, &sealed::acme()).await;
    let store = ground.open_with(new).await;
    // Held as the pass of another host holds it, and as a save or a lock does.
    for hold in [
        "SELECT 1 FROM tokens FOR UPDATE",
        "UPDATE tokens SET locked_until = 1",
    ] {
        let mut connection = PgConnection::connect(&ground.direct_url()).await.unwrap();
        let mut holder = connection.begin().await.unwrap();
        sqlx::raw_sql(hold).execute(&mut *holder).await.unwrap();
        let error = loop {
            match store.reseal(9).await {
                Ok(done) => assert!(done > 0, "the token is left"),
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

impl Ground for Fresh {
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

    fn spelled(&self, sql: &str) -> String {
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
