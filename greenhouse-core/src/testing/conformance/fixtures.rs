//! Fixtures for the checks.

use std::{future::poll_fn, pin::Pin, sync::Arc, task::Poll, time::Duration};

use bytes::Bytes;
use chrono::{DateTime, Utc};

use crate::{
    AccountId, ApplicationId, AssessmentId, CandidateId, InvitationId, ScenarioId, Text,
    backfill::{BackfillRequest, BackfillScope},
    store::{
        Applied, Backfill, BodyKept, CandidateHistory, Changes, Claim, ClaimedTask, Delivery,
        DeliverySource, Direction, DueTask, Invitation, InvitedPerson, Link, LogEntry, LogFilter,
        LogPage, LogStatus, LogSubject, PersonKey, Purge, Push, PushOrigin, RequestKey, Store,
        Task, TaskKind, TriggerDecision, Verdict, Write,
    },
    webhook::{ApplicationEvent, BodyHash, Event},
};

pub(super) const LEASE: Duration = Duration::from_secs(60);

pub(super) fn account() -> AccountId {
    AccountId::new("acme")
}

pub(super) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000 + seconds, 0).expect("a time in 2026")
}

pub(super) fn assessment(name: &str) -> AssessmentId {
    AssessmentId::new(name)
}

pub(super) fn link(name: &str, candidate: i64, application: i64) -> Link {
    Link::new(
        assessment(name),
        CandidateId::new(candidate),
        ApplicationId::new(application),
        None,
    )
}

/// Creates the invitation of the request with the same name.
pub(super) fn invitation(name: &str, candidate: i64) -> Invitation {
    let mut person = InvitedPerson::new("Jane", "Doe", "jane@example.com");
    person.more.insert("phone_number".to_owned(), "1".into());
    let mut invitation = Invitation::new(
        InvitationId::new(name),
        RequestKey::new(format!("request of {name}")),
        ScenarioId::new("cold-call"),
        person,
        at(0),
    );
    invitation.candidate = Some(CandidateId::new(candidate));
    invitation
}

pub(super) fn push(name: &str, email: &str, requested_at: DateTime<Utc>) -> Push {
    Push::new(
        assessment(name),
        PersonKey::of_email(&account(), email),
        PushOrigin::Person,
        requested_at,
    )
}

pub(super) fn delivery(event_id: &str, body: u8, received_at: DateTime<Utc>) -> Delivery {
    let source = DeliverySource::new(event_id, BodyHash::from_bytes([body; 32]));
    let event = Event::Rejected(ApplicationEvent::new(ApplicationId::new(7)));
    Delivery::new(source, Some(event), Verdict::Effective, received_at)
}

/// Adds a kept body to the delivery.
pub(super) fn kept(mut delivery: Delivery) -> Delivery {
    delivery.body = BodyKept::Yes(Bytes::from_static(b"{\"action\":\"reject_candidate\"}"));
    delivery
}

pub(super) fn entry(text: &str) -> LogEntry {
    LogEntry::new(
        at(0),
        Direction::FromGreenhouse,
        LogSubject::Event,
        LogStatus::Done,
        Text::new("conformance", text),
    )
}

pub(super) fn notify(name: &str) -> Task {
    Task::Notify {
        invitation: InvitationId::new(name),
    }
}

pub(super) fn seen(delivery: Delivery) -> Changes {
    Changes {
        seen: Some(delivery),
        ..Changes::none()
    }
}

pub(super) fn put_link(link: Link) -> Changes {
    Changes {
        links: vec![Write::Put(link)],
        ..Changes::none()
    }
}

/// Decision of the trigger to push this assessment.
pub(super) fn decision(name: &str) -> TriggerDecision {
    let reason = Text::new("conformance", "decided");
    TriggerDecision::new(assessment(name), true, reason, at(0))
}

/// Backfill that was started at this time.
pub(super) fn backfill(now: DateTime<Utc>) -> Backfill {
    let request = BackfillRequest {
        days: 30,
        share: 50,
        scope: BackfillScope::All,
    };
    Backfill::new(request, at(-9), now)
}

pub(super) fn history(candidate: i64, noted_at: DateTime<Utc>) -> CandidateHistory {
    CandidateHistory::new(CandidateId::new(candidate), noted_at)
}

pub(super) fn put_history(history: CandidateHistory) -> Changes {
    Changes {
        histories: vec![Write::Put(history)],
        ..Changes::none()
    }
}

