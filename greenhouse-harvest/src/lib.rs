//! Product to Greenhouse: a client of Harvest v3, and the push of assessed candidates.
//!
//! Greenhouse removed Harvest v1 and v2 on 31 August 2026, so this is v3 only.
//!
//! - [`HarvestClient`] gets its token, repeats what can be repeated, follows pages, and says of each failed write whether
//!   it may have been carried out ([`Error::outcome_unknown`]).
//! - [`PushService`] brings a completed assessment into Greenhouse: candidate, application, report, scorecard. Cut at any
//!   point and retried at any time, it leaves one of each.
//! - [`HarvestReader`] reads the true state of applications for the sync.
//! - [`ReqwestTransport`] and [`SystemClock`] (feature `reqwest`, on by default) put all of it on a network and a clock.
//!
//! # Examples
//!
//! Who has this e-mail address? In production the transport is a `ReqwestTransport` and the clock a `SystemClock`.
//!
//! ```
//! use std::sync::Arc;
//!
//! use greenhouse_core::{UserId, settings::HarvestCredential};
//! use greenhouse_harvest::{CandidateFilter, HarvestClient};
//! # use greenhouse_core::testing::{ManualClock, ScriptedTransport};
//! # use http::StatusCode;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let transport = Arc::new(ScriptedTransport::new());
//! # let token = r#"{"token_type":"Bearer","access_token":"a.b.c","expires_at":"2026-05-11T14:54:09Z"}"#;
//! # transport.answer(StatusCode::OK, token);
//! # transport.answer(StatusCode::OK, r#"[{"id":7310442002}]"#);
//! # let clock = Arc::new(ManualClock::at("2026-05-11T13:54:09Z".parse()?));
//! let credential = HarvestCredential::new("client-1", Some("secret".into()))?;
//! let acting_user = Some(UserId::new(5_400_012_002));
//! let client = HarvestClient::builder(transport, clock, credential)
//!     .acting_as(acting_user)
//!     .build();
//!
//! let filter = CandidateFilter::new().email("mira@example.org");
//! let found = client.candidates(&filter).all().await?;
//! assert_eq!(found[0].id.value(), 7_310_442_002);
//! # Ok(())
//! # }
//! ```

pub mod api;
mod client;
mod clients;
mod endpoints;
mod error;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;
mod observer;
mod push;
mod reader;
#[cfg(feature = "reqwest")]
mod reqwest_transport;
mod route;
#[cfg(feature = "reqwest")]
mod system_clock;
mod tolerant;

pub use api::{
    Application, ApplicationFilter, Attachment, AttachmentFilter, Candidate, CandidateFilter,
    ContactPoint, CreatedCandidate, CustomFieldValue, CustomFields, EmailAddress, InterviewerTag,
    Job, JobFilter, JobInterviewStage, JobInterviewStageFilter, JobStatus, NewApplication,
    NewAttachment, NewCandidate, NewCandidateApplication, NewNote, Note, NoteFilter, TimeRange,
    User, UserFilter,
};
pub use client::{HarvestClient, HarvestClientBuilder, Identity, List, UntypedCall};
pub use clients::{Access, HarvestClients, HarvestClientsParts};
pub use endpoints::{EndpointsError, HarvestEndpoints};
pub use error::{AuthProblem, Error, PagingProblem};
pub use observer::{HarvestEvent, HarvestObserver};
pub use push::{PushConfig, PushError, PushParts, PushProblem, PushRefusal, PushService, PushView};
pub use reader::HarvestReader;
#[cfg(feature = "reqwest")]
pub use reqwest_transport::ReqwestTransport;
pub use route::Route;
#[cfg(feature = "reqwest")]
pub use system_clock::SystemClock;
