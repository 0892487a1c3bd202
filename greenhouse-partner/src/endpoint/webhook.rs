//! `POST /api/webhooks/greenhouse/{hook key}`, and the bare path for a host's one default account
//!
//! What happened in Greenhouse. [Greenhouse's page](https://developers.greenhouse.io/webhooks.html). Anything but 200 is a
//! failure and is repeated (documented), so 200 means durable, and 200 answers what no repetition would help.

use std::collections::BTreeSet;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, HookKey,
    store::{
        Applied, BodyKept, Changes, Delivery, DeliverySource, DeliveryStatus, Direction, Link,
        LogEntry, LogStatus, LogSubject, StoreError, Verdict, Write, histories_of,
    },
    sync::{Decision, Known, decide, people_in},
    webhook::{self, Event, EventError, HookEvent, VerifiedDelivery},
};
use http::HeaderMap;

use super::bounded;
use crate::{
    PartnerError, PartnerService,
    service::{DECISIONS, contended},
};

impl PartnerService {
    /// Takes a delivery: once it answers, the delivery and what it causes are durable, and happen once.
    ///
    /// # Errors
    ///
    /// [`PartnerError::NotFound`] where no account has this hook, or has webhooks switched off;
    /// [`PartnerError::TooLarge`]; [`PartnerError::NotSigned`]; [`PartnerError::Malformed`] where the body is signed and
    /// is not JSON; [`PartnerError::Store`], upon which Greenhouse sends it again.
    pub async fn webhook(
        &self,
        hook: Option<&HookKey>,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Result<(), PartnerError> {
        bounded(&body, self.parts.config.webhook_body_limit)?;
        let owner = self.parts.settings.sync_of_hook(hook).await?;
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
        let source = DeliverySource {
            event_id,
            digest: *delivery.digest(),
        };
        let event = loggable(&source.event_id);
        let read = webhook::parse(&delivery);
        let heard = match &read {
            Ok(received) => HookEvent::heard_in(&received.event),
            Err(error) => said(error),
        };
        let is_new = match read {
            Ok(received) => {
                self.take_event(&account, &delivery, &source, &received.event)
                    .await?
            }
            Err(EventError::NotJson { .. }) => {
                return Err(PartnerError::Malformed("the body is not json".to_owned()));
            }
            Err(error) => {
                self.keep_unreadable(&account, &delivery, source.clone(), &error)
                    .await?
            }
        };
        if is_new {
            tracing::info!(%account, event, "a webhook is durable");
        } else {
            tracing::info!(%account, event, "a webhook came again");
        }
        self.hear(&account, heard);
        Ok(())
    }

    /// Whether it is new; otherwise it was dealt with before.
    async fn take_event(
        &self,
        account: &AccountId,
        delivery: &VerifiedDelivery,
        source: &DeliverySource,
        event: &Event,
    ) -> Result<bool, PartnerError> {
        for _ in 0..DECISIONS {
            let (heard, known) = self.known_of(account, source, event).await?;
            if heard == DeliveryStatus::Duplicate {
                return Ok(false);
            }
            let Decision {
                mut changes,
                verdict,
                keeps_body,
            } = decide(event, &known);
            let mut seen = Delivery::new(source.clone(), Some(event.clone()), verdict, known.now);
            if keeps_body {
                seen.body = BodyKept::Yes(delivery.body().clone());
                hold(&mut changes, known.links);
            }
            if heard == DeliveryStatus::BodyDiffers {
                changes.log.push(another_body(known.now));
            }
            changes.seen = Some(seen);
            match self.apply(account, changes).await? {
                Applied::Applied => return Ok(true),
                Applied::AlreadySeen => return Ok(false),
                _ => {}
            }
        }
        Err(contended().into())
    }

    /// Whether it is new; otherwise it was dealt with before.
    async fn keep_unreadable(
        &self,
        account: &AccountId,
        delivery: &VerifiedDelivery,
        source: DeliverySource,
        error: &EventError,
    ) -> Result<bool, PartnerError> {
        let (heard, _) = self
            .parts
            .store
            .delivery_status(account, &source, None)
            .await?;
        if heard == DeliveryStatus::Duplicate {
            return Ok(false);
        }
        let now = self.parts.clock.now();
        let mut seen = Delivery::new(source, None, Verdict::Unreadable, now);
        seen.body = BodyKept::Yes(delivery.body().clone());
        let mut changes = Changes::none();
        changes.seen = Some(seen);
        changes.log.push(LogEntry::new(
            now,
            Direction::FromGreenhouse,
            LogSubject::Problem,
            LogStatus::Failed,
            format!(
                "A webhook from Greenhouse was signed and could not be read: {error}. It was kept."
            ),
        ));
        if heard == DeliveryStatus::BodyDiffers {
            changes.log.push(another_body(now));
        }
        match self.apply(account, changes).await? {
            Applied::Applied => Ok(true),
            Applied::AlreadySeen => Ok(false),
            _ => Err(contended().into()),
        }
    }

    /// What is known of a delivery, and for a decision on its event. Where it is about people, the links of candidates are read
    /// after their fates, so that whoever moves one in between makes a conflict.
    pub(crate) async fn known_of(
        &self,
        account: &AccountId,
        source: &DeliverySource,
        event: &Event,
    ) -> Result<(DeliveryStatus, Known), StoreError> {
        let (store, now) = (self.parts.store.as_ref(), self.parts.clock.now());
        let (heard, links) = store.delivery_status(account, source, Some(event)).await?;
        let (listed, others): (Vec<_>, Vec<_>) = links
            .into_iter()
            .partition(|link| event.applications().contains(&link.application));
        let fates = histories_of(store, account, people_in(event, &listed), now).await?;
        let mut links = Vec::new();
        for fate in &fates {
            links.extend(store.links_to_candidate(account, fate.candidate).await?);
        }
        links.extend(listed.into_iter().chain(others));
        let mut seen = BTreeSet::new();
        links.retain(|link| seen.insert(link.assessment.clone()));
        Ok((heard, self.known(links, fates)))
    }
}

/// The action of what could not be read, where it came to that.
fn said(error: &EventError) -> Option<&'static str> {
    match error {
        EventError::MissingId { action, .. } | EventError::TooMany { action, .. } => Some(action),
        _ => None,
    }
}

/// Ids are unique to the delivery (documented), so this is worth a look at whoever sends.
fn another_body(now: DateTime<Utc>) -> LogEntry {
    LogEntry::new(
        now,
        Direction::FromGreenhouse,
        LogSubject::Problem,
        LogStatus::Done,
        "A webhook came with the id of an earlier one and with another body; it was taken as a new one.",
    )
}

/// Writes also the links that the decision leaves as they are: an erasure that comes in between makes it a conflict, and no
/// body is kept of whoever was erased.
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

/// One header; where there are several, none can be trusted to be the one that counts.
pub(crate) fn signature(headers: &HeaderMap) -> Option<&[u8]> {
    let mut values = headers.get_all(SIGNATURE).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => Some(value.as_bytes()),
        _ => None,
    }
}

/// Empty where there is none, or none that can be kept: then the body alone tells deliveries apart.
pub(crate) fn event_id(headers: &HeaderMap) -> String {
    let id = headers
        .get(EVENT_ID)
        .and_then(|value| value.to_str().ok())
        .map(str::trim);
    id.filter(|id| id.len() <= MAX_EVENT_ID)
        .unwrap_or_default()
        .to_owned()
}

/// The id of an event as the log may have it: the signature does not cover it, so that anybody's words can be in it.
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