pub(super) fn logged(entries: impl IntoIterator<Item = LogEntry>) -> Changes {
    Changes {
        log: entries.into_iter().collect(),
        ..Changes::none()
    }
}

pub(super) fn due(tasks: impl IntoIterator<Item = (Task, DateTime<Utc>)>) -> Changes {
    Changes {
        due: tasks
            .into_iter()
            .map(|(task, due_at)| DueTask::new(task, due_at))
            .collect(),
        ..Changes::none()
    }
}

pub(super) async fn apply(store: &Arc<dyn Store>, changes: Changes) -> Applied {
    apply_to(store, &account(), changes).await
}

pub(super) async fn apply_to(
    store: &Arc<dyn Store>,
    account: &AccountId,
    changes: Changes,
) -> Applied {
    store
        .apply(account, changes)
        .await
        .expect("the store applies")
}

/// Applies changes and expects success.
pub(super) async fn write(store: &Arc<dyn Store>, changes: Changes) {
    assert_eq!(apply(store, changes).await, Applied::Applied);
}

pub(super) async fn claim(
    store: &Arc<dyn Store>,
    now: DateTime<Utc>,
    limit: usize,
) -> Vec<ClaimedTask> {
    store
        .claim_due(&Claim::new(&[TaskKind::Notify], now, LEASE, limit))
        .await
        .expect("the store claims")
}

/// Claims the only due task.
pub(super) async fn claim_one(store: &Arc<dyn Store>, now: DateTime<Utc>) -> ClaimedTask {
    let mut claimed = claim(store, now, 10).await;
    assert_eq!(claimed.len(), 1);
    claimed.remove(0)
}

pub(super) async fn read_link(store: &Arc<dyn Store>, name: &str) -> Option<Link> {
    store
        .link(&account(), &assessment(name))
        .await
        .expect("the store reads")
}

pub(super) async fn read_invitation(store: &Arc<dyn Store>, name: &str) -> Option<Invitation> {
    store
        .invitation(&account(), &InvitationId::new(name))
        .await
        .expect("the store reads")
}

pub(super) async fn read_push(store: &Arc<dyn Store>, name: &str) -> Option<Push> {
    store
        .push(&account(), &assessment(name))
        .await
        .expect("the store reads")
}

pub(super) async fn read_history(
    store: &Arc<dyn Store>,
    candidate: i64,
) -> Option<CandidateHistory> {
    store
        .candidate_history(&account(), CandidateId::new(candidate))
        .await
        .expect("the store reads")
}

pub(super) async fn page(store: &Arc<dyn Store>, filter: &LogFilter) -> LogPage {
    store
        .log_page(&account(), filter)
        .await
        .expect("the store reads")
}

pub(super) fn texts(page: &LogPage) -> Vec<&str> {
    page.entries
        .iter()
        .map(|logged| logged.entry.text.as_str())
        .collect()
}

pub(super) async fn backlog(store: &Arc<dyn Store>) -> u64 {
    store
        .backlog(&account(), &[TaskKind::Notify])
        .await
        .expect("the store counts")
        .count
}

pub(super) async fn purge(
    store: &Arc<dyn Store>,
    what: Purge,
    before: DateTime<Utc>,
    limit: usize,
) -> usize {
    let purged = store.purge(what, before, limit).await;
    purged.expect("the store purges")
}

/// Number of kept bodies. Counting removes them, because no query returns them.
pub(super) async fn bodies(store: &Arc<dyn Store>) -> usize {
    purge(store, Purge::KeptBodies, at(1_000_000), 1_000).await
}

/// Runs futures concurrently in the current task.
pub(super) async fn together<T>(
    futures: impl IntoIterator<Item = impl Future<Output = T>>,
) -> Vec<T> {
    let mut running: Vec<(Pin<Box<_>>, Option<T>)> = futures
        .into_iter()
        .map(|future| (Box::pin(future), None))
        .collect();
    poll_fn(|context| {
        for (future, answer) in &mut running {
            if answer.is_none()
                && let Poll::Ready(ready) = future.as_mut().poll(context)
            {
                *answer = Some(ready);
            }
        }
        if running.iter().all(|(_, answer)| answer.is_some()) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    running
        .into_iter()
        .filter_map(|(_, answer)| answer)
        .collect()
}

/// Boxed future that runs concurrently with others.
pub(super) type Running<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
