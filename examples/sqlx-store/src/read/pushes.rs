use greenhouse_core::{
    AccountId, AssessmentId,
    store::{PersonKey, Push, StoreError},
};

use crate::{
    SqlxStore,
    rows::{read_record, read_records},
    session::{both, statements},
};

impl SqlxStore {
    pub(crate) async fn push(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<Push>, StoreError> {
        let key = [account.as_str().into(), assessment.as_str().into()];
        let row = self.database.first(PUSH, &key).await?;
        row.as_ref().map(read_record).transpose()
    }

    pub(crate) async fn pushes_of_person(
        &self,
        account: &AccountId,
        person: &PersonKey,
    ) -> Result<Vec<Push>, StoreError> {
        let person = [account.as_str().into(), person.as_str().into()];
        read_records(&self.database.all(OF_PERSON, &person).await?)
    }
}

statements! {
    PUSH = both("SELECT record, version FROM pushes WHERE account = $1 AND assessment = $2");
    OF_PERSON = both("SELECT record, version FROM pushes \
        WHERE account = $1 AND person = $2 ORDER BY requested_at, assessment");
}
