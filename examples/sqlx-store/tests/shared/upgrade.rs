//! Databases of every earlier schema, opened by the current version.

use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, NaiveDate, Utc};
use futures_util::future::join_all;
use greenhouse_core::webhook::SignatureVerifier;
use greenhouse_core::{
    AccountId, ApplicationId, AssessmentId, CandidateId, InvitationId, Secret,
    settings::KeyDigest,
    store::{
        Applied, Backlog, BudgetClaim, Changes, Claim, Delivery, DeliverySource, DeliveryStatus,
        Direction, Erasure, Housekeeping, InvitedPerson, LastSeen, LogFilter, LogGroup, LogKey,
        LogStatus, LogSubject, LogSummary, OpenOperations, PersonKey, Purge, Records, RequestKey,
        Shared, StoreErrorKind, StoreWriter, SyncLog, TaskKind, TaskQueue, Verdict,
    },
};
use sqlx_store::{OpenError, SqlxStore};

use crate::test_database::{TestDatabase, keys};

/// Data from an earlier version is read, counted and erased like new data.
pub(crate) async fn a_database_of_an_earlier_schema_is_migrated<G: TestDatabase>(
    test_database: impl AsyncFn() -> G,
) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite");
    let present = i64::try_from(std::fs::read_dir(folder).unwrap().count()).unwrap();
    let tried = SCHEMAS.iter().map(|(schema, _)| *schema);
    assert!(
        tried.eq(1..present),
        "every migration needs data of the schema before it"
    );
    let migrated = SCHEMAS.iter().map(|(schema, rows)| {
        let test_database = &test_database;
        Box::pin(async move { is_migrated(test_database().await, *schema, rows).await })
    });
    join_all(migrated).await;
}

async fn is_migrated(test_database: impl TestDatabase, schema: i64, rows: &str) {
    test_database.migrate_to(schema).await;
    test_database.execute(&test_database.in_dialect(rows)).await;
    assert!(test_database.holds("canary body").await);
    let store = test_database.open_with(keys(1, &[])).await;
    read(&store).await;
    let seen = store.last_seen(&acme()).await.unwrap();
    let used = seen.get(&LastSeen::PartnerKey(used_key()));
    assert_eq!(used, (schema >= 4).then_some(&at(0)));
    let used = if schema < 2 { 0 } else { 9 };
    count(&store, used, (schema >= 3).then_some(50)).await;
    last_deliveries(&store, schema).await;
    let fate = store
        .candidate_history(&acme(), CandidateId::new(9))
        .await
        .unwrap();
    let fate = fate.map(|fate| (fate.version, fate.merged_into));
    assert_eq!(fate, (schema >= 5).then(|| (2, Some(CandidateId::new(8)))));
    let erased = store
        .push(&acme(), &AssessmentId::new("erased"))
        .await
        .unwrap();
    let erased = erased.map(|push| (push.erased, push.version));
    assert_eq!(erased, (schema >= 8).then_some((true, 4)));
    let decided = store
        .trigger_decision(&acme(), &AssessmentId::new("a1"))
        .await
        .unwrap();
    let decided = decided.map(|decided| (decided.pushes, decided.version));
    assert_eq!(decided, (schema >= 9).then_some((true, 2)));
    let newest = store.accepted_time().await.unwrap();
    assert_eq!(newest, Some(at(60)));
    seal(&test_database, &store).await;
    summary(&store, &["acme", "other"]).await;
    erase(&store).await;
    purge(&store, if schema >= 4 { 3 } else { 1 }).await;
    summary(&store, &[]).await;
}

/// A delivery from an earlier version is recognized by its HMAC under any of the hook's current
/// secrets. After a rotation that removed the old secret, the body cannot be compared, so the
/// delivery counts as new with a different body.
pub(crate) async fn a_delivery_of_an_earlier_version_is_recognized(
    test_database: impl TestDatabase,
) {
    test_database.migrate_to(6).await;
    let rows = format!(
        "INSERT INTO deliveries (account, event_id, digest, received_at, verdict) VALUES \
         ('acme', 'e', x'{OLD_SIGNATURE}', 1790000000000000, 'ignored'), \
         ('acme', '', x'{OLD_SIGNATURE}', 1790000000000000, 'ignored')"
    );
    test_database
        .execute(&test_database.in_dialect(&rows))
        .await;
    let store = test_database.open_with(keys(1, &[])).await;
    for (secrets, signature, event_id, expected) in [
        (
            &["old secret"][..],
            OLD_SIGNATURE,
            "e",
            DeliveryStatus::Duplicate,
        ),
        (
            &["new secret", "old secret"],
            NEW_SIGNATURE,
            "e",
            DeliveryStatus::Duplicate,
        ),
        (
            &["new secret", "old secret"],
            OLD_SIGNATURE,
            "",
            DeliveryStatus::Duplicate,
        ),
        (
            &["new secret"],
            NEW_SIGNATURE,
            "e",
            DeliveryStatus::BodyDiffers,
        ),
    ] {
        let verifier = SignatureVerifier::new(secrets.iter().copied().map(Secret::new)).unwrap();
        let header = format!("sha256 {signature}");
        let delivery = verifier
            .verify(Some(header.as_bytes()), BODY.into())
            .unwrap();
        let source = DeliverySource::of(event_id, &delivery);
        let status = store.delivery_status(&acme(), &source, None).await.unwrap();
        assert_eq!(status.0, expected, "{secrets:?}");
        if status.0 == DeliveryStatus::Duplicate {
            let mut changes = Changes::none();
            changes.seen = Some(Delivery::new(source, None, Verdict::Unreadable, at(9)));
            let applied = store.apply(&acme(), changes).await.unwrap();
            assert_eq!(applied, Applied::AlreadySeen);
        }
    }
}

