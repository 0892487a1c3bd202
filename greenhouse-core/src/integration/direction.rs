use std::{error::Error, fmt, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use http::Response;

use super::{BuildError, InboundHead, InboundRequest, Ports, PortsBuilder, PublicRoute};
use crate::{AccountId, AssessmentId, Background, operator::OperatorPart, store::StoreError};

/// Builds one direction of the integration. Passed to
/// [`IntegrationBuilder::with`](super::IntegrationBuilder::with).
///
/// First, [`provide`](Self::provide) is called for every direction. Then the ports are built, and
/// [`build`](Self::build) is called.
pub trait DirectionBuilder: Send {
    /// Offers ports that the embedder did not set, for example a transport or a reader.
    fn provide(&mut self, ports: &mut PortsBuilder);

    /// Builds the direction.
    ///
    /// # Errors
    ///
    /// [`BuildError`] if the configuration is invalid.
    fn build(self: Box<Self>, ports: &Ports) -> Result<Arc<dyn Direction>, BuildError>;
}

/// One direction of the integration.
#[async_trait]
pub trait Direction: fmt::Debug + Send + Sync {
    /// Short name for errors, logs and metrics.
    fn name(&self) -> &'static str;

    /// Maximum body size of a request to this endpoint in bytes. `None` if the direction does not
    /// own the endpoint.
    fn body_limit(&self, route: &PublicRoute) -> Option<usize>;

    /// Checks the credential of a request to one of the direction's endpoints, before the body is
    /// read. A value for [`handle`](Self::handle) can be [stored](InboundHead::insert) in the head.
    ///
    /// # Errors
    ///
    /// The response to send, if the credential is invalid or could not be checked. The body is then
    /// not read.
    async fn admit(&self, head: &mut InboundHead) -> Result<(), Response<Bytes>>;

    /// Handles a request to one of the direction's endpoints, after [`admit`](Self::admit).
    async fn handle(&self, request: InboundRequest) -> Response<Bytes>;

    /// Records a request to one of the direction's endpoints whose body is larger than the limit.
    /// The response is 413. Does nothing by default.
    async fn note_oversized(&self, head: &InboundHead) {
        let _ = head;
    }

    /// Operator endpoints, retries and health checks of the direction.
    fn operator(&self) -> Arc<dyn OperatorPart>;

    /// Background tasks of the direction. Called by
    /// [`Integration::background`](super::Integration::background).
    fn background(&self) -> Vec<Arc<dyn Background>>;

    /// Steps to take in Greenhouse to connect this account, as text that ends with a line break.
    /// Empty if no steps are needed.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the settings could not be read.
    async fn set_up(&self, account: &AccountId) -> Result<String, StoreError>;

    /// Handles a change to an assessment in the product. Idempotent, because it reads the state
    /// from the product.
    ///
    /// # Errors
    ///
    /// The cause of the failure. The call is repeated later.
    async fn assessment_changed(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<(), Box<dyn Error + Send + Sync>>;

    /// Prevents new tasks from starting. Called at shutdown, before the background tasks are
    /// joined.
    fn stop(&self);
}
