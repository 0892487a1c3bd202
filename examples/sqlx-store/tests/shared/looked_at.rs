//! A database that is opened to look at it stays as it is.

use greenhouse_core::{
    AccountId,
    store::{
        Changes, Direction, LogEntry, LogStatus, LogSubject, Records, StoreErrorKind, StoreWriter,
    },
};
use sqlx_store::{OpenError, SqlxStore, StoreOptions};

use crate::{
    ground::{Ground, keys},
    sealed,
};

pub(crate) async fn whoever_looks_reads_and_changes_nothing(ground: impl Ground) {
    let store = ground.open_with(keys(1, &[])).await;
    sealed::fill(&store, &sealed::acme()).await;
    store.close().await;
    let before = ground.contents().await;

    // Another first key would be listed by a host.
    let looking = look(&ground, 2, &[1]).await.unwrap();
    let acme = AccountId::new("acme");
    assert!(looking.account(&acme).await.unwrap().is_some());
    assert_eq!(looking.needed_keys().await.unwrap().len(), 1);
    let mut changes = Changes::none();
    changes.log.push(LogEntry::new(
        chrono::DateTime::UNIX_EPOCH,
        Direction::FromGreenhouse,
        LogSubject::Event,
        LogStatus::Done,
        "written",
    ));
    let refused = looking.apply(&acme, changes).await.unwrap_err();
    assert_eq!(refused.kind(), StoreErrorKind::Unavailable);
    let server_time = looking.server_time().await.unwrap();
    assert_eq!(
        server_time.is_some(),
        ground.address().starts_with("postgres")
    );
    looking.close().await;
    assert!(
        SqlxStore::has_free_write_lock(ground.address(), StoreOptions::default())
            .await
            .unwrap()
    );
    assert!(ground.contents().await == before, "it was changed");
}

/// What a host would bring up to date, or refuse, is told and left.
pub(crate) async fn whoever_looks_is_told_what_cannot_be_used<G: Ground>(
    ground: impl AsyncFn() -> G,
) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite");
    let numbers = std::fs::read_dir(folder).unwrap().map(|file| {
        let name = file.unwrap().file_name().into_string().unwrap();
        name[..4].parse::<i64>().unwrap()
    });
    let present = numbers.max().unwrap();
    for schema in [1, 4] {
        let ground = ground().await;
        ground.migrate_to(schema).await;
        let before = ground.contents().await;
        let told = look(&ground, 1, &[]).await.unwrap_err();
        assert!(
            matches!(told, OpenError::OlderSchema { found, known } if (found, known) == (schema, present)),
            "{told:?}"
        );
        assert!(ground.contents().await == before, "it was changed");
        ground.open_with(keys(1, &[])).await.close().await;
        look(&ground, 1, &[]).await.unwrap().close().await;
    }

    let ground = ground().await;
    ground.execute("CREATE TABLE own (own BIGINT)").await;
    let told = look(&ground, 1, &[]).await.unwrap_err();
    let is_right = match told {
        OpenError::OlderSchema { found: 0, .. } => ground.address().starts_with("postgres"),
        OpenError::AnotherProgram { .. } => !ground.address().starts_with("postgres"),
        _ => false,
    };
    assert!(is_right, "{told:?}");
    ground.execute("DROP TABLE own").await;
    let store = ground.open_with(keys(1, &[])).await;
    sealed::fill(&store, &sealed::acme()).await;
    store.close().await;
    let told = look(&ground, 2, &[]).await.unwrap_err();
    assert!(matches!(told, OpenError::MissingKey { .. }), "{told:?}");
    ground
        .execute("UPDATE _greenhouse_migrations SET version = 9999 WHERE version = 2")
        .await;
    let told = look(&ground, 1, &[]).await.unwrap_err();
    assert!(
        matches!(told, OpenError::NewerSchema { found: 9999, .. }),
        "{told:?}"
    );
    ground
        .execute(&ground.spelled(
            "UPDATE _greenhouse_migrations SET version = 2, checksum = x'00' WHERE version = 9999",
        ))
        .await;
    let told = look(&ground, 1, &[]).await.unwrap_err();
    assert!(matches!(told, OpenError::Migrate(_)), "{told:?}");
}

async fn look(ground: &impl Ground, current: u8, previous: &[u8]) -> Result<SqlxStore, OpenError> {
    let keys = keys(current, previous);
    SqlxStore::open_to_look(ground.address(), keys, StoreOptions::default()).await
}
