use chrono::DateTime;
use greenhouse_core::{
    CandidateId, InvitationId,
    store::{Applied, Changes, Erasure, Housekeeping, Purge, Records, StoreWriter},
};
use sqlx::{Connection, Executor};

use crate::{
    erasure,
    opening::connect,
    support::{Place, account, at, delivery, webhook},
    test_database::TestDatabase,
};

/// A read transaction older than the erasure keeps the data in the write-ahead log. Once it ends,
/// the next write truncates the log.
#[tokio::test]
async fn the_next_write_truncates_a_log_held_by_a_reader() {
    let place = Place::new();
    let store = place.open().await;
    erasure::fill(&store).await;
    let mut reader = connect(&place).await;
    reader.execute("BEGIN").await.unwrap();
    let read = reader.fetch_one("SELECT COUNT(*) FROM links").await;
    read.unwrap();

    let mut changes = Changes::none();
    changes.erasures = vec![Erasure::everything(CandidateId::new(1))];
    let applied = store.apply(&account(), changes).await;
    assert_eq!(applied.unwrap(), Applied::Applied);
    assert!(place.holds("canary@example.com").await);
    let applied = store.apply(&account(), webhook("e1", 1)).await;
    assert_eq!(applied.unwrap(), Applied::Applied);
    assert!(place.holds("canary@example.com").await);

    reader.execute("COMMIT").await.unwrap();
    reader.close().await.unwrap();
    let applied = store.apply(&account(), webhook("e2", 1)).await;
    assert_eq!(applied.unwrap(), Applied::Applied);
    assert!(!place.holds("canary@example.com").await);
}

/// If a host is killed between the commit of an erasure and the truncation, the next open truncates
/// the log.
#[tokio::test]
async fn opening_truncates_the_log_of_a_killed_host() {
    let place = Place::new();
    let store = place.open().await;
    erasure::fill(&store).await;
    let mut connection = connect(&place).await;
    let erase = "PRAGMA secure_delete = ON; UPDATE invitations SET record = '{}'";
    connection.execute(erase).await.unwrap();
    let copy = Place::new();
    for suffix in ["", "-wal"] {
        let from = format!("{}{suffix}", place.address());
        std::fs::copy(from, format!("{}{suffix}", copy.address())).unwrap();
    }
    assert!(copy.holds("canary@example.com").await);
    let _store = copy.open().await;
    assert!(!copy.holds("canary@example.com").await);
}

/// If a reader blocks the truncation when the database is opened, the next write truncates the log.
#[tokio::test]
async fn the_next_write_truncates_the_log_of_a_killed_host_behind_a_reader() {
    let place = Place::new();
    let killed = place.open().await;
    erasure::fill(&killed).await;
    let mut reader = connect(&place).await;
    reader.execute("BEGIN").await.unwrap();
    let read = reader.fetch_one("SELECT COUNT(*) FROM links").await;
    read.unwrap();
    let mut connection = connect(&place).await;
    let erase = "PRAGMA secure_delete = ON; UPDATE invitations SET record = '{}'";
    connection.execute(erase).await.unwrap();

    let store = place.open().await;
    assert!(place.holds("canary@example.com").await);
    reader.execute("COMMIT").await.unwrap();
    reader.close().await.unwrap();
    let applied = store.apply(&account(), webhook("e1", 1)).await;
    assert_eq!(applied.unwrap(), Applied::Applied);
    assert!(!place.holds("canary@example.com").await);
}

/// Another host is unaware of the erasure, so retention truncates the log.
#[tokio::test]
async fn the_next_purge_truncates_the_log_of_another_process() {
    let place = Place::new();
    let store = place.open().await;
    erasure::fill(&store).await;
    let mut connection = connect(&place).await;
    let erase = "PRAGMA secure_delete = ON; UPDATE invitations SET record = '{}'";
    connection.execute(erase).await.unwrap();
    let applied = store.apply(&account(), webhook("e1", 1)).await;
    assert_eq!(applied.unwrap(), Applied::Applied);
    assert!(place.holds("canary@example.com").await);
    let purged = store.purge(Purge::KeptBodies, DateTime::UNIX_EPOCH, 9);
    assert_eq!(purged.await.unwrap(), 0);
    assert!(!place.holds("canary@example.com").await);
}

/// A delivery can be purged together with its body, so this purge also truncates the log.
#[tokio::test]
async fn purged_deliveries_are_removed_from_the_log() {
    let place = Place::new();
    let store = place.open().await;
    for (event_id, received_at) in [("canary event", 0), ("newest", 1)] {
        let mut changes = Changes::none();
        let mut delivery = delivery(event_id);
        delivery.received_at = at(received_at);
        changes.seen = Some(delivery);
        let applied = store.apply(&account(), changes).await;
        assert_eq!(applied.unwrap(), Applied::Applied);
    }
    assert!(place.holds("canary event").await);
    let purged = store.purge(Purge::Deliveries, at(1), 9).await;
    assert_eq!(purged.unwrap(), 1);
    assert!(!place.holds("canary event").await);
}

#[tokio::test]
async fn debug_and_errors_show_no_stored_values() {
    let place = Place::new();
    let store = place.open().await;
    assert_eq!(format!("{store:?}"), "SqlxStore { .. }");
    let mut connection = connect(&place).await;
    sqlx::query("INSERT INTO invitations VALUES ('acme', 'i', 'r', NULL, NULL, 1, $1, NULL)")
        .bind(r#"{"id": {"canary@example.com": 1}}"#)
        .execute(&mut connection)
        .await
        .unwrap();
    let error = store
        .invitation(&account(), &InvitationId::new("i"))
        .await
        .unwrap_err();
    assert_eq!(
        error.kind(),
        greenhouse_core::store::StoreErrorKind::Corrupt
    );
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.starts_with("a row in table invitations"), "{source}");
    assert!(!format!("{error:?} {error} {source}").contains("canary"));
}
