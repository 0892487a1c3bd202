//! The resources of Harvest v3, one a file: rows, filters, bodies to write, and the calls on [`HarvestClient`].
//!
//! No read schema has a `required` list, so any member of a row may be absent (official description, March 2026): only
//! ids that nothing can be done without are required here. Unknown members and unknown words are passed over. What holds
//! personal data prints its ids only.
//!
//! [`HarvestClient`]: crate::HarvestClient

mod applications;
mod attachments;
mod candidates;
mod job_interview_stages;
mod jobs;
mod notes;
mod users;

use std::fmt::Display;

pub use self::{
    applications::{Application, ApplicationFilter, NewApplication},
    attachments::{Attachment, AttachmentFilter, NewAttachment},
    candidates::{
        Candidate, CandidateFilter, CreatedCandidate, EmailAddress, NewCandidate,
        NewCandidateApplication,
    },
    job_interview_stages::{JobInterviewStage, JobInterviewStageFilter},
    jobs::{Job, JobFilter, JobStatus},
    notes::{NewNote, Note, NoteFilter},
    users::{User, UserFilter},
};

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

/// Ids in the form that filters take: comma separated, at most 50 (documented).
fn ids<T: Display>(ids: &[T]) -> String {
    let ids: Vec<String> = ids.iter().map(T::to_string).collect();
    ids.join(",")
}
