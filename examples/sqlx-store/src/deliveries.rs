use async_trait::async_trait;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, ApplicationId, CandidateId,
    store::{Deliveries, Delivery, DeliverySource, Heard, StoreError, Verdict},
    webhook::BodyDigest,
};

use crate::{
    SqlxStore,
    error::out_of_range,
    rows::{read_json, read_micros},
    session::{Row, both, each, statements},
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
        row.map(|row| read_micros(TABLE, row.number(0)?))
            .transpose()
    }

    async fn heard(
        &self,
        account: &AccountId,
        source: &DeliverySource,
    ) -> Result<Heard, StoreError> {
        let digest = &source.digest.as_bytes()[..];
        let values = [
            account.as_str().into(),
            source.event_id.as_str().into(),
            digest.into(),
        ];
        let rows = self.database.all(HEARD, &values).await?;
        let mut heard = Heard::Never;
        for row in rows {
            if row.bytes(0)? == digest {
                return Ok(Heard::Before);
            }
            // Without a name there is nothing that they have in common.
            if !source.event_id.is_empty() {
                heard = Heard::WithAnotherBody;
            }
        }
        Ok(heard)
    }

    async fn ignored_deliveries(
        &self,
        account: &AccountId,
        candidate: CandidateId,
        application: ApplicationId,
    ) -> Result<Vec<Delivery>, StoreError> {
        let values = [
            account.as_str().into(),
            MOST_IGNORED.into(),
            candidate.value().into(),
            application.value().into(),
        ];
        let rows = self.database.all(IGNORED, &values).await?;
        rows.iter().rev().map(read_ignored).collect()
    }
}

fn read_ignored(row: &Row) -> Result<Delivery, StoreError> {
    let digest = row.bytes(1)?.try_into().map_err(|_| out_of_range(TABLE))?;
    let source = DeliverySource {
        event_id: row.text(0)?,
        digest: BodyDigest::from_bytes(digest),
    };
    let event = read_json(TABLE, &row.text(2)?)?;
    let received_at = read_micros(TABLE, row.number(3)?)?;
    Ok(Delivery::new(
        source,
        Some(event),
        Verdict::Ignored,
        received_at,
    ))
}

const TABLE: &str = "deliveries";
const MOST_IGNORED: i64 = 1000;

// With `account = $1` PostgreSQL may look for the account in everybody's deliveries, from the newest down: the index by
// which they are purged has the order asked for.
statements! {
    // This very body, and any of the same id, in one question.
    HEARD = both("SELECT digest FROM deliveries WHERE account = $1 AND event_id = $2 AND digest = $3 \
        UNION ALL SELECT digest FROM deliveries WHERE id = \
        (SELECT id FROM deliveries WHERE account = $1 AND event_id = $2 LIMIT 1)");
    IGNORED = both("SELECT event_id, digest, event, received_at, id FROM deliveries \
        WHERE account = $1 AND candidate = $3 AND verdict = 'ignored' AND event IS NOT NULL \
        UNION SELECT event_id, digest, event, received_at, id FROM deliveries \
        JOIN delivery_applications AS named ON named.delivery = deliveries.id \
        WHERE named.account = $1 AND named.application = $4 \
            AND verdict = 'ignored' AND event IS NOT NULL \
        ORDER BY received_at DESC, id DESC LIMIT $2");
    LAST = each(
        "SELECT received_at FROM deliveries WHERE account = $1 ORDER BY received_at DESC LIMIT 1",
        "SELECT received_at FROM deliveries WHERE account >= $1 AND account <= $1 \
            ORDER BY account DESC, received_at DESC LIMIT 1",
    );
}
