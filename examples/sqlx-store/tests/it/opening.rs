use std::{error::Error, time::Duration};

use greenhouse_core::store::{Applied, StoreErrorKind, StoreWriter, SyncLog};
use sqlx::{Connection, Executor, SqliteConnection, sqlite::SqliteConnectOptions};
use sqlx_store::{OpenError, SqlxStore, StoreOptions};

use crate::support::{Place, account, counts, keys, webhook};

#[tokio::test]
async fn a_reopened_database_contains_everything() {
    let place = Place::new();
    let store = place.open().await;
    let applied = store.apply(&account(), webhook("e", 3)).await;
    assert_eq!(applied.unwrap(), Applied::Applied);
    store.close().await;

    let url = format!("sqlite://{}", place.address());
    let store = SqlxStore::open(url, keys()).await.unwrap();
    assert_eq!(counts(&store).await, (3, 1));
    let again = store.apply(&account(), webhook("e", 3)).await;
    assert_eq!(again.unwrap(), Applied::AlreadySeen);
}

#[tokio::test]
async fn a_commit_is_durable_without_closing() {
    let place = Place::new();
    let store = place.open().await;
    let applied = store.apply(&account(), webhook("e", 3)).await;
    assert_eq!(applied.unwrap(), Applied::Applied);
    let copy = Place::new();
    for suffix in ["", "-wal"] {
        let from = format!("{}{suffix}", place.address());
        std::fs::copy(from, format!("{}{suffix}", copy.address())).unwrap();
    }
    assert_eq!(counts(&copy.open().await).await, (3, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_hosts_migrate_once() {
    for _ in 0..5 {
        let place = Place::new();
        let opening: Vec<_> = (0..6)
            .map(|_| tokio::spawn(SqlxStore::open(place.address(), keys())))
            .collect();
        for opened in opening {
            let store = opened.await.unwrap().unwrap();
            assert_eq!(counts(&store).await, (0, 0));
        }
        let mut connection = connect(&place).await;
        let migrations: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM _greenhouse_migrations")
            .fetch_one(&mut connection)
            .await
            .unwrap();
        let files =
            std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite")).unwrap();
        let sql = files.filter(|file| {
            let path = file.as_ref().unwrap().path();
            path.extension().is_some_and(|extension| extension == "sql")
        });
        assert_eq!(usize::try_from(migrations).unwrap(), sql.count());
    }
}

/// A migration can take longer than the timeout of a call.
#[tokio::test]
async fn a_host_waits_for_the_migration_of_another() {
    let place = Place::new();
    let mut options = StoreOptions::default();
    options.lock_timeout = Duration::from_millis(20);
    for migrated_before in [false, true] {
        let mut migrating = connect(&place).await;
        if !migrated_before {
            migrating
                .execute("PRAGMA journal_mode = WAL")
                .await
                .unwrap();
        }
        migrating.execute("BEGIN IMMEDIATE").await.unwrap();
        let mut impatient = options.clone();
        impatient.opening_timeout = Duration::from_millis(20);
        let refused = SqlxStore::open_with(place.address(), keys(), impatient).await;
        assert!(matches!(refused, Err(OpenError::Open(_))), "{refused:?}");
        let opening = SqlxStore::open_with(place.address(), keys(), options.clone());
        let done = async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            migrating.execute("COMMIT").await.unwrap();
        };
        let (opened, ()) = tokio::join!(opening, done);
        assert_eq!(counts(&opened.unwrap()).await, (0, 0));
    }
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_unchanged() {
    let place = Place::new();
    let store = place.open().await;
    let applied = store.apply(&account(), webhook("e", 3)).await;
    assert_eq!(applied.unwrap(), Applied::Applied);
    store.close().await;
    let mut connection = connect(&place).await;
    sqlx::query(
        "INSERT INTO _greenhouse_migrations (version, description, checksum) \
         VALUES (9999, 'from the future', x'00')",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    connection.close().await.unwrap();

    let refused = SqlxStore::open(place.address(), keys()).await.unwrap_err();
    assert!(matches!(
        refused,
        OpenError::NewerSchema {
            found: 9999,
            known: 13
        }
    ));
    assert_eq!(
        refused.to_string(),
        "the database has schema version 9999, expected at most 13: run the newer version"
    );
}

#[tokio::test]
async fn a_changed_migration_is_refused() {
    let place = Place::new();
    place.open().await.close().await;
    let mut connection = connect(&place).await;
    sqlx::query("UPDATE _greenhouse_migrations SET checksum = x'00'")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    let refused = SqlxStore::open(place.address(), keys()).await.unwrap_err();
    assert!(matches!(refused, OpenError::Migrate(_)), "{refused:?}");
    assert!(refused.source().is_some());
}

#[tokio::test]
async fn a_file_that_is_not_a_database_is_refused() {
    let place = Place::new();
    std::fs::write(
        place.path(),
        "this is no database, and long enough to show it",
    )
    .unwrap();
    let refused = SqlxStore::open(place.address(), keys()).await.unwrap_err();
    assert!(matches!(refused, OpenError::Open(_)), "{refused:?}");

    let nowhere = format!("{}/missing/greenhouse.db", place.address());
    let refused = SqlxStore::open(nowhere, keys()).await.unwrap_err();
    assert!(matches!(refused, OpenError::Open(_)), "{refused:?}");
}

#[tokio::test]
async fn an_unsupported_url_is_refused_without_being_shown() {
    let addresses = [
        "",
        ":memory:",
        "sqlite::memory:",
        "sqlite://x?mode=memory",
        "sqlite://x?canary=1",
        "postgres://user:canary@localhost/db?canary=1",
        "mysql://user:canary@localhost/db",
    ];
    for address in addresses {
        let refused = SqlxStore::open(address, keys()).await.unwrap_err();
        assert!(matches!(refused, OpenError::Address(_)), "{address}");
        assert!(!format!("{refused} {refused:?}").contains("canary"));
    }
}

#[tokio::test]
async fn a_closed_store_is_unavailable() {
    let place = Place::new();
    let store = place.open().await;
    store.close().await;
    let read = store.log_page(&account(), &Default::default()).await;
    assert_eq!(read.unwrap_err().kind(), StoreErrorKind::Unavailable);
    let written = store.apply(&account(), webhook("e", 1)).await;
    assert_eq!(written.unwrap_err().kind(), StoreErrorKind::Unavailable);
}

pub(crate) async fn connect(place: &Place) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(place.path());
    let options = options.create_if_missing(true);
    SqliteConnection::connect_with(&options).await.unwrap()
}
