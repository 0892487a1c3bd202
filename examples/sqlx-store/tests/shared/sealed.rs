//! A sealed value can be opened only with its key and in its own row and column.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, HookKey, Secret,
    report_link::{ReportLinkKey, ReportLinks},
    settings::{
        AccountSettings, AssessmentSettings, CompletionCredential, HarvestCredential, KeyDigest,
        PushSettings, SyncSettings,
    },
    store::{
        AccountRecord, Applied, BodyKept, Changes, Delivery, DeliverySource, Records, Shared,
        StoreErrorKind, StoreWriter, StoredToken, TokenKey, TokenLock, Verdict, Write,
    },
    webhook::BodyHash,
};
use sqlx_store::{OpenError, SqlxStore};

use crate::test_database::{TestDatabase, key, keys};

/// Secrets, tokens and stored bodies are not readable in the database, and the store returns them.
pub(crate) async fn sealed_values_are_not_readable_in_the_database(
    test_database: impl TestDatabase,
) {
    let store = test_database.open_with(keys(1, &[])).await;
    fill(&store, &acme()).await;
    assert!(!test_database.holds("canary").await);
    assert!(test_database.holds("plain client id").await);
    assert_eq!(
        test_database
            .number("SELECT COUNT(body) FROM deliveries")
            .await,
        1
    );
    check(&store, &acme()).await;
}

/// Moving sealed values within the database does not help an attacker without the key.
pub(crate) async fn moved_values_do_not_open(test_database: impl TestDatabase) {
    let store = test_database.open_with(keys(1, &[])).await;
    fill(&store, &acme()).await;
    fill(&store, &other()).await;
    let secret = |account: &str, name: &str| {
        format!(
            "SELECT sealed FROM account_secrets WHERE account = '{account}' AND name = '{name}'"
        )
    };
    let user = "/assessments/completion/user";
    let password = "/assessments/completion/password";
    for (to, from) in [
        (("acme", user), ("other", user)),
        (("acme", user), ("acme", password)),
    ] {
        let own = "CREATE TABLE aside AS SELECT * FROM account_secrets";
        test_database.execute(own).await;
        test_database
            .execute(&format!(
                "UPDATE account_secrets SET sealed = ({}) WHERE account = '{}' AND name = '{}'",
                secret(from.0, from.1),
                to.0,
                to.1
            ))
            .await;
        let error = store.account(&acme()).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Corrupt, "{to:?} {from:?}");
        assert!(store.account(&other()).await.unwrap().is_some());
        test_database
            .execute(
                "UPDATE account_secrets SET sealed = (SELECT sealed FROM aside \
                 WHERE aside.account = account_secrets.account AND aside.name = account_secrets.name)",
            )
            .await;
        test_database.execute("DROP TABLE aside").await;
        check(&store, &acme()).await;
    }
    for change in [
        "UPDATE tokens SET access = refresh",
        "UPDATE tokens SET refresh = (SELECT refresh FROM tokens AS others \
         WHERE others.account <> tokens.account)",
    ] {
        let own = "CREATE TABLE aside AS SELECT account, access, refresh FROM tokens";
        test_database.execute(own).await;
        test_database.execute(change).await;
        let error = store.token(&acme(), &token_key()).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Corrupt, "{change}");
        for column in ["access", "refresh"] {
            let back = format!(
                "UPDATE tokens SET {column} = (SELECT {column} FROM aside \
                 WHERE aside.account = tokens.account)"
            );
            test_database.execute(&back).await;
        }
        test_database.execute("DROP TABLE aside").await;
        check(&store, &acme()).await;
    }
}

/// A host without a required key fails when it opens the database, not when it reads a value.
pub(crate) async fn a_database_is_not_opened_without_its_key(test_database: impl TestDatabase) {
    let store = test_database.open_with(keys(1, &[])).await;
    fill(&store, &acme()).await;
    store.close().await;
    let refused = SqlxStore::open(test_database.address(), keys(2, &[3])).await;
    let refused = refused.unwrap_err();
    let id = key(1).id();
    assert!(matches!(refused, OpenError::MissingKey { key } if key == id));
    let text = format!("the database requires master key {id}, which was not provided");
    assert_eq!(refused.to_string(), text);
    assert_eq!(
        test_database
            .number("SELECT COUNT(*) FROM sealing_keys")
            .await,
        1
    );
    check(&test_database.open_with(keys(1, &[])).await, &acme()).await;
}

