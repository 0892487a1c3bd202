//! Greenhouse's rows as plain data. Harvest lists contain the JSON of these types.

pub use self::application::{Application, ApplicationStage, ApplicationStatus, Offer};
pub use self::attachment::Attachment;
pub use self::candidate::{Address, Candidate, SocialAddress};
pub use self::delivery::{Attempt, Delivery};
pub use self::hook::{Hook, HookForm};
pub use self::job::{Job, JobInterviewStage};
pub use self::note::Note;
pub use self::problem::{Complaint, UnexpectedRequest};
pub use self::record::Record;
pub use self::rejection_reason::{RejectionReason, RejectionReasonType};
pub use self::take_home_test::{OpenedLink, TakeHomeTest};
pub use self::user::User;

pub(crate) use self::candidate::CandidateChanges;
pub(crate) use self::hook::StoredHook;
pub(crate) use self::row::{Row, row};
pub(crate) use self::tables::{Shape, TABLES, Table};

mod application;
mod attachment;
mod candidate;
mod delivery;
mod hook;
mod job;
mod note;
mod problem;
mod record;
mod rejection_reason;
mod row;
mod tables;
mod take_home_test;
mod user;
