use greenhouse_core::{
    AccountId,
    store::{Backfill, BackfillKind, StoreError},
};

use crate::{
    SqlxStore,
    rows::read_record,
    session::{both, statements},
};

impl SqlxStore {
    pub(crate) async fn backfill(
        &self,
        account: &AccountId,
        kind: BackfillKind,
    ) -> Result<Option<Backfill>, StoreError> {
        let key = [account.as_str().into(), kind.as_str().into()];
        let row = self.database.first(BACKFILL, &key).await?;
        row.as_ref().map(read_record).transpose()
    }
}

statements! {
    BACKFILL = both("SELECT record, version FROM backfills WHERE account = $1 AND kind = $2");
}
