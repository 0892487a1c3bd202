//! Receiver of the webhooks that works like the services: it decides on each webhook, applies the
//! changes to a store, and later runs the resulting tasks in any order.

use std::{collections::BTreeSet, time::Duration};

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, ApplicationId, ApplicationSnapshot, AssessmentId, CandidateId, later,
    platform::Outcome,
    store::{
        Applied, CandidateHistory, Changes, Claim, ClaimedTask, Delivery, DeliveryStatus, DueTask,
        Link, LogEntry, LogFilter, Records, Settlement, StoreWriter, SyncLog, Task, TaskKind,
        TaskQueue, Verdict, Write, histories_of, memory::MemoryStore,
    },
    sync::{
        Decision, Facts, Reading, Successors, decide, people_in, people_seen, resolve, succeed,
    },
    webhook::Event,
};

use super::world::{BYSTANDER, Delivered, FIRST_APPLICATION, FIRST_CANDIDATE, JOB, World, start};

#[derive(Debug)]
pub(super) struct Receiver<'a> {
    store: MemoryStore,
    account: AccountId,
    now: DateTime<Utc>,
    world: &'a World,
    reader: bool,
    /// Last outcome that the product applied, with its revision.
    outcome: (u64, Outcome),
    chances: Chances<'a>,
}

/// Random choices, drawn in advance so that proptest can shrink them.
#[derive(Debug)]
pub(super) struct Chances<'a> {
    drawn: &'a [u8],
    next: usize,
}

impl<'a> Chances<'a> {
    pub(super) fn new(drawn: &'a [u8]) -> Self {
        Self { drawn, next: 0 }
    }

    fn below(&mut self, end: usize) -> usize {
        let drawn = self.drawn[self.next % self.drawn.len()];
        self.next += 1;
        usize::from(drawn) % end
    }
}

impl<'a> Receiver<'a> {
    pub(super) fn new(world: &'a World, reader: bool, chances: Chances<'a>) -> Self {
        Self {
            store: MemoryStore::new(),
            account: AccountId::new("acme"),
            now: later(start(), Duration::from_secs(3600)),
            world,
            reader,
            outcome: (0, Outcome::Active),
            chances,
        }
    }

    /// Receives the webhooks in this order. The push is committed after `late` of them. If
    /// `caught`, the next webhook is decided on before the push, and applied only after the first
    /// replay.
    pub(super) async fn receive_all(
        &mut self,
        deliveries: &[Delivered],
        late: usize,
        caught: bool,
    ) {
        // A merge that took effect for one link is not replayed for a link that appears later.
        let is_early = late == 0 && !caught;
        if is_early && self.world.merge_hook && self.chances.below(2) == 1 {
            let link = Link::new(bystander(), BYSTANDER, BYSTANDER_APPLICATION, None);
            let mut changes = Changes::none();
            changes.links.push(Write::Put(link));
            assert_eq!(self.apply(changes).await, Applied::Applied);
        }
        let (early, others) = deliveries.split_at(late.min(deliveries.len()));
        self.receive(early).await;
        let mut others = others;
        let mut open = None;
        if caught && let Some((first, rest)) = others.split_first() {
            open = self.decide_on(first).await;
            others = rest;
        }
        self.push().await;
        if let Some(changes) = open {
            self.run_tasks().await;
            // The history of the candidate may have changed in the meantime, so decide again.
            if self.apply(changes).await == Applied::Conflict {
                self.receive(&deliveries[early.len()..=early.len()]).await;
            }
        }
        if self.chances.below(2) == 1 {
            // The other webhooks arrive long after the push and its tasks.
            self.settle().await;
        }
        self.receive(others).await;
        self.settle().await;
    }

    pub(super) async fn link(&self) -> Link {
        self.link_of(&assessment()).await
    }

    /// Link of the bystander, if there is one.
    pub(super) async fn bystander(&self) -> Option<Link> {
        let link = self.store.link(&self.account, &bystander()).await;
        link.unwrap()
    }

