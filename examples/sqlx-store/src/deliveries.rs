use async_trait::async_trait;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId,
    store::{Deliveries, StoreError},
};

use crate::{SqlxStore, error::unavailable, rows::read_micros};

#[async_trait]
impl Deliveries for SqlxStore {
    async fn last_delivery_at(
        &self,
        account: &AccountId,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let at: Option<i64> = sqlx::query_scalar(LAST)
            .bind(account.as_str())
            .fetch_optional(&self.readers)
            .await
            .map_err(unavailable)?;
        at.map(|at| read_micros("deliveries", at)).transpose()
    }
}

pub(crate) const LAST: &str = "SELECT received_at FROM deliveries \
    WHERE account = $1 ORDER BY received_at DESC LIMIT 1";