/// After the reseal, the new key is sufficient, and the old key is not.
pub(crate) async fn a_reseal_replaces_the_key_in_small_steps(test_database: impl TestDatabase) {
    let store = test_database.open_with(keys(1, &[])).await;
    fill(&store, &acme()).await;
    fill(&store, &other()).await;
    let store = test_database.open_with(keys(2, &[1])).await;
    check(&store, &acme()).await;
    let sealed = test_database
        .number("SELECT COUNT(*) FROM account_secrets")
        .await
        + 4;
    let mut steps = 0;
    loop {
        let done = store.reseal(3).await.unwrap();
        assert!(done <= 3);
        steps += i64::try_from(done).unwrap();
        if done == 0 {
            break;
        }
    }
    assert_eq!(steps, sealed);
    assert_eq!(
        test_database
            .number("SELECT COUNT(*) FROM sealing_keys")
            .await,
        1
    );
    store.close().await;
    let store = test_database.open_with(keys(2, &[])).await;
    for account in [acme(), other()] {
        check(&store, &account).await;
    }
    let old = SqlxStore::open(test_database.address(), keys(1, &[])).await;
    assert!(matches!(old, Err(OpenError::MissingKey { key: id }) if id == key(2).id()));
}

/// A host that still seals with the old key adds the key to the list again.
pub(crate) async fn a_retired_key_is_listed_again(test_database: impl TestDatabase) {
    let late = test_database.open_with(keys(1, &[2])).await;
    let early = test_database.open_with(keys(2, &[1])).await;
    assert_eq!(early.reseal(10).await.unwrap(), 0);
    assert_eq!(
        test_database
            .number("SELECT COUNT(*) FROM sealing_keys")
            .await,
        1
    );
    fill(&late, &acme()).await;
    check(&early, &acme()).await;
    let without = SqlxStore::open(test_database.address(), keys(2, &[])).await;
    assert!(matches!(without, Err(OpenError::MissingKey { key: id }) if id == key(1).id()));

    // The key is also listed again if a token is the first sealed value.
    while early.reseal(10).await.unwrap() > 0 {}
    assert_eq!(
        test_database
            .number("SELECT COUNT(*) FROM sealing_keys")
            .await,
        1
    );
    save_token(&late, &other()).await;
    assert_eq!(
        test_database
            .number("SELECT COUNT(*) FROM sealing_keys")
            .await,
        2
    );
}

/// A damaged value is kept, and its key stays listed, because it may be recoverable.
pub(crate) async fn a_damaged_row_delays_no_other(test_database: impl TestDatabase) {
    let store = test_database.open_with(keys(1, &[])).await;
    fill(&store, &acme()).await;
    fill(&store, &other()).await;
    let damage = "UPDATE tokens SET access = refresh WHERE account = 'acme'";
    test_database.execute(damage).await;
    let store = test_database.open_with(keys(2, &[1])).await;
    let error = loop {
        match store.reseal(5).await {
            Ok(0) => panic!("reseal returned 0 although a damaged value remains"),
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), StoreErrorKind::Corrupt);
    check(&store, &other()).await;
    assert!(store.account(&acme()).await.unwrap().is_some());
    assert_eq!(
        test_database
            .number("SELECT COUNT(*) FROM sealing_keys")
            .await,
        2
    );
    let left = "SELECT COUNT(*) FROM tokens JOIN sealing_keys ON key_id = sealed_by \
                WHERE account = 'acme'";
    assert_eq!(test_database.number(left).await, 1);
}

