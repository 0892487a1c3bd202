use async_trait::async_trait;
use greenhouse_core::{
    AccountId, ApplicationId, AssessmentId, CandidateId,
    store::{Link, Links, StoreError},
};

use crate::{
    SqlxStore,
    error::unavailable,
    rows::{RecordRow, read_record},
};

#[async_trait]
impl Links for SqlxStore {
    async fn link(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<Link>, StoreError> {
        let row: Option<RecordRow> = sqlx::query_as(LINK)
            .bind(account.as_str())
            .bind(assessment.as_str())
            .fetch_optional(&self.readers)
            .await
            .map_err(unavailable)?;
        row.map(read_record).transpose()
    }

    async fn links_to_application(
        &self,
        account: &AccountId,
        application: ApplicationId,
    ) -> Result<Vec<Link>, StoreError> {
        self.links(TO_APPLICATION, account, application.value())
            .await
    }

    async fn links_to_candidate(
        &self,
        account: &AccountId,
        candidate: CandidateId,
    ) -> Result<Vec<Link>, StoreError> {
        self.links(TO_CANDIDATE, account, candidate.value()).await
    }
}

impl SqlxStore {
    async fn links(
        &self,
        query: &'static str,
        account: &AccountId,
        id: i64,
    ) -> Result<Vec<Link>, StoreError> {
        let rows: Vec<RecordRow> = sqlx::query_as(query)
            .bind(account.as_str())
            .bind(id)
            .fetch_all(&self.readers)
            .await
            .map_err(unavailable)?;
        rows.into_iter().map(read_record).collect()
    }
}

pub(crate) const LINK: &str =
    "SELECT record, version FROM links WHERE account = $1 AND assessment = $2";
pub(crate) const TO_APPLICATION: &str = "SELECT record, version FROM links \
    WHERE account = $1 AND application = $2 ORDER BY assessment";
pub(crate) const TO_CANDIDATE: &str = "SELECT record, version FROM links \
    WHERE account = $1 AND candidate = $2 ORDER BY assessment";
