use std::sync::Arc;

use super::fixtures::{
    LEASE, account, apply, apply_to, at, entry, link, logged, page, put_link, read_link, together,
    write,
};
use crate::{
    AccountId, HookKey, JobId, ProductJobId, Secret, StageId, UserId,
    report_link::{ReportLinkKey, ReportLinks},
    settings::{
        AccountSettings, AssessmentSettings, CompletionCredential, HarvestCredential, JobMapping,
        KeyDigest, PushSettings, SyncSettings,
    },
    store::{
        AccountKey, AccountRecord, Applied, BudgetClaim, Changes, LogFilter, Store, StoredToken,
        TokenKey, TokenLock, Write,
    },
};

/// All settings, secrets and operator tokens round-trip.
pub(super) async fn account_round_trips(store: Arc<dyn Store>) {
    assert_eq!(read(&store, &account()).await, None);
    let mut record = full();
    write(&store, put(record.clone())).await;
    record.version = 1;
    assert_eq!(read(&store, &account()).await, Some(record.clone()));

    // Each secret is removed with its setting.
    record.settings.push = None;
    record.settings.assessments = None;
    record.settings.report_links = ReportLinks::new(signing("3"), Vec::new());
    record.operator_tokens = Vec::new();
    write(&store, put(record.clone())).await;
    record.version = 2;
    assert_eq!(read(&store, &account()).await, Some(record));
}

/// A record is new at version zero, and every write increments the version. Any other version is a
/// conflict, including for a removal.
pub(super) async fn account_write_checks_the_version(store: Arc<dyn Store>) {
    let at_version = |version| {
        let mut record = full();
        record.version = version;
        record
    };
    write(&store, remove(at_version(0))).await;
    for version in 0..3 {
        write(&store, put(at_version(version))).await;
    }
    for stale in [0, 1, 2, 4, u64::MAX] {
        for changes in [put(at_version(stale)), remove(at_version(stale))] {
            assert_eq!(
                apply(&store, changes).await,
                Applied::Conflict,
                "at {stale}"
            );
        }
    }
    assert_eq!(read(&store, &account()).await, Some(at_version(3)));
    write(&store, remove(at_version(3))).await;
    assert_eq!(read(&store, &account()).await, None);
    for changes in [put(at_version(3)), remove(at_version(3))] {
        assert_eq!(apply(&store, changes).await, Applied::Conflict);
    }
    write(&store, put(at_version(0))).await;
}

/// Two operators save at the same time: one save is applied whole, and the other conflicts.
pub(super) async fn concurrent_saves_of_an_account_conflict(store: Arc<dyn Store>) {
    for version in 0..3 {
        let saves = (0..5).map(|operator| {
            let token = KeyDigest::of(&format!("{version} {operator}"));
            let mut record = AccountRecord::new(full().settings, vec![token]);
            record.version = version;
            apply(&store, put(record))
        });
        let answers = together(saves).await;
        let conflicts = answers.iter().filter(|one| **one == Applied::Conflict);
        assert_eq!(conflicts.count(), 4, "{answers:?}");
        let winner = answers.iter().position(|one| *one == Applied::Applied);
        let winner = winner.expect("one of them is applied");
        for operator in 0..5 {
            let key = AccountKey::Operator(KeyDigest::of(&format!("{version} {operator}")));
            let expected = (operator == winner).then(account);
            assert_eq!(holder(&store, &key).await, expected);
        }
    }
}

