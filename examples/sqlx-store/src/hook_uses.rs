use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId,
    store::{HookUses, StoreError},
};

use crate::{
    SqlxStore,
    error::unavailable,
    rows::{micros, read_micros},
    session::{Row, both, statements},
};

#[async_trait]
impl HookUses for SqlxStore {
    async fn note_hook_use(
        &self,
        account: &AccountId,
        action: &str,
        at: DateTime<Utc>,
        every: Duration,
    ) -> Result<(), StoreError> {
        let every = i64::try_from(every.as_micros()).unwrap_or(i64::MAX);
        let values = [
            account.as_str().into(),
            action.into(),
            micros(at).into(),
            micros(at).saturating_sub(every).into(),
        ];
        let mut transaction = self.database.begin().await?;
        let noted = transaction.execute(NOTE, &values).await;
        noted.map_err(unavailable)?;
        transaction.commit().await.map_err(unavailable)
    }

    async fn hook_uses(
        &self,
        account: &AccountId,
    ) -> Result<BTreeMap<String, DateTime<Utc>>, StoreError> {
        let rows = self.database.all(USES, &[account.as_str().into()]).await?;
        rows.iter().map(read).collect()
    }
}

fn read(row: &Row) -> Result<(String, DateTime<Utc>), StoreError> {
    Ok((row.text(0)?, read_micros(TABLE, row.number(1)?)?))
}

const TABLE: &str = "hook_uses";

statements! {
    NOTE = both("INSERT INTO hook_uses (account, action, used_at) \
        SELECT $1, $2, $3 WHERE $1 = (SELECT account FROM accounts WHERE account = $1) \
        ON CONFLICT (account, action) DO UPDATE SET used_at = $3 WHERE hook_uses.used_at <= $4");
    USES = both("SELECT action, used_at FROM hook_uses WHERE account = $1");
}
