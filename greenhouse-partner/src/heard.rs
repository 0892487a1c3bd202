use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId,
    store::{Housekeeping, LastSeen},
};

/// Which hooks this process has heard, and what of it the store is still to be told.
///
/// To hear one costs a request nothing but a look at this: the store is told by the background, once in [`EVERY`] of each
/// action of each account. What dies with the process is noted when the hook is heard next.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// What was heard, within [`EVERY`] or a little longer.
    known: Hooks,
    waiting: Hooks,
}

type Hooks = BTreeMap<AccountId, BTreeMap<&'static str, DateTime<Utc>>>;

impl Heard {
    /// Takes in that a hook was heard. Whether there is something to note now.
    pub(crate) fn hear(
        &self,
        account: &AccountId,
        action: &'static str,
        now: DateTime<Utc>,
    ) -> bool {
        let mut state = self.state();
        if state.knows(account, action, now) {
            return false;
        }
        if !state.known.contains_key(account) && state.is_full() {
            state.forget(now);
        }
        put(&mut state.known, account, action, now);
        put(&mut state.waiting, account, action, now);
        true
    }

    /// Notes what waits, at most `limit` of it. What cannot be noted waits on. In what time it is to be called again; none
    /// where nothing waits any more.
    pub(crate) async fn note(
        &self,
        store: &(impl Housekeeping + ?Sized),
        limit: usize,
    ) -> Option<Duration> {
        for _ in 0..limit.max(1) {
            let (account, action, at) = self.next()?;
            let hook = LastSeen::Hook(action.to_owned());
            let noted = store.note_last_seen(&account, &hook, at, EVERY).await;
            if let Err(error) = noted {
                tracing::warn!(%account, action, %error, "that a hook was heard is not noted yet");
                return Some(AFTER_AN_ERROR);
            }
            self.state().noted(&account, action, at);
        }
        self.next().map(|_| Duration::ZERO)
    }

