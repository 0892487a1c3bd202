//! A database that is opened read-only is not changed.

use greenhouse_core::{
    AccountId,
    store::{
        Changes, Direction, Housekeeping, LogEntry, LogStatus, LogSubject, Records, StoreErrorKind,
        StoreWriter,
    },
};
use sqlx_store::{OpenError, SqlxStore, StoreOptions};

use crate::{
    sealed,
    test_database::{TestDatabase, keys},
};

pub(crate) async fn a_read_only_store_reads_and_changes_nothing(test_database: impl TestDatabase) {
    let store = test_database.open_with(keys(1, &[])).await;
    sealed::fill(&store, &sealed::acme()).await;
    store.close().await;
    let before = test_database.contents().await;

    // A store that can write would add its current key, key 2, to the list.
    let read_only = open_read_only(&test_database, 2, &[1]).await.unwrap();
    let acme = AccountId::new("acme");
    assert!(read_only.account(&acme).await.unwrap().is_some());
    assert_eq!(read_only.needed_keys().await.unwrap().len(), 1);
    let mut changes = Changes::none();
    changes.log.push(LogEntry::new(
        chrono::DateTime::UNIX_EPOCH,
        Direction::FromGreenhouse,
        LogSubject::Event,
        LogStatus::Done,
        greenhouse_core::Text::new("test", "written"),
    ));
    let refused = read_only.apply(&acme, changes).await.unwrap_err();
    assert_eq!(refused.kind(), StoreErrorKind::Unavailable);
    let server_time = read_only.time().await.unwrap();
    assert_eq!(
        server_time.is_some(),
        test_database.address().starts_with("postgres")
    );
    read_only.close().await;
    assert!(
        SqlxStore::has_free_write_lock(test_database.address(), StoreOptions::default())
            .await
            .unwrap()
    );
    assert!(
        test_database.contents().await == before,
        "the database was changed"
    );
}

/// Databases that a host would migrate or refuse are reported and not changed.
pub(crate) async fn a_read_only_open_reports_unusable_databases<G: TestDatabase>(
    test_database: impl AsyncFn() -> G,
) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite");
    let numbers = std::fs::read_dir(folder).unwrap().map(|file| {
        let name = file.unwrap().file_name().into_string().unwrap();
        name[..4].parse::<i64>().unwrap()
    });
    let present = numbers.max().unwrap();
    for schema in [1, 4] {
        let test_database = test_database().await;
        test_database.migrate_to(schema).await;
        let before = test_database.contents().await;
        let error = open_read_only(&test_database, 1, &[]).await.unwrap_err();
        assert!(
            matches!(error, OpenError::OlderSchema { found, known } if (found, known) == (schema, present)),
            "{error:?}"
        );
        assert!(
            test_database.contents().await == before,
            "the database was changed"
        );
        test_database.open_with(keys(1, &[])).await.close().await;
        open_read_only(&test_database, 1, &[])
            .await
            .unwrap()
            .close()
            .await;
    }

    let test_database = test_database().await;
    test_database.execute("CREATE TABLE own (own BIGINT)").await;
    let error = open_read_only(&test_database, 1, &[]).await.unwrap_err();
    let is_right = match error {
        OpenError::OlderSchema { found: 0, .. } => test_database.address().starts_with("postgres"),
        OpenError::AnotherProgram { .. } => !test_database.address().starts_with("postgres"),
        _ => false,
    };
    assert!(is_right, "{error:?}");
    test_database.execute("DROP TABLE own").await;
    let store = test_database.open_with(keys(1, &[])).await;
    sealed::fill(&store, &sealed::acme()).await;
    store.close().await;
    let error = open_read_only(&test_database, 2, &[]).await.unwrap_err();
    assert!(matches!(error, OpenError::MissingKey { .. }), "{error:?}");
    test_database
        .execute("UPDATE _greenhouse_migrations SET version = 9999 WHERE version = 2")
        .await;
    let error = open_read_only(&test_database, 1, &[]).await.unwrap_err();
    assert!(
        matches!(error, OpenError::NewerSchema { found: 9999, .. }),
        "{error:?}"
    );
    test_database
        .execute(&test_database.in_dialect(
            "UPDATE _greenhouse_migrations SET version = 2, checksum = x'00' WHERE version = 9999",
        ))
        .await;
    let error = open_read_only(&test_database, 1, &[]).await.unwrap_err();
    assert!(matches!(error, OpenError::Migrate(_)), "{error:?}");
}

async fn open_read_only(
    test_database: &impl TestDatabase,
    current: u8,
    previous: &[u8],
) -> Result<SqlxStore, OpenError> {
    let keys = keys(current, previous);
    SqlxStore::open_read_only(test_database.address(), keys, StoreOptions::default()).await
}
