use std::{error::Error, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use greenhouse_core::{
    AccountId, AssessmentId, Background, BuildError,
    integration::{
        Direction, DirectionBuilder, InboundHead, InboundRequest, Ports, PortsBuilder, PublicRoute,
    },
    operator::OperatorPart,
    store::StoreError,
};
use http::Response;

use crate::{PartnerConfig, PartnerService, Reconciliation};

/// Direction from Greenhouse to the product: assessment endpoints, report links and webhooks.
///
/// Pass it to
/// [`IntegrationBuilder::with`](greenhouse_core::integration::IntegrationBuilder::with).
#[derive(Debug, Default)]
#[must_use]
pub struct Partner {
    config: PartnerConfig,
}

impl Partner {
    /// Creates the direction with the default configuration.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the configuration.
    pub fn config(mut self, config: PartnerConfig) -> Self {
        self.config = config;
        self
    }
}

impl DirectionBuilder for Partner {
    fn provide(&mut self, ports: &mut PortsBuilder) {
        ports.offer_reports();
    }

    fn build(self: Box<Self>, ports: &Ports) -> Result<Arc<dyn Direction>, BuildError> {
        let service = PartnerService::builder(ports).config(self.config).build()?;
        Ok(Arc::new(PartnerDirection {
            reconciliation: Arc::new(service.reconciliation()),
            service: Arc::new(service),
        }))
    }
}

#[derive(Debug)]
struct PartnerDirection {
    service: Arc<PartnerService>,
    reconciliation: Arc<Reconciliation>,
}

#[async_trait]
impl Direction for PartnerDirection {
    fn name(&self) -> &'static str {
        "partner"
    }

    fn body_limit(&self, route: &PublicRoute) -> Option<usize> {
        Some(self.service.body_limit(route))
    }

    async fn admit(&self, head: &mut InboundHead) -> Result<(), Response<Bytes>> {
        self.service.admit(head).await
    }

    async fn handle(&self, request: InboundRequest) -> Response<Bytes> {
        self.service.answer(&request).await
    }

    async fn note_oversized(&self, head: &InboundHead) {
        self.service.note_oversized(head).await;
    }

    fn operator(&self) -> Arc<dyn OperatorPart> {
        Arc::clone(&self.service) as _
    }

    fn background(&self) -> Vec<Arc<dyn Background>> {
        vec![
            Arc::clone(&self.service) as _,
            Arc::clone(&self.reconciliation) as _,
        ]
    }

    async fn set_up(&self, account: &AccountId) -> Result<String, StoreError> {
        Ok(self.service.set_up(account).await?.to_string())
    }

    async fn assessment_changed(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        Ok(self.service.assessment_changed(account, assessment).await?)
    }

    fn stop(&self) {
        self.service.stop();
    }
}
