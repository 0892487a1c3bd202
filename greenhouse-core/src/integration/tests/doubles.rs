//! Directions that record the reported assessments.

use std::{
    collections::BTreeSet,
    error::Error,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Response, StatusCode};

use crate::{
    AccountId, AssessmentId, Background, answer,
    health::Check,
    integration::{
        BuildError, Direction, DirectionBuilder, InboundHead, InboundRequest, IntegrationBuilder,
        Ports, PortsBuilder, PublicRoute,
    },
    operator::{OperatorPart, OperatorRequest, QueuedRetry},
    platform::AssessmentPlatform,
    store::{LoggedEntry, Store, StoreError},
    testing::{FakePlatform, ManualClock, ScriptedTransport},
};

/// Direction with one endpoint.
#[derive(Debug)]
pub(super) struct Fake {
    pub(super) name: &'static str,
    route: PublicRoute,
    reported: Mutex<Vec<AssessmentId>>,
    refused: Mutex<BTreeSet<AssessmentId>>,
}

impl Fake {
    pub(super) fn new(name: &'static str, route: PublicRoute) -> Arc<Self> {
        Arc::new(Self {
            name,
            route,
            reported: Mutex::default(),
            refused: Mutex::default(),
        })
    }

    /// Reported assessments, in order.
    pub(super) fn reported(&self) -> Vec<AssessmentId> {
        self.reported.lock().unwrap().clone()
    }

    pub(super) fn refuse(&self, assessment: &str, refuses: bool) {
        let mut refused = self.refused.lock().unwrap();
        let assessment = AssessmentId::new(assessment);
        if refuses {
            refused.insert(assessment);
        } else {
            refused.remove(&assessment);
        }
    }

    pub(super) fn builder(self: &Arc<Self>) -> FakeBuilder {
        FakeBuilder(Arc::clone(self))
    }
}

pub(super) struct FakeBuilder(Arc<Fake>);

impl DirectionBuilder for FakeBuilder {
    fn provide(&mut self, ports: &mut PortsBuilder) {
        ports.offer_transport(Arc::new(ScriptedTransport::new()));
    }

    fn build(self: Box<Self>, _: &Ports) -> Result<Arc<dyn Direction>, BuildError> {
        BuildError::ensure(
            self.0.name != "impossible",
            "impossible.lease",
            || "expected a duration above 0",
        )?;
        Ok(self.0)
    }
}

#[async_trait]
impl Direction for Fake {
    fn name(&self) -> &'static str {
        self.name
    }

    fn body_limit(&self, route: &PublicRoute) -> Option<usize> {
        (*route == self.route).then_some(17)
    }

    async fn admit(&self, head: &mut InboundHead) -> Result<(), Response<Bytes>> {
        assert!(head.query() != "panic", "Mira Okafor");
        if head.query() == "refused" {
            return Err(answer::text(StatusCode::UNAUTHORIZED, "refused"));
        }
        head.insert(Admitted);
        Ok(())
    }

    async fn handle(&self, request: InboundRequest) -> Response<Bytes> {
        assert!(request.head().get::<Admitted>().is_some());
        assert!(request.body() != "panic", "Mira Okafor");
        answer::text(StatusCode::OK, self.name)
    }

    fn operator(&self) -> Arc<dyn OperatorPart> {
        Arc::new(Part(self.name))
    }

    fn background(&self) -> Vec<Arc<dyn Background>> {
        Vec::new()
    }

    async fn set_up(&self, account: &AccountId) -> Result<String, StoreError> {
        Ok(format!("{}: connect {account}\n", self.name))
    }

    async fn assessment_changed(
        &self,
        _: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        assert!(assessment.as_str() != "panic", "Mira Okafor");
        if self.refused.lock().unwrap().contains(assessment) {
            return Err("not now".into());
        }
        self.reported.lock().unwrap().push(assessment.clone());
        Ok(())
    }

    fn stop(&self) {}
}

/// Value that the credential check stores in the head.
#[derive(Clone)]
struct Admitted;

#[derive(Debug)]
struct Part(&'static str);

#[async_trait]
impl OperatorPart for Part {
    async fn answer(&self, request: &OperatorRequest) -> Option<Response<Bytes>> {
        let own = request.path() == [self.0];
        own.then(|| answer::json(StatusCode::OK, &request.account))
    }

    async fn queue_retry(
        &self,
        _: &AccountId,
        _: &LoggedEntry,
    ) -> Result<Option<QueuedRetry>, StoreError> {
        Ok(None)
    }

    async fn retry(&self, _: &OperatorRequest, _: &LoggedEntry) -> Option<Response<Bytes>> {
        None
    }

    async fn checks(&self, _: &AccountId) -> Vec<Check> {
        vec![Check::ok(self.0, "It works.")]
    }
}

/// A builder without directions.
pub(super) fn builder(
    product: &Arc<FakePlatform>,
    store: impl Store + 'static,
    clock: &Arc<ManualClock>,
) -> IntegrationBuilder {
    builder_of(Arc::clone(product), store, clock)
}

pub(super) fn builder_of(
    product: impl AssessmentPlatform + 'static,
    store: impl Store + 'static,
    clock: &Arc<ManualClock>,
) -> IntegrationBuilder {
    crate::Integration::builder(product, store)
        .public_url("https://assess.example.com")
        .unwrap()
        .clock(Arc::clone(clock))
}
