use std::{fmt, sync::Arc};

use url::Url;

use super::{BuildError, Environment};
use crate::{
    AccountId, ApplicationReader, Clock, HttpTransport, ReportAddress, SystemClock, WebhookAdmin,
    clock_watch::{GreenhouseTime, ObservedTransport},
    platform::{AssessmentPlatform, GuardedPlatform},
    settings::{Settings, StoredSettings},
    store::Store,
};

/// Ports on which every service is built: product, store, settings, transport and clock.
///
/// Cheap to clone. A panic in the product is caught, and the call returns
/// [`PlatformError::Unavailable`](crate::platform::PlatformError::Unavailable).
///
/// ```
/// # use greenhouse_core::store::memory::MemoryStore;
/// # use greenhouse_core::testing::{FakePlatform, ManualClock, ScriptedTransport};
/// use greenhouse_core::integration::Ports;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let ports = Ports::builder(FakePlatform::new(), MemoryStore::new())
///     .public_url("https://assess.example.com")?
///     .transport(ScriptedTransport::new())
///     .clock(ManualClock::at("2026-11-23T10:00:00Z".parse()?))
///     .build()?;
/// assert!(ports.reader().is_none());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Ports {
    product: Arc<dyn AssessmentPlatform>,
    store: Arc<dyn Store>,
    settings: Arc<dyn Settings>,
    transport: Arc<dyn HttpTransport>,
    clock: Arc<dyn Clock>,
    reports: Arc<ReportAddress>,
    serves_reports: bool,
    reader: Option<Arc<dyn ApplicationReader>>,
    webhook_admin: Option<Arc<dyn WebhookAdmin>>,
    environment: Environment,
    greenhouse_time: Arc<GreenhouseTime>,
}

impl Ports {
    /// Starts a builder.
    pub fn builder(
        product: impl AssessmentPlatform + 'static,
        store: impl Store + 'static,
    ) -> PortsBuilder {
        PortsBuilder {
            product: Arc::new(GuardedPlatform::new(product)),
            store: Arc::new(store),
            public_url: None,
            settings: None,
            default_account: None,
            transport: None,
            clock: None,
            serves_reports: true,
            reader: None,
            webhook_admin: None,
            environment: Environment::production(),
        }
    }

    /// The product. Its panics are caught.
    pub fn product(&self) -> &Arc<dyn AssessmentPlatform> {
        &self.product
    }

    /// The store.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Account settings.
    pub fn settings(&self) -> &Arc<dyn Settings> {
        &self.settings
    }

    /// Transport for outbound requests.
    pub fn transport(&self) -> &Arc<dyn HttpTransport> {
        &self.transport
    }

    /// The clock.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// Public URLs of this host and its reports.
    pub fn reports(&self) -> &Arc<ReportAddress> {
        &self.reports
    }

    /// Returns `true` if a direction serves report links. If not, no report link may be sent to
    /// Greenhouse.
    pub fn serves_reports(&self) -> bool {
        self.serves_reports
    }

    /// Reader for the current state of applications. `None` if no direction provides one.
    pub fn reader(&self) -> Option<&Arc<dyn ApplicationReader>> {
        self.reader.as_ref()
    }

    /// Port that manages the webhooks in Greenhouse. `None` if no direction provides one.
    pub fn webhook_admin(&self) -> Option<&Arc<dyn WebhookAdmin>> {
        self.webhook_admin.as_ref()
    }

    /// Greenhouse's clock, from the responses that the transport has received.
    pub(super) fn greenhouse_time(&self) -> &Arc<GreenhouseTime> {
        &self.greenhouse_time
    }

    /// Greenhouse environment for outbound calls.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }
}

impl fmt::Debug for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ports")
            .field("public_url", &self.reports.base().as_str())
            .field("environment", &self.environment)
            .finish_non_exhaustive()
    }
}

/// Builder for [`Ports`].
///
/// Values set by the embedder take precedence over those that a direction offers.
#[must_use]
pub struct PortsBuilder {
    product: Arc<dyn AssessmentPlatform>,
    store: Arc<dyn Store>,
    public_url: Option<Url>,
    settings: Option<Arc<dyn Settings>>,
    default_account: Option<AccountId>,
    transport: Option<Arc<dyn HttpTransport>>,
    clock: Option<Arc<dyn Clock>>,
    serves_reports: bool,
    reader: Option<ReaderSource>,
    webhook_admin: Option<WebhookAdminSource>,
    environment: Environment,
}

type ReaderSource =
    Box<dyn FnOnce(&Ports) -> Result<Arc<dyn ApplicationReader>, BuildError> + Send>;

type WebhookAdminSource =
    Box<dyn FnOnce(&Ports) -> Result<Arc<dyn WebhookAdmin>, BuildError> + Send>;

