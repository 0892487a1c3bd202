//! Writes webhook deliveries.

use greenhouse_core::{
    AccountId, CandidateId,
    store::{Applied, BodyKept, Delivery, DeliverySource},
    webhook::BodyHash,
};

use super::{NotCommitted, steps::Steps};
use crate::{
    rows::{digests, micros, write_json},
    seal::{MasterKeys, SealContext},
    session::{Value, both, statements},
};

/// Stores the delivery with its candidate. The result is `AlreadySeen` if it is already stored.
pub(super) fn store(
    steps: &mut Steps,
    keys: &MasterKeys,
    account: &AccountId,
    delivery: &Delivery,
    about: Option<CandidateId>,
) -> Result<(), NotCommitted> {
    let event = delivery.event.as_ref();
    let body = match &delivery.body {
        BodyKept::No => None,
        BodyKept::Yes(body) => {
            let name = row_name(&delivery.source.digest, &delivery.source.event_id);
            Some(keys.seal_bytes(&seal_context(account, &name), body)?)
        }
    };
    let sealed_by = body.is_some().then(|| keys.current_key_id().to_string());
    let event_json = event
        .map(|event| write_json("deliveries", event))
        .transpose()?;
    let mut digests = digests(&delivery.source);
    let first = digests.next().unwrap_or_default();
    let mut values = key(account, &delivery.source);
    values.extend([
        micros(delivery.received_at).into(),
        delivery.verdict.as_str().into(),
        about.map(CandidateId::value).into(),
        event_json.into(),
        body.into(),
        sealed_by.into(),
    ]);
    values.extend(first.into_iter().map(Value::from));
    steps.push_required_write(INSERT, values, Applied::AlreadySeen);
    for more in digests {
        let mut values = vec![
            account.as_str().to_owned().into(),
            delivery.source.event_id.clone().into(),
        ];
        values.extend(more.into_iter().map(Value::from));
        steps.push_absence_check(KNOWN, values, Applied::AlreadySeen);
    }
    for application in event.map(|event| event.applications()).unwrap_or_default() {
        let mut values = key(account, &delivery.source);
        values.push(application.value().into());
        steps.push(INSERT_APPLICATION, values);
    }
    Ok(())
}

/// Marks an ignored delivery as effective. The result is `AlreadySeen` if it is not ignored.
pub(super) fn mark_effective(steps: &mut Steps, account: &AccountId, source: &DeliverySource) {
    steps.push_required_write(MARK_EFFECTIVE, key(account, source), Applied::AlreadySeen);
}

fn key(account: &AccountId, source: &DeliverySource) -> Vec<Value<'static>> {
    vec![
        account.as_str().to_owned().into(),
        source.event_id.clone().into(),
        source.digest.as_bytes().to_vec().into(),
    ]
}

/// Returns the key of a delivery's row within its account.
pub(crate) fn row_name(digest: &BodyHash, event_id: &str) -> String {
    format!("{digest} {event_id}")
}

/// Returns the sealing context for a delivery's body.
pub(crate) fn seal_context<'a>(account: &'a AccountId, name: &'a str) -> SealContext<'a> {
    SealContext {
        account,
        column: "deliveries.body",
        row: name,
    }
}

statements! {
    INSERT = both("INSERT INTO deliveries \
        (account, event_id, digest, received_at, verdict, candidate, event, body, sealed_by) \
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9 WHERE NOT EXISTS (SELECT 1 FROM deliveries \
            WHERE account = $1 AND event_id = $2 AND digest IN ($10, $11, $12)) ON CONFLICT DO NOTHING");
    KNOWN = both("SELECT id FROM deliveries WHERE account = $1 AND event_id = $2 \
        AND digest IN ($3, $4, $5)");
    MARK_EFFECTIVE = both("UPDATE deliveries SET verdict = 'effective' \
        WHERE account = $1 AND event_id = $2 AND digest = $3 AND verdict = 'ignored'");
    INSERT_APPLICATION = both("INSERT INTO delivery_applications (account, application, delivery) \
        SELECT account, $4, id FROM deliveries WHERE account = $1 AND event_id = $2 AND digest = $3 \
        ON CONFLICT DO NOTHING");
}
