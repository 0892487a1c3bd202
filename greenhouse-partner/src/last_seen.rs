//! Last uses of partner keys and hooks.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, chain,
    settings::KeyDigest,
    store::{HookRefusal, Housekeeping, LastSeen},
};
use tokio::sync::Notify;

/// Recent uses seen by this process, and uses that are not stored yet.
///
/// A request only notes a use. The background task stores it, at most once per [interval](every).
/// If the process ends before that, the next use replaces the lost one.
#[derive(Debug)]
pub(crate) struct LastSeenNotes {
    state: Mutex<Notes>,
    /// Wakes the background task to store a use.
    wake: Arc<Notify>,
}

#[derive(Debug, Default)]
struct Notes {
    /// Uses within the interval.
    known: Uses,
    /// Uses to store.
    waiting: Uses,
}

type Uses = BTreeMap<AccountId, BTreeMap<LastSeen, DateTime<Utc>>>;

impl LastSeenNotes {
    pub(crate) fn new(wake: Arc<Notify>) -> Self {
        Self {
            state: Mutex::default(),
            wake,
        }
    }

    /// Notes the use of a partner key.
    pub(crate) fn partner_key(&self, account: &AccountId, key: KeyDigest, now: DateTime<Utc>) {
        self.note(account, LastSeen::PartnerKey(key), now);
    }

    /// Notes a delivery of the hook that sends this action.
    pub(crate) fn hook(&self, account: &AccountId, action: &str, now: DateTime<Utc>) {
        self.note(account, LastSeen::Hook(action.to_owned()), now);
    }

    /// Notes a refused delivery that claims to come from the hook of this action, if known.
    pub(crate) fn refused_hook(
        &self,
        account: &AccountId,
        reason: HookRefusal,
        action: Option<&str>,
        now: DateTime<Utc>,
    ) {
        let action = action.unwrap_or_default().to_owned();
        self.note(account, LastSeen::RefusedHook { reason, action }, now);
    }

    /// Notes a use. Returns `true` if the use will be stored.
    fn note(&self, account: &AccountId, what: LastSeen, now: DateTime<Utc>) -> bool {
        let mut state = self.state();
        if state.has_recent(account, &what, now) {
            return false;
        }
        if !state.known.contains_key(account) && state.is_full() {
            state.evict(now);
        }
        put(&mut state.known, account, what.clone(), now);
        put(&mut state.waiting, account, what, now);
        drop(state);
        self.wake.notify_one();
        true
    }

    /// Stores at most `limit` uses. Returns the time until the next call, or `None` if no use is
    /// left.
    pub(crate) async fn store(
        &self,
        store: &(impl Housekeeping + ?Sized),
        limit: usize,
    ) -> Option<Duration> {
        for _ in 0..limit.max(1) {
            let (account, what, at) = self.next()?;
            let stored = store.note_last_seen(&account, &what, at, every(&what));
            if let Err(error) = stored.await {
                let (kind, name) = (what.kind(), what.name());
                tracing::warn!(
                    %account,
                    kind,
                    name,
                    error = %chain(&error),
                    "could not store the time of last use; it will be retried"
                );
                return Some(AFTER_AN_ERROR);
            }
            self.state().remove_stored(&account, &what, at);
        }
        self.next().map(|_| Duration::ZERO)
    }

    fn next(&self) -> Option<(AccountId, LastSeen, DateTime<Utc>)> {
        let state = self.state();
        let (account, own) = state.waiting.first_key_value()?;
        let (what, at) = own.first_key_value()?;
        Some((account.clone(), what.clone(), *at))
    }

    fn state(&self) -> MutexGuard<'_, Notes> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Notes {
    fn has_recent(&self, account: &AccountId, what: &LastSeen, now: DateTime<Utc>) -> bool {
        let known = self.known.get(account).and_then(|own| own.get(what));
        known.is_some_and(|at| is_recent(what, *at, now))
    }

