//! The data of one mock. The modules that serve requests and perform actions use this module.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, Method};
use tokio::sync::Semaphore;

use crate::config::{Config, Partner};
use crate::faults::{Fault, Faults};
use crate::rows::UnexpectedRequest;
use crate::state::{History, State};
use crate::switches::Switches;
use crate::wire::Call;

pub use self::exchanges::{Direction, Exchange};

pub(crate) use self::exchanges::OpenExchange;
pub(crate) use self::ids::hex;
pub(crate) use self::tokens::Caller;

use self::exchanges::ExchangeLog;
use self::grants::Grants;
use self::ids::IdGenerator;
use self::inbox::Inbox;
use self::rate_window::RateWindow;
use self::tasks::Tasks;
use self::tokens::Tokens;

mod exchanges;
mod grants;
mod ids;
mod inbox;
mod rate_window;
mod tasks;
mod tokens;

/// The data of one mock, shared by its server, its background work and its handle.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) config: Config,
    /// Base URL, `http://127.0.0.1:<port>` without a trailing slash.
    pub(crate) base_url: String,
    pub(crate) ids: IdGenerator,
    pub(crate) tokens: Tokens,
    pub(crate) grants: Grants,
    pub(crate) harvest_window: RateWindow,
    pub(crate) auth_window: RateWindow,
    pub(crate) exchanges: ExchangeLog,
    /// Limits concurrent result requests after completion calls.
    pub(crate) result_requests: Semaphore,
    pub(crate) tasks: Tasks,
    pub(crate) inbox: Inbox,
    pub(crate) faults: Faults,
    /// Number of stalled requests whose callers are still waiting.
    pub(crate) stalled_requests: AtomicUsize,
    /// If set, events create deliveries that are not sent.
    pub(crate) holds_deliveries: AtomicBool,
    /// Set when a test has read the unexpected requests. Cleared by the next unexpected request.
    pub(crate) unexpected_was_read: AtomicBool,
    /// Number of requests to each endpoint, by method and path.
    counts: Mutex<BTreeMap<(String, String), u64>>,
    state: Mutex<State>,
    history: Mutex<History>,
    has_history: AtomicBool,
    partner: Mutex<Option<Partner>>,
}

impl World {
    pub(crate) fn new(config: Config, base_url: String) -> Self {
        let now = config.clock.now();
        let world = Self {
            ids: IdGenerator::new(&format!(
                "{base_url} {} {}",
                std::process::id(),
                now.timestamp_micros()
            )),
            tokens: Tokens::default(),
            grants: Grants::default(),
            harvest_window: RateWindow::new(config.rate_limit, 30),
            auth_window: RateWindow::new(config.token_rate_limit, 60),
            exchanges: ExchangeLog::default(),
            result_requests: Semaphore::new(RESULT_REQUESTS_AT_ONCE),
            tasks: Tasks::new(),
            inbox: Inbox::default(),
            faults: Faults::default(),
            stalled_requests: AtomicUsize::new(0),
            holds_deliveries: AtomicBool::new(false),
            unexpected_was_read: AtomicBool::new(true),
            counts: Mutex::default(),
            history: Mutex::default(),
            has_history: AtomicBool::new(false),
            state: Mutex::new(State::new(&config, now)),
            partner: Mutex::new(config.partner.clone()),
            base_url,
            config,
        };
        world.update_history();
        world
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.config.clock.now()
    }

