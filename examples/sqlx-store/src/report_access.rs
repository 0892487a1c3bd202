use async_trait::async_trait;
use greenhouse_core::{
    AccountId, AssessmentId,
    store::{ReportAccess, ReportAccesses, StoreError},
};

use crate::{
    SqlxStore,
    error::unavailable,
    rows::{RecordRow, read_record},
};

#[async_trait]
impl ReportAccesses for SqlxStore {
    async fn report_access(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<ReportAccess>, StoreError> {
        let row: Option<RecordRow> = sqlx::query_as(ACCESS)
            .bind(account.as_str())
            .bind(assessment.as_str())
            .fetch_optional(&self.readers)
            .await
            .map_err(unavailable)?;
        row.map(read_record).transpose()
    }
}

pub(crate) const ACCESS: &str =
    "SELECT record, version FROM report_access WHERE account = $1 AND assessment = $2";