    async fn link_of(&self, assessment: &AssessmentId) -> Link {
        let link = self.store.link(&self.account, assessment).await;
        link.unwrap().unwrap()
    }

    pub(super) fn outcome(&self) -> Outcome {
        self.outcome.1
    }

    pub(super) async fn log(&self) -> Vec<LogEntry> {
        let filter = LogFilter::newest(LogFilter::MAX_LIMIT);
        let page = self.store.log_page(&self.account, &filter).await.unwrap();
        assert!(page.next.is_none());
        page.entries
            .into_iter()
            .map(|logged| logged.entry)
            .filter(|entry| entry.assessment == Some(assessment()))
            .collect()
    }

    async fn receive(&mut self, deliveries: &[Delivered]) {
        for delivered in deliveries {
            let quiet = PAUSES[self.chances.below(PAUSES.len())];
            self.advance(quiet);
            if let Some(changes) = self.decide_on(delivered).await {
                assert_eq!(self.apply(changes).await, Applied::Applied);
            }
            for _ in 0..self.chances.below(3) {
                self.run_tasks().await;
            }
        }
    }

    async fn decide_on(&self, delivered: &Delivered) -> Option<Changes> {
        let Delivered { source, event } = delivered;
        let status = self.store.delivery_status(&self.account, source, None);
        let (status, _) = status.await.unwrap();
        if status == DeliveryStatus::Duplicate {
            return None;
        }
        let Decision {
            mut changes,
            verdict,
            ..
        } = decide(event, &self.known_of(event).await);
        let seen = Delivery::new(source.clone(), Some(event.clone()), verdict, self.now);
        changes.seen = Some(seen);
        Some(changes)
    }

    async fn push(&mut self) {
        let link = Link::new(assessment(), FIRST_CANDIDATE, FIRST_APPLICATION, Some(JOB));
        let mut changes = Changes::none();
        changes.links.push(Write::Put(link));
        let task = Task::replay_ignored(&assessment(), self.now);
        changes.due.push(DueTask::new(task, self.now));
        assert_eq!(self.apply(changes).await, Applied::Applied);
    }

    async fn settle(&mut self) {
        for _ in 0..ROUNDS {
            self.advance(SETTLE_TIME);
            self.run_tasks().await;
            if self.store.next_due(&KINDS).await.unwrap().is_none() {
                return;
            }
        }
        panic!("the tasks do not end");
    }

    /// Runs some of the due tasks, sometimes in reverse order.
    async fn run_tasks(&mut self) {
        let lease = Duration::from_secs(60);
        let limit = 1 + self.chances.below(4);
        let claim = Claim::new(&KINDS, self.now, lease, limit);
        let mut claimed = self.store.claim_due(&claim).await.unwrap();
        if self.chances.below(2) == 1 {
            claimed.reverse();
        }
        for task in claimed {
            self.run(&task).await;
        }
    }

    async fn run(&mut self, task: &ClaimedTask) {
        let mut changes = match &task.task {
            Task::NotifyProduct {
                outcome, revision, ..
            } => {
                if *revision > self.outcome.0 {
                    self.outcome = (*revision, *outcome);
                }
                Changes::none()
            }
            Task::ReadApplication { hint, contradicted } => {
                let reading = Reading {
                    hint: hint.clone(),
                    snapshot: self.read(hint.application),
                    contradicted: *contradicted,
                };
                let links = self.links_to(hint.application).await;
                let people = people_seen(reading.snapshot.as_ref(), &links);
                let histories = self.histories_of(people).await;
                resolve(&reading, &self.known(links, histories))
            }
            Task::FindSuccessor {
                assessment,
                candidate,
                ..
            } => {
                assert!(self.reader);
                let found = self.world.snapshot();
                let found = found.filter(|_| self.world.candidate == *candidate);
                let successors = Successors {
                    link: self.link_of(assessment).await,
                    applications: found.into_iter().collect(),
                };
                succeed(&successors, self.now)
            }
            Task::ReplayIgnored {
                assessment,
                since,
                again,
            } => {
                self.replay_ignored(assessment).await;
                let mut changes = Changes::none();
                if !again {
                    let again = Task::ReplayIgnored {
                        assessment: assessment.clone(),
                        since: *since,
                        again: true,
                    };
                    let at = later(self.now, SETTLE_TIME);
                    changes.due.push(DueTask::new(again, at));
                }
                changes
            }
            other => panic!("the rules cause no such task: {other:?}"),
        };
        changes.settled = Some(task.settle(Settlement::Done));
        assert_eq!(self.apply(changes).await, Applied::Applied);
    }

