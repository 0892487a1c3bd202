use std::{collections::BTreeMap, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};

use super::fixtures::{account, apply_to, at, together, write};
use crate::{
    AccountId, Secret,
    report_link::{ReportLinkKey, ReportLinks},
    settings::AccountSettings,
    store::{AccountRecord, Applied, Changes, Store, Write},
};

/// An earlier use, and one too soon after the last, change nothing, also where many come at once.
pub(super) async fn a_heard_hook_is_noted_once_in_a_time(store: Arc<dyn Store>) {
    write(&store, put(0)).await;
    assert_eq!(uses(&store, &account()).await, BTreeMap::new());
    for (seconds, known) in [
        (500, 500),
        (501, 500),
        (559, 500),
        (0, 500),
        (560, 560),
        (2000, 2000),
    ] {
        note(&store, &account(), "reject_candidate", seconds).await;
        assert_eq!(
            uses(&store, &account()).await,
            BTreeMap::from([("reject_candidate".to_owned(), at(known))]),
            "{seconds}"
        );
    }
    let own = account();
    together((0..5).map(|second| note(&store, &own, "ping", second))).await;
    let known = uses(&store, &own).await;
    assert_eq!(known.len(), 2);
    assert!(known.get("ping").is_some_and(|use_| *use_ < at(5)));
}

/// Of an account that is not there nothing is noted, nor does one that comes again know of what was before.
pub(super) async fn a_heard_hook_goes_with_its_account(store: Arc<dyn Store>) {
    let (own, other) = (account(), AccountId::new("other"));
    note(&store, &own, "ping", 0).await;
    write(&store, put(0)).await;
    assert_eq!(apply_to(&store, &other, put(0)).await, Applied::Applied);
    assert_eq!(uses(&store, &own).await, BTreeMap::new());
    note(&store, &own, "ping", 0).await;
    note(&store, &other, "ping", 9).await;
    let heard = |second| BTreeMap::from([("ping".to_owned(), at(second))]);

    write(&store, put(1)).await;
    assert_eq!(uses(&store, &own).await, heard(0));
    let mut gone = Changes::none();
    gone.account = Some(Write::Remove(record(2)));
    write(&store, gone).await;
    assert_eq!(uses(&store, &own).await, BTreeMap::new());
    note(&store, &own, "ping", 500).await;
    write(&store, put(0)).await;
    assert_eq!(uses(&store, &own).await, BTreeMap::new());
    assert_eq!(uses(&store, &other).await, heard(9));
}

pub(super) async fn a_heard_hook_raises_no_version(store: Arc<dyn Store>) {
    write(&store, put(0)).await;
    note(&store, &account(), "ping", 0).await;
    let read = store.account(&account()).await.expect("the store reads");
    assert_eq!(read, Some(record(1)));
    write(&store, put(1)).await;
}

async fn note(store: &Arc<dyn Store>, account: &AccountId, action: &str, second: i64) {
    let noted = store.note_hook_use(account, action, at(second), MINUTE);
    noted.await.expect("the store notes");
}

async fn uses(store: &Arc<dyn Store>, account: &AccountId) -> BTreeMap<String, DateTime<Utc>> {
    store.hook_uses(account).await.expect("the store reads")
}

fn put(version: u64) -> Changes {
    let mut changes = Changes::none();
    changes.account = Some(Write::Put(record(version)));
    changes
}

fn record(version: u64) -> AccountRecord {
    let signing = ReportLinkKey::new("1", Secret::new("s".repeat(32)));
    let links = ReportLinks::new(signing.expect("the key is long enough"), Vec::new());
    let mut record = AccountRecord::new(AccountSettings::new(links), Vec::new());
    record.version = version;
    record
}

const MINUTE: Duration = Duration::from_secs(60);