/// All migrations run in one transaction. If the last migration fails, the others are rolled back.
pub(crate) async fn a_failed_migration_changes_nothing(test_database: impl TestDatabase) {
    test_database
        .execute("CREATE TABLE tokens (own BIGINT)")
        .await;
    let refused = SqlxStore::open(test_database.address(), keys(1, &[])).await;
    let refused = refused.unwrap_err();
    assert!(
        matches!(refused, OpenError::AnotherProgram { .. }),
        "{refused:?}"
    );
    assert!(!test_database.holds("links_by_application").await);
    assert!(!test_database.holds("_greenhouse_migrations").await);
    test_database.execute("DROP TABLE tokens").await;
    test_database.open_with(keys(1, &[])).await;
}

async fn read(store: &SqlxStore) {
    let a1 = AssessmentId::new("a1");
    let link = store.link(&acme(), &a1).await.unwrap().unwrap();
    assert_eq!((link.version, link.candidate), (3, CandidateId::new(1)));
    let linked = store
        .links_to_application(&acme(), ApplicationId::new(7))
        .await;
    assert_eq!(linked.unwrap(), [link]);
    let i1 = store.invitation(&acme(), &InvitationId::new("i1")).await;
    let by_request = store
        .invitation_by_request(&acme(), &RequestKey::new("r1"))
        .await;
    assert_eq!(by_request.unwrap(), i1.unwrap());
    let unreadable = store.invitation(&acme(), &InvitationId::new("i2")).await;
    assert_eq!(unreadable.unwrap_err().kind(), StoreErrorKind::Corrupt);
    let push = store.push(&acme(), &a1).await.unwrap().unwrap();
    assert_eq!(
        store.pushes_of_person(&acme(), &ann()).await.unwrap(),
        [push]
    );
    let access = store.report_access(&acme(), &a1).await.unwrap().unwrap();
    assert_eq!(access.link_version, 1);
    let last = store.last_delivery_at(&acme()).await.unwrap();
    assert_eq!(last, Some(at(60)));
    let backlog = store.backlog(&acme(), &[TaskKind::Notify]).await.unwrap();
    assert_eq!(backlog, Backlog::new(1, Some(at(0))));
    let claim = Claim::new(&[TaskKind::Notify], at(60), Duration::from_secs(1), 9);
    let due = store.claim_due(&claim).await.unwrap();
    assert_eq!((due[0].attempts, due[0].generation), (2, 3));
    let entry = store.keyed_log_entry(&acme(), &LogKey::push(&a1)).await;
    let entry = entry.unwrap().unwrap();
    let page = store
        .log_page(&acme(), &LogFilter::newest(9))
        .await
        .unwrap();
    assert_eq!(page.entries, [entry]);
}

/// Checks that used budgets are kept and that unknown limits stay unknown.
async fn count(store: &SqlxStore, used: u32, limit: Option<u32>) {
    let claim = BudgetClaim::new(at(10), 0, at(10));
    let share = store.take_budget(&acme(), "client", claim).await.unwrap();
    assert_eq!((share.used, share.limit), (used, limit));
}

/// Checks the last delivery of each hook, which is derived from the deliveries if the schema does
/// not store it.
async fn last_deliveries(store: &SqlxStore, schema: i64) {
    let gone = store.last_seen(&AccountId::new("gone")).await.unwrap();
    assert_eq!(gone, BTreeMap::new());
    let mut last_deliveries = store.last_seen(&acme()).await.unwrap();
    last_deliveries.retain(|what, _| matches!(what, LastSeen::Hook(_)));
    let hook = |action: &str, second| BTreeMap::from([(LastSeen::Hook(action.into()), at(second))]);
    let expected = match schema {
        ..4 => BTreeMap::new(),
        4..6 => hook("delete_candidate", 30),
        _ => hook("ping", 50),
    };
    assert_eq!(last_deliveries, expected);
}

