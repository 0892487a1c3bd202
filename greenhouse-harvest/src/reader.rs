use std::sync::Arc;

use async_trait::async_trait;
use greenhouse_core::{
    AccountId, ApplicationId, ApplicationReader, ApplicationSnapshot, CandidateId, JobId,
    ReaderError,
};

use crate::{
    HarvestClient, HarvestClients,
    api::{Application, ApplicationFilter},
    lookup::{agrees, checked},
    push::texts::SITE_ADMIN,
};

/// Reads applications for the sync, with each account's own credential.
///
/// Reads only as a Site Admin, because records may be hidden from other users (documented).
#[derive(Debug, Clone)]
pub struct HarvestReader {
    clients: Arc<HarvestClients>,
}

impl HarvestReader {
    /// Creates a reader that uses these clients.
    pub fn new(clients: Arc<HarvestClients>) -> Self {
        Self { clients }
    }

    async fn client(&self, account: &AccountId) -> Result<HarvestClient, ReaderError> {
        let access = self.clients.access(account).await.map_err(unavailable)?;
        let Some(access) = access else {
            return Err(ReaderError::NotConfigured);
        };
        let client = access.reader().await;
        if !client.sees_all().await.map_err(unavailable)? {
            return Err(ReaderError::Blind {
                remedy: SITE_ADMIN.to_owned(),
            });
        }
        Ok(client.clone())
    }

    async fn list(
        &self,
        account: &AccountId,
        filter: &ApplicationFilter,
        asked: impl Fn(&Application) -> bool + Send,
    ) -> Result<Vec<ApplicationSnapshot>, ReaderError> {
        let client = self.client(account).await?;
        let rows = client.applications(filter).all().await;
        let rows = rows.map_err(unavailable)?;
        // If rows do not match the filter, a missing application is no proof that it was deleted.
        if !rows.iter().all(&asked) {
            return Err(unavailable(OtherRows));
        }
        let rows = checked(rows, asked);
        // A row without a status is an error. Skipping it would look like a deleted application.
        rows.iter()
            .map(|row| row.snapshot().ok_or_else(|| unavailable(NoStatus)))
            .collect()
    }
}

#[async_trait]
impl ApplicationReader for HarvestReader {
    async fn applications(
        &self,
        account: &AccountId,
        ids: &[ApplicationId],
    ) -> Result<Vec<ApplicationSnapshot>, ReaderError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let filter = ApplicationFilter::new().ids(ids.to_vec());
        self.list(account, &filter, |row| ids.contains(&row.id))
            .await
    }

    async fn can_see_job(&self, account: &AccountId, job: JobId) -> Result<bool, ReaderError> {
        let client = self.client(account).await?;
        client.can_see_job(job).await.map_err(unavailable)
    }

    async fn applications_on_job(
        &self,
        account: &AccountId,
        candidate: CandidateId,
        job: JobId,
    ) -> Result<Vec<ApplicationSnapshot>, ReaderError> {
        let filter = ApplicationFilter::new()
            .candidate_ids([candidate])
            .job_ids([job]);
        let asked =
            |row: &Application| agrees(row.candidate_id, candidate) && agrees(row.job_id, job);
        self.list(account, &filter, asked).await
    }
}

#[derive(Debug, thiserror::Error)]
#[error("Greenhouse returned applications that the filter excludes")]
struct OtherRows;

#[derive(Debug, thiserror::Error)]
#[error("Greenhouse returned an application without a status")]
struct NoStatus;

fn unavailable(error: impl std::error::Error + Send + Sync + 'static) -> ReaderError {
    ReaderError::Unavailable(error.into())
}
