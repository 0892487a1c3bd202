//! Entry point: an [`Integration`] connects the product, the store and both directions.
//!
//! # Examples
//!
//! Pass the product, a store and the directions to the builder. Leave out an unused direction.
//!
//! ```
//! use greenhouse_core::{
//!     BuildError, Integration, integration::DirectionBuilder, platform::AssessmentPlatform,
//!     store::Store,
//! };
//!
//! fn greenhouse(
//!     product: impl AssessmentPlatform + 'static,
//!     store: impl Store + 'static,
//!     push: impl DirectionBuilder + 'static,    // `greenhouse_harvest::Push`
//!     partner: impl DirectionBuilder + 'static, // `greenhouse_partner::Partner`
//! ) -> Result<Integration, BuildError> {
//!     Integration::builder(product, store)
//!         .public_url("https://assess.example.com")?
//!         .with(push)
//!         .with(partner)
//!         .build()
//! }
//! ```
//!
//! An adapter such as axum-host turns [`handle`](Integration::handle) and
//! [`operator`](Integration::operator) into a router. The product calls
//! [`assessment_changed`](Integration::assessment_changed) when a candidate makes progress.

mod accounts;
mod builder;
mod completed;
mod direction;
mod environment;
mod error;
mod inbound;
mod ports;
mod resealing;
mod route;
mod streamed;

