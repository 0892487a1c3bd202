//! `POST /api/webhooks/greenhouse/{hook key}`, and the bare path for a host's one default account
//!
//! What happened in Greenhouse. [Greenhouse's page](https://developers.greenhouse.io/webhooks.html). Anything but 200 is a
//! failure and is repeated (documented), so 200 means durable, and 200 answers what no repetition would help.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, HookKey,
    store::{
        BodyKept, Changes, Delivery, DeliverySource, DeliveryStatus, Direction, Link, LogEntry,
        LogStatus, LogSubject, Proposal, Verdict, Write, decide_and_apply,
    },
    sync::{Decision, decide},
    webhook::{self, Event, EventError, VerifiedDelivery},
};
use http::HeaderMap;

use super::Webhooks;
use crate::PartnerError;

impl Webhooks {
    /// Receives a delivery: once it answers, the delivery and what it causes are durable, and happen
    /// once.
    ///
    /// # Errors
    ///
    /// [`PartnerError::NotFound`] if no account has this hook, or has webhooks switched off;
    /// [`PartnerError::TooLarge`]; [`PartnerError::NotSigned`]; [`PartnerError::Malformed`] if the
    /// body is signed and is not JSON; [`PartnerError::Store`], upon which Greenhouse sends it again.
    pub(crate) async fn receive(
        &self,
        hook: Option<&HookKey>,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Result<(), PartnerError> {
        PartnerError::bounded(&body, self.body_limit)?;
        let owner = self.settings.sync_of_hook(hook).await?;
        let (account, settings) = owner.ok_or(PartnerError::NotFound)?;
        let event_id = event_id(headers);
        let delivery = settings
            .verifier
            .verify(signature(headers), body)
            .map_err(|error| {
                let event = loggable(&event_id);
                tracing::warn!(%account, event, %error, "a webhook was refused");
                PartnerError::NotSigned
            })?;
        let source = DeliverySource::of(event_id, &delivery);
        let read = webhook::parse(&delivery);
        let action = match &read {
            Ok(received) => received.event.hook_action(),
            Err(error) => action_of(error),
        };
        let is_new = match read {
            Ok(received) => {
                let event = &received.event;
                self.receive_event(&account, &delivery, &source, event)
                    .await?
            }
            Err(EventError::NotJson { .. }) => {
                return Err(PartnerError::Malformed("the body is not json".to_owned()));
            }
            Err(error) => {
                self.keep_unreadable(&account, &delivery, &source, &error)
                    .await?
            }
        };
        let event = loggable(&source.event_id);
        if is_new {
            tracing::info!(%account, event, "a webhook is durable");
        } else {
            tracing::info!(%account, event, "a webhook came again");
        }
        if let Some(action) = action {
            self.last_seen.hook(&account, action, self.writer.now());
        }
        Ok(())
    }

    /// Decides on an event. Returns `false` if the delivery was received before.
    async fn receive_event(
        &self,
        account: &AccountId,
        delivery: &VerifiedDelivery,
        source: &DeliverySource,
        event: &Event,
    ) -> Result<bool, PartnerError> {
        let decided = decide_and_apply(&self.writer, account, || async {
            let (status, facts) = self.facts.of_event(account, source, event).await?;
            if status == DeliveryStatus::Duplicate {
                return Ok(Proposal::Keep(false));
            }
            let Decision {
                mut changes,
                verdict,
                keeps_body,
            } = decide(event, &facts);
            let mut seen = Delivery::new(source.clone(), Some(event.clone()), verdict, facts.now);
            if keeps_body {
                seen.body = BodyKept::Yes(delivery.body().clone());
                hold(&mut changes, facts.links);
            }
            if status == DeliveryStatus::BodyDiffers {
                changes.log.push(another_body(facts.now));
            }
            changes.seen = Some(seen);
            Ok::<_, PartnerError>(Proposal::Write(changes, true))
        });
        Ok(decided.await?.applied().unwrap_or(false))
    }

    /// Keeps a signed delivery that could not be read. Returns `false` if it was received before.
    async fn keep_unreadable(
        &self,
        account: &AccountId,
        delivery: &VerifiedDelivery,
        source: &DeliverySource,
        error: &EventError,
    ) -> Result<bool, PartnerError> {
        let decided = decide_and_apply(&self.writer, account, || async {
            let (status, _) = self.records.delivery_status(account, source, None).await?;
            if status == DeliveryStatus::Duplicate {
                return Ok(Proposal::Keep(false));
            }
            let now = self.writer.now();
            let mut seen = Delivery::new(source.clone(), None, Verdict::Unreadable, now);
            seen.body = BodyKept::Yes(delivery.body().clone());
            let mut changes = Changes::none();
            changes.seen = Some(seen);
            let text = format!(
                "A webhook from Greenhouse was signed and could not be read: {error}. It was kept."
            );
            changes.log.push(problem(now, LogStatus::Failed, text));
            if status == DeliveryStatus::BodyDiffers {
                changes.log.push(another_body(now));
            }
            Ok::<_, PartnerError>(Proposal::Write(changes, true))
        });
        Ok(decided.await?.applied().unwrap_or(false))
    }
}

/// The action of an event that could not be read, if at least that was.
fn action_of(error: &EventError) -> Option<&'static str> {
    match error {
        EventError::MissingId { action, .. } | EventError::TooMany { action, .. } => Some(action),
        _ => None,
    }
}

/// Event ids are unique to the delivery (documented), so the operator should look at the sender.
fn another_body(now: DateTime<Utc>) -> LogEntry {
    let text = "A webhook came with the id of an earlier one and with another body; it was taken as a new one.";
    problem(now, LogStatus::Done, text)
}

fn problem(
    now: DateTime<Utc>,
    status: LogStatus,
    text: impl Into<greenhouse_core::Text>,
) -> LogEntry {
    let (direction, subject) = (Direction::FromGreenhouse, LogSubject::Problem);
    LogEntry::new(now, direction, subject, status, text)
}

/// Also writes the links that the decision leaves as they are: an erasure in between makes it a
/// conflict, and no body of an erased person is kept.
fn hold(changes: &mut Changes, links: Vec<Link>) {
    for link in links {
        let written = changes.links.iter().any(|write| {
            let (Write::Put(known) | Write::Remove(known)) = write;
            known.assessment == link.assessment
        });
        if !written {
            changes.links.push(Write::Put(link));
        }
    }
}

/// The one header; of several, none can be trusted to be the one that counts.
pub(crate) fn signature(headers: &HeaderMap) -> Option<&[u8]> {
    let mut values = headers.get_all(SIGNATURE).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => Some(value.as_bytes()),
        _ => None,
    }
}

/// Empty if missing, or too long to be stored: then the body alone tells deliveries apart.
pub(crate) fn event_id(headers: &HeaderMap) -> String {
    let id = headers
        .get(EVENT_ID)
        .and_then(|value| value.to_str().ok())
        .map(str::trim);
    id.filter(|id| id.len() <= MAX_EVENT_ID)
        .unwrap_or_default()
        .to_owned()
}

/// The event id as it may be logged: the signature does not cover it, so it can hold any text.
fn loggable(event_id: &str) -> &str {
    let harmless = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    if event_id.bytes().all(harmless) {
        event_id
    } else {
        "[withheld]"
    }
}

const SIGNATURE: &str = "signature";
const EVENT_ID: &str = "greenhouse-event-id";
const MAX_EVENT_ID: usize = 255;
