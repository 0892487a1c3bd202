use async_trait::async_trait;
use greenhouse_core::{
    AccountId, AssessmentId, InvitationId,
    store::{Invitation, Invitations, RequestKey, StoreError},
};

use crate::{
    SqlxStore,
    error::unavailable,
    rows::{RecordRow, read_record},
};

#[async_trait]
impl Invitations for SqlxStore {
    async fn invitation(
        &self,
        account: &AccountId,
        id: &InvitationId,
    ) -> Result<Option<Invitation>, StoreError> {
        self.find_invitation(BY_ID, account, id.as_str()).await
    }

    async fn invitation_by_request(
        &self,
        account: &AccountId,
        request: &RequestKey,
    ) -> Result<Option<Invitation>, StoreError> {
        self.find_invitation(BY_REQUEST, account, request.as_str())
            .await
    }

    async fn invitation_of_assessment(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<Invitation>, StoreError> {
        self.find_invitation(BY_ASSESSMENT, account, assessment.as_str())
            .await
    }
}

impl SqlxStore {
    async fn find_invitation(
        &self,
        query: &'static str,
        account: &AccountId,
        by: &str,
    ) -> Result<Option<Invitation>, StoreError> {
        let row: Option<RecordRow> = sqlx::query_as(query)
            .bind(account.as_str())
            .bind(by)
            .fetch_optional(&self.readers)
            .await
            .map_err(unavailable)?;
        row.map(read_record).transpose()
    }
}

pub(crate) const BY_ID: &str =
    "SELECT record, version FROM invitations WHERE account = $1 AND id = $2";
pub(crate) const BY_REQUEST: &str =
    "SELECT record, version FROM invitations WHERE account = $1 AND request = $2";
pub(crate) const BY_ASSESSMENT: &str = "SELECT record, version FROM invitations \
    WHERE account = $1 AND assessment = $2 ORDER BY id LIMIT 1";