use std::{fmt, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::FutureExt as _;
use http::{HeaderMap, Response, StatusCode, header, request::Parts};

pub use self::{
    accounts::{Accounts, CreateAccountError, CreatedAccount, NewAccount},
    builder::IntegrationBuilder,
    completed::CompletedConfig,
    direction::{Direction, DirectionBuilder},
    environment::Environment,
    error::ChangeError,
    inbound::{InboundHead, InboundRequest},
    ports::{Ports, PortsBuilder},
    route::PublicRoute,
};
use self::{completed::CompletedPoll, resealing::Resealing};
pub use crate::build_error::BuildError;
use crate::{
    AccountId, AssessmentId, Background, answer,
    body::BodyBudget,
    clock_watch::ClockWatch,
    operator::OperatorService,
    platform::AssessmentPlatform,
    retention::{RetentionConfig, RetentionService},
    runner::{Runner, Status},
    settings::KeyDigest,
    store::{AccountKey, Store, StoreError},
};

/// The whole integration: handles requests and runs the background tasks.
///
/// Cheap to clone. All methods may be called concurrently, from several tasks and hosts. All
/// durable state is in the store.
#[derive(Clone)]
pub struct Integration {
    inner: Arc<Inner>,
}

struct Inner {
    ports: Ports,
    directions: Vec<Arc<dyn Direction>>,
    operator: OperatorService,
    runner: Runner,
    watch: Arc<ClockWatch>,
    retention: RetentionConfig,
    completed: CompletedConfig,
    stop_grace: Duration,
    body_deadline: Duration,
    body_budget: BodyBudget,
}

impl Integration {
    /// Starts a builder.
    pub fn builder(
        product: impl AssessmentPlatform + 'static,
        store: impl Store + 'static,
    ) -> IntegrationBuilder {
        IntegrationBuilder::new(Ports::builder(product, store))
    }

    /// Handles a request to a public endpoint: an assessment endpoint, a report link or a webhook.
    ///
    /// Infallible. Returns 404 for a path that no direction owns. The host must remove its path
    /// prefix before the call and read at most [`body_limit`](Self::body_limit) bytes of the body.
    /// [`handle_streamed`](Self::handle_streamed) checks the credential before it reads the body.
    pub async fn handle(&self, request: http::Request<Bytes>) -> Response<Bytes> {
        let (parts, body) = request.into_parts();
        match self.admit(parts).await {
            Ok((direction, head)) => handled(direction, head.with_body(body)).await,
            Err(response) => response,
        }
    }

    /// Finds the direction that owns the endpoint, and checks the credential of the request.
    async fn admit(
        &self,
        parts: Parts,
    ) -> Result<(&Arc<dyn Direction>, InboundHead), Response<Bytes>> {
        let mut head = InboundHead::parse(parts)?;
        let direction = self.owner(head.route()).ok_or_else(answer::not_found)?;
        let endpoint = head.route().name();
        caught(endpoint, direction.admit(&mut head)).await??;
        Ok((direction, head))
    }

    /// Maximum body size of a public request in bytes. The host responds with 413 to a larger body.
    pub fn body_limit(&self, parts: &Parts) -> usize {
        let route = PublicRoute::parse(parts.uri.path());
        let limit = route.and_then(|route| {
            let directions = self.inner.directions.iter();
            directions.filter_map(|each| each.body_limit(&route)).next()
        });
        limit.unwrap_or(BODY_LIMIT_WITHOUT_ENDPOINT)
    }

    /// Handles an operator's request for this account, under `/api/integrations/greenhouse`.
    ///
    /// Infallible. Before the call, the host authenticates the user and decides which account the
    /// user may operate. For operator tokens, see
    /// [`account_of_operator`](Self::account_of_operator).
    pub async fn operator(
        &self,
        account: &AccountId,
        mut request: http::Request<Bytes>,
    ) -> Response<Bytes> {
        request.extensions_mut().insert(account.clone());
        let answer = caught("operator", self.inner.operator.handle(request)).await;
        answer.unwrap_or_else(|response| response)
    }

    /// Maximum body size of an operator's request in bytes.
    pub fn operator_body_limit(&self, parts: &Parts) -> usize {
        OperatorService::body_limit(parts)
    }

    /// Generates the OpenAPI 3.1 document of the operator endpoints and of the endpoints that
    /// Greenhouse calls, except webhooks. The same as the response to `GET openapi.json`.
    #[cfg(feature = "openapi")]
    pub fn openapi(&self) -> serde_json::Value {
        self.inner.operator.openapi()
    }

    /// Memory budget shared by all request bodies. Use it for bodies that the host reads itself.
    pub fn body_budget(&self) -> &BodyBudget {
        &self.inner.body_budget
    }

    /// Deadline for reading a request body. Use it for bodies that the host reads itself.
    pub fn body_deadline(&self) -> Duration {
        self.inner.body_deadline
    }

    /// Returns the account to which an operator token belongs. The token is sent as `Authorization:
    /// Bearer <token>`. Returns `None` without a valid token. Tokens are looked up by their digest,
    /// never compared.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the look-up failed. Respond with 503.
    pub async fn account_of_operator(
        &self,
        headers: &HeaderMap,
    ) -> Result<Option<AccountId>, StoreError> {
        let Some(token) = bearer(headers) else {
            return Ok(None);
        };
        let key = AccountKey::Operator(KeyDigest::of(token));
        let found = self.inner.ports.store().account_with_key(&key).await?;
        Ok(found.map(|(account, _)| account))
    }

    /// Reports that an assessment has changed in the product: it was started, completed, withdrawn
    /// or expired, or its report is now available.
    ///
    /// Both directions read the state from the product, so a repeated call changes nothing.
    ///
    /// # Errors
    ///
    /// [`ChangeError`] if a direction failed. Repeat the call. A lost call is recovered if the
    /// product lists completed assessments; see
    /// [`completed_since`](AssessmentPlatform::completed_since).
    pub async fn assessment_changed(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<(), ChangeError> {
        completed::report(&self.inner.directions, account, assessment).await
    }

    /// Returns a handle that creates, reads, switches and removes accounts.
    pub fn accounts(&self) -> Accounts<'_> {
        Accounts::new(&self.inner.ports, &self.inner.directions)
    }

    /// Runs all background tasks until `shutdown` completes, then stops.
    ///
    /// Call it once per process. One loop runs for each background task of each direction, for
    /// retention, for resealing after a key change, and for completed assessments. A run that fails
    /// or panics is logged and retried after a wait; see [`status`](Self::status).
    ///
    /// After `shutdown`, no new run starts, and runs in progress have the grace period to finish.
    /// The store is closed last.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) {
        let inner = &self.inner;
        let stop = || self.stop();
        let started = inner.runner.run(
            self.background(),
            inner.ports.clock(),
            shutdown,
            stop,
            inner.stop_grace,
        );
        if started.await {
            inner.ports.store().close().await;
        } else {
            tracing::error!("`Integration::run` was called twice; the second call does nothing");
        }
    }

    /// Prevents new tasks from starting. A running push stops before its next write.
    /// [`run`](Self::run) calls this method after `shutdown` completes. Call it earlier if the host
    /// still serves requests at that time.
    pub fn stop(&self) {
        self.inner.directions.iter().for_each(|each| each.stop());
    }

    /// Returns the state of the background tasks.
    pub fn status(&self) -> Status {
        self.inner.runner.status()
    }

    /// Returns the ports of the integration.
    pub fn ports(&self) -> &Ports {
        &self.inner.ports
    }

    /// Returns the background tasks, for hosts and tests with their own scheduler.
    /// [`run`](Self::run) runs all of them.
    pub fn background(&self) -> Vec<Arc<dyn Background>> {
        let inner = &self.inner;
        let (store, clock) = (inner.ports.store(), inner.ports.clock());
        let directions = inner.directions.iter();
        let mut all: Vec<Arc<dyn Background>> =
            directions.flat_map(|each| each.background()).collect();
        all.push(Arc::new(CompletedPoll::new(
            inner.ports.clone(),
            inner.directions.clone(),
            inner.completed,
        )));
        let retention =
            RetentionService::new(Arc::clone(store) as _, Arc::clone(clock), inner.retention);
        all.push(Arc::new(retention.watching(Arc::clone(&inner.watch))));
        all.push(Arc::new(Resealing::new(
            Arc::clone(store) as _,
            Arc::clone(clock),
        )));
        all
    }

    fn owner(&self, route: &PublicRoute) -> Option<&Arc<dyn Direction>> {
        let mut directions = self.inner.directions.iter();
        directions.find(|each| each.body_limit(route).is_some())
    }
}

impl fmt::Debug for Integration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self
            .inner
            .directions
            .iter()
            .map(|each| each.name())
            .collect();
        f.debug_struct("Integration")
            .field("ports", &self.inner.ports)
            .field("directions", &names)
            .finish_non_exhaustive()
    }
}

async fn handled(direction: &Arc<dyn Direction>, request: InboundRequest) -> Response<Bytes> {
    let endpoint = request.route().name();
    let answer = caught(endpoint, direction.handle(request)).await;
    answer.unwrap_or_else(|response| response)
}

/// Returns a 500 response if the endpoint panics. The panic message is not logged, because it may
/// contain personal data.
async fn caught<T>(
    endpoint: &'static str,
    run: impl Future<Output = T>,
) -> Result<T, Response<Bytes>> {
    let result = AssertUnwindSafe(run).catch_unwind().await;
    result.map_err(|_| {
        tracing::error!(endpoint, "an endpoint panicked");
        answer::problem(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "the request could not be processed",
        )
    })
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

const BODY_LIMIT_WITHOUT_ENDPOINT: usize = 64 * 1024;

#[cfg(test)]
mod tests;
