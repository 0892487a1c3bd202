use greenhouse_core::{
    AccountId, AssessmentId,
    store::{ReportAccess, StoreError},
};

use crate::{
    SqlxStore,
    rows::read_record,
    session::{both, statements},
};

impl SqlxStore {
    pub(crate) async fn report_access(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<ReportAccess>, StoreError> {
        let key = [account.as_str().into(), assessment.as_str().into()];
        let row = self.database.first(ACCESS, &key).await?;
        row.as_ref().map(read_record).transpose()
    }
}

statements! {
    ACCESS = both("SELECT record, version FROM report_access WHERE account = $1 AND assessment = $2");
}
