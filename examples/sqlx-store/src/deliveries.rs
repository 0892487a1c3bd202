use async_trait::async_trait;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId,
    store::{Deliveries, StoreError},
};

use crate::{
    SqlxStore,
    rows::read_micros,
    session::{each, statements},
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

// With `account = $1` PostgreSQL may look for the account in everybody's deliveries, from the newest down: the index by
// which they are purged has the order asked for.
statements! {
    LAST = each(
        "SELECT received_at FROM deliveries WHERE account = $1 ORDER BY received_at DESC LIMIT 1",
        "SELECT received_at FROM deliveries WHERE account >= $1 AND account <= $1 \
            ORDER BY account DESC, received_at DESC LIMIT 1",
    );
}
