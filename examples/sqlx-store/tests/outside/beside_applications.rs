use std::sync::Arc;

use sqlx::{Connection, PgConnection};
use sqlx_store::{OpenError, SqlxStore, StoreOptions, testing::PostgresCluster};

use crate::{
    at_rest::Fresh,
    beside::{self, Database},
    server::{Test, keys, tests},
};

pub(crate) fn tests() -> Vec<Test> {
    let mut all = tests![
        everything_is_in_the_schema,
        an_invalid_schema_name_is_refused,
    ];
    all.extend(beside::cases(Database::Postgres).map(|case| {
        let name = format!("beside_applications::{}", case.name.replace(' ', "_"));
        Test::new(&name, async move |cluster| {
            case.play(&Fresh::new(&cluster)).await;
        })
    }));
    all
}

async fn everything_is_in_the_schema(cluster: Arc<PostgresCluster>) {
    let url = cluster.fresh_database().unwrap();
    let options = StoreOptions::default().schema("own_1");
    let store = SqlxStore::open_with(&url, keys(), options).await.unwrap();
    store.close().await;
    let mut connection = PgConnection::connect(&cluster.direct_url(&url))
        .await
        .unwrap();
    let places = "SELECT nspname::TEXT || ' ' || (COUNT(*) > 30)::TEXT FROM pg_class \
                  JOIN pg_namespace ON pg_namespace.oid = relnamespace \
                  WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema' GROUP BY nspname";
    let places: Vec<String> = sqlx::query_scalar(places)
        .fetch_all(&mut connection)
        .await
        .unwrap();
    assert_eq!(places, ["own_1 true"]);
}

async fn an_invalid_schema_name_is_refused(cluster: Arc<PostgresCluster>) {
    let url = cluster.fresh_database().unwrap();
    let long = "a".repeat(64);
    for name in [
        "",
        "A",
        "1a",
        "a-b",
        "a\"b",
        "a b",
        "pg_own",
        "information_schema",
        &long,
    ] {
        let options = StoreOptions::default().schema(name);
        let refused = SqlxStore::open_with(&url, keys(), options).await;
        assert!(
            matches!(refused, Err(OpenError::Schema(_))),
            "{name}: {refused:?}"
        );
    }
    for name in ["a", "_a", "user", "greenhouse_2", &long[1..]] {
        let options = StoreOptions::default().schema(name);
        let store = SqlxStore::open_with(&url, keys(), options).await.unwrap();
        store.close().await;
    }
}
