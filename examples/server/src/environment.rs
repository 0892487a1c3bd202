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

/// External dependencies of a host: Greenhouse, the network and the clock.
#[derive(Debug, Clone)]
pub struct HostEnvironment {
    /// Greenhouse environment for outbound calls.
    pub environment: Environment,
    /// Transport for outbound calls.
    pub transport: Arc<dyn HttpTransport>,
    /// Clock of the host.
    pub clock: Arc<dyn Clock>,
}

impl HostEnvironment {
    /// Creates the environment for the configured Greenhouse, production or a sandbox, with the
    /// system clock.
    ///
    /// # Errors
    ///
    /// [`TransportError`] if the HTTP client cannot be built.
    pub fn from_config(config: &Config) -> Result<Self, TransportError> {
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

    /// Creates the environment for Greenhouse's production hosts, with the system clock.
    ///
    /// # Errors
    ///
    /// [`TransportError`] if the HTTP client cannot be built.
    pub fn production() -> Result<Self, TransportError> {
        Ok(Self {
            environment: Environment::production(),
            transport: Arc::new(ReqwestTransport::new()?),
            clock: Arc::new(SystemClock),
        })
    }

    /// Builds the ports on a store, which also contains the account settings.
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

    /// Returns a builder for the Harvest clients of all accounts.
    pub(crate) fn clients(config: &Config, ports: &Ports) -> HarvestClientsBuilder {
        HarvestClients::builder(ports).token_config(config.tokens)
    }
}
