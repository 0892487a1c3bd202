use async_trait::async_trait;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId,
    store::{Deliveries, StoreError},
};

use crate::{
    SqlxStore,
    rows::read_micros,
    session::{both, statements},
};

#[async_trait]
impl Deliveries for SqlxStore {
    async fn last_delivery_at(
        &self,
        account: &AccountId,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let row = self
            .database
            .first(LAST, &[account.as_str().into()])
            .await?;
        row.map(|row| read_micros("deliveries", row.number(0)?))
            .transpose()
    }
}

statements! {
    LAST = both("SELECT received_at FROM deliveries \
        WHERE account = $1 ORDER BY received_at DESC LIMIT 1");
}