    async fn replay_ignored(&mut self, assessment: &AssessmentId) {
        let mut replayed = BTreeSet::new();
        loop {
            let link = self.link_of(assessment).await;
            let (candidate, application) = (link.candidate, link.application);
            let ignored = self
                .store
                .ignored_deliveries(&self.account, candidate, application);
            let next = ignored.await.unwrap().into_iter().find(|delivery| {
                let source = &delivery.source;
                replayed.insert((source.event_id.clone(), *source.digest.as_bytes()))
            });
            let Some(delivery) = next else {
                return;
            };
            let event = delivery.event.unwrap();
            let mut decision = decide(&event, &self.known_of(&event).await);
            if decision.verdict == Verdict::Effective {
                decision.changes.replayed = Some(delivery.source);
                assert_eq!(self.apply(decision.changes).await, Applied::Applied);
            }
        }
    }

    fn read(&self, application: ApplicationId) -> Option<ApplicationSnapshot> {
        assert!(self.reader);
        let seen = self.world.snapshot();
        seen.filter(|seen| seen.application == application)
    }

    async fn known_of(&self, event: &Event) -> Facts {
        let mut links = Vec::new();
        for application in event.applications() {
            links.extend(self.links_to(*application).await);
        }
        let histories = self.histories_of(people_in(event, &links)).await;
        let named = histories.iter().map(|history| history.candidate);
        let candidates: BTreeSet<_> = named.chain(event.candidate()).collect();
        for candidate in candidates {
            let named = self.store.links_to_candidate(&self.account, candidate);
            links.extend(named.await.unwrap());
        }
        let mut seen = BTreeSet::new();
        links.retain(|link| seen.insert(link.assessment.clone()));
        self.known(links, histories)
    }

    async fn links_to(&self, application: ApplicationId) -> Vec<Link> {
        let links = self.store.links_to_application(&self.account, application);
        links.await.unwrap()
    }

    async fn histories_of(&self, people: Vec<CandidateId>) -> Vec<CandidateHistory> {
        let histories = histories_of(&self.store, &self.account, people, self.now);
        histories.await.unwrap()
    }

    fn known(&self, links: Vec<Link>, histories: Vec<CandidateHistory>) -> Facts {
        Facts {
            links,
            histories,
            reader: self.reader,
            now: self.now,
            settle_time: SETTLE_TIME,
        }
    }

    async fn apply(&self, changes: Changes) -> Applied {
        self.store.apply(&self.account, changes).await.unwrap()
    }

    fn advance(&mut self, time: Duration) {
        self.now = later(self.now, time);
    }
}

fn assessment() -> AssessmentId {
    AssessmentId::new("a-1")
}

fn bystander() -> AssessmentId {
    AssessmentId::new("b-1")
}

const BYSTANDER_APPLICATION: ApplicationId = ApplicationId::new(900);
const KINDS: [TaskKind; 4] = [
    TaskKind::NotifyProduct,
    TaskKind::ReadApplication,
    TaskKind::FindSuccessor,
    TaskKind::ReplayIgnored,
];
const PAUSES: [Duration; 4] = [
    Duration::ZERO,
    Duration::from_millis(700),
    Duration::from_millis(1400),
    Duration::from_secs(90),
];
const SETTLE_TIME: Duration = Duration::from_secs(60);
const ROUNDS: usize = 1000;
