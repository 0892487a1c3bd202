//! Port for reading the current state of applications. Harvest implements it.

use std::{error::Error, fmt};

use async_trait::async_trait;

use crate::{AccountId, ApplicationId, ApplicationSnapshot, CandidateId, JobId};

/// Reads applications from Greenhouse.
///
/// Callers treat a missing application as evidence that it was deleted. If an implementation might
/// not see all applications, it must return [`ReaderError::Blind`] instead of a list.
#[async_trait]
pub trait ApplicationReader: fmt::Debug + Send + Sync {
    /// Returns the applications with these ids, in any order. Omits ids that do not exist. Accepts
    /// at most 50 ids per call.
    ///
    /// # Errors
    ///
    /// [`ReaderError`] if the account has no Harvest credential, an application might be hidden, or
    /// the read failed.
    async fn applications(
        &self,
        account: &AccountId,
        ids: &[ApplicationId],
    ) -> Result<Vec<ApplicationSnapshot>, ReaderError>;

    /// Returns `true` if the applications of this job are visible. A job can be hidden, perhaps
    /// even from a Site Admin (reports differ). An application on a hidden job may exist although
    /// it is not found.
    ///
    /// # Errors
    ///
    /// [`ReaderError`] if the account has no Harvest credential or the read failed.
    async fn can_see_job(&self, account: &AccountId, job: JobId) -> Result<bool, ReaderError>;

    /// Returns the applications of one candidate on one job, in any order.
    ///
    /// # Errors
    ///
    /// [`ReaderError`] if the account has no Harvest credential, an application might be hidden, or
    /// the read failed.
    async fn applications_on_job(
        &self,
        account: &AccountId,
        candidate: CandidateId,
        job: JobId,
    ) -> Result<Vec<ApplicationSnapshot>, ReaderError>;
}

/// Reason why applications could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReaderError {
    /// The account has no Harvest credential. Retrying does not help.
    #[error("the account has no Harvest credential")]
    NotConfigured,
    /// The acting user might not see all applications, so an empty result would prove nothing.
    #[error("the acting user might not see all applications: {remedy}")]
    Blind {
        /// Remedy for the operator.
        remedy: String,
    },
    /// The read failed. A retry may succeed.
    #[error("could not read from Greenhouse")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
}
