//! Product to Greenhouse: a client of Harvest v3, and the push of assessed candidates.
//!
//! Greenhouse removed Harvest v1 and v2 on 31 August 2026, so this is v3 only.
//!
//! - [`HarvestClient`] gets its token and shares it, stays within the rate limit, repeats what can be repeated, follows
//!   pages, and says of each failed write whether it may have been carried out ([`Error::outcome_unknown`]).
//! - [`api`] holds the resources: rows, filters, bodies to write.
//! - [`PushService`] brings a completed assessment into Greenhouse: candidate, application, report, scorecard. Cut at any
//!   point and retried at any time, it leaves one of each.
//! - [`PushSettingsService`] shows, checks and saves how an account pushes; [`PushDiagnosis`] finds what cannot work in its
//!   settings and in what they name in Greenhouse.
//! - [`PartnerConnection`] connects an account to the app of a partner, and [`KeepAlive`] keeps all of them connected.
//! - [`HarvestReader`] reads the true state of applications for the sync.
//! - [`ReqwestTransport`] (feature `reqwest`, on by default) is the HTTP transport, and [`SystemClock`] the clock of the machine.
//!
//! # From nothing to a call
//!
//! In Greenhouse, under Configure > Dev Center > API Credential Management, create a credential of the type "Harvest V3
//! (OAuth)", and grant it the scopes of the calls that you make (Manage Scopes); each call's documentation names its path,
//! and [`Error::Auth`] names a scope that is missing. The secret is shown once. Everything is done in the name of the acting
//! user, who has to be a Site Admin to be shown lists (documented); without one the credential's own service user acts.
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
//! One client is for one credential and one acting user; clones share its token and its rate budget. Several processes share
//! them through the stores that [`HarvestClientBuilder::sharing`] takes.
//!
//! # Long lists
//!
//! A [`List`] is a stream of rows with one page in memory. It stays within the rate limit by itself: a long one simply takes
//! as long as Greenhouse allows.
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
//! There is no idempotency key on any call (documented). So a write is repeated only where it was certainly not carried out;
//! one that may have been is [`Error::Ambiguous`], and has to be looked up. An empty look-up says something only if the
//! acting user sees everything, and only after a while: the request may still be running, and reads may lag.
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
//! # async fn write(client: HarvestClient, clock: &dyn Clock) -> Result<CandidateId, Box<dyn std::error::Error>> {
//! let new = NewCandidate::new("Mira", "Okafor", "mira@example.org");
//! let unknown = match client.create_candidate(&new).await {
//!     Ok(created) => return Ok(created.candidate.id),
//!     // Certainly not created: the error says why, and repeating creates nobody twice.
//!     Err(error) if !error.outcome_unknown() => return Err(error.into()),
//!     Err(error) => error,
//! };
//! if !client.sees_all().await? {
//!     return Err(unknown.into()); // Nobody who can look is there: a person has to.
//! }
//! let filter = CandidateFilter::new().email("mira@example.org");
//! for _ in 0..2 {
//!     clock.sleep(Duration::from_secs(60)).await;
//!     if let Some(found) = client.candidates(&filter).all().await?.first() {
//!         return Ok(found.id);
//!     }
//! }
//! // Twice looked for by somebody who sees, and long after the request has ended: it was not created.
//! Ok(client.create_candidate(&new).await?.candidate.id)
//! # }
//! ```
//!
//! # The rest of the API
//!
//! [`UntypedCall`] makes any other call with the same token, budget, retries and errors.
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
//! # What can be seen from outside
//!
//! Each call is one `tracing` span, `harvest`, at the level debug, and never holds an id, a query, a body, a token or a person:
//!
//! | field | holds |
//! |---|---|
//! | `method` | the method |
//! | `route` | the path with placeholders, such as `/v3/applications/{id}/move` |
//! | `status` | the status of the last answer; empty where there was none |
//! | `attempts` | how often the call was sent |
//! | `waited_ms` | how long it waited, for its turn and between attempts |
//!
//! A [`HarvestObserver`] is told the same for metrics. Nor is more in an error, so that both can be logged as they are. What
//! the libraries below [`ReqwestTransport`] log, down to the level trace, names hosts, and neither paths, headers nor bodies
//! (observed with reqwest 0.13).

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
mod observer;
mod push;
mod reader;
#[cfg(feature = "reqwest")]
mod reqwest_transport;
mod route;

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
    PushConfig, PushDiagnosis, PushError, PushFinding, PushProblem, PushRefusal, PushService,
    PushServiceBuilder, PushSettingsError, PushSettingsService, PushSettingsUpdate, PushView,
    verify_push_settings,
};
pub use reader::HarvestReader;
#[cfg(feature = "reqwest")]
pub use reqwest_transport::ReqwestTransport;
pub use route::Route;
