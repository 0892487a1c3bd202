//! The store's cache of account settings is never stale.

use greenhouse_core::{
    AccountId, Secret,
    report_link::{ReportLinkKey, ReportLinks},
    settings::{AccountSettings, AssessmentSettings, CompletionCredential, KeyDigest},
    store::{AccountRecord, Applied, Changes, Records, StoreErrorKind, StoreWriter, Write},
};
use sqlx_store::SqlxStore;

use crate::{
    support::{Place, account},
    test_database::TestDatabase,
};

#[tokio::test]
async fn changes_of_another_host_take_effect_at_once() {
    let place = Place::new();
    let (here, elsewhere) = (place.open().await, place.open().await);
    assert_eq!(here.account(&account()).await.unwrap(), None);
    for (version, secret) in [(0, "first"), (1, "second"), (2, "first")] {
        put(&elsewhere, &account(), version, secret).await;
        for _ in 0..2 {
            let read = here.account(&account()).await.unwrap().unwrap();
            assert_eq!(read, record(version + 1, secret));
        }
    }
    let other = AccountId::new("other");
    assert_eq!(here.account(&other).await.unwrap(), None);
    put(&elsewhere, &other, 0, "theirs").await;
    let theirs = here.account(&other).await.unwrap();
    assert_eq!(theirs, Some(record(1, "theirs")));
    let own = here.account(&account()).await.unwrap();
    assert_eq!(own, Some(record(3, "first")));
}

/// The versions of a recreated account start again at 1.
#[tokio::test]
async fn a_recreated_account_is_a_new_one() {
    let place = Place::new();
    let (here, elsewhere) = (place.open().await, place.open().await);
    put(&elsewhere, &account(), 0, "first").await;
    let read = here.account(&account()).await.unwrap();
    assert_eq!(read, Some(record(1, "first")));
    for table in ["account_secrets", "account_keys", "accounts"] {
        place.execute(&format!("DELETE FROM {table}")).await;
    }
    put(&elsewhere, &account(), 0, "second").await;
    let read = here.account(&account()).await.unwrap();
    assert_eq!(read, Some(record(1, "second")));
}

/// Any change of the rows invalidates the cache, with or without a new version.
#[tokio::test]
async fn every_byte_of_the_rows_is_compared() {
    let place = Place::new();
    let store = place.open().await;
    put(&store, &account(), 0, "first").await;
    let read = async || store.account(&account()).await;
    assert!(
        read()
            .await
            .unwrap()
            .unwrap()
            .settings
            .assessments
            .unwrap()
            .enabled
    );
    place
        .execute("UPDATE accounts SET document = replace(document, '\"enabled\":true', '\"enabled\":false')")
        .await;
    assert!(
        !read()
            .await
            .unwrap()
            .unwrap()
            .settings
            .assessments
            .unwrap()
            .enabled
    );
    place
        .execute("UPDATE accounts SET operator_tokens = '[]'")
        .await;
    assert_eq!(read().await.unwrap().unwrap().operator_tokens, []);

    place
        .execute("UPDATE account_secrets SET sealed = zeroblob(length(sealed)) WHERE name LIKE '%password'")
        .await;
    for _ in 0..2 {
        assert_eq!(read().await.unwrap_err().kind(), StoreErrorKind::Corrupt);
    }
    place.execute("DELETE FROM account_secrets").await;
    assert_eq!(read().await.unwrap_err().kind(), StoreErrorKind::Corrupt);
    place.execute("DELETE FROM account_keys").await;
    place.execute("DELETE FROM accounts").await;
    assert_eq!(read().await.unwrap(), None);
}

async fn put(store: &SqlxStore, account: &AccountId, version: u64, secret: &str) {
    let mut changes = Changes::none();
    changes.account = Some(Write::Put(record(version, secret)));
    let applied = store.apply(account, changes).await;
    assert_eq!(applied.unwrap(), Applied::Applied);
}

fn record(version: u64, secret: &str) -> AccountRecord {
    let key = ReportLinkKey::new("1", Secret::new("s".repeat(32))).unwrap();
    let mut settings = AccountSettings::new(ReportLinks::new(key, vec![]));
    let mut assessments = AssessmentSettings::new(vec![KeyDigest::of(&format!("key {secret}"))]);
    assessments.completion = Some(CompletionCredential {
        user: Secret::new("user"),
        password: Secret::new(secret),
    });
    settings.assessments = Some(assessments);
    let token = KeyDigest::of(&format!("operator {secret}"));
    let mut record = AccountRecord::new(settings, vec![token]);
    record.version = version;
    record
}
