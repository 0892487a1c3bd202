use std::{collections::BTreeSet, sync::Arc, time::Duration};

use greenhouse_core::{
    AccountId, ApplicationId, AssessmentId, CandidateId,
    store::{Applied, Changes, Link, Records, StoreErrorKind, StoreWriter, Write},
};
use sqlx::{Connection, PgConnection};
use sqlx_store::{
    OpenError, SqlxStore, StoreOptions,
    testing::{ClusterOptions, PostgresCluster},
};

use crate::server::{Test, keys, tests};

pub(crate) fn tests() -> Vec<Test> {
    tests![
        concurrent_hosts_migrate_once,
        a_host_waits_for_the_migration_of_another,
        a_database_of_a_newer_version_is_refused_unchanged,
        a_changed_migration_is_refused,
        open_errors_do_not_show_the_url,
        a_database_in_another_encoding_is_refused,
        a_closed_store_is_unavailable,
        ids_may_contain_any_text,
        limits_follow_the_options;
        private
        a_store_survives_a_restart_of_the_server,
    ]
}

async fn concurrent_hosts_migrate_once(cluster: Arc<PostgresCluster>) {
    let url = cluster.fresh_database().unwrap();
    let opening: Vec<_> = (0..6)
        .map(|_| tokio::spawn(SqlxStore::open(url.clone(), keys())))
        .collect();
    for opened in opening {
        opened.await.unwrap().unwrap().close().await;
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/postgres");
    let files = std::fs::read_dir(folder).unwrap().count();
    assert_eq!(migrations(&cluster.direct_url(&url)).await.len(), files);
}

/// A migration can take longer than the timeout of a call or a statement.
async fn a_host_waits_for_the_migration_of_another(cluster: Arc<PostgresCluster>) {
    let url = cluster.fresh_database().unwrap();
    let mut migrating = PgConnection::connect(&cluster.direct_url(&url))
        .await
        .unwrap();
    let lock = sqlx::query("SELECT pg_advisory_lock(7451310532963824229)");
    lock.execute(&mut migrating).await.unwrap();
    let mut options = StoreOptions::default();
    options.lock_timeout = Duration::from_millis(500);
    options.statement_timeout = Duration::from_millis(50);
    options.opening_timeout = Duration::from_millis(50);
    let refused = SqlxStore::open_with(&url, keys(), options.clone()).await;
    assert!(matches!(refused, Err(OpenError::Open(_))), "{refused:?}");

    options.lock_timeout = Duration::from_secs(1);
    options.opening_timeout = Duration::from_secs(600);
    let opening = SqlxStore::open_with(&url, keys(), options);
    // This is longer than the client waits for any other response.
    let done = async {
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        migrating.close().await.unwrap();
    };
    let (opened, ()) = tokio::join!(opening, done);
    opened.unwrap().close().await;
}

async fn a_database_of_a_newer_version_is_refused_unchanged(cluster: Arc<PostgresCluster>) {
    let url = cluster.fresh_database().unwrap();
    SqlxStore::open(&url, keys()).await.unwrap().close().await;
    let known = migrations(&cluster.direct_url(&url))
        .await
        .last()
        .copied()
        .unwrap();
    execute(
        &cluster.direct_url(&url),
        "INSERT INTO _greenhouse_migrations (version, description, checksum) \
         VALUES (9999, 'from the future', '\\x00')",
    )
    .await;
    let refused = SqlxStore::open(&url, keys()).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        format!(
            "the database has schema version 9999, expected at most {known}: run the newer version"
        )
    );
    assert!(matches!(refused, OpenError::NewerSchema { .. }));

    // No tables are created in an otherwise empty database of a newer version.
    let url = cluster.fresh_database().unwrap();
    execute(
        &cluster.direct_url(&url),
        "CREATE TABLE _greenhouse_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, \
         installed_on TIMESTAMPTZ NOT NULL DEFAULT now(), checksum BYTEA NOT NULL); \
         INSERT INTO _greenhouse_migrations (version, description, checksum) \
         VALUES (9999, 'from the future', '\\x00')",
    )
    .await;
    let refused = SqlxStore::open(&url, keys()).await.unwrap_err();
    assert!(matches!(
        refused,
        OpenError::NewerSchema { found: 9999, .. }
    ));
    assert_eq!(migrations(&cluster.direct_url(&url)).await, [9999]);
    assert!(
        !String::from_utf8(cluster.dump(&url).unwrap())
            .unwrap()
            .contains("links")
    );
}

async fn a_changed_migration_is_refused(cluster: Arc<PostgresCluster>) {
    let url = cluster.fresh_database().unwrap();
    SqlxStore::open(&url, keys()).await.unwrap().close().await;
    execute(
        &cluster.direct_url(&url),
        "UPDATE _greenhouse_migrations SET checksum = '\\x00'",
    )
    .await;
    let refused = SqlxStore::open(&url, keys()).await.unwrap_err();
    assert!(matches!(refused, OpenError::Migrate(_)), "{refused:?}");
}

async fn open_errors_do_not_show_the_url(cluster: Arc<PostgresCluster>) {
    let missing = cluster.url("canary_is_missing");
    let unreachable = "postgres://canary:canary@127.0.0.1:1/canary";
    for url in [missing.as_str(), unreachable] {
        let refused = SqlxStore::open(url, keys()).await.unwrap_err();
        assert!(matches!(refused, OpenError::Open(_)), "{refused:?}");
        let source = std::error::Error::source(&refused).unwrap();
        assert!(!format!("{refused} {refused:?} {source} {source:?}").contains("canary"));
    }
}

