//! The resources of Harvest v3, one a file: rows, filters, bodies to write, and the calls on [`HarvestClient`].
//!
//! Reading never fails for the value of a member: every member but the id may be absent, null, or of another type than
//! described, and what is not known or cannot be read is kept in `unknown`. Words that are not known are kept. Debug of a
//! row shows its id only.
//!
//! [`HarvestClient`]: crate::HarvestClient

mod applications;
mod attachments;
mod candidates;
mod custom_field_values;
mod filter;
mod job_interview_stages;
mod jobs;
mod notes;
mod row;
mod users;
mod words;

pub use self::{
    applications::{Application, ApplicationFilter, NewApplication},
    attachments::{Attachment, AttachmentFilter, NewAttachment},
    candidates::{
        Candidate, CandidateFilter, ContactPoint, CreatedCandidate, EmailAddress, NewCandidate,
        NewCandidateApplication,
    },
    custom_field_values::{CustomFieldValue, CustomFields},
    filter::TimeRange,
    job_interview_stages::{JobInterviewStage, JobInterviewStageFilter},
    jobs::{Job, JobFilter, JobStatus},
    notes::{NewNote, Note, NoteFilter},
    users::{InterviewerTag, User, UserFilter},
};

pub(crate) use self::filter::Query;

/// The scopes that a push needs.
pub(crate) const PUSH_SCOPES: [&str; 10] = [
    candidates::LIST.scope(),
    candidates::CREATE.scope(),
    applications::LIST.scope(),
    applications::CREATE.scope(),
    attachments::LIST.scope(),
    attachments::CREATE.scope(),
    notes::LIST.scope(),
    notes::CREATE.scope(),
    jobs::LIST.scope(),
    job_interview_stages::LIST.scope(),
];