    fn next(&self) -> Option<(AccountId, &'static str, DateTime<Utc>)> {
        let state = self.state();
        let (account, own) = state.waiting.first_key_value()?;
        let (action, at) = own.first_key_value()?;
        Some((account.clone(), action, *at))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn knows(&self, account: &AccountId, action: &str, now: DateTime<Utc>) -> bool {
        let known = self.known.get(account).and_then(|own| own.get(action));
        known.is_some_and(|at| is_recent(*at, now))
    }

    fn is_full(&self) -> bool {
        self.known.len() >= MOST || self.waiting.len() >= MOST
    }

    /// Makes room: of what was heard some time ago nothing needs to be known, and of the rest nothing must.
    fn forget(&mut self, now: DateTime<Utc>) {
        self.known
            .retain(|_, own| own.values().any(|at| is_recent(*at, now)));
        if self.is_full() {
            self.known.clear();
            self.waiting.clear();
        }
    }

    /// It waits no longer, unless it was heard again meanwhile.
    fn noted(&mut self, account: &AccountId, action: &str, at: DateTime<Utc>) {
        if let Some(own) = self.waiting.get_mut(account) {
            if own.get(action) == Some(&at) {
                own.remove(action);
            }
            if own.is_empty() {
                self.waiting.remove(account);
            }
        }
    }
}

fn put(hooks: &mut Hooks, account: &AccountId, action: &'static str, at: DateTime<Utc>) {
    if let Some(own) = hooks.get_mut(account) {
        own.insert(action, at);
    } else {
        hooks.insert(account.clone(), BTreeMap::from([(action, at)]));
    }
}

/// A clock that was set back makes it neither recent nor known.
fn is_recent(at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    (now - at).to_std().is_ok_and(|past| past < EVERY)
}

/// How exactly it is known when a hook was last heard.
const EVERY: Duration = Duration::from_secs(60);

const AFTER_AN_ERROR: Duration = Duration::from_secs(10);

/// Of so many accounts at most it is known at once what was heard; each has a dozen actions.
const MOST: usize = 4096;

#[cfg(test)]
mod tests {
    use std::{
        pin::pin,
        sync::Arc,
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
    async fn each_action_is_noted_once_in_a_minute() {
        let (heard, store) = (Heard::default(), store(&["a", "b"]).await);
        for (second, account, action, is_new) in [
            (0, "a", "ping", true),
            (0, "a", "ping", false),
            (1, "a", "hire_candidate", true),
            (1, "b", "ping", true),
            (59, "a", "ping", false),
            (60, "a", "ping", true),
            (60, "a", "hire_candidate", false),
        ] {
            let heard = heard.hear(&AccountId::new(account), action, at(second));
            assert_eq!(heard, is_new, "{second} {account} {action}");
        }
        // The second ping of one account has taken the place of the first.
        assert_eq!(heard.note(&*store, 2).await, Some(Duration::ZERO));
        assert_eq!(heard.note(&*store, 2).await, None);
        assert_eq!(heard.note(&*store, 2).await, None);
        assert_eq!(store.calls().len(), 3);
        let own = store.last_seen(&AccountId::new("a")).await.unwrap();
        let expected = [(hook("hire_candidate"), at(1)), (hook("ping"), at(60))];
        assert_eq!(own, BTreeMap::from(expected));
        let others = store.last_seen(&AccountId::new("b")).await.unwrap();
        assert_eq!(others, BTreeMap::from([(hook("ping"), at(1))]));
    }

    #[tokio::test]
    async fn what_is_not_noted_waits_on() {
        let (heard, store) = (Heard::default(), store(&["a"]).await);
        store.plan(Some(StoreFault {
            call: 1,
            how: Failure::Before,
            lasts: true,
        }));
        assert!(heard.hear(&AccountId::new("a"), "ping", at(0)));
        for _ in 0..2 {
            assert_eq!(heard.note(&*store, 9).await, Some(AFTER_AN_ERROR));
        }
        store.heal();
        assert_eq!(heard.note(&*store, 9).await, None);
        let noted = store.last_seen(&AccountId::new("a")).await.unwrap();
        assert_eq!(noted, BTreeMap::from([(hook("ping"), at(0))]));
    }

    /// What is heard while an earlier use is being noted is not taken for noted.
    #[tokio::test]
    async fn what_is_heard_meanwhile_is_noted_as_well() {
        let inner = store(&["a"]).await;
        let store = FailingStore::around(inner).yielding();
        let (heard, own) = (Heard::default(), AccountId::new("a"));
        assert!(heard.hear(&own, "ping", at(0)));
        let mut noting = pin!(heard.note(&store, 1));
        let mut context = Context::from_waker(Waker::noop());
        assert!(noting.as_mut().poll(&mut context).is_pending());
        assert!(heard.hear(&own, "ping", at(60)));
        assert_eq!(noting.await, Some(Duration::ZERO));
        assert_eq!(heard.note(&store, 1).await, None);
        let noted = store.last_seen(&own).await.unwrap();
        assert_eq!(noted, BTreeMap::from([(hook("ping"), at(60))]));
    }

    #[test]
    fn it_knows_of_no_more_accounts_than_it_may() {
        let heard = Heard::default();
        for number in 0..MOST * 3 {
            let account = AccountId::new(format!("account {number}"));
            assert!(heard.hear(&account, "ping", at(0)));
            let state = heard.state();
            assert!(state.known.len() <= MOST && state.waiting.len() <= MOST);
        }
        // Where time has passed, room is made without forgetting what is recent.
        let heard = Heard::default();
        let mut accounts = (0..MOST * 2).map(|number| AccountId::new(format!("account {number}")));
        let mut hear = |second| {
            let account = accounts.next().unwrap();
            assert!(heard.hear(&account, "ping", at(second)));
            heard.state().waiting.clear();
            account
        };
        (1..MOST).for_each(|_| drop(hear(0)));
        let recent = hear(59);
        (0..MOST - 1).for_each(|_| drop(hear(60)));
        assert!(!heard.hear(&recent, "ping", at(61)));
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

    fn hook(action: &str) -> LastSeen {
        LastSeen::Hook(action.to_owned())
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + seconds, 0).unwrap()
    }
}