impl PortsBuilder {
    /// Sets the public URL of this host: scheme, host and, if any, path prefix.
    ///
    /// # Errors
    ///
    /// [`BuildError`] if `url` is not an http or https URL, or has user info, a query or a fragment.
    pub fn public_url(mut self, url: impl AsRef<str>) -> Result<Self, BuildError> {
        let url = ReportAddress::parse_base(url.as_ref())
            .map_err(|error| BuildError::new(PUBLIC_URL, error.to_string()))?;
        self.public_url = Some(url);
        Ok(self)
    }

    /// Sets the source of the account settings. Default: the account records in the store.
    pub fn settings(mut self, settings: Arc<dyn Settings>) -> Self {
        self.settings = Some(settings);
        self
    }

    /// Sets the account for webhooks whose path has no hook key. Default: none, so such webhooks
    /// are rejected.
    pub fn default_account(mut self, account: AccountId) -> Self {
        self.default_account = Some(account);
        self
    }

    /// Sets the transport for outbound requests. Default: the transport that a direction offers.
    pub fn transport(mut self, transport: impl HttpTransport + 'static) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Sets the clock. Default: [`SystemClock`](crate::SystemClock).
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Sets the reader for the current state of applications. Default: the reader that a direction
    /// offers.
    pub fn reader(mut self, reader: Arc<dyn ApplicationReader>) -> Self {
        self.reader = Some(Box::new(|_| Ok(reader)));
        self
    }

    /// Sets the port that manages the webhooks in Greenhouse. Default: the one that a direction
    /// offers.
    pub fn webhook_admin(mut self, admin: Arc<dyn WebhookAdmin>) -> Self {
        self.webhook_admin = Some(Box::new(|_| Ok(admin)));
        self
    }

    /// Sets the Greenhouse environment for outbound calls. Default: production.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }

    /// Sets whether a direction serves report links. Default: `true`.
    pub fn serves_reports(mut self, serves: bool) -> Self {
        self.serves_reports = serves;
        self
    }

    /// Sets the transport unless one is already set.
    pub fn offer_transport(&mut self, transport: Arc<dyn HttpTransport>) {
        self.transport.get_or_insert(transport);
    }

    /// Offers a reader that is built from the other ports. Ignored if one is set.
    pub fn offer_reader(
        &mut self,
        reader: impl FnOnce(&Ports) -> Result<Arc<dyn ApplicationReader>, BuildError> + Send + 'static,
    ) {
        self.reader.get_or_insert_with(|| Box::new(reader));
    }

    /// Offers a port for webhooks that is built from the other ports. Ignored if one is set.
    pub fn offer_webhook_admin(
        &mut self,
        admin: impl FnOnce(&Ports) -> Result<Arc<dyn WebhookAdmin>, BuildError> + Send + 'static,
    ) {
        self.webhook_admin.get_or_insert_with(|| Box::new(admin));
    }

    /// Declares that the direction serves report links.
    pub fn offer_reports(&mut self) {
        self.serves_reports = true;
    }

    /// Builds the ports.
    ///
    /// # Errors
    ///
    /// [`BuildError`] if the public URL or the transport is missing, or a value is invalid.
    pub fn build(self) -> Result<Ports, BuildError> {
        let url = self.public_url.ok_or_else(|| {
            BuildError::new(
                PUBLIC_URL,
                "expected a URL such as https://assess.example.com, got none",
            )
        })?;
        let transport = self.transport.ok_or_else(|| {
            BuildError::new(
                "transport",
                "expected a transport from the builder or a direction, got none",
            )
        })?;
        if let Some(account) = &self.default_account {
            let checked = account.check();
            checked.map_err(|error| BuildError::new("default_account", error.to_string()))?;
        }
        let settings = match (self.settings, self.default_account) {
            (Some(_), Some(_)) => {
                return Err(BuildError::new(
                    "default_account",
                    "expected none, because the embedder's settings define the default account",
                ));
            }
            (Some(settings), None) => settings,
            (None, default) => {
                let store = Arc::clone(&self.store);
                Arc::new(StoredSettings::new(store, default))
            }
        };
        let reports = ReportAddress::new(url, Arc::clone(&settings))
            .map_err(|error| BuildError::new(PUBLIC_URL, error.to_string()))?;
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock));
        let greenhouse_time = Arc::new(GreenhouseTime::default());
        let transport =
            ObservedTransport::new(transport, Arc::clone(&clock), Arc::clone(&greenhouse_time));
        let mut ports = Ports {
            product: self.product,
            store: self.store,
            settings,
            transport: Arc::new(transport),
            clock,
            reports: Arc::new(reports),
            serves_reports: self.serves_reports,
            reader: None,
            webhook_admin: None,
            environment: self.environment,
            greenhouse_time,
        };
        if let Some(reader) = self.reader {
            ports.reader = Some(reader(&ports)?);
        }
        if let Some(admin) = self.webhook_admin {
            ports.webhook_admin = Some(admin(&ports)?);
        }
        Ok(ports)
    }
}

impl fmt::Debug for PortsBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PortsBuilder").finish_non_exhaustive()
    }
}

const PUBLIC_URL: &str = "public_url";
