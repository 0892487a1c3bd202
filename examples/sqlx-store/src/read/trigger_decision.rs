use greenhouse_core::{
    AccountId, AssessmentId,
    store::{StoreError, TriggerDecision},
};

use crate::{
    SqlxStore,
    rows::read_record,
    session::{both, statements},
};

impl SqlxStore {
    pub(crate) async fn trigger_decision(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<TriggerDecision>, StoreError> {
        let key = [account.as_str().into(), assessment.as_str().into()];
        let row = self.database.first(DECISION, &key).await?;
        row.as_ref().map(read_record).transpose()
    }
}

statements! {
    DECISION = both("SELECT record, version FROM trigger_decisions \
        WHERE account = $1 AND assessment = $2");
}