    fn is_full(&self) -> bool {
        self.known.len() >= MAX_ACCOUNTS || self.waiting.len() >= MAX_ACCOUNTS
    }

    /// Removes accounts without recent uses, then all accounts if that is not enough. Removing a
    /// recent use costs only an additional write.
    fn evict(&mut self, now: DateTime<Utc>) {
        self.known
            .retain(|_, own| own.iter().any(|(what, at)| is_recent(what, *at, now)));
        if self.is_full() {
            self.known.clear();
            self.waiting.clear();
        }
    }

    /// Removes a stored use unless a later one was noted in the meantime.
    fn remove_stored(&mut self, account: &AccountId, what: &LastSeen, at: DateTime<Utc>) {
        if let Some(own) = self.waiting.get_mut(account) {
            if own.get(what) == Some(&at) {
                own.remove(what);
            }
            if own.is_empty() {
                self.waiting.remove(account);
            }
        }
    }
}

fn put(uses: &mut Uses, account: &AccountId, what: LastSeen, at: DateTime<Utc>) {
    if let Some(own) = uses.get_mut(account) {
        own.insert(what, at);
    } else {
        uses.insert(account.clone(), BTreeMap::from([(what, at)]));
    }
}

/// Returns `true` if the use is within its interval. A use in the future, after the clock was set
/// back, is not recent.
fn is_recent(what: &LastSeen, at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    (now - at).to_std().is_ok_and(|past| past < every(what))
}

/// Interval in which a use is stored at most once. It is the precision of the stored time.
fn every(what: &LastSeen) -> Duration {
    match what {
        LastSeen::PartnerKey(_) => Duration::from_secs(60 * 60),
        _ => Duration::from_secs(60),
    }
}

const AFTER_AN_ERROR: Duration = Duration::from_secs(10);

/// Maximum number of accounts, each with a few dozen uses.
const MAX_ACCOUNTS: usize = 4096;

#[cfg(test)]
mod tests {
    use std::{
        pin::pin,
        task::{Context, Waker},
    };

    use greenhouse_core::{
        Secret,
        report_link::{ReportLinkKey, ReportLinks},
        settings::AccountSettings,
        store::{AccountRecord, Applied, Changes, StoreWriter, Write, memory::MemoryStore},
        testing::{FailingStore, Failure, StoreFault},
    };

    use super::*;

    #[tokio::test]
    async fn stores_each_action_once_a_minute() {
        let (notes, store) = (new_notes(), store(&["a", "b"]).await);
        for (second, account, action, is_new) in [
            (0, "a", "ping", true),
            (0, "a", "ping", false),
            (1, "a", "hire_candidate", true),
            (1, "b", "ping", true),
            (59, "a", "ping", false),
            (60, "a", "ping", true),
            (60, "a", "hire_candidate", false),
        ] {
            let is_noted = note(&notes, &AccountId::new(account), action, at(second));
            assert_eq!(is_noted, is_new, "{second} {account} {action}");
        }
        // The second ping of an account replaces the first.
        assert_eq!(notes.store(&*store, 2).await, Some(Duration::ZERO));
        assert_eq!(notes.store(&*store, 2).await, None);
        assert_eq!(notes.store(&*store, 2).await, None);
        assert_eq!(store.calls().len(), 3);
        let own = store.last_seen(&AccountId::new("a")).await.unwrap();
        let expected = [(hook("hire_candidate"), at(1)), (hook("ping"), at(60))];
        assert_eq!(own, BTreeMap::from(expected));
        let others = store.last_seen(&AccountId::new("b")).await.unwrap();
        assert_eq!(others, BTreeMap::from([(hook("ping"), at(1))]));
    }