/// Checks that a reseal seals an unsealed body and removes the plaintext.
async fn seal(test_database: &impl TestDatabase, store: &SqlxStore) {
    assert_eq!(store.reseal(9).await.unwrap(), 1);
    assert_eq!(store.reseal(9).await.unwrap(), 0);
    assert!(!test_database.holds("canary body").await);
    let kept = "SELECT COUNT(body) FROM deliveries";
    assert_eq!(test_database.number(kept).await, 1);
    let store = test_database.open_with(keys(2, &[1])).await;
    assert_eq!(store.reseal(9).await.unwrap(), 1, "it opens");
    let store = test_database.open_with(keys(1, &[2])).await;
    assert_eq!(store.reseal(9).await.unwrap(), 1);
}

/// Erases a person, whose invitations can be from a schema without the column `person`.
async fn erase(store: &SqlxStore) {
    let mut changes = Changes::none();
    changes.erasures = vec![Erasure::everything_of(ann())];
    let applied = store.apply(&acme(), changes).await;
    assert_eq!(applied.unwrap(), Applied::Applied);
    let invitation = store.invitation(&acme(), &InvitationId::new("i1")).await;
    let invitation = invitation.unwrap().unwrap();
    assert_eq!(invitation.person, InvitedPerson::default());
    assert_eq!(invitation.version, 3);
    let push = store.push(&acme(), &AssessmentId::new("a1")).await.unwrap();
    assert_eq!(push.unwrap().person, None);

    let other = AccountId::new("other");
    let mut changes = Changes::none();
    let ann = PersonKey::of_email(&other, "ann@example.com");
    changes.erasures = vec![Erasure::everything_of(ann)];
    let applied = store.apply(&other, changes).await;
    assert_eq!(applied.unwrap(), Applied::Applied);
    for number in [1, 499, 500, 501, 1100] {
        let id = InvitationId::new(format!("many {number}"));
        let invitation = store.invitation(&other, &id).await.unwrap().unwrap();
        assert_eq!(invitation.person, InvitedPerson::default(), "{id}");
    }
}

/// Checks that these accounts have one entry in the log, a push, and that the others have none.
async fn summary(store: &SqlxStore, logged: &[&str]) {
    let day = at(0).date_naive();
    let group = LogGroup::new(
        day,
        Direction::ToGreenhouse,
        LogStatus::Done,
        LogSubject::Push,
    );
    for account in ["acme", "other", "gone"] {
        let counts = logged.contains(&account).then_some((group, 1));
        let expected = LogSummary::new(counts.into_iter().collect(), OpenOperations::default());
        let days = NaiveDate::MIN..=NaiveDate::MAX;
        let found = store.log_summary(&AccountId::new(account), days).await;
        assert_eq!(found.unwrap(), expected, "{account}");
    }
}

async fn purge(store: &SqlxStore, deliveries: usize) {
    for (what, before, purged) in [
        (Purge::KeptBodies, 1, 1),
        (Purge::Deliveries, 100, deliveries),
        (Purge::LogEntries, 0, 0),
        (Purge::LogEntries, 1, 2),
    ] {
        let done = store.purge(what, at(before), 9).await.unwrap();
        assert_eq!(done, purged, "{what:?}");
    }
}

fn used_key() -> KeyDigest {
    let digest = format!("sha256:{}", "07".repeat(32));
    digest.parse().unwrap()
}

fn ann() -> PersonKey {
    PersonKey::of_email(&acme(), "ann@example.com")
}

fn acme() -> AccountId {
    AccountId::new("acme")
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000 + seconds, 0).unwrap()
}

/// Contents of a database with each earlier schema.
const SCHEMAS: &[(i64, &str)] = &[
    (1, include_str!("schemas/0001.sql")),
    (2, include_str!("schemas/0002.sql")),
    (3, include_str!("schemas/0003.sql")),
    (4, include_str!("schemas/0004.sql")),
    (5, include_str!("schemas/0005.sql")),
    (6, include_str!("schemas/0006.sql")),
    (7, include_str!("schemas/0007.sql")),
    (8, include_str!("schemas/0008.sql")),
    (9, include_str!("schemas/0009.sql")),
    (10, include_str!("schemas/0010.sql")),
    (11, include_str!("schemas/0011.sql")),
    (12, include_str!("schemas/0012.sql")),
];

const BODY: &str = r#"{"action":"ping"}"#;
/// HMAC-SHA256 of the body under `old secret`.
const OLD_SIGNATURE: &str = "7212c8acb7eddc84f252ecbcd81be51cc71e2ee857ceaa5c41daeb4cd73bb517";
/// HMAC-SHA256 of the body under `new secret`.
const NEW_SIGNATURE: &str = "f7f7e3b07b31abfdc6f8ba5a08167282094924f4ccbf94b2507060c3e406a2ed";