/// A reseal is not blocked by more damaged bodies or secrets than one call processes.
pub(crate) async fn many_damaged_rows_delay_no_other(test_database: impl TestDatabase) {
    let store = test_database.open_with(keys(1, &[])).await;
    for number in 0..9 {
        let mut changes = Changes::none();
        changes.seen = Some(delivery(number));
        let applied = store.apply(&acme(), changes).await;
        assert_eq!(applied.unwrap(), Applied::Applied);
    }
    test_database
        .execute("UPDATE deliveries SET event_id = 'another' || event_id")
        .await;
    fill(&store, &acme()).await;
    fill(&store, &other()).await;
    test_database
        .execute("UPDATE account_secrets SET name = 'another' || name WHERE account = 'acme'")
        .await;
    let store = test_database.open_with(keys(2, &[1])).await;
    let damaged = test_database
        .number("SELECT COUNT(*) FROM account_secrets")
        .await
        / 2
        + 9;
    let error = loop {
        match store.reseal(2).await {
            Ok(0) => panic!("reseal returned 0 although a damaged value remains"),
            Ok(done) => assert!(done <= 2),
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), StoreErrorKind::Corrupt);
    let mut left = 0;
    for table in ["account_secrets", "tokens", "deliveries"] {
        let outdated = format!(
            "SELECT COUNT(*) FROM {table} WHERE sealed_by = '{}'",
            key(1).id()
        );
        left += test_database.number(&outdated).await;
    }
    assert_eq!(left, damaged);
    check(&store, &other()).await;
}

/// Writes an account with every kind of secret, a token, and a delivery with a body.
pub(crate) async fn fill(store: &SqlxStore, account: &AccountId) {
    let mut changes = Changes::none();
    changes.account = Some(Write::Put(record(account)));
    changes.seen = Some(delivery(7));
    let applied = store.apply(account, changes).await;
    assert_eq!(applied.unwrap(), Applied::Applied);
    save_token(store, account).await;
}

fn delivery(digest: u8) -> Delivery {
    let source = DeliverySource::new("e", BodyHash::from_bytes([digest; 32]));
    let mut delivery = Delivery::new(source, None, Verdict::Unreadable, at());
    delivery.body = BodyKept::Yes(Bytes::from("canary body"));
    delivery
}

async fn save_token(store: &SqlxStore, account: &AccountId) {
    let lease = std::time::Duration::from_secs(60);
    let locked = store.lock_token(account, &token_key(), at(), lease).await;
    let TokenLock::Ours { generation, .. } = locked.unwrap() else {
        panic!("another host has the lock");
    };
    let key = token_key();
    let saved = store.save_token(account, &key, generation, token()).await;
    assert_eq!(saved.unwrap(), Applied::Applied);
}

async fn check(store: &SqlxStore, account: &AccountId) {
    let read = store.account(account).await.unwrap().unwrap();
    assert_eq!(read.settings, record(account).settings);
    let read = store.token(account, &token_key()).await.unwrap();
    assert_eq!(read, Some(token()));
}

fn record(account: &AccountId) -> AccountRecord {
    let signing = Secret::new(format!("canary {}", "s".repeat(32)));
    let mut settings = AccountSettings::new(ReportLinks::new(
        ReportLinkKey::new("1", signing).unwrap(),
        Vec::new(),
    ));
    let mut assessments = AssessmentSettings::new(vec![KeyDigest::of(account.as_str())]);
    assessments.completion = Some(CompletionCredential {
        user: "canary user".into(),
        password: "canary password".into(),
    });
    settings.assessments = Some(assessments);
    let credential = HarvestCredential::new("plain client id", Some("canary client".into()));
    settings.push = Some(PushSettings::new(credential.unwrap()));
    let hook = HookKey::new(format!("{:x<16}", account.as_str()));
    let secrets = vec!["canary hook 1".into(), "canary hook 2".into()];
    settings.sync = Some(SyncSettings::new(hook, secrets).unwrap());
    AccountRecord::new(settings, Vec::new())
}

fn token() -> StoredToken {
    StoredToken::new("canary access".into(), at(), at()).with_refresh("canary refresh".into())
}

fn token_key() -> TokenKey {
    TokenKey::new("plain client id", None)
}

fn at() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

pub(crate) fn acme() -> AccountId {
    AccountId::new("acme")
}

fn other() -> AccountId {
    AccountId::new("other")
}
