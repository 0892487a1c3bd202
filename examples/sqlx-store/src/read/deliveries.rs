use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, ApplicationId, CandidateId,
    store::{Delivery, DeliverySource, DeliveryStatus, Link, StoreError, Verdict},
    webhook::{BodyHash, Event},
};

use super::links;
use crate::{
    SqlxStore,
    error::out_of_range,
    rows::{digests, read_json, read_micros, read_record},
    session::{Row, Value, both, each, statements},
};

impl SqlxStore {
    pub(crate) async fn last_delivery_at(
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

    pub(crate) async fn delivery_status(
        &self,
        account: &AccountId,
        source: &DeliverySource,
        event: Option<&Event>,
    ) -> Result<(DeliveryStatus, Vec<Link>), StoreError> {
        let by_event_id = vec![account.as_str().into(), source.event_id.as_str().into()];
        let seen = digests(source).map(|digests| {
            let mut seen = by_event_id.clone();
            seen.extend(digests.map(Value::from));
            (SEEN, seen)
        });
        let seen: Vec<_> = seen.collect();
        let seen_count = seen.len();
        let mut queries = vec![(BY_EVENT_ID, by_event_id)];
        queries.extend(seen);
        queries.extend(
            event
                .into_iter()
                .flat_map(|event| links::named_by(account, event)),
        );
        let mut results = self.database.all_of(&queries).await?.into_iter();
        let mut is_known = || results.next().is_some_and(|rows| !rows.is_empty());
        let has_event_id = is_known();
        let seen = (0..seen_count).fold(false, |seen, _| is_known() || seen);
        let status = match (seen, has_event_id) {
            (true, _) => DeliveryStatus::Duplicate,
            // Deliveries without an event id are unrelated.
            (false, true) if !source.event_id.is_empty() => DeliveryStatus::BodyDiffers,
            (false, _) => DeliveryStatus::New,
        };
        let mut links = BTreeMap::new();
        for row in results.flatten() {
            let link: Link = read_record(&row)?;
            links.insert(link.assessment.clone(), link);
        }
        Ok((status, links.into_values().collect()))
    }

    pub(crate) async fn latest_body(
        &self,
        account: &AccountId,
        event: &Event,
    ) -> Result<Option<BodyHash>, StoreError> {
        let (statement, id) = match (event.applications().first(), event.candidate()) {
            (Some(application), _) => (LATEST_OF_APPLICATION, application.value()),
            (None, Some(candidate)) => (LATEST_OF_CANDIDATE, candidate.value()),
            (None, None) => return Ok(None),
        };
        let values = [account.as_str().into(), id.into()];
        let row = self.database.first(statement, &values).await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let is_effective = row.text(1)? == Verdict::Effective.as_str();
        is_effective.then(|| read_digest(&row, 0)).transpose()
    }

    pub(crate) async fn ignored_deliveries(
        &self,
        account: &AccountId,
        candidate: CandidateId,
        application: ApplicationId,
    ) -> Result<Vec<Delivery>, StoreError> {
        let mut found = BTreeMap::new();
        for (statement, id) in [
            (IGNORED_OF_CANDIDATE, candidate.value()),
            (IGNORED_OF_APPLICATION, application.value()),
        ] {
            let limit = i64::try_from(MAX_IGNORED).unwrap_or(i64::MAX);
            let values = [account.as_str().into(), limit.into(), id.into()];
            for row in self.database.all(statement, &values).await? {
                let delivery = read_ignored(&row)?;
                found.insert((delivery.received_at, row.number(4)?), delivery);
            }
        }
        let older = found.len().saturating_sub(MAX_IGNORED);
        Ok(found.into_values().skip(older).collect())
    }
}

fn read_ignored(row: &Row) -> Result<Delivery, StoreError> {
    let source = DeliverySource::new(row.text(0)?, read_digest(row, 1)?);
    let event = read_json(TABLE, &row.text(2)?)?;
    let received_at = read_micros(TABLE, row.number(3)?)?;
    Ok(Delivery::new(
        source,
        Some(event),
        Verdict::Ignored,
        received_at,
    ))
}

fn read_digest(row: &Row, column: usize) -> Result<BodyHash, StoreError> {
    let digest = row.bytes(column)?.try_into();
    Ok(BodyHash::from_bytes(
        digest.map_err(|_| out_of_range(TABLE))?,
    ))
}

const TABLE: &str = "deliveries";
const MAX_IGNORED: usize = 1000;

// With `account = $1`, PostgreSQL could scan the deliveries of all accounts from the newest down,
// through the index for purging, or sort all deliveries about a candidate. Ranges of one value, and
// the full sort order of an index, prevent both.
statements! {
    SEEN = both("SELECT id FROM deliveries WHERE account = $1 AND event_id = $2 \
        AND digest IN ($3, $4, $5)");
    BY_EVENT_ID = both("SELECT id FROM deliveries WHERE account = $1 AND event_id = $2 LIMIT 1");
    IGNORED_OF_CANDIDATE = each(
        "SELECT event_id, digest, event, received_at, id FROM deliveries \
            WHERE account = $1 AND candidate = $3 AND verdict = 'ignored' AND event IS NOT NULL \
            ORDER BY id DESC LIMIT $2",
        "SELECT event_id, digest, event, received_at, id FROM deliveries \
            WHERE account >= $1 AND account <= $1 AND candidate >= $3 AND candidate <= $3 \
            AND verdict = 'ignored' AND event IS NOT NULL \
            ORDER BY account DESC, candidate DESC, id DESC LIMIT $2",
    );
    IGNORED_OF_APPLICATION = each(
        "SELECT event_id, digest, event, received_at, id FROM delivery_applications AS named \
            JOIN deliveries ON deliveries.id = named.delivery \
            WHERE named.account = $1 AND named.application = $3 \
            AND verdict = 'ignored' AND event IS NOT NULL \
            ORDER BY named.delivery DESC LIMIT $2",
        "SELECT event_id, digest, event, received_at, id FROM delivery_applications AS named \
            JOIN deliveries ON deliveries.id = named.delivery \
            WHERE named.account >= $1 AND named.account <= $1 \
            AND named.application >= $3 AND named.application <= $3 \
            AND verdict = 'ignored' AND event IS NOT NULL \
            ORDER BY named.account DESC, named.application DESC, named.delivery DESC LIMIT $2",
    );
    LATEST_OF_CANDIDATE = each(
        "SELECT digest, verdict FROM deliveries WHERE account = $1 AND candidate = $2 \
            ORDER BY id DESC LIMIT 1",
        "SELECT digest, verdict FROM deliveries \
            WHERE account >= $1 AND account <= $1 AND candidate >= $2 AND candidate <= $2 \
            ORDER BY account DESC, candidate DESC, id DESC LIMIT 1",
    );
    LATEST_OF_APPLICATION = each(
        "SELECT digest, verdict FROM delivery_applications AS named \
            JOIN deliveries ON deliveries.id = named.delivery \
            WHERE named.account = $1 AND named.application = $2 \
            ORDER BY named.delivery DESC LIMIT 1",
        "SELECT digest, verdict FROM delivery_applications AS named \
            JOIN deliveries ON deliveries.id = named.delivery \
            WHERE named.account >= $1 AND named.account <= $1 \
            AND named.application >= $2 AND named.application <= $2 \
            ORDER BY named.account DESC, named.application DESC, named.delivery DESC LIMIT 1",
    );
    LAST = each(
        "SELECT received_at FROM deliveries WHERE account = $1 ORDER BY received_at DESC LIMIT 1",
        "SELECT received_at FROM deliveries WHERE account >= $1 AND account <= $1 \
            ORDER BY account DESC, received_at DESC LIMIT 1",
    );
}
