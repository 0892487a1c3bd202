use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64},
};

use greenhouse_core::{BuildError, integration::Ports};
use tokio::sync::Notify;

use super::PartnerService;
use crate::{
    CallbackPolicy, PartnerConfig, assessments::Assessments, health::Checks,
    last_seen::LastSeenNotes, managed_hooks::HookManager, notices::Notices, product::ProductClient,
    reader::Reader, reports::Reports, unknown_credentials::UnknownCredentials, webhooks::Webhooks,
    writer::Writer,
};

/// Builder for a [`PartnerService`].
#[derive(Debug)]
#[must_use]
pub struct PartnerServiceBuilder {
    ports: Ports,
    config: PartnerConfig,
}

impl PartnerServiceBuilder {
    pub(super) fn new(ports: &Ports) -> Self {
        Self {
            ports: ports.clone(),
            config: PartnerConfig::default(),
        }
    }

    /// Sets the configuration. Default: [`PartnerConfig::default`].
    pub fn config(mut self, config: PartnerConfig) -> Self {
        self.config = config;
        self
    }

    /// Builds the service.
    ///
    /// # Errors
    ///
    /// [`BuildError`] if the configuration is invalid.
    pub fn build(self) -> Result<PartnerService, BuildError> {
        let Self { ports, config } = self;
        config.check()?;
        let clock = ports.clock();
        let wake = Arc::new(Notify::new());
        let writer = Writer {
            store: Arc::clone(ports.store()),
            clock: Arc::clone(clock),
            wake: Arc::clone(&wake),
            backoff: config.work_backoff,
        };
        let product = ProductClient {
            platform: Arc::clone(ports.product()),
            clock: Arc::clone(clock),
            deadline: config.product_deadline,
        };
        let reader = Reader {
            reader: ports.reader().cloned(),
            clock: Arc::clone(clock),
            deadline: config.reader_deadline,
        };
        let callback = match ports.environment().sandbox_url() {
            Some(_) => CallbackPolicy::loopback(),
            None => config.callback.clone(),
        };
        let settings = || Arc::clone(ports.settings());
        let records = || Arc::clone(ports.store()) as _;
        let unknown_keys = Arc::new(UnknownCredentials::partner_keys());
        let unknown_hooks = Arc::new(UnknownCredentials::hook_keys());
        let last_seen = Arc::new(LastSeenNotes::new(wake));
        let hooks = Arc::new(HookManager {
            writer: writer.clone(),
            admin: ports.webhook_admin().cloned(),
            addresses: Arc::clone(ports.reports()),
            https_only: ports.environment().sandbox_url().is_none(),
            settle_time: config.settle_time,
        });
        let reports = Arc::new(Reports {
            records: records(),
            writer: writer.clone(),
            product: product.clone(),
            addresses: Arc::clone(ports.reports()),
        });
        Ok(PartnerService {
            assessments: Assessments {
                records: records(),
                writer: writer.clone(),
                settings: settings(),
                product: product.clone(),
                reports: Arc::clone(&reports),
                last_seen: Arc::clone(&last_seen),
                unknown_keys: Arc::clone(&unknown_keys),
                refused_tests: AtomicU64::new(0),
                callback: callback.clone(),
                body_limit: config.body_limit,
            },
            notices: Notices {
                records: records(),
                writer: writer.clone(),
                settings: settings(),
                transport: Arc::clone(ports.transport()),
                callback,
                deadline: config.notice_deadline,
                backoff: config.notice_backoff,
                patience: config.notice_patience,
            },
            checks: Checks {
                store: Arc::clone(ports.store()),
                settings: settings(),
                clock: Arc::clone(clock),
                unknown_keys,
                unknown_hooks: Arc::clone(&unknown_hooks),
                reader: reader.is_present(),
                hook_silence: config.hook_silence,
            },
            webhooks: Webhooks::new(
                writer.clone(),
                settings(),
                product,
                reader,
                Arc::clone(&last_seen),
                unknown_hooks,
                &config,
            ),
            hooks,
            reports,
            last_seen,
            writer,
            is_stopping: AtomicBool::new(false),
            config,
            ports,
        })
    }
}
