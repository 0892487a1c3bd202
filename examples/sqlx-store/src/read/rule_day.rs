use chrono::NaiveDate;
use greenhouse_core::{
    AccountId,
    store::{RuleDay, StoreError},
};

use crate::{
    SqlxStore,
    rows::read_record,
    session::{both, statements},
};

impl SqlxStore {
    pub(crate) async fn rule_day(
        &self,
        account: &AccountId,
        day: NaiveDate,
    ) -> Result<Option<RuleDay>, StoreError> {
        let key = [account.as_str().into(), day.to_string().into()];
        let row = self.database.first(DAY, &key).await?;
        row.as_ref().map(read_record).transpose()
    }
}

statements! {
    DAY = both("SELECT record, version FROM rule_days WHERE account = $1 AND day = $2");
}
