//! `POST /api/webhooks/greenhouse/{hook key}`, and the path without a key for the default account
//!
//! Receives Greenhouse's webhooks. [Greenhouse's
//! page](https://developers.greenhouse.io/webhooks.html) documents that any status other than 200
//! is retried, so 200 means that the delivery is stored, or that a retry would not help.

use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, HookKey, Text, Trace, chain,
    integration::PublicRoute,
    settings::SyncSettings,
    stage_test::{self, StageTest},
    store::{
        BodyKept, Changes, Delivery, DeliverySource, DeliveryStatus, Direction, DueTask,
        HookRefusal, Link, LogEntry, LogStatus, LogSubject, Proposal, StoreError, Task, Verdict,
        Write, decide_and_apply,
    },
    sync::{Decision, decide},
    webhook::{self, Event, EventError, SignatureError, SignatureVerifier, VerifiedDelivery},
};
use http::HeaderMap;

use super::Webhooks;
use crate::{
    PartnerError,
    texts::{refusal, sync_log},
    trace,
};

/// Account to which a hook key belongs.
#[derive(Debug, Clone)]
pub(crate) struct HookOwner {
    account: AccountId,
    settings: Arc<SyncSettings>,
    stage_tests: Arc<[StageTest]>,
}

impl Webhooks {
    /// Checks the hook key and the form of the signature, before the body is read.
    ///
    /// # Errors
    ///
    /// [`PartnerError::NotFound`] if no account has this hook; [`PartnerError::SwitchedOff`];
    /// [`PartnerError::NotSigned`]; [`PartnerError::Store`]. Each has left its trace.
    pub(crate) async fn admit(
        &self,
        hook: Option<&HookKey>,
        headers: &HeaderMap,
    ) -> Result<HookOwner, PartnerError> {
        let now = self.writer.now();
        let Some(owner) = self.settings.account_of_hook(hook).await? else {
            self.unknown_hooks.note(now);
            return Err(PartnerError::NotFound);
        };
        let account = owner.account;
        let Some(settings) = owner.sync else {
            let reason = HookRefusal::SwitchedOff;
            self.last_seen.refused_hook(&account, reason, None, now);
            return Err(PartnerError::SwitchedOff);
        };
        SignatureVerifier::check_header(signature(headers)).map_err(|error| {
            let reason = HookRefusal::Unsigned;
            self.refuse(&account, headers, reason, None, &error)
        })?;
        Ok(HookOwner {
            account,
            settings,
            stage_tests: owner.stage_tests.into(),
        })
    }