/// A key finds only its own account, even if its direction is switched off.
pub(super) async fn key_finds_one_account(store: Arc<dyn Store>) {
    let mut record = keyed("p", "o", "h");
    for sync in record.settings.sync.iter_mut() {
        sync.enabled = false;
    }
    write(&store, put(record.clone())).await;
    for key in [partner("p"), operator("o"), hook("h")] {
        assert_eq!(holder(&store, &key).await, Some(account()));
    }
    for key in [partner("o"), operator("p"), hook("p"), partner("unknown")] {
        assert_eq!(holder(&store, &key).await, None);
    }
    let taken = [
        keyed("p", "o2", "h2"),
        keyed("p2", "o", "h2"),
        keyed("p2", "o2", "h"),
    ];
    for record in taken {
        let mut changes = put(record);
        changes.log = logged([entry("refused")]).log;
        let answer = apply_to(&store, &other(), changes).await;
        assert_eq!(answer, Applied::Conflict);
    }
    assert_eq!(read(&store, &other()).await, None);
    let page = store.log_page(&other(), &LogFilter::newest(1)).await;
    assert_eq!(page.expect("the store reads").entries, []);
    assert_eq!(holder(&store, &partner("p2")).await, None);

    // The same digest as another kind of key is a different key.
    let crossed = keyed("o", "p", "h2");
    assert_eq!(
        apply_to(&store, &other(), put(crossed)).await,
        Applied::Applied
    );
    assert_eq!(holder(&store, &partner("o")).await, Some(other()));

    // An account's own keys do not conflict, not even duplicates.
    record.operator_tokens.push(KeyDigest::of("o"));
    record.version = 1;
    write(&store, put(record)).await;
    assert_eq!(holder(&store, &operator("o")).await, Some(account()));
}

/// A key that was removed from its account can be used by another account. The other keys stay.
pub(super) async fn removed_key_is_free(store: Arc<dyn Store>) {
    write(&store, put(keyed("p", "o", "h"))).await;
    let mut rotated = keyed("p2", "o", "h");
    rotated.version = 1;
    write(&store, put(rotated)).await;
    assert_eq!(holder(&store, &partner("p")).await, None);
    assert_eq!(holder(&store, &partner("p2")).await, Some(account()));
    assert_eq!(holder(&store, &hook("h")).await, Some(account()));
    let next = put(keyed("p", "o2", "h2"));
    assert_eq!(apply_to(&store, &other(), next).await, Applied::Applied);
    assert_eq!(holder(&store, &partner("p")).await, Some(other()));
}

/// Several accounts store the same key at the same time, and one succeeds.
pub(super) async fn concurrent_use_of_a_key_succeeds_once(store: Arc<dyn Store>) {
    let accounts: Vec<AccountId> = (0..5)
        .map(|number| AccountId::new(format!("account {number}")))
        .collect();
    let saves = accounts.iter().enumerate().map(|(number, account)| {
        let own = number.to_string();
        apply_to(&store, account, put(keyed("same", &own, &own)))
    });
    let answers = together(saves).await;
    let conflicts = answers.iter().filter(|one| **one == Applied::Conflict);
    assert_eq!(conflicts.count(), 4, "{answers:?}");
    for (account, answer) in accounts.iter().zip(&answers) {
        let known = read(&store, account).await.is_some();
        assert_eq!(known, *answer == Applied::Applied);
        let has = holder(&store, &partner("same")).await.as_ref() == Some(account);
        assert_eq!(has, known);
    }
}

