//! What the tests of both databases do to one of PostgreSQL.

use std::{path::Path, sync::Arc};

use sqlx::{Connection, PgConnection, migrate::Migrator};
use sqlx_store::testing::PostgresCluster;

use crate::{
    erasure,
    ground::Ground,
    sealed,
    server::{Test, tests},
    upgrade,
};

macro_rules! checks {
    ($($module:ident::$check:ident,)*) => {
        pub(crate) fn tests() -> Vec<Test> {
            tests![$($check,)* a_database_of_an_earlier_schema_is_brought_up_to_date]
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
    erasure::erased_data_is_nowhere,
    erasure::a_person_is_erased_by_their_address,
    upgrade::what_cannot_be_migrated_stays_as_it_was,
}

async fn a_database_of_an_earlier_schema_is_brought_up_to_date(cluster: Arc<PostgresCluster>) {
    let ground = async || Fresh::new(&cluster);
    upgrade::a_database_of_an_earlier_schema_is_brought_up_to_date(ground).await;
}

struct Fresh {
    cluster: Arc<PostgresCluster>,
    url: String,
}

impl Fresh {
    fn new(cluster: &Arc<PostgresCluster>) -> Self {
        Self {
            cluster: Arc::clone(cluster),
            url: cluster.fresh_database().unwrap(),
        }
    }
}

impl Ground for Fresh {
    fn address(&self) -> String {
        self.url.clone()
    }

    async fn execute(&self, sql: &str) {
        let mut connection = PgConnection::connect(&self.url).await.unwrap();
        let sql = sqlx::AssertSqlSafe(sql);
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    async fn number(&self, sql: &str) -> i64 {
        let mut connection = PgConnection::connect(&self.url).await.unwrap();
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

    async fn migrate_to(&self, schema: i64) {
        let mut connection = PgConnection::connect(&self.url).await.unwrap();
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/postgres"));
        let migrations = Migrator::new(folder).await.unwrap();
        migrations.run_to(schema, &mut connection).await.unwrap();
        connection.close().await.unwrap();
    }
}
