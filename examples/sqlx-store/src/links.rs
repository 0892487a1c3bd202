use async_trait::async_trait;
use greenhouse_core::{
    AccountId, ApplicationId, AssessmentId, CandidateId,
    store::{Link, Links, StoreError},
};

use crate::{
    SqlxStore,
    rows::{read_record, read_records},
    session::{both, statements},
};

#[async_trait]
impl Links for SqlxStore {
    async fn link(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<Link>, StoreError> {
        let key = [account.as_str().into(), assessment.as_str().into()];
        let row = self.database.first(LINK, &key).await?;
        row.as_ref().map(read_record).transpose()
    }

    async fn links_to_application(
        &self,
        account: &AccountId,
        application: ApplicationId,
    ) -> Result<Vec<Link>, StoreError> {
        let application = [account.as_str().into(), application.value().into()];
        read_records(&self.database.all(TO_APPLICATION, &application).await?)
    }

    async fn links_behind(
        &self,
        account: &AccountId,
        after: Option<&AssessmentId>,
        limit: usize,
    ) -> Result<Vec<Link>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let after = after.map_or("", AssessmentId::as_str);
        let values = [account.as_str().into(), limit.into(), after.into()];
        read_records(&self.database.all(BEHIND, &values).await?)
    }

    async fn links_to_candidate(
        &self,
        account: &AccountId,
        candidate: CandidateId,
    ) -> Result<Vec<Link>, StoreError> {
        let candidate = [account.as_str().into(), candidate.value().into()];
        read_records(&self.database.all(TO_CANDIDATE, &candidate).await?)
    }
}

statements! {
    BEHIND = both("SELECT record, version FROM links \
        WHERE account = $1 AND assessment > $3 ORDER BY assessment LIMIT $2");
    LINK = both("SELECT record, version FROM links WHERE account = $1 AND assessment = $2");
    TO_APPLICATION = both("SELECT record, version FROM links \
        WHERE account = $1 AND application = $2 ORDER BY assessment");
    TO_CANDIDATE = both("SELECT record, version FROM links \
        WHERE account = $1 AND candidate = $2 ORDER BY assessment");
}
