//! Webhooks from Greenhouse, and the tasks that they create.

mod endpoint;
mod facts;
mod find_successor;
mod notify_product;
mod read_application;
mod reconciliation;
mod replay_ignored;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use greenhouse_core::{
    settings::Settings,
    store::{Records, TaskQueue},
};

pub(crate) use self::endpoint::HookOwner;
#[cfg(any(test, fuzzing))]
pub(crate) use self::endpoint::{event_id, signature};
use self::facts::FactsReader;
pub use self::reconciliation::{Progress, ReconcileError, Reconciliation};
use crate::{
    PartnerConfig, last_seen::LastSeenNotes, managed_hooks::HookManager, product::ProductClient,
    reader::Reader, unknown_credentials::UnknownCredentials, writer::Writer,
};

/// Applies webhooks to pushed applications.
#[derive(Debug)]
pub(crate) struct Webhooks {
    records: Arc<dyn Records>,
    queue: Arc<dyn TaskQueue>,
    writer: Writer,
    settings: Arc<dyn Settings>,
    product: ProductClient,
    reader: Reader,
    facts: FactsReader,
    last_seen: Arc<LastSeenNotes>,
    unknown_hooks: Arc<UnknownCredentials>,
    /// Maximum body size, in bytes.
    body_limit: usize,
}

impl Webhooks {
    pub(crate) fn new(
        writer: Writer,
        settings: Arc<dyn Settings>,
        product: ProductClient,
        reader: Reader,
        last_seen: Arc<LastSeenNotes>,
        unknown_hooks: Arc<UnknownCredentials>,
        config: &PartnerConfig,
    ) -> Self {
        let store = Arc::clone(&writer.store);
        let records: Arc<dyn Records> = Arc::clone(&store) as _;
        Self {
            facts: FactsReader {
                records: Arc::clone(&records),
                clock: Arc::clone(&writer.clock),
                settle_time: config.settle_time,
                reader: reader.is_present(),
            },
            records,
            queue: store,
            writer,
            settings,
            product,
            reader,
            last_seen,
            unknown_hooks,
            body_limit: config.webhook_body_limit,
        }
    }

    /// Returns the scheduled comparison, which applies the same rules.
    pub(crate) fn reconciliation(
        &self,
        every: Duration,
        lease: Duration,
        hooks: Arc<HookManager>,
    ) -> Reconciliation {
        Reconciliation {
            records: Arc::clone(&self.records),
            queue: Arc::clone(&self.queue),
            writer: self.writer.clone(),
            settings: Arc::clone(&self.settings),
            reader: self.reader.clone(),
            facts: self.facts.clone(),
            hooks,
            every,
            lease,
            next_search: Mutex::default(),
        }
    }
}
