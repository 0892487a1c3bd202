use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use chrono::{DateTime, Utc};

use crate::auth::Tokens;
use crate::config::{Config, Partner};
use crate::exchange::ExchangeLog;
use crate::mint::Mint;
use crate::rate::RateWindow;
use crate::state::{State, Unexpected};
use crate::switches::Switches;
use crate::tasks::Tasks;
use crate::wire::Call;

/// Everything one mock consists of, shared by its server, its background work and its handle.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) config: Config,
    /// `http://127.0.0.1:<port>`, without a slash at the end.
    pub(crate) base_url: String,
    pub(crate) mint: Mint,
    pub(crate) tokens: Tokens,
    pub(crate) harvest_window: RateWindow,
    pub(crate) auth_window: RateWindow,
    pub(crate) exchanges: ExchangeLog,
    pub(crate) tasks: Tasks,
    /// Built at the first call out: it loads the machine's certificates, which a mock that only serves can do without.
    pub(crate) http: OnceLock<Option<reqwest::Client>>,
    state: Mutex<State>,
    partner: Mutex<Option<Partner>>,
}

impl World {
    pub(crate) fn new(config: Config, base_url: String) -> Self {
        let now = config.clock.now();
        Self {
            mint: Mint::new(&format!(
                "{base_url} {} {}",
                std::process::id(),
                now.timestamp_micros()
            )),
            tokens: Tokens::default(),
            harvest_window: RateWindow::new(config.rate_limit, 30),
            auth_window: RateWindow::new(60, 60),
            exchanges: ExchangeLog::default(),
            tasks: Tasks::new(),
            http: OnceLock::new(),
            state: Mutex::new(State::new(&config, now)),
            partner: Mutex::new(config.partner.clone()),
            base_url,
            config,
        }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.config.clock.now()
    }

    /// Never held across an await.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the state's lock: not to be asked while it is held; there `state.switches` is at hand.
    pub(crate) fn switches(&self) -> Switches {
        self.state().switches
    }

    pub(crate) fn set_switches(&self, switches: Switches) {
        self.state().switches = switches;
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

    /// Remembers a request that no route serves, with what would have been expected.
    pub(crate) fn unexpected(&self, call: &Call, expected: &str) {
        let unexpected = Unexpected {
            method: call.method.to_string(),
            path: call.path.clone(),
            expected: expected.to_owned(),
        };
        self.state().unexpected.push(unexpected);
    }
}
