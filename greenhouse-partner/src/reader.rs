use std::{sync::Arc, time::Duration};

use greenhouse_core::{
    AccountId, ApplicationId, ApplicationReader, ApplicationSnapshot, CandidateId, Clock, JobId,
    ReaderError, within,
};

/// Reads applications from Greenhouse if the host has a reader, with a deadline for each call.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    pub(crate) reader: Option<Arc<dyn ApplicationReader>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) deadline: Duration,
}

impl Reader {
    /// Returns `true` if the host has a reader.
    pub(crate) fn is_present(&self) -> bool {
        self.reader.is_some()
    }

    /// Reads these applications. Applications that do not exist are left out.
    pub(crate) async fn applications(
        &self,
        account: &AccountId,
        ids: &[ApplicationId],
    ) -> Result<Vec<ApplicationSnapshot>, ReaderError> {
        self.read(self.present()?.applications(account, ids)).await
    }

    /// Returns `true` if the credential can see this job.
    pub(crate) async fn can_see_job(
        &self,
        account: &AccountId,
        job: JobId,
    ) -> Result<bool, ReaderError> {
        self.read(self.present()?.can_see_job(account, job)).await
    }

    /// Reads a candidate's applications for a job.
    pub(crate) async fn applications_on_job(
        &self,
        account: &AccountId,
        candidate: CandidateId,
        job: JobId,
    ) -> Result<Vec<ApplicationSnapshot>, ReaderError> {
        let reader = self.present()?;
        self.read(reader.applications_on_job(account, candidate, job))
            .await
    }

    fn present(&self) -> Result<&dyn ApplicationReader, ReaderError> {
        self.reader.as_deref().ok_or(ReaderError::NotConfigured)
    }

    async fn read<T>(
        &self,
        call: impl Future<Output = Result<T, ReaderError>>,
    ) -> Result<T, ReaderError> {
        let answer = within(self.clock.as_ref(), self.deadline, call).await;
        answer.unwrap_or_else(|| Err(ReaderError::Unavailable("no response in time".into())))
    }
}