    /// Locks the state. The guard must not be held across an await.
    pub(crate) fn state(&self) -> StateGuard<'_> {
        StateGuard {
            state: self.state.lock().unwrap_or_else(PoisonError::into_inner),
            world: self,
            changed: false,
        }
    }

    /// Returns the state that a lagging list shows, or `None` if lists do not lag.
    pub(crate) fn lagging_state(&self, lag_seconds: Option<u32>) -> Option<Arc<State>> {
        let lag = lag_seconds.unwrap_or_else(|| self.switches().read_lag_seconds);
        if lag == 0 {
            return None;
        }
        let at = self
            .now()
            .checked_sub_signed(TimeDelta::seconds(lag.into()))?;
        let history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
        history.as_of(at)
    }

    pub(crate) fn add_fault(&self, fault: Fault) -> u64 {
        let id = self.faults.add(fault);
        self.update_history();
        id
    }

    /// Logs a request that begins now.
    pub(crate) fn begin_exchange(
        &self,
        direction: Direction,
        method: &Method,
        url: &str,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> OpenExchange<'_> {
        self.exchanges
            .begin(&self.config.clock, direction, method, url, headers, body)
    }

    /// Counts a request to an endpoint.
    pub(crate) fn count(&self, method: &Method, path: &str) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        *counts
            .entry((method.to_string(), path.to_owned()))
            .or_default() += 1;
    }

    pub(crate) fn counts(&self) -> BTreeMap<(String, String), u64> {
        self.counts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Returns unexpected requests, malformed responses from the partner, and faults that did not
    /// occur, one line each.
    pub(crate) fn problems(&self) -> Vec<String> {
        let state = self.state();
        let unexpected = state.unexpected.iter().map(|one| {
            format!(
                "unexpected request {} {}; expected: {}",
                one.method, one.path, one.expected
            )
        });
        let complaints = state.complaints.iter().map(|one| {
            format!(
                "malformed response from the partner to {}: {}",
                one.api_call,
                one.errors.join("; ")
            )
        });
        let faults = self.faults.all();
        let unused = faults.iter().filter(|fault| !fault.is_used()).map(|one| {
            format!(
                "unused fault {} on {} {}: occurred {} times in {} requests",
                one.id, one.fault.method, one.fault.path, one.occurrences, one.seen
            )
        });
        unexpected.chain(complaints).chain(unused).collect()
    }

    /// Keeps as much history as the switches and faults require.
    fn update_history(&self) {
        let state = self.state();
        let seconds = state
            .switches
            .read_lag_seconds
            .max(self.faults.longest_lag());
        self.has_history.store(seconds > 0, Ordering::Relaxed);
        self.history
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .set_lag(seconds, &state);
    }

    /// Returns the current switches. Locks the state, so a holder of a state guard must use its
    /// `switches` instead.
    pub(crate) fn switches(&self) -> Switches {
        self.state().switches
    }

    pub(crate) fn set_switches(&self, switches: Switches) {
        self.state().switches = switches;
        self.update_history();
    }

    pub(crate) fn partner(&self) -> Option<Partner> {
        self.partner
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn set_partner(&self, partner: Partner) {
        *self.partner.lock().unwrap_or_else(PoisonError::into_inner) = Some(partner);
    }

    /// Records a request that no route serves, and the requests that would be served.
    pub(crate) fn unexpected(&self, call: &Call, expected: &str) {
        let unexpected = UnexpectedRequest {
            method: call.method.to_string(),
            path: call.path.clone(),
            expected: expected.to_owned(),
        };
        eprintln!(
            "mock Greenhouse: unexpected request {} {}; expected: {expected}",
            call.method, call.path
        );
        self.unexpected_was_read.store(false, Ordering::Relaxed);
        self.state().unexpected.push(unexpected);
    }
}

/// The locked state. Changes are added to the history if lists lag.
pub(crate) struct StateGuard<'a> {
    state: MutexGuard<'a, State>,
    world: &'a World,
    changed: bool,
}

impl Deref for StateGuard<'_> {
    type Target = State;

    fn deref(&self) -> &State {
        &self.state
    }
}

impl DerefMut for StateGuard<'_> {
    fn deref_mut(&mut self) -> &mut State {
        self.changed = true;
        &mut self.state
    }
}

impl Drop for StateGuard<'_> {
    fn drop(&mut self) {
        if self.changed && self.world.has_history.load(Ordering::Relaxed) {
            self.world
                .history
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .record(self.world.now(), &self.state);
        }
    }
}

const RESULT_REQUESTS_AT_ONCE: usize = 4;
