//! Partner keys in a file, combined with keys that were minted in the database.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use greenhouse_core::{
    settings::{AssessmentSettings, KeyDigest, PartnerKeyRecord, SettingsChange},
    store::{Applied, Changes, Records, StoreWriter, Write, memory::MemoryStore},
    testing::ManualClock,
};
use greenhouse_partner::{PartnerKeys, PartnerSettings, SettingsPart};

use super::{FILE, acme, read};
use crate::accounts::{AccountConfig, Outcome, apply};

#[tokio::test]
async fn applying_a_file_keeps_minted_keys() {
    let (bare, whole) = (PartnerKeyRecord::new, minted);
    let own = |name| {
        let mut own = minted(name);
        (own.prefix, own.expires_at) = (Some("gpk_own".to_owned()), Some(at(9)));
        own
    };
    for (what, stored, file, expected) in [
        (
            "the file names a minted key by its digest",
            vec![whole("a")],
            vec![bare(of("a"))],
            vec![whole("a")],
        ),
        (
            "the file does not name a minted key",
            vec![whole("a"), whole("b")],
            vec![bare(of("c"))],
            vec![bare(of("c")), whole("a"), whole("b")],
        ),
        (
            "a key from an earlier file is missing from the new file",
            vec![bare(of("a")), bare(of("b"))],
            vec![bare(of("b"))],
            vec![bare(of("b"))],
        ),
        (
            "the file has its own record of a minted key",
            vec![whole("a")],
            vec![own("a")],
            vec![own("a")],
        ),
        (
            "all of these together",
            vec![bare(of("a")), whole("b"), whole("c"), whole("d")],
            vec![own("c"), bare(of("b")), bare(of("e"))],
            vec![own("c"), whole("b"), bare(of("e")), whole("d")],
        ),
        (
            "no file names a key",
            vec![whole("a")],
            vec![],
            vec![whole("a")],
        ),
    ] {
        let store = MemoryStore::new();
        apply(&store, &[with(vec![])]).await.unwrap();
        mint(&store, stored).await;
        let file = [with(file)];
        apply(&store, &file).await.unwrap();
        assert_eq!(keys(&store).await, expected, "{what}");
        let again = apply(&store, &file).await.unwrap();
        assert_eq!(again[0].outcome, Outcome::Unchanged, "{what}");
    }
}

#[tokio::test]
async fn a_revoked_key_stays_revoked_when_a_file_names_it_again() {
    let store = Arc::new(MemoryStore::new());
    let clock = Arc::new(ManualClock::at(at(100)));
    let keys_of = PartnerKeys::new(store.clone(), clock.clone(), Duration::from_secs(60));
    let file = [with(vec![
        PartnerKeyRecord::new(of("a")),
        PartnerKeyRecord::new(of("b")),
    ])];
    apply(&*store, &file).await.unwrap();
    let minted = keys_of.mint(&acme()).await.unwrap();
    let id = |name| PartnerKeyRecord::new(of(name)).id();
    keys_of.revoke(&acme(), &id("a")).await.unwrap();
    keys_of.revoke(&acme(), &minted.view.id).await.unwrap();

    let copied = PartnerKeyRecord::new(KeyDigest::of(minted.key.expose()));
    let mut whole = PartnerKeyRecord::new(of("a"));
    whole.created_at = Some(at(1));
    for named in [
        vec![
            PartnerKeyRecord::new(of("a")),
            PartnerKeyRecord::new(of("b")),
        ],
        vec![whole, PartnerKeyRecord::new(of("b")), copied],
    ] {
        let count = named.len();
        let file = [with(named)];
        let applied = apply(&*store, &file).await.unwrap();
        assert_eq!(keys(&store).await, [PartnerKeyRecord::new(of("b"))]);
        assert_eq!(applied[0].outcome, Outcome::Unchanged);
        assert_eq!(applied[0].revoked_keys.len(), count - 1);
        assert_eq!(applied[0].revoked_keys[0], id("a"));
    }

    // Neither an apply without the section nor removed settings make the key valid again.
    apply(&*store, &read(FILE)).await.unwrap();
    apply(&*store, &file).await.unwrap();
    assert_eq!(keys(&store).await, [PartnerKeyRecord::new(of("b"))]);
    let settings = PartnerSettings::new(store.clone());
    let version = store.account(&acme()).await.unwrap().unwrap().version;
    let nothing = format!(r#"{{"version": {version}, "settings": null}}"#);
    let nothing = SettingsChange::from_json(nothing.as_bytes()).unwrap();
    let part = SettingsPart::Assessments;
    settings.save(&acme(), part, nothing).await.unwrap();
    apply(&*store, &file).await.unwrap();
    assert_eq!(keys(&store).await, [PartnerKeyRecord::new(of("b"))]);
}

#[tokio::test]
async fn a_rotated_key_does_not_return_after_its_end() {
    let store = Arc::new(MemoryStore::new());
    let clock = Arc::new(ManualClock::at(at(100)));
    let keys_of = PartnerKeys::new(store.clone(), clock.clone(), Duration::from_secs(60));
    let file = [with(vec![PartnerKeyRecord::new(of("a"))])];
    apply(&*store, &file).await.unwrap();
    let id = PartnerKeyRecord::new(of("a")).id();
    keys_of.rotate(&acme(), &id).await.unwrap();
    // The list forgets a key thirty days after its end.
    clock.advance(Duration::from_secs(60 * 24 * 3600));
    keys_of.mint(&acme()).await.unwrap();
    apply(&*store, &file).await.unwrap();
    assert!(keys(&store).await.iter().all(|key| key.digest != of("a")));
}

/// Removing the section from the file deletes the keys.
#[tokio::test]
async fn without_its_section_an_account_has_no_keys() {
    let store = MemoryStore::new();
    apply(&store, &[with(vec![])]).await.unwrap();
    mint(&store, vec![minted("a")]).await;
    apply(&store, &read(FILE)).await.unwrap();
    let record = store.account(&acme()).await.unwrap().unwrap();
    assert_eq!(record.settings.assessments, None);
}

/// Account of a file with these keys.
fn with(keys: Vec<PartnerKeyRecord>) -> AccountConfig {
    let mut account = read(FILE).remove(0);
    let mut settings = AssessmentSettings::new(vec![]);
    settings.partner_keys = keys;
    account.assessments = Some(settings);
    account
}

/// Stores keys as minting and earlier files do.
async fn mint(store: &MemoryStore, keys: Vec<PartnerKeyRecord>) {
    let mut record = store.account(&acme()).await.unwrap().unwrap();
    record.settings.assessments.as_mut().unwrap().partner_keys = keys;
    let mut changes = Changes::none();
    changes.account = Some(Write::Put(record));
    let applied = store.apply(&acme(), changes).await.unwrap();
    assert_eq!(applied, Applied::Applied);
}

async fn keys(store: &MemoryStore) -> Vec<PartnerKeyRecord> {
    let record = store.account(&acme()).await.unwrap().unwrap();
    record.settings.assessments.unwrap().partner_keys
}

fn minted(name: &str) -> PartnerKeyRecord {
    let mut record = PartnerKeyRecord::new(of(name));
    record.prefix = Some(format!("gpk_{name}"));
    record.created_at = Some(at(1));
    record.expires_at = Some(at(5));
    record
}

fn of(name: &str) -> KeyDigest {
    KeyDigest::of(name)
}

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(second, 0).unwrap()
}
