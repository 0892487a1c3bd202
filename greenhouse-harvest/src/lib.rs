//! Client for Greenhouse Harvest v3, and the push of assessed candidates into Greenhouse.
//!
//! Greenhouse removed Harvest v1 and v2 on 31 August 2026, so this crate supports only v3.
//!
//! - [`HarvestClient`] obtains and shares its token, stays within the rate limit, retries safe
//!   calls, follows pages, and reports whether a failed write may have been carried out
//!   ([`Error::outcome_unknown`]).
//! - [`api`] contains the resources: rows, filters, and bodies of writes.
//! - [`PushService`] pushes a completed assessment: candidate, application, report and scorecard.
//!   It creates one of each, even if it is interrupted and retried.
//! - [`PushSettingsService`] returns, checks and saves an account's push settings.
//!   [`PushDiagnosis`] finds problems in the settings.
//! - [`PartnerConnection`] connects an account to a partner's app, and [`KeepAlive`] keeps all
//!   accounts connected.
//! - [`HarvestReader`] reads the current state of applications for the sync.
//! - [`ReqwestTransport`] (feature `reqwest`, on by default) is the HTTP transport, and
//!   [`SystemClock`] is the machine's clock.
//!
//! # Facts about Greenhouse
//!
//! The documentation says how certain a fact about Greenhouse is: *official description* (in
//! Greenhouse's OpenAPI file), *documented* (elsewhere by Greenhouse), *observed live* (in requests
//! and responses of the real Greenhouse), *reported by users*, or *inferred* (from other facts). The
//! code accepts both readings of an uncertain fact.
//!
//! # The first call
//!
//! In Greenhouse, under Configure > Dev Center > API Credential Management, create a credential of
//! the type "Harvest V3 (OAuth)". Under Manage Scopes, grant the scopes that your calls require.
//! The documentation of each call states its path, and [`Error::Auth`] states a missing scope. The
//! secret is shown once. All calls act as the acting user, who must be a Site Admin to see every
//! record (documented). Without an acting user, calls are made as the credential's own service
//! user.
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use greenhouse_core::{UserId, settings::HarvestCredential};
//! use greenhouse_harvest::{HarvestClient, ReqwestTransport, SystemClock, api::CandidateFilter};
//!
//! # async fn call() -> Result<(), Box<dyn std::error::Error>> {
//! let credential = HarvestCredential::new("client-4000001002", Some("the secret".into()))?;
//! let client = HarvestClient::builder(
//!     Arc::new(ReqwestTransport::new()?),
//!     Arc::new(SystemClock),
//!     credential,
//! )
//! .acting_as(UserId::new(5_400_012_002))
//! .build();
//!
//! let filter = CandidateFilter::new().email("mira@example.org");
//! for candidate in client.candidates(&filter).all().await? {
//!     println!("{} has the tags {:?}", candidate.id, candidate.tags);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! A client has one credential and one acting user. Its clones share its token and rate budget.
//! Several processes can share both through the stores in [`HarvestClientBuilder::sharing`].
//!
//! # Long lists
//!
//! A [`List`] is a stream of rows with one page in memory. It waits for the rate limit when
//! necessary.
//!
//! ```no_run
//! use futures_util::TryStreamExt as _;
//! use greenhouse_core::JobId;
//! use greenhouse_harvest::{
//!     HarvestClient,
//!     api::{ApplicationFilter, TimeRange},
//! };
//!
//! # async fn stream(client: HarvestClient) -> Result<(), Box<dyn std::error::Error>> {
//! let filter = ApplicationFilter::new()
//!     .job_ids([JobId::new(6_409_551_002)])
//!     .updated_at(TimeRange::from("2026-11-01T00:00:00Z".parse()?));
//! let mut applications = client.applications(&filter);
//! while let Some(application) = applications.try_next().await? {
//!     println!("{} is {:?}", application.id, application.status);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # A write whose outcome is unknown
//!
//! Harvest has no idempotency keys (documented), so a write is retried only if it was certainly not
//! carried out. If the write may have been carried out, the call returns [`Error::Ambiguous`], and
//! the caller must search for the result. An empty search proves something only if the acting user
//! sees every record, and only after some time, because the request may still be running and reads
//! may lag.
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use greenhouse_core::{CandidateId, Clock};
//! use greenhouse_harvest::{
//!     HarvestClient,
//!     api::{CandidateFilter, NewCandidate},
//! };
//!
//! # type Failure = Box<dyn std::error::Error>;
//! # async fn write(client: HarvestClient, clock: &dyn Clock) -> Result<CandidateId, Failure> {
//! let new = NewCandidate::new("Mira", "Okafor", "mira@example.org");
//! let unknown = match client.create_candidate(&new).await {
//!     Ok(created) => return Ok(created.candidate.id),
//!     // Certainly not created, so a retry cannot create a duplicate.
//!     Err(error) if !error.outcome_unknown() => return Err(error.into()),
//!     Err(error) => error,
//! };
//! if !client.sees_all().await? {
//!     return Err(unknown.into()); // A person must check in Greenhouse.
//! }
//! let filter = CandidateFilter::new().email("mira@example.org");
//! for _ in 0..2 {
//!     clock.sleep(Duration::from_secs(60)).await;
//!     if let Some(found) = client.candidates(&filter).all().await?.first() {
//!         return Ok(found.id);
//!     }
//! }
//! // Not found twice, long after the end of the request, so it was not created.
//! Ok(client.create_candidate(&new).await?.candidate.id)
//! # }
//! ```
//!
//! # Other endpoints
//!
//! [`UntypedCall`] makes any other call, with the same token, rate budget, retries and errors.
//!
//! ```no_run
//! use greenhouse_harvest::{HarvestClient, Route, UntypedCall};
//!
//! const OFFICES: Route = Route::get("/v3/offices", "harvest:offices:list");
//!
//! # async fn untyped(client: HarvestClient) -> Result<(), greenhouse_harvest::Error> {
//! for office in client.list(&UntypedCall::new(OFFICES)).all().await? {
//!     println!("{}", office["name"]);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Tracing
//!
//! Each call is one `tracing` span named `harvest` at level debug. It contains no ids, queries,
//! bodies, tokens or personal data:
//!
//! | field | value |
//! |---|---|
//! | `method` | method |
//! | `route` | path with placeholders, such as `/v3/applications/{id}/move` |
//! | `status` | status of the last response; empty if there was none |
//! | `attempts` | number of times the call was sent |
//! | `waited_ms` | time spent waiting for the rate limit and between attempts |
//!
//! A [`HarvestObserver`] receives the same values, for example for metrics. Errors can also be
//! logged; see [`Error`] for the texts that they contain. The libraries that [`ReqwestTransport`]
//! uses log hosts but no paths, headers or bodies, even at level trace (observed with reqwest
//! 0.13).

