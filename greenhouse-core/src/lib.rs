//! Domain rules, ports and entry point of a Greenhouse integration.
//!
//! [`Integration`] connects a product, a store and the directions from greenhouse-harvest and
//! greenhouse-partner. Start with the [embedding guide](guide::embedding).
//!
//! Everything that can be decided without I/O is decided in this crate. Time, HTTP, storage and the
//! product are ports (traits). The crate contains no runtime, no HTTP client, no framework and no
//! database.
//!
//! | purpose | items |
//! |---|---|
//! | entry point: builder, requests, accounts, background tasks | [`integration`], [`runner`] |
//! | guides | [`guide`] |
//! | scores, recommendations, the text of a scorecard | [`scorecard`] |
//! | automatic pushes of completed assessments | [`trigger`] |
//! | moves and rejections by score | [`rules`] |
//! | pushes of past completions | [`backfill`] |
//! | tests when an application enters a stage | [`stage_test`] |
//! | status of tests in a custom field | [`status_field`] |
//! | signature and content of a webhook | [`webhook`] |
//! | effects of an event | [`sync`] |
//! | JSON that may differ from its documented schema | [`json`] |
//! | report links | [`report_link`], [`ReportAddress`] |
//! | settings of an account | [`settings`] |
//! | switching accounts off or on, and removing them | [`accounts`] |
//! | operator endpoints, health checks | [`operator`], [`health`] |
//! | port: the product | [`platform`] |
//! | ports: the database | [`store`], and in memory [`store::memory`] |
//! | ports: HTTP, time, applications and webhooks in Greenhouse | [`HttpTransport`], [`Clock`], [`ApplicationReader`], [`WebhookAdmin`] |
//! | background tasks, and tasks that panic | [`Background`], [`parking`] |
//! | retention periods | [`retention`] |
//! | errors in JSON and TOML documents | [`parse_error`] |
//!
//! # Facts about Greenhouse
//!
//! The documentation says how certain a fact about Greenhouse is: *official description* (in
//! Greenhouse's OpenAPI file), *documented* (elsewhere by Greenhouse), *observed live* (in requests
//! and responses of the real Greenhouse), *reported by users*, or *inferred* (from other facts). The
//! code accepts both readings of an uncertain fact.
//!
//! # Examples
//!
//! From a score to the text of a note:
//!
//! ```
//! use greenhouse_core::scorecard::{
//!     NoteContext, Recommendation, Score, Scorecard, Thresholds, TraitScore,
//! };
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let traits = vec![TraitScore::new("Objection Handling", Score::new(84.0)?)];
//! let scorecard = Scorecard::new("72.5".parse::<Score>()?, traits, None, &Thresholds::default());
//! assert_eq!(scorecard.overall, Some(Recommendation::Yes));
//! let note = scorecard.render_note(&NoteContext::new("Discovery call", "5f1c2a9e"));
//! assert!(note.ends_with("[ref 5f1c2a9e]"));
//! # Ok(())
//! # }
//! ```
//!
//! The feature `openapi` adds the OpenAPI document of the endpoints (`openapi`).
//!
//! The `testing` feature adds test doubles for the ports and the conformance suite for stores.

mod account;
pub mod accounts;
pub mod answer;
mod application;
pub mod backfill;
mod background;
mod backoff;
pub mod body;
mod build_error;
mod chain;
mod clock;
pub mod clock_watch;
pub mod guide;
pub mod health;
mod ids;
pub mod integration;
pub mod json;
pub mod managed_hooks;
#[cfg(feature = "openapi")]
pub mod openapi;
pub mod operator;
pub mod parking;
pub mod parse_error;
pub mod person;
pub mod plain;
pub mod platform;
mod profile_url;
mod random;
mod reader;
pub mod recent;
mod report_address;
pub mod report_link;
pub mod retention;
pub mod rules;
pub mod runner;
pub mod scorecard;
mod secret;
pub mod settings;
pub mod stage_test;
pub mod status_field;
pub mod store;
pub mod sync;
#[cfg(feature = "testing")]
pub mod testing;
mod text;
mod texts;
mod trace;
mod transport;
pub mod trigger;
pub mod webhook;
mod webhook_admin;

pub use application::{ApplicationSnapshot, ApplicationStatus, Stage};
pub use background::Background;
pub use backoff::Backoff;
pub use build_error::BuildError;
pub use chain::chain;
pub use clock::{Clock, ClockOffset, SystemClock, earlier, later, within};
pub use ids::{
    AccountId, AccountIdError, ApplicationId, AssessmentId, CandidateId, EmailTemplateId, HookKey,
    InterviewKitId, InvitationId, JobId, ProductJobId, RejectionReasonId, ScenarioId, SourceId,
    StageId, UserId,
};
pub use integration::{Environment, Integration, NewAccount};
pub use profile_url::profile_url;
pub use random::{MintError, random_bytes};
pub use reader::{ApplicationReader, ReaderError};
pub use report_address::{ReportAddress, ReportAddressError};
pub use secret::{Secret, SecretProblem};
pub use text::Text;
pub use trace::Trace;
pub use webhook_admin::{HookForm, ListedHook, WebhookAdmin, WebhookAdminError};

/// Items that the exported macros expand to.
#[doc(hidden)]
pub mod __private {
    pub use async_trait::async_trait;
    #[cfg(feature = "openapi")]
    pub use schemars;

    pub type Time = chrono::DateTime<chrono::Utc>;
    pub type Date = chrono::NaiveDate;
}

pub use transport::{ExchangeLimits, HttpTransport, TransportError, TransportErrorKind};