/// Pages cover every account once, ordered by the bytes of the ids, independent of the database's
/// collation.
pub(super) async fn accounts_are_paged_by_id(store: Arc<dyn Store>) {
    let mut names = ["b", "a", "B", "é", "a-b", "a b", "ab", "10", "9", "Z"];
    for name in names {
        let record = keyed(name, name, name);
        let account = AccountId::new(name);
        let answer = apply_to(&store, &account, put(record)).await;
        assert_eq!(answer, Applied::Applied);
    }
    // Data without an account record does not create an account.
    write(&store, logged([entry("of no account")])).await;
    names.sort_unstable();
    for limit in 1..=11 {
        let mut read = Vec::new();
        let mut after = None;
        loop {
            let page = store.accounts(after.as_ref(), limit).await;
            let page = page.expect("the store reads");
            assert!(page.accounts.len() <= limit);
            assert!(!page.accounts.is_empty(), "no empty page at the end");
            read.extend(page.accounts);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let read: Vec<&str> = read.iter().map(AccountId::as_str).collect();
        assert_eq!(read, names, "by {limit}");
    }
    let behind = store.accounts(Some(&AccountId::new("a!")), 1).await;
    let behind = behind.expect("the store reads").accounts;
    assert_eq!(behind, [AccountId::new("a-b")]);
    let least = store.accounts(None, 0).await.expect("the store reads");
    assert_eq!(least.accounts.len(), 1);
    let all = store.accounts(None, usize::MAX).await;
    assert_eq!(all.expect("the store reads").accounts.len(), names.len());
}

/// Removing an account removes its keys, tokens and budgets. Its other data and all other accounts
/// stay.
pub(super) async fn removing_an_account_removes_tokens_and_budgets(store: Arc<dyn Store>) {
    let token = TokenKey::new("client", None);
    let claim = BudgetClaim::new(at(0), 1, at(0));
    for (account, name) in [(account(), "a"), (other(), "b")] {
        let mut changes = put(keyed(name, name, name));
        changes.links = put_link(link("a", 1, 7)).links;
        changes.log = logged([entry("kept")]).log;
        assert_eq!(apply_to(&store, &account, changes).await, Applied::Applied);
        let lock = store.lock_token(&account, &token, at(0), LEASE).await;
        let TokenLock::Ours { generation, .. } = lock.expect("the store locks") else {
            panic!("the lock is free");
        };
        let new = StoredToken::new(Secret::new("access"), at(9), at(0));
        let saved = store.save_token(&account, &token, generation, new).await;
        assert_eq!(saved.expect("the store saves"), Applied::Applied);
        let taken = store.take_budget(&account, "client", claim).await;
        assert_eq!(taken.expect("the store counts").used, 1);
    }
    let mut record = keyed("a", "a", "a");
    record.version = 1;
    write(&store, remove(record)).await;

    assert_eq!(read(&store, &account()).await, None);
    for key in [partner("a"), operator("a"), hook("a")] {
        assert_eq!(holder(&store, &key).await, None);
    }
    for (account, known, granted) in [(account(), false, 1), (other(), true, 0)] {
        let token = store.token(&account, &token).await;
        assert_eq!(token.expect("the store reads").is_some(), known);
        let taken = store.take_budget(&account, "client", claim).await;
        assert_eq!(taken.expect("the store counts").granted, granted);
    }
    assert!(read_link(&store, "a").await.is_some());
    assert_eq!(page(&store, &LogFilter::newest(9)).await.entries.len(), 1);
    assert_eq!(holder(&store, &hook("b")).await, Some(other()));
    let next = AccountId::new("next");
    let keys = put(keyed("a", "a", "a"));
    assert_eq!(apply_to(&store, &next, keys).await, Applied::Applied);
}

/// A call in flight during the removal saves nothing, not even under a lock of the recreated
/// account, because generations never repeat.
pub(super) async fn token_is_not_saved_after_a_removal(store: Arc<dyn Store>) {
    let (own, key) = (account(), TokenKey::new("client", None));
    let token = |text| StoredToken::new(Secret::new(text), at(9), at(0));
    let mut before = Vec::new();
    for lock_again in [false, true] {
        write(&store, put(keyed("a", "a", "a"))).await;
        let mut record = keyed("a", "a", "a");
        record.version = 1;
        before.push(lock_ours(&store, &key).await);
        write(&store, remove(record)).await;
        let next = match lock_again {
            true => Some(lock_ours(&store, &key).await),
            false => None,
        };
        for late in &before {
            let unlocked = store.unlock_token(&own, &key, *late).await;
            unlocked.expect("the store unlocks");
            let saved = store.save_token(&own, &key, *late, token("late"));
            let saved = saved.await.expect("the store saves");
            assert_eq!(saved, Applied::LeaseLost);
            let read = store.token(&own, &key).await;
            assert_eq!(read.expect("the store reads"), None);
        }
        if let Some(next) = next {
            assert!(before.iter().all(|before| *before < next));
            let saved = store.save_token(&own, &key, next, token("next"));
            assert_eq!(saved.await.expect("the store saves"), Applied::Applied);
        }
    }
}

async fn lock_ours(store: &Arc<dyn Store>, key: &TokenKey) -> u64 {
    let lock = store.lock_token(&account(), key, at(0), LEASE).await;
    match lock.expect("the store locks") {
        TokenLock::Ours { generation, .. } => generation,
        TokenLock::Theirs { until } => panic!("another host has the lock until {until}"),
    }
}

fn other() -> AccountId {
    AccountId::new("other")
}

/// Creates an account with one key of each kind.
fn keyed(partner: &str, operator: &str, hook: &str) -> AccountRecord {
    let mut settings = AccountSettings::new(ReportLinks::new(signing("1"), Vec::new()));
    settings.assessments = Some(AssessmentSettings::new(vec![KeyDigest::of(partner)]));
    let sync = SyncSettings::new(hook_key(hook), vec![Secret::new("hook secret")]);
    settings.sync = Some(sync.expect("the key is long enough"));
    AccountRecord::new(settings, vec![KeyDigest::of(operator)])
}

/// Creates an account with a secret in every possible place.
fn full() -> AccountRecord {
    let mut record = keyed("p", "o", "h");
    record.operator_tokens.push(KeyDigest::of("another"));
    let settings = &mut record.settings;
    settings.report_links = ReportLinks::new(signing("2"), vec![signing("1"), signing("0")]);
    let mut assessments = AssessmentSettings::new(vec![KeyDigest::of("p"), KeyDigest::of("p2")]);
    for key in assessments.partner_keys.iter_mut().skip(1) {
        key.prefix = Some("gpk_p2".to_owned());
        key.created_at = Some(at(1));
        key.expires_at = Some(at(2));
    }
    assessments.completion = Some(CompletionCredential {
        user: Secret::new("user \"ö\""),
        password: Secret::new("password"),
    });
    settings.assessments = Some(assessments);
    let credential = HarvestCredential::new("client", Some(Secret::new("client secret")));
    let mut push = PushSettings::new(credential.expect("a v3 credential"));
    push.acting_user = Some(UserId::new(1));
    let mapping = JobMapping::new(JobId::new(7), Some(StageId::new(8)));
    push.jobs.insert(ProductJobId::new("job"), mapping);
    settings.push = Some(push);
    let secrets = ["hook secret 1", "hook secret 2"].map(Secret::new);
    let sync = SyncSettings::new(hook_key("h"), secrets.into());
    settings.sync = Some(sync.expect("the key is long enough"));
    record
}

fn signing(id: &str) -> ReportLinkKey {
    let secret = Secret::new(format!("the secret of the report links, number {id}"));
    ReportLinkKey::new(id, secret).expect("a valid key")
}

fn hook_key(name: &str) -> HookKey {
    // A hook key is URL-safe and has a minimum length.
    let name: String = name.bytes().map(|byte| format!("{byte:02x}")).collect();
    HookKey::new(format!("hook-of-one-account-{name}"))
}

fn partner(key: &str) -> AccountKey {
    AccountKey::Partner(KeyDigest::of(key))
}

fn operator(token: &str) -> AccountKey {
    AccountKey::Operator(KeyDigest::of(token))
}

fn hook(name: &str) -> AccountKey {
    AccountKey::Hook(hook_key(name))
}

fn put(record: AccountRecord) -> Changes {
    Changes {
        account: Some(Write::Put(record)),
        ..Changes::none()
    }
}

fn remove(record: AccountRecord) -> Changes {
    Changes {
        account: Some(Write::Remove(record)),
        ..Changes::none()
    }
}

async fn read(store: &Arc<dyn Store>, account: &AccountId) -> Option<AccountRecord> {
    store.account(account).await.expect("the store reads")
}

async fn holder(store: &Arc<dyn Store>, key: &AccountKey) -> Option<AccountId> {
    let found = store.account_with_key(key).await.expect("the store reads");
    let holder = found.as_ref().map(|(account, _)| account.clone());
    let record = match &holder {
        Some(account) => read(store, account).await,
        None => None,
    };
    assert_eq!(found, holder.clone().zip(record));
    holder
}
