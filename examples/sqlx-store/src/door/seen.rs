//! Webhook requests that were dealt with.

use greenhouse_core::{
    AccountId, CandidateId,
    store::{Applied, BodyKept, Delivery, DeliverySource},
    webhook::BodyDigest,
};

use super::Stop;
use crate::{
    rows::{micros, write_json},
    seal::{MasterKeys, Place},
    session::{Transaction, both, statements},
};

/// Stores the delivery with whom it is about, or stops where it was stored before.
pub(super) async fn mark(
    transaction: &mut Transaction,
    keys: &MasterKeys,
    account: &AccountId,
    delivery: &Delivery,
    about: Option<CandidateId>,
) -> Result<(), Stop> {
    let event = delivery.event.as_ref();
    let body = match &delivery.body {
        BodyKept::No => None,
        BodyKept::Yes(body) => {
            let name = name(&delivery.source.digest, &delivery.source.event_id);
            Some(keys.seal_bytes(&place(account, &name), body)?)
        }
    };
    let sealed_by = body.is_some().then(|| keys.current_key_id().to_string());
    let said = event
        .map(|event| write_json("deliveries", event))
        .transpose()?;
    let values = [
        account.as_str().into(),
        delivery.source.event_id.as_str().into(),
        delivery.source.digest.as_bytes()[..].into(),
        micros(delivery.received_at).into(),
        delivery.verdict.as_str().into(),
        about.map(CandidateId::value).into(),
        said.as_deref().into(),
        body.as_deref().into(),
        sealed_by.as_deref().into(),
    ];
    let row = transaction.first(INSERT, &values).await?;
    let id = row.ok_or(Stop::Refused(Applied::AlreadySeen))?.number(0)?;
    for application in event.map(|event| event.applications()).unwrap_or_default() {
        let values = [
            account.as_str().into(),
            application.value().into(),
            id.into(),
        ];
        transaction.execute(INSERT_APPLICATION, &values).await?;
    }
    Ok(())
}

/// An ignored delivery is effective from now on, or stops where it is not one.
pub(super) async fn overtake(
    transaction: &mut Transaction,
    account: &AccountId,
    source: &DeliverySource,
) -> Result<(), Stop> {
    let values = [
        account.as_str().into(),
        source.event_id.as_str().into(),
        source.digest.as_bytes()[..].into(),
    ];
    let row = transaction.first(OVERTAKE, &values).await?;
    row.map(drop).ok_or(Stop::Refused(Applied::AlreadySeen))
}

/// What a delivery is called within its account.
pub(crate) fn name(digest: &BodyDigest, event_id: &str) -> String {
    format!("{digest} {event_id}")
}

/// Where the body of a delivery belongs.
pub(crate) fn place<'a>(account: &'a AccountId, name: &'a str) -> Place<'a> {
    Place {
        account,
        column: "deliveries.body",
        row: name,
    }
}

statements! {
    INSERT = both("INSERT INTO deliveries \
        (account, event_id, digest, received_at, verdict, candidate, event, body, sealed_by) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING RETURNING id");
    OVERTAKE = both("UPDATE deliveries SET verdict = 'effective' \
        WHERE account = $1 AND event_id = $2 AND digest = $3 AND verdict = 'ignored' RETURNING id");
    INSERT_APPLICATION = both("INSERT INTO delivery_applications \
        (account, application, delivery) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING");
}
