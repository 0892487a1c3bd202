use std::{collections::BTreeMap, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};

use super::fixtures::{account, apply_to, at, together, write};
use crate::{
    AccountId, Secret,
    report_link::{ReportLinkKey, ReportLinks},
    settings::{AccountSettings, AssessmentSettings, KeyDigest},
    store::{AccountRecord, Applied, Changes, Store, Write},
};

/// An earlier use, and one too soon after the last, change nothing, also where many come at once.
pub(super) async fn a_use_is_noted_once_in_a_time(store: Arc<dyn Store>) {
    write(&store, put(&["a", "b"], 0)).await;
    assert_eq!(uses(&store, &account()).await, BTreeMap::new());
    for (seconds, known) in [
        (5000, 5000),
        (5001, 5000),
        (8599, 5000),
        (0, 5000),
        (8600, 8600),
        (20_000, 20_000),
    ] {
        note(&store, "a", seconds).await;
        assert_eq!(
            uses(&store, &account()).await,
            BTreeMap::from([(digest("a"), at(known))]),
            "{seconds}"
        );
    }
    together((0..5).map(|second| note(&store, "b", second))).await;
    let known = uses(&store, &account()).await;
    assert_eq!(known.len(), 2);
    assert!(known.get(&digest("b")).is_some_and(|use_| *use_ < at(5)));
}

/// Also of a key that comes again, and of an account that does. A key of another account, and none, are not noted.
pub(super) async fn a_use_goes_with_its_key(store: Arc<dyn Store>) {
    let other = AccountId::new("other");
    write(&store, put(&["a", "b"], 0)).await;
    let others = apply_to(&store, &other, put(&["c"], 0)).await;
    assert_eq!(others, Applied::Applied);
    for key in ["a", "b", "c", "d"] {
        note(&store, key, 0).await;
    }
    let both = BTreeMap::from([(digest("a"), at(0)), (digest("b"), at(0))]);
    assert_eq!(uses(&store, &account()).await, both);
    assert_eq!(uses(&store, &other).await, BTreeMap::new());

    write(&store, put(&["b"], 1)).await;
    let left = BTreeMap::from([(digest("b"), at(0))]);
    assert_eq!(uses(&store, &account()).await, left);
    note(&store, "a", 0).await;
    write(&store, put(&["a", "b"], 2)).await;
    assert_eq!(uses(&store, &account()).await, left);

    let mut gone = Changes::none();
    gone.account = Some(Write::Remove(record(&["a", "b"], 3)));
    write(&store, gone).await;
    assert_eq!(uses(&store, &account()).await, BTreeMap::new());
    write(&store, put(&["b"], 0)).await;
    assert_eq!(uses(&store, &account()).await, BTreeMap::new());
}

pub(super) async fn a_use_raises_no_version(store: Arc<dyn Store>) {
    write(&store, put(&["a"], 0)).await;
    note(&store, "a", 0).await;
    let read = store.account(&account()).await.expect("the store reads");
    assert_eq!(read, Some(record(&["a"], 1)));
    write(&store, put(&["a"], 1)).await;
    assert_eq!(uses(&store, &account()).await.len(), 1);
}

async fn note(store: &Arc<dyn Store>, key: &str, second: i64) {
    let (own, key) = (account(), digest(key));
    let noted = store.note_key_use(&own, &key, at(second), HOUR);
    noted.await.expect("the store notes");
}

async fn uses(store: &Arc<dyn Store>, account: &AccountId) -> BTreeMap<KeyDigest, DateTime<Utc>> {
    store.key_uses(account).await.expect("the store reads")
}

fn put(keys: &[&str], version: u64) -> Changes {
    let mut changes = Changes::none();
    changes.account = Some(Write::Put(record(keys, version)));
    changes
}

fn record(keys: &[&str], version: u64) -> AccountRecord {
    let signing = ReportLinkKey::new("1", Secret::new("s".repeat(32)));
    let links = ReportLinks::new(signing.expect("the key is long enough"), Vec::new());
    let mut settings = AccountSettings::new(links);
    let keys = keys.iter().map(|key| digest(key)).collect();
    settings.assessments = Some(AssessmentSettings::new(keys));
    let mut record = AccountRecord::new(settings, Vec::new());
    record.version = version;
    record
}

fn digest(key: &str) -> KeyDigest {
    KeyDigest::of(key)
}

const HOUR: Duration = Duration::from_secs(3600);
