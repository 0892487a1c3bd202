use chrono::DateTime;
use greenhouse_core::{
    CandidateId, InvitationId,
    store::{Applied, Changes, Erasure, Housekeeping, Purge, Records, StoreWriter},
};
use sqlx::{Connection, Executor};

use crate::{
    erasure,
    ground::Ground,
    opening::connect,
    support::{Place, account, at, delivery, webhook},
};

/// A reader of before the erasure keeps it in the write-ahead log. When it is gone, the next write empties the log.
#[tokio::test]
async fn what_a_reader_kept_in_the_log_goes_with_the_next_write() {
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

/// A host that is killed between the commit of an erasure and what comes after it leaves it to the next.
#[tokio::test]
async fn what_a_killed_host_left_in_the_log_goes_when_it_is_opened() {
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

/// Also where somebody was reading at the time: then with the next write.
#[tokio::test]
async fn what_a_killed_host_left_behind_a_reader_goes_with_the_next_write() {
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

/// A host that did not erase knows of nothing, so retention sees to it.
#[tokio::test]
async fn what_another_process_left_in_the_log_goes_with_the_next_purge() {
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

/// A delivery that goes for its age can still hold a body.
#[tokio::test]
async fn purged_deliveries_do_not_stay_in_the_log() {
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
async fn neither_debug_nor_an_error_shows_what_is_stored() {
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
    assert!(source.starts_with("a row of invitations"), "{source}");
    assert!(!format!("{error:?} {error} {source}").contains("canary"));
}
