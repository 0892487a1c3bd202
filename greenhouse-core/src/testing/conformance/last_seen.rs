use std::{collections::BTreeMap, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};

use super::fixtures::{account, apply_to, at, together, write};
use crate::{
    AccountId, Secret,
    report_link::{ReportLinkKey, ReportLinks},
    settings::{AccountSettings, AssessmentSettings, KeyDigest},
    store::{AccountRecord, Applied, Changes, LastSeen, Store, Write},
};

/// A use before the stored one, or too soon after it, changes nothing, even if concurrent.
pub(super) async fn last_use_of_a_key_is_throttled(store: Arc<dyn Store>) {
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
        note_key(&store, "a", seconds).await;
        assert_eq!(
            uses(&store, &account()).await,
            BTreeMap::from([(key("a"), at(known))]),
            "{seconds}"
        );
    }
    together((0..5).map(|second| note_key(&store, "b", second))).await;
    let known = uses(&store, &account()).await;
    assert_eq!(known.len(), 2);
    assert!(known.get(&key("b")).is_some_and(|use_| *use_ < at(5)));
}

/// The last use is not restored if the key or the account is created again. Keys of other accounts
/// and unknown keys are not recorded.
pub(super) async fn last_use_is_removed_with_its_key(store: Arc<dyn Store>) {
    let other = AccountId::new("other");
    write(&store, put(&["a", "b"], 0)).await;
    let others = apply_to(&store, &other, put(&["c"], 0)).await;
    assert_eq!(others, Applied::Applied);
    for key in ["a", "b", "c", "d"] {
        note_key(&store, key, 0).await;
    }
    let both = BTreeMap::from([(key("a"), at(0)), (key("b"), at(0))]);
    assert_eq!(uses(&store, &account()).await, both);
    assert_eq!(uses(&store, &other).await, BTreeMap::new());

    write(&store, put(&["b"], 1)).await;
    let left = BTreeMap::from([(key("b"), at(0))]);
    assert_eq!(uses(&store, &account()).await, left);
    note_key(&store, "a", 0).await;
    write(&store, put(&["a", "b"], 2)).await;
    assert_eq!(uses(&store, &account()).await, left);

    let mut gone = Changes::none();
    gone.account = Some(Write::Remove(record(&["a", "b"], 3)));
    write(&store, gone).await;
    assert_eq!(uses(&store, &account()).await, BTreeMap::new());
    write(&store, put(&["b"], 0)).await;
    assert_eq!(uses(&store, &account()).await, BTreeMap::new());
}

pub(super) async fn last_use_of_a_key_raises_no_version(store: Arc<dyn Store>) {
    write(&store, put(&["a"], 0)).await;
    note_key(&store, "a", 0).await;
    let read = store.account(&account()).await.expect("the store reads");
    assert_eq!(read, Some(record(&["a"], 1)));
    write(&store, put(&["a"], 1)).await;
    assert_eq!(uses(&store, &account()).await.len(), 1);
}

/// A use before the stored one, or too soon after it, changes nothing, even if concurrent.
pub(super) async fn last_use_of_a_hook_is_throttled(store: Arc<dyn Store>) {
    write(&store, put(&[], 0)).await;
    assert_eq!(uses(&store, &account()).await, BTreeMap::new());
    for (seconds, known) in [
        (500, 500),
        (501, 500),
        (559, 500),
        (0, 500),
        (560, 560),
        (2000, 2000),
    ] {
        note_hook(&store, &account(), "reject_candidate", seconds).await;
        assert_eq!(
            uses(&store, &account()).await,
            BTreeMap::from([(hook("reject_candidate"), at(known))]),
            "{seconds}"
        );
    }
    let own = account();
    together((0..5).map(|second| note_hook(&store, &own, "ping", second))).await;
    let known = uses(&store, &own).await;
    assert_eq!(known.len(), 2);
    assert!(known.get(&hook("ping")).is_some_and(|use_| *use_ < at(5)));
}

/// Nothing is recorded for an unknown account, and a recreated account starts empty.
pub(super) async fn last_use_of_a_hook_is_removed_with_its_account(store: Arc<dyn Store>) {
    let (own, other) = (account(), AccountId::new("other"));
    note_hook(&store, &own, "ping", 0).await;
    write(&store, put(&[], 0)).await;
    assert_eq!(
        apply_to(&store, &other, put(&[], 0)).await,
        Applied::Applied
    );
    assert_eq!(uses(&store, &own).await, BTreeMap::new());
    note_hook(&store, &own, "ping", 0).await;
    note_hook(&store, &other, "ping", 9).await;
    let heard = |second| BTreeMap::from([(hook("ping"), at(second))]);

    write(&store, put(&[], 1)).await;
    assert_eq!(uses(&store, &own).await, heard(0));
    let mut gone = Changes::none();
    gone.account = Some(Write::Remove(record(&[], 2)));
    write(&store, gone).await;
    assert_eq!(uses(&store, &own).await, BTreeMap::new());
    note_hook(&store, &own, "ping", 500).await;
    write(&store, put(&[], 0)).await;
    assert_eq!(uses(&store, &own).await, BTreeMap::new());
    assert_eq!(uses(&store, &other).await, heard(9));
}

pub(super) async fn last_use_of_a_hook_raises_no_version(store: Arc<dyn Store>) {
    write(&store, put(&[], 0)).await;
    note_hook(&store, &account(), "ping", 0).await;
    let read = store.account(&account()).await.expect("the store reads");
    assert_eq!(read, Some(record(&[], 1)));
    write(&store, put(&[], 1)).await;
}

/// A key and a hook with the same name are distinct, and changing keys keeps the hooks.
pub(super) async fn keys_and_hooks_are_distinct(store: Arc<dyn Store>) {
    write(&store, put(&["a"], 0)).await;
    let digest = digest("a").to_string();
    note_key(&store, "a", 0).await;
    note_hook(&store, &account(), &digest, 9).await;
    let both = BTreeMap::from([(key("a"), at(0)), (hook(&digest), at(9))]);
    assert_eq!(uses(&store, &account()).await, both);
    write(&store, put(&[], 1)).await;
    let left = BTreeMap::from([(hook(&digest), at(9))]);
    assert_eq!(uses(&store, &account()).await, left);
}

async fn note_key(store: &Arc<dyn Store>, name: &str, second: i64) {
    note(store, &account(), &key(name), second, HOUR).await;
}

async fn note_hook(store: &Arc<dyn Store>, account: &AccountId, action: &str, second: i64) {
    note(store, account, &hook(action), second, MINUTE).await;
}

async fn note(
    store: &Arc<dyn Store>,
    account: &AccountId,
    what: &LastSeen,
    second: i64,
    every: Duration,
) {
    let noted = store.note_last_seen(account, what, at(second), every);
    noted.await.expect("the store notes");
}

async fn uses(store: &Arc<dyn Store>, account: &AccountId) -> BTreeMap<LastSeen, DateTime<Utc>> {
    store.last_seen(account).await.expect("the store reads")
}

fn key(name: &str) -> LastSeen {
    LastSeen::PartnerKey(digest(name))
}

fn hook(action: &str) -> LastSeen {
    LastSeen::Hook(action.to_owned())
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
const MINUTE: Duration = Duration::from_secs(60);
