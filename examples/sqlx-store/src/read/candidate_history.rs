use greenhouse_core::{
    AccountId, CandidateId,
    store::{CandidateHistory, StoreError},
};

use crate::{
    SqlxStore,
    rows::read_record,
    session::{both, statements},
};

impl SqlxStore {
    pub(crate) async fn candidate_history(
        &self,
        account: &AccountId,
        candidate: CandidateId,
    ) -> Result<Option<CandidateHistory>, StoreError> {
        let key = [account.as_str().into(), candidate.value().into()];
        let row = self.database.first(HISTORY, &key).await?;
        row.as_ref().map(read_record).transpose()
    }
}

statements! {
    HISTORY = both("SELECT record, version FROM fates WHERE account = $1 AND candidate = $2");
}