    #[tokio::test]
    async fn retries_a_failed_write() {
        let (notes, store) = (new_notes(), store(&["a"]).await);
        store.plan(Some(StoreFault {
            call: 1,
            how: Failure::Before,
            lasts: true,
        }));
        assert!(note(&notes, &AccountId::new("a"), "ping", at(0)));
        for _ in 0..2 {
            assert_eq!(notes.store(&*store, 9).await, Some(AFTER_AN_ERROR));
        }
        store.heal();
        assert_eq!(notes.store(&*store, 9).await, None);
        let noted = store.last_seen(&AccountId::new("a")).await.unwrap();
        assert_eq!(noted, BTreeMap::from([(hook("ping"), at(0))]));
    }

    #[tokio::test]
    async fn stores_a_use_that_is_noted_during_a_write() {
        let inner = store(&["a"]).await;
        let store = FailingStore::around(inner).yielding();
        let (notes, own) = (new_notes(), AccountId::new("a"));
        assert!(note(&notes, &own, "ping", at(0)));
        let mut noting = pin!(notes.store(&store, 1));
        let mut context = Context::from_waker(Waker::noop());
        assert!(noting.as_mut().poll(&mut context).is_pending());
        assert!(note(&notes, &own, "ping", at(60)));
        assert_eq!(noting.await, Some(Duration::ZERO));
        assert_eq!(notes.store(&store, 1).await, None);
        let noted = store.last_seen(&own).await.unwrap();
        assert_eq!(noted, BTreeMap::from([(hook("ping"), at(60))]));
    }

    #[test]
    fn limits_the_number_of_accounts() {
        let notes = new_notes();
        for number in 0..MAX_ACCOUNTS * 3 {
            let account = AccountId::new(format!("account {number}"));
            assert!(note(&notes, &account, "ping", at(0)));
            let state = notes.state();
            assert!(state.known.len() <= MAX_ACCOUNTS && state.waiting.len() <= MAX_ACCOUNTS);
        }
        // Uses that are not recent are removed first.
        let notes = new_notes();
        let mut accounts =
            (0..MAX_ACCOUNTS * 2).map(|number| AccountId::new(format!("account {number}")));
        let mut next = |second| {
            let account = accounts.next().unwrap();
            assert!(note(&notes, &account, "ping", at(second)));
            notes.state().waiting.clear();
            account
        };
        (1..MAX_ACCOUNTS).for_each(|_| drop(next(0)));
        let recent = next(59);
        (0..MAX_ACCOUNTS - 1).for_each(|_| drop(next(60)));
        assert!(!note(&notes, &recent, "ping", at(61)));
    }

    #[tokio::test]
    async fn stores_the_use_of_a_key_once_an_hour() {
        let notes = new_notes();
        let (account, key) = (AccountId::new("a"), KeyDigest::of("gpk_a"));
        for (second, is_new) in [(0, true), (3599, false), (3600, true)] {
            let key = LastSeen::PartnerKey(key);
            assert_eq!(notes.note(&account, key, at(second)), is_new, "{second}");
        }
    }

    fn new_notes() -> LastSeenNotes {
        LastSeenNotes::new(Arc::default())
    }

    fn note(notes: &LastSeenNotes, account: &AccountId, action: &str, now: DateTime<Utc>) -> bool {
        notes.note(account, hook(action), now)
    }

    fn hook(action: &str) -> LastSeen {
        LastSeen::Hook(action.to_owned())
    }

    async fn store(accounts: &[&str]) -> Arc<FailingStore> {
        let store = MemoryStore::new();
        for account in accounts {
            let key = ReportLinkKey::new("1", Secret::new("s".repeat(32))).unwrap();
            let settings = AccountSettings::new(ReportLinks::new(key, Vec::new()));
            let mut changes = Changes::none();
            changes.account = Some(Write::Put(AccountRecord::new(settings, Vec::new())));
            let applied = store.apply(&AccountId::new(*account), changes).await;
            assert_eq!(applied.unwrap(), Applied::Applied);
        }
        Arc::new(FailingStore::around(Arc::new(store)))
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + seconds, 0).unwrap()
    }
}
