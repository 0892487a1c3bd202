use std::{error::Error, sync::Arc};

use greenhouse_core::{
    ApplicationReader, BuildError, Clock, HttpTransport, TransportError,
    integration::Ports,
    platform::AssessmentPlatform,
    settings::StoredSettings,
    store::{Records, Store},
};
use greenhouse_harvest::{
    HarvestClients, HarvestClientsBuilder, HarvestEndpoints, ReqwestTransport, SystemClock,
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

    /// Ports on this store, with the account settings that it holds.
    pub(crate) fn ports(
        &self,
        config: &Config,
        product: Arc<dyn AssessmentPlatform>,
        store: &Arc<dyn Store>,
        reader: Option<Arc<dyn ApplicationReader>>,
    ) -> Result<Ports, BuildError> {
        let accounts = Arc::clone(store) as Arc<dyn Records>;
        let settings = StoredSettings::new(accounts, config.default_account.clone());
        let ports = Ports::builder(product, Arc::clone(store))
            .public_url(&config.public_url)?
            .settings(Arc::new(settings))
            .transport(Arc::clone(&self.transport))
            .clock(Arc::clone(&self.clock));
        match reader {
            Some(reader) => ports.reader(reader).build(),
            None => ports.build(),
        }
    }

    /// Harvest clients of all accounts.
    pub(crate) fn clients(&self, config: &Config, ports: &Ports) -> HarvestClientsBuilder {
        HarvestClients::builder(ports)
            .endpoints(self.harvest.clone())
            .token_config(config.tokens)
    }
}
