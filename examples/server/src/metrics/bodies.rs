//! Metrics of the request bodies in memory.

use greenhouse_core::body::BodyBudget;
use prometheus::{Error, IntGauge};

use super::registration::Registrar;

#[derive(Debug)]
pub(super) struct BodyMetrics {
    used: IntGauge,
    budget: IntGauge,
}

impl BodyMetrics {
    pub(super) fn new(registrar: &Registrar<'_>) -> Result<Self, Error> {
        Ok(Self {
            used: registrar.gauge(
                "greenhouse_body_bytes",
                "Bytes of request bodies in memory at this host",
            )?,
            budget: registrar.gauge(
                "greenhouse_body_budget_bytes",
                "Maximum of greenhouse_body_bytes; requests beyond it get 503",
            )?,
        })
    }

    pub(super) fn set(&self, budget: &BodyBudget) {
        let bytes = |bytes| i64::try_from(bytes).unwrap_or(i64::MAX);
        let used = budget.bytes().saturating_sub(budget.free());
        self.used.set(bytes(used));
        self.budget.set(bytes(budget.bytes()));
    }
}
