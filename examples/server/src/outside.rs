use std::{error::Error, sync::Arc};

use greenhouse_core::{
    Clock, HttpTransport, TransportError,
    settings::Settings,
    store::{Shared, Store},
};
use greenhouse_harvest::{
    HarvestClients, HarvestClientsParts, HarvestEndpoints, HarvestObserver, ReqwestTransport,
    SystemClock,
};
use greenhouse_partner::CallbackPolicy;

use crate::Config;

/// The world outside: where Greenhouse is, how it is reached, and what time it is.
#[derive(Debug, Clone)]
pub struct Outside {
    /// Where Harvest and its token endpoint are.
    pub harvest: HarvestEndpoints,
    /// Where completion calls may go.
    pub callbacks: CallbackPolicy,
    /// Carries requests to Greenhouse.
    pub transport: Arc<dyn HttpTransport>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Outside {
    /// The real Greenhouse, or the sandbox that is configured.
    ///
    /// # Errors
    ///
    /// Where the HTTP client cannot be made, or the address of the sandbox is none.
    pub fn of(config: &Config) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let Some(sandbox) = config.environment.sandbox_url() else {
            return Ok(Self::real()?);
        };
        Ok(Self {
            harvest: HarvestEndpoints::new(sandbox.clone(), sandbox.clone())?,
            callbacks: CallbackPolicy::loopback(),
            transport: Arc::new(ReqwestTransport::direct()?),
            clock: Arc::new(SystemClock),
        })
    }

    /// The real Greenhouse, at the real time.
    ///
    /// # Errors
    ///
    /// Where the HTTP client cannot be made.
    pub fn real() -> Result<Self, TransportError> {
        Ok(Self {
            harvest: HarvestEndpoints::default(),
            callbacks: CallbackPolicy::default(),
            transport: Arc::new(ReqwestTransport::new()?),
            clock: Arc::new(SystemClock),
        })
    }

    /// The way into Harvest of all accounts, with tokens and rate limits in this store.
    pub(crate) fn clients(
        &self,
        settings: Arc<dyn Settings>,
        store: &Arc<dyn Store>,
        observer: Option<Arc<dyn HarvestObserver>>,
    ) -> HarvestClients {
        HarvestClients::new(HarvestClientsParts {
            settings,
            tokens: Arc::clone(store) as Arc<dyn Shared>,
            budgets: Arc::clone(store) as Arc<dyn Shared>,
            transport: Arc::clone(&self.transport),
            clock: Arc::clone(&self.clock),
            endpoints: self.harvest.clone(),
            observer,
        })
    }
}