    /// Receives a delivery. On success, the delivery and its effects are stored exactly once.
    ///
    /// # Errors
    ///
    /// [`PartnerError::TooLarge`]; [`PartnerError::NotSigned`]; [`PartnerError::Malformed`] if the
    /// body is signed but not JSON; [`PartnerError::Store`], after which Greenhouse retries.
    pub(crate) async fn receive(
        &self,
        owner: &HookOwner,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Result<(), PartnerError> {
        let HookOwner {
            account, settings, ..
        } = owner;
        PartnerError::check_size(&body, self.body_limit)
            .inspect_err(|_| self.note_oversized_of(account, webhook::claimed_action(&body)))?;
        let claimed = body.clone();
        let event_id = event_id(headers);
        let delivery = settings
            .verifier
            .verify(signature(headers), body)
            .map_err(|error| {
                let action = webhook::claimed_action(&claimed);
                self.refuse(account, headers, HookRefusal::Signature, action, &error)
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
                self.receive_event(owner, &delivery, &source, event).await?
            }
            Err(EventError::NotJson { line, column }) => {
                let reason = refusal::body_not_json(line, column);
                return Err(self.refuse_malformed(account, reason).await?);
            }
            Err(error) => {
                self.keep_unreadable(account, &delivery, &source, &error)
                    .await?
            }
        };
        let event = loggable(&source.event_id);
        if is_new {
            tracing::info!(%account, event, "webhook stored");
        } else {
            tracing::info!(%account, event, "webhook received again");
        }
        if let Some(action) = action {
            self.last_seen.hook(account, action, self.writer.now());
        }
        Ok(())
    }

    /// Logs and notes a delivery whose signature is refused.
    fn refuse(
        &self,
        account: &AccountId,
        headers: &HeaderMap,
        reason: HookRefusal,
        action: Option<&str>,
        error: &SignatureError,
    ) -> PartnerError {
        let event = event_id(headers);
        let (event, now) = (loggable(&event), self.writer.now());
        tracing::warn!(%account, event, error = %chain(error), "webhook refused");
        self.last_seen.refused_hook(account, reason, action, now);
        PartnerError::NotSigned
    }

    /// Logs a signed delivery that is not JSON, and returns its error. The sync log has one entry
    /// for all such deliveries.
    async fn refuse_malformed(
        &self,
        account: &AccountId,
        reason: String,
    ) -> Result<PartnerError, StoreError> {
        let error = PartnerError::Malformed(reason);
        if let Trace::SyncLog(text) = error.trace(&PublicRoute::Webhook(None)) {
            let mut changes = Changes::none();
            changes
                .log
                .push(trace::refusal_entry(text, 0, self.writer.now()));
            self.writer.append(account, changes).await?;
        }
        Ok(error)
    }

    /// Notes a delivery whose body was larger than the limit and was not read.
    pub(crate) fn note_oversized(&self, owner: &HookOwner) {
        self.note_oversized_of(&owner.account, None);
    }

    fn note_oversized_of(&self, account: &AccountId, action: Option<&str>) {
        tracing::warn!(%account, action, "webhook refused: its body is larger than the limit");
        let (reason, now) = (HookRefusal::Size, self.writer.now());
        self.last_seen.refused_hook(account, reason, action, now);
    }

    /// Decides on an event and stores its delivery. Returns `false` if it was received before.
    async fn receive_event(
        &self,
        owner: &HookOwner,
        delivery: &VerifiedDelivery,
        source: &DeliverySource,
        event: &Event,
    ) -> Result<bool, PartnerError> {
        let account = &owner.account;
        let entered = stage_test::entered(event, &owner.stage_tests);
        let decided = decide_and_apply(&self.writer, account, || async {
            let (status, facts) = self.facts.of_event(account, source, event).await?;
            if status == DeliveryStatus::Duplicate {
                return Ok(Proposal::Keep(false));
            }
            let mut decision = decide(event, &facts);
            let requests_reads = decision.requests_reads();
            if requests_reads {
                let latest = self.records.latest_body(account, event).await?;
                if latest == Some(source.digest) {
                    decision = decision.without_reads();
                }
            }
            let Decision {
                mut changes,
                verdict,
                keeps_body,
            } = decision;
            let mut seen = Delivery::new(source.clone(), Some(event.clone()), verdict, facts.now);
            if keeps_body {
                seen.body = BodyKept::Yes(delivery.body().clone());
            }
            if keeps_body || requests_reads {
                rewrite_links(&mut changes, facts.links);
            }
            if status == DeliveryStatus::BodyDiffers {
                changes.log.push(id_reused(facts.now));
            }
            if let Some(entry) = entered.filter(|_| facts.reader) {
                let task = Task::StageTest {
                    application: entry.application,
                    stage: entry.stage,
                };
                changes.due.push(DueTask::new(task, facts.now));
            }
            changes.seen = Some(seen);
            Ok::<_, PartnerError>(Proposal::Write(changes, true))
        });
        Ok(decided.await?.applied().unwrap_or(false))
    }

    /// Stores a signed delivery that could not be read. Returns `false` if it was received before.
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
            if let Trace::SyncLog(text) = trace::of_unreadable(error) {
                changes.log.push(problem(now, LogStatus::Failed, text));
            }
            if status == DeliveryStatus::BodyDiffers {
                changes.log.push(id_reused(now));
            }
            Ok::<_, PartnerError>(Proposal::Write(changes, true))
        });
        Ok(decided.await?.applied().unwrap_or(false))
    }
}

/// Returns the action of an event that could not be read, if known.
fn action_of(error: &EventError) -> Option<&'static str> {
    match error {
        EventError::MissingId { action, .. } | EventError::TooMany { action, .. } => Some(action),
        _ => None,
    }
}

/// Returns the log entry for a reused event id. Event ids are unique to a delivery (documented), so
/// the operator should check the sender.
fn id_reused(now: DateTime<Utc>) -> LogEntry {
    problem(now, LogStatus::Done, sync_log::webhook_id_reused())
}

fn problem(now: DateTime<Utc>, status: LogStatus, text: Text) -> LogEntry {
    let (direction, subject) = (Direction::FromGreenhouse, LogSubject::Problem);
    LogEntry::new(now, direction, subject, status, text)
}

/// Also writes the links that the decision does not change, so that an erasure in between causes a
/// conflict and no body of an erased person is kept. The same delivery under another event id also
/// causes a conflict, so that only one of them requests a read.
fn rewrite_links(changes: &mut Changes, links: Vec<Link>) {
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

/// Returns the signature header. `None` if the header is missing, or if it is repeated, because
/// then no value can be trusted.
pub(crate) fn signature(headers: &HeaderMap) -> Option<&[u8]> {
    let mut values = headers.get_all(SIGNATURE).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => Some(value.as_bytes()),
        _ => None,
    }
}

/// Returns the event id. Empty if the id is missing or too long to store, in which case only the
/// body identifies the delivery.
pub(crate) fn event_id(headers: &HeaderMap) -> String {
    let id = headers
        .get(EVENT_ID)
        .and_then(|value| value.to_str().ok())
        .map(str::trim);
    id.filter(|id| id.len() <= MAX_EVENT_ID)
        .unwrap_or_default()
        .to_owned()
}

/// Returns the event id for logs, or a placeholder if the id contains unusual characters. The
/// signature does not cover the id, so an id may contain any text.
fn loggable(event_id: &str) -> &str {
    let is_harmless = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    if event_id.bytes().all(is_harmless) {
        event_id
    } else {
        "[withheld]"
    }
}

const SIGNATURE: &str = "signature";
const EVENT_ID: &str = "greenhouse-event-id";
const MAX_EVENT_ID: usize = 255;
