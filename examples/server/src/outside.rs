use std::sync::Arc;

use greenhouse_core::{
    ApplicationReader, BuildError, Clock, Environment, HttpTransport, TransportError,
    integration::Ports,
    platform::AssessmentPlatform,
    settings::StoredSettings,
    store::{Records, Store},
};
use greenhouse_harvest::{HarvestClients, HarvestClientsBuilder, ReqwestTransport, SystemClock};

use crate::Config;

/// The world outside: where Greenhouse is, how it is reached, and the time.
#[derive(Debug, Clone)]
pub struct Outside {
    /// The Greenhouse that outbound calls go to.
    pub environment: Environment,
    /// Transport of outbound calls.
    pub transport: Arc<dyn HttpTransport>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Outside {
    /// The configured Greenhouse: the real one or a sandbox.
    ///
    /// # Errors
    ///
    /// [`TransportError`] if the HTTP client cannot be built.
    pub fn of(config: &Config) -> Result<Self, TransportError> {
        let environment = config.environment.clone();
        let transport = match environment.sandbox_url() {
            Some(_) => ReqwestTransport::direct()?,
            None => ReqwestTransport::new()?,
        };
        Ok(Self {
            environment,
            transport: Arc::new(transport),
            clock: Arc::new(SystemClock),
        })
    }

    /// The real Greenhouse.
    ///
    /// # Errors
    ///
    /// [`TransportError`] if the HTTP client cannot be built.
    pub fn real() -> Result<Self, TransportError> {
        Ok(Self {
            environment: Environment::production(),
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
            .environment(self.environment.clone())
            .transport(Arc::clone(&self.transport))
            .clock(Arc::clone(&self.clock));
        match reader {
            Some(reader) => ports.reader(reader).build(),
            None => ports.build(),
        }
    }

    /// Harvest clients of all accounts.
    pub(crate) fn clients(config: &Config, ports: &Ports) -> HarvestClientsBuilder {
        HarvestClients::builder(ports).token_config(config.tokens)
    }
}
