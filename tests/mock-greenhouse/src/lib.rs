//! A stateful mock of Greenhouse for tests.
//!
//! One listener on the loopback interface serves the three Greenhouse hosts. The path determines
//! the host:
//!
//! | path | host |
//! |---|---|
//! | `/v3/...` | Harvest v3 |
//! | `/authorize`, `/token`, `/introspect` | the authorization server |
//! | `/integrations/testing_partners/take_home_tests/{n}` | the completion call of a partner |
//! | `/_mock/...` | control: seeds, state, exchanges, the clock, switches, faults, stored files |
//!
//! The mock also makes calls. It sends tests to an assessment partner
//! ([`MockGreenhouse::send_test`]), requests results and opens report links, and it delivers signed
//! webhooks ([`MockGreenhouse::add_hook`]). An exchange log ([`MockGreenhouse::exchanges`]) records
//! every request in both directions.
//!
//! The crate does not depend on any crate that it tests, so that a wrong assumption about
//! Greenhouse cannot be on both sides of a test. `RULES.md` lists every modelled rule with its
//! source and certainty.
//!
//! # Examples
//!
//! ```no_run
//! use mock_greenhouse::{Config, MockGreenhouse};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let greenhouse = MockGreenhouse::start(Config::default()).await?;
//! let stages = ["Application Review", "Take Home Test", "Offer"];
//! let job = greenhouse.seed_job("Account Executive", &stages);
//! let candidate = greenhouse.seed_candidate("Mira", "Okafor", "mira@example.org");
//! let application = greenhouse.seed_application(candidate, job.job_id)?;
//!
//! greenhouse.add_hook("reject_candidate", "http://127.0.0.1:8080/hooks", "secret").await?;
//! let deliveries = greenhouse.reject(application).await?;
//! assert!(deliveries.iter().all(|delivery| delivery.is_delivered()));
//!
//! assert!(greenhouse.unexpected().is_empty());
//! greenhouse.stop().await;
//! # Ok(())
//! # }
//! ```

mod assessment;
mod auth;
mod background;
mod clock;
mod config;
mod control;
mod endpoints;
mod faults;
mod handle;
mod harvest;
mod outbound;
mod payloads;
mod rows;
mod server;
mod state;
mod switches;
mod time;
mod urls;
mod webhooks;
mod wire;
mod world;

pub use crate::assessment::{AssessmentError, PartnerTest, TestStatus};
pub use crate::clock::MockClock;
pub use crate::config::{
    CompletionCredential, Config, Credential, Organization, Partner, PartnerCredential,
};
pub use crate::faults::{Fault, FaultKind, FaultRecord, When};
pub use crate::handle::{MockGreenhouse, SeededField, SeededJob, SeededStage};
pub use crate::rows::{
    Address, Application, ApplicationStage, ApplicationStatus, Attachment, Attempt, Candidate,
    Complaint, Delivery, Hook, HookForm, Job, JobInterviewStage, Note, Offer, OpenedLink, Record,
    RejectionReason, RejectionReasonType, SocialAddress, TakeHomeTest, UnexpectedRequest, User,
};
pub use crate::server::StartError;
pub use crate::state::{ANONYMIZATION_WORDS, ActError};
pub use crate::switches::{
    AttachmentExtraMembers, AttachmentVisibility, CandidateEmailFilter, ClientAuthentication,
    CodeRedirectUri, CompletionAddress, CompletionKey, Consent, CreatedCandidate,
    CustomFieldsUpdate, DateHeader, ForbiddenBody, FromStageId, LastPageLink, ListForNonAdmin,
    NoteMentions, NumberForm, Presence, RefreshTokenLife, RetryEventId, RowForm, ScorecardNulls,
    ScorecardWrites, SecondApplication, SendTestMembers, StageAfterRejection, StageRules, Switches,
    TokenExpiry, TokenWithoutScopes, UnmodelledLists, UpdatedCandidate, UserRole,
};
pub use crate::world::{Direction, Exchange};
