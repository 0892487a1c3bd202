//! The pure domain and the ports of a Greenhouse integration.

pub mod answer;
mod application;
mod background;
mod clock;
pub mod health;
mod ids;
pub mod operator;
pub mod platform;
mod reader;
mod report_address;
pub mod report_link;
pub mod scorecard;
mod secret;
pub mod settings;
pub mod store;
pub mod sync;
#[cfg(feature = "testing")]
pub mod testing;
mod transport;
pub mod trigger;
pub mod webhook;

pub use application::{ApplicationSnapshot, ApplicationStatus, Stage};
pub use background::Background;
pub use clock::{Clock, later};
pub use ids::{
    AccountId, ApplicationId, AssessmentId, AttachmentId, CandidateId, HookKey, InvitationId,
    JobId, NoteId, ProductJobId, ScenarioId, StageId, UserId,
};
pub use reader::{ApplicationReader, ReaderError};
pub use report_address::{ReportAddress, ReportAddressError};
pub use secret::Secret;
pub use transport::{ExchangeLimits, HttpTransport, TransportError, TransportErrorKind};
