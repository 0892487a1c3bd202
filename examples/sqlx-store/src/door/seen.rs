//! Webhook requests that were dealt with.

use greenhouse_core::{
    AccountId,
    store::{Applied, BodyKept, Delivery},
};
use sqlx::SqliteConnection;

use super::Stop;
use crate::rows::{micros, write_json};

/// Stores the delivery, or stops where it was stored before.
pub(super) async fn mark(
    transaction: &mut SqliteConnection,
    account: &AccountId,
    delivery: &Delivery,
) -> Result<(), Stop> {
    let event = delivery.event.as_ref();
    let body = match &delivery.body {
        BodyKept::No => None,
        BodyKept::Yes(body) => Some(&body[..]),
    };
    let id: Option<i64> = sqlx::query_scalar(INSERT)
        .bind(account.as_str())
        .bind(delivery.source.event_id.as_str())
        .bind(&delivery.source.digest.as_bytes()[..])
        .bind(micros(delivery.received_at))
        .bind(delivery.verdict.as_str())
        .bind(
            event
                .and_then(|event| event.candidate())
                .map(|id| id.value()),
        )
        .bind(
            event
                .map(|event| write_json("deliveries", event))
                .transpose()?,
        )
        .bind(body)
        .fetch_optional(&mut *transaction)
        .await?;
    let id = id.ok_or(Stop::Refused(Applied::AlreadySeen))?;
    for application in event.map(|event| event.applications()).unwrap_or_default() {
        sqlx::query(INSERT_APPLICATION)
            .bind(account.as_str())
            .bind(application.value())
            .bind(id)
            .execute(&mut *transaction)
            .await?;
    }
    Ok(())
}

const INSERT: &str = "INSERT INTO deliveries \
    (account, event_id, digest, received_at, verdict, candidate, event, body) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING id";
const INSERT_APPLICATION: &str = "INSERT INTO delivery_applications \
    (account, application, delivery) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