async fn a_database_in_another_encoding_is_refused(cluster: Arc<PostgresCluster>) {
    let url = cluster.fresh_database().unwrap();
    let name = format!("{}_latin", url.rsplit_once('/').unwrap().1);
    let create = format!("CREATE DATABASE {name} ENCODING 'LATIN1' TEMPLATE template0 LOCALE 'C'");
    execute(&cluster.direct_url(&url), &create).await;
    let latin = format!("{}/{name}", url.rsplit_once('/').unwrap().0);
    let refused = SqlxStore::open(&latin, keys()).await.unwrap_err();
    execute(
        &cluster.direct_url(&url),
        &format!("DROP DATABASE {name} WITH (FORCE)"),
    )
    .await;
    let source = std::error::Error::source(&refused).unwrap();
    assert_eq!(source.to_string(), "the database is not encoded in UTF-8");
}

async fn a_closed_store_is_unavailable(cluster: Arc<PostgresCluster>) {
    let store = SqlxStore::open(cluster.fresh_database().unwrap(), keys())
        .await
        .unwrap();
    store.close().await;
    let read = store.link(&account(), &AssessmentId::new("a")).await;
    assert_eq!(read.unwrap_err().kind(), StoreErrorKind::Unavailable);
    let written = store.apply(&account(), link("a")).await;
    assert_eq!(written.unwrap_err().kind(), StoreErrorKind::Unavailable);
}

/// PostgreSQL cannot store NUL in text, and by default it sorts by the database's locale.
async fn ids_may_contain_any_text(cluster: Arc<PostgresCluster>) {
    let store = SqlxStore::open(cluster.fresh_database().unwrap(), keys())
        .await
        .unwrap();
    let ids = ["", "\0", "\u{1a}", "a\0b", "B", "a", "é", "🦀", "b"];
    for id in ids {
        let read = store.link(&account(), &AssessmentId::new(id)).await;
        assert_eq!(read.unwrap(), None);
        let written = store.apply(&account(), link(id)).await;
        assert_eq!(written.unwrap(), Applied::Applied);
        let read = store.link(&account(), &AssessmentId::new(id)).await;
        assert_eq!(read.unwrap().unwrap().assessment, AssessmentId::new(id));
    }
    let links = store
        .links_to_candidate(&account(), CandidateId::new(1))
        .await;
    let found: Vec<_> = links
        .unwrap()
        .into_iter()
        .map(|link| link.assessment)
        .collect();
    assert_eq!(found.len(), ids.len());
    let plain = found
        .iter()
        .filter(|id| !id.as_str().contains(['\0', '\u{1a}']));
    let plain: Vec<_> = plain.collect();
    let sorted: BTreeSet<_> = plain.iter().copied().collect();
    assert_eq!(plain, sorted.into_iter().collect::<Vec<_>>());
}

async fn limits_follow_the_options(cluster: Arc<PostgresCluster>) {
    let url = cluster.fresh_database().unwrap();
    let mut options = StoreOptions::default();
    // Also limits the wait for a connection, which a busy machine may need.
    options.lock_timeout = Duration::from_secs(2);
    let store = SqlxStore::open_with(&url, keys(), options).await.unwrap();
    assert_eq!(
        store.apply(&account(), link("a")).await.unwrap(),
        Applied::Applied
    );

    let mut other = PgConnection::connect(&cluster.direct_url(&url))
        .await
        .unwrap();
    let mut holder = other.begin().await.unwrap();
    sqlx::query("UPDATE links SET version = version")
        .execute(&mut *holder)
        .await
        .unwrap();
    let mut changes = Changes::none();
    let read = store.link(&account(), &AssessmentId::new("a")).await;
    changes.links = vec![Write::Put(read.unwrap().unwrap())];
    let waited = store.apply(&account(), changes.clone()).await;
    assert_eq!(waited.unwrap_err().kind(), StoreErrorKind::Unavailable);
    holder.rollback().await.unwrap();
    assert_eq!(
        store.apply(&account(), changes).await.unwrap(),
        Applied::Applied
    );
}

async fn a_store_survives_a_restart_of_the_server() {
    let cluster = PostgresCluster::private(ClusterOptions::from_env()).unwrap();
    let store = SqlxStore::open(cluster.fresh_database().unwrap(), keys());
    let store = store.await.unwrap();
    for (round, name) in ["a", "b", "c"].into_iter().enumerate() {
        let applied = store.apply(&account(), link(name)).await;
        assert_eq!(applied.unwrap(), Applied::Applied);
        let links = store
            .links_to_candidate(&account(), CandidateId::new(1))
            .await;
        assert_eq!(links.unwrap().len(), round + 1);
        cluster.restart().unwrap();
        if ClusterOptions::from_env().pgbouncer {
            until_pgbouncer_reconnects(&store).await;
        }
    }
}

/// Waits while PgBouncer still reports the connections that it lost.
async fn until_pgbouncer_reconnects(store: &SqlxStore) {
    for _ in 0..200 {
        match store.link(&account(), &AssessmentId::new("a")).await {
            Ok(link) => return assert!(link.is_some()),
            Err(error) => assert_eq!(error.kind(), StoreErrorKind::Unavailable),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("PgBouncer did not reconnect");
}

pub(crate) fn account() -> AccountId {
    AccountId::new("acme")
}

pub(crate) fn link(assessment: &str) -> Changes {
    let mut changes = Changes::none();
    changes.links = vec![Write::Put(Link::new(
        AssessmentId::new(assessment),
        CandidateId::new(1),
        ApplicationId::new(1),
        None,
    ))];
    changes
}

async fn execute(url: &str, sql: &str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

async fn migrations(url: &str) -> Vec<i64> {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let versions =
        sqlx::query_scalar("SELECT version FROM _greenhouse_migrations ORDER BY version");
    let versions = versions.fetch_all(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    versions
}
