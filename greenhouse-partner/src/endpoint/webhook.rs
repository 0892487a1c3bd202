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
        Applied, BodyKept, Changes, Delivery, DeliverySource, Direction, Heard, Link, LogEntry,
        LogStatus, LogSubject, StoreError, Verdict, Write,
    },
    sync::{Decision, Known, decide},
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
        let account = self
            .parts
            .settings
            .account_of_hook(hook)
            .await?
            .ok_or(PartnerError::NotFound)?;
        let settings = self
            .parts
            .settings
            .sync(&account)
            .await?
            .ok_or(PartnerError::NotFound)?;
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
        let again = match self.parts.store.heard(&account, &source).await? {
            Heard::Before => {
                tracing::info!(%account, event, "a webhook came again");
                self.hear(&account, heard);
                return Ok(());
            }
            known => known == Heard::WithAnotherBody,
        };
        match read {
            Ok(received) => {
                self.take_event(&account, &delivery, &source, &received.event, again)
                    .await?;
            }
            Err(EventError::NotJson { .. }) => {
                return Err(PartnerError::Malformed("the body is not json".to_owned()));
            }
            Err(error) => {
                self.keep_unreadable(&account, &delivery, source.clone(), &error, again)
                    .await?;
            }
        }
        tracing::info!(%account, event, "a webhook is durable");
        self.hear(&account, heard);
        Ok(())
    }

    async fn take_event(
        &self,
        account: &AccountId,
        delivery: &VerifiedDelivery,
        source: &DeliverySource,
        event: &Event,
        again: bool,
    ) -> Result<(), PartnerError> {
        for _ in 0..DECISIONS {
            let known = Known {
                links: self.links_named_by(account, event).await?,
                reader: self.parts.reader.is_some(),
                now: self.parts.clock.now(),
                settle_time: self.parts.config.settle_time,
            };
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
            if again {
                changes.log.push(another_body(known.now));
            }
            changes.seen = Some(seen);
            match self.apply(account, changes).await? {
                Applied::Applied | Applied::AlreadySeen => return Ok(()),
                _ => {}
            }
        }
        Err(contended().into())
    }

    async fn keep_unreadable(
        &self,
        account: &AccountId,
        delivery: &VerifiedDelivery,
        source: DeliverySource,
        error: &EventError,
        again: bool,
    ) -> Result<(), PartnerError> {
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
        if again {
            changes.log.push(another_body(now));
        }
        match self.apply(account, changes).await? {
            Applied::Applied | Applied::AlreadySeen => Ok(()),
            _ => Err(contended().into()),
        }
    }

    pub(crate) async fn links_named_by(
        &self,
        account: &AccountId,
        event: &Event,
    ) -> Result<Vec<Link>, StoreError> {
        let mut links = match event.candidate() {
            Some(candidate) => {
                self.parts
                    .store
                    .links_to_candidate(account, candidate)
                    .await?
            }
            None => Vec::new(),
        };
        let applications: BTreeSet<_> = event.applications().iter().copied().collect();
        for application in applications {
            links.extend(
                self.parts
                    .store
                    .links_to_application(account, application)
                    .await?,
            );
        }
        let mut seen = BTreeSet::new();
        links.retain(|link| seen.insert(link.assessment.clone()));
        Ok(links)
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
