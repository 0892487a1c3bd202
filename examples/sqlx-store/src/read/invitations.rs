use greenhouse_core::{
    AccountId, AssessmentId, CandidateId, InvitationId,
    store::{Invitation, RequestKey, StoreError},
};

use crate::{
    SqlxStore,
    rows::{read_record, read_records},
    session::{Statement, both, statements},
};

impl SqlxStore {
    pub(crate) async fn invitation(
        &self,
        account: &AccountId,
        id: &InvitationId,
    ) -> Result<Option<Invitation>, StoreError> {
        self.find_invitation(BY_ID, account, id.as_str()).await
    }

    pub(crate) async fn invitation_by_request(
        &self,
        account: &AccountId,
        request: &RequestKey,
    ) -> Result<Option<Invitation>, StoreError> {
        self.find_invitation(BY_REQUEST, account, request.as_str())
            .await
    }

    pub(crate) async fn invitation_of_assessment(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<Invitation>, StoreError> {
        self.find_invitation(BY_ASSESSMENT, account, assessment.as_str())
            .await
    }

    pub(crate) async fn invitations_of_candidate(
        &self,
        account: &AccountId,
        candidate: CandidateId,
    ) -> Result<Vec<Invitation>, StoreError> {
        let values = [account.as_str().into(), candidate.value().into()];
        let rows = self.database.all(BY_CANDIDATE, &values).await?;
        read_records(&rows)
    }
}

impl SqlxStore {
    async fn find_invitation(
        &self,
        statement: Statement,
        account: &AccountId,
        by: &str,
    ) -> Result<Option<Invitation>, StoreError> {
        let values = [account.as_str().into(), by.into()];
        let row = self.database.first(statement, &values).await?;
        row.as_ref().map(read_record).transpose()
    }
}

statements! {
    BY_ID = both("SELECT record, version FROM invitations WHERE account = $1 AND id = $2");
    BY_REQUEST = both("SELECT record, version FROM invitations WHERE account = $1 AND request = $2");
    BY_ASSESSMENT = both("SELECT record, version FROM invitations \
        WHERE account = $1 AND assessment = $2 ORDER BY id LIMIT 1");
    BY_CANDIDATE = both("SELECT record, version FROM invitations \
        WHERE account = $1 AND candidate = $2 ORDER BY id");
}
