use async_trait::async_trait;
use greenhouse_core::{
    AccountId, AssessmentId,
    store::{PersonKey, Push, Pushes, StoreError},
};

use crate::{
    SqlxStore,
    error::unavailable,
    rows::{RecordRow, read_record},
};

#[async_trait]
impl Pushes for SqlxStore {
    async fn push(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<Push>, StoreError> {
        let row: Option<RecordRow> = sqlx::query_as(PUSH)
            .bind(account.as_str())
            .bind(assessment.as_str())
            .fetch_optional(&self.readers)
            .await
            .map_err(unavailable)?;
        row.map(read_record).transpose()
    }

    async fn pushes_of_person(
        &self,
        account: &AccountId,
        person: &PersonKey,
    ) -> Result<Vec<Push>, StoreError> {
        let rows: Vec<RecordRow> = sqlx::query_as(OF_PERSON)
            .bind(account.as_str())
            .bind(person.as_str())
            .fetch_all(&self.readers)
            .await
            .map_err(unavailable)?;
        rows.into_iter().map(read_record).collect()
    }
}

pub(crate) const PUSH: &str =
    "SELECT record, version FROM pushes WHERE account = $1 AND assessment = $2";
pub(crate) const OF_PERSON: &str = "SELECT record, version FROM pushes \
    WHERE account = $1 AND person = $2 ORDER BY requested_at, assessment";
