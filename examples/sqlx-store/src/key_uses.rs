use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId,
    settings::KeyDigest,
    store::{KeyUses, StoreError},
};

use crate::{
    SqlxStore,
    error::unavailable,
    rows::{micros, read_micros},
    session::{Row, both, statements},
};

#[async_trait]
impl KeyUses for SqlxStore {
    async fn note_key_use(
        &self,
        account: &AccountId,
        key: &KeyDigest,
        at: DateTime<Utc>,
        every: Duration,
    ) -> Result<(), StoreError> {
        let digest = key.to_string();
        let every = i64::try_from(every.as_micros()).unwrap_or(i64::MAX);
        let values = [
            account.as_str().into(),
            (&digest).into(),
            micros(at).into(),
            micros(at).saturating_sub(every).into(),
        ];
        let mut transaction = self.database.begin().await?;
        let noted = transaction.execute(NOTE, &values).await;
        noted.map_err(unavailable)?;
        transaction.commit().await.map_err(unavailable)
    }

    async fn key_uses(
        &self,
        account: &AccountId,
    ) -> Result<BTreeMap<KeyDigest, DateTime<Utc>>, StoreError> {
        let rows = self.database.all(USES, &[account.as_str().into()]).await?;
        rows.iter().map(read).collect()
    }
}

fn read(row: &Row) -> Result<(KeyDigest, DateTime<Utc>), StoreError> {
    let digest = row.text(0)?.parse();
    Ok((
        digest.map_err(StoreError::corrupt)?,
        read_micros(TABLE, row.number(1)?)?,
    ))
}

const TABLE: &str = "key_uses";

statements! {
    NOTE = both("INSERT INTO key_uses (account, digest, used_at) \
        SELECT $1, $2, $3 WHERE $1 = (SELECT account FROM account_keys WHERE kind = 'partner' AND digest = $2) \
        ON CONFLICT (account, digest) DO UPDATE SET used_at = $3 WHERE key_uses.used_at <= $4");
    USES = both("SELECT digest, used_at FROM key_uses WHERE account = $1");
}