pub mod api;
mod client;
mod clients;
mod direction;
mod endpoints;
mod error;
mod field_use;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;
mod keep_alive;
mod lookup;
mod observer;
mod push;
mod reader;
#[cfg(feature = "reqwest")]
mod reqwest_transport;
mod route;
mod webhook_admin;

pub use greenhouse_core::SystemClock;

pub use client::{
    HarvestClient, HarvestClientBuilder, Identity, List, PartnerConnection, RetryPolicy,
    TokenConfig, UntypedCall,
};
pub use clients::{Access, HarvestClients, HarvestClientsBuilder};
pub use direction::Push;
pub use endpoints::{EndpointsError, HarvestEndpoints};
pub use error::{AuthProblem, Error, PagingProblem};
pub use keep_alive::KeepAlive;
pub use observer::{HarvestEvent, HarvestObserver};
pub use push::{
    BackfillError, BackfillView, ConnectionError, ConnectionReport, ConnectionResult,
    ConnectionService, ConnectionStatus, ConnectionView, EstimateError, OptionalScopes, PushConfig,
    PushDiagnosis, PushError, PushFinding, PushProblem, PushRefusal, PushService,
    PushServiceBuilder, PushSetUp, PushSettingsError, PushSettingsService, PushSettingsUpdate,
    PushView, StatusWriter, StepView, TriggerEstimate, verify_push_settings,
};
pub use reader::HarvestReader;
#[cfg(feature = "reqwest")]
pub use reqwest_transport::ReqwestTransport;
pub use route::Route;
pub use webhook_admin::HarvestWebhooks;
