//! Reading the true state of applications, as a port: Harvest implements it, if there is one.

use std::{error::Error, fmt};

use async_trait::async_trait;

use crate::{AccountId, ApplicationId, ApplicationSnapshot, CandidateId, JobId};

/// Reads applications from Greenhouse.
///
/// An answer is evidence only from a reader that is known to see: an implementation answers
/// [`ReaderError::Blind`] rather than an empty list when it cannot be sure to see all applications.
#[async_trait]
pub trait ApplicationReader: fmt::Debug + Send + Sync {
    /// The applications with these ids, in any order; one that does not exist is left out. At most 50 ids a call.
    async fn applications(
        &self,
        account: &AccountId,
        ids: &[ApplicationId],
    ) -> Result<Vec<ApplicationSnapshot>, ReaderError>;

    /// Whether the applications of this job are shown at all: a job can be hidden, from a Site Admin perhaps included (told both
    /// ways). An application of a hidden job that is not found may be there.
    async fn shows_job(&self, account: &AccountId, job: JobId) -> Result<bool, ReaderError>;

    /// The applications of one candidate on one job, in any order.
    async fn applications_on_job(
        &self,
        account: &AccountId,
        candidate: CandidateId,
        job: JobId,
    ) -> Result<Vec<ApplicationSnapshot>, ReaderError>;
}

/// Why the true state could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReaderError {
    /// The account has no access to Harvest. Not worth a retry until it has.
    #[error("the account has no Harvest credential to read with")]
    NotConfigured,
    /// The acting user may not see everything, so an answer would prove nothing.
    #[error("the acting user cannot be relied on to see all applications: {remedy}")]
    Blind {
        /// What to change.
        remedy: String,
    },
    /// Greenhouse gave no usable answer. Worth a retry.
    #[error("greenhouse gave no usable answer")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
}
