//! The stored record of a running push, and the commits that write it.

use std::time::Duration;

use greenhouse_core::{
    AccountId, Backoff, CandidateId, Text, earlier, later,
    store::{
        Changes, ClaimedTask, DueTask, JournalMark, Link, LogEntry, Proposal, Push, PushFailure,
        PushState, PushStep, PushWait, Settlement, Task, Write, decide_and_apply,
    },
};

use super::journal::{begin_again, has_written, line, stopped};
use crate::client::RequestCount;
use crate::push::{
    StepError,
    engine::Engine,
    log_entry::{log_entry, log_status},
    texts::{sync_log as texts, time},
};

/// A push that this host has claimed.
pub(in crate::push) struct ClaimedPush {
    pub(in crate::push) push: Push,
    /// Other pushes of the same person. None of them runs at the same time as this push.
    pub(in crate::push) sibling_pushes: Vec<Push>,
}

/// Record of a push that runs under a lease.
pub(in crate::push) struct PushRecord<'a> {
    pub(in crate::push) engine: &'a Engine,
    pub(in crate::push) task: &'a ClaimedTask,
    pub(in crate::push) push: Push,
    /// Number of requests of this run.
    pub(in crate::push) requests: RequestCount,
    /// Number of requests of the earlier runs.
    earlier_requests: u32,
    /// Other pushes of the same person. None of them runs at the same time as this push.
    pub(super) sibling_pushes: Vec<Push>,
    /// Candidate in the stored record as last read. If the stored candidate differs now, the
    /// candidates were merged in between.
    stored_candidate: Option<CandidateId>,
    /// Link from the last commit that stored a link.
    link: Option<Link>,
}

impl<'a> PushRecord<'a> {
    pub(in crate::push) fn new(
        engine: &'a Engine,
        task: &'a ClaimedTask,
        claimed: ClaimedPush,
    ) -> Self {
        let ClaimedPush {
            push,
            sibling_pushes,
        } = claimed;
        Self {
            engine,
            task,
            stored_candidate: push.candidate,
            requests: RequestCount::default(),
            earlier_requests: push.requests,
            push,
            sibling_pushes,
            link: None,
        }
    }

    pub(in crate::push) fn account(&self) -> &'a AccountId {
        &self.task.account
    }

    /// Journals that the outcome of each begun write is unknown. The settle time starts now,
    /// because a write may have waited long for the rate limit.
    pub(in crate::push) fn left_unknown(&mut self) {
        begin_again(&mut self.push, self.engine.now());
    }

    /// Adds entries to the journal without committing them.
    pub(in crate::push) fn mark(
        &mut self,
        steps: &[PushStep],
        part: Option<i64>,
        mark: &JournalMark,
    ) {
        let now = self.engine.now();
        let lines = steps
            .iter()
            .map(|step| line(*step, part, mark.clone(), now));
        self.push.journal.extend(lines);
    }

    pub(in crate::push) fn mark_candidate(&mut self, candidate: CandidateId, found: bool) {
        self.push.candidate = Some(candidate);
        let id = candidate.value();
        self.mark(
            &[PushStep::Candidate],
            None,
            &JournalMark::Done { id, found },
        );
    }

    pub(in crate::push) fn mark_application(&mut self, link: &Link, found: bool) {
        self.push.application = Some(link.application);
        self.push.candidate = Some(link.candidate);
        let id = link.application.value();
        self.mark(
            &[PushStep::Application],
            None,
            &JournalMark::Done { id, found },
        );
    }

    /// Commits the record and the link, if any. Fails if another host runs the push now.
    pub(super) async fn commit(&mut self, link: Option<Link>) -> Result<(), StepError> {
        let mut changes = Changes::none();
        if let Some(link) = link {
            // Webhooks about this application were ignored until now. `PartnerService` replays
            // them.
            if self.engine.clients.syncs(self.account()).await? {
                let config = &self.engine.config;
                let since = earlier(self.task.lease_until, config.lease + config.settle_time);
                let task = Task::replay_ignored(&link.assessment, since);
                changes.due.push(DueTask::new(task, self.engine.now()));
            }
            changes.links.push(Write::Put(link));
        }
        let ours = self.push.state.clone();
        self.apply(changes, &ours).await
    }

    /// Takes the link from the last commit that stored a link.
    pub(super) fn take_link(&mut self) -> Option<Link> {
        self.link.take()
    }

    /// Ends the push and settles its task.
    pub(in crate::push) async fn finish(
        &mut self,
        state: PushState,
        text: Text,
    ) -> Result<(), StepError> {
        self.push.wait = None;
        let offered = match &state {
            PushState::Failed(failure) => failure.candidates.clone(),
            _ => Vec::new(),
        };
        let entry = self.entry(&state, text).with_candidates(offered);
        self.leave(state, entry, Settlement::Done).await
    }

    pub(in crate::push) async fn fail(&mut self, failure: PushFailure) -> Result<(), StepError> {
        let text = failure.to_text();
        self.finish(PushState::Failed(failure), text).await
    }

    /// Ends a run because Greenhouse, the product or the report is not available. Before its first
    /// write, the push waits and is tried again until [`PushConfig::patience`](crate::PushConfig)
    /// is over. After its first write, the push fails.
    pub(in crate::push) async fn wait_or_fail(
        &mut self,
        mut failure: PushFailure,
        retry_after: Option<Duration>,
    ) -> Result<(), StepError> {
        let patience = self.engine.config.patience;
        if has_written(&self.push) || patience.is_zero() {
            failure.text = failure.to_text().and(texts::RETRY).to_string();
            return self.fail(failure).await;
        }
        let now = self.engine.now();
        let earlier = self.push.wait.as_ref();
        let attempts = earlier.map_or(0, |wait| wait.attempts);
        let end = later(earlier.map_or(now, |wait| wait.since), patience);
        if now >= end {
            let text = texts::waited_in_vain(&failure.to_text(), patience);
            failure.text = text.and(texts::RETRY).to_string();
            return self.fail(failure).await;
        }
        let wait = WAIT.after(attempts).max(retry_after.unwrap_or_default());
        // The last attempt is at the end of the patience.
        let retry_at = later(now, wait).min(end);
        let text = texts::push_waits(&failure.to_text(), &time(retry_at), &time(end));
        self.push.wait = Some(PushWait::new(earlier, now, retry_at, &failure));
        self.requeue(Settlement::Again(retry_at), text).await
    }

    /// Queues the push again.
    pub(in crate::push) async fn requeue(
        &mut self,
        settlement: Settlement,
        text: Text,
    ) -> Result<(), StepError> {
        let entry = self.entry(&PushState::Queued, text);
        self.leave(PushState::Queued, entry, settlement).await
    }

    /// Ends a run that was dropped. Starts from the stored record, because a commit may also have
    /// been dropped, and a journal must not be written without its link.
    pub(in crate::push) async fn cut_short(&mut self) -> Result<(), StepError> {
        self.reload().await?;
        let failure = stopped(&self.push, self.engine.config.settle_time);
        self.fail(failure).await
    }

    /// Ends a run in which the product or a step panicked. Before the first write, the push is
    /// queued again until it has panicked [`MAX_PANICS`] times. After the first write, the push
    /// fails.
    pub(in crate::push) async fn panicked(&mut self) -> Result<(), StepError> {
        tracing::error!("the product or a step of the push panicked");
        self.reload().await?;
        let earlier = self.task.panics;
        if !has_written(&self.push) && earlier.saturating_add(1) < MAX_PANICS {
            let retry_at = later(self.engine.now(), BACKOFF.after(earlier));
            let text = texts::push_crashed(&time(retry_at));
            return self.requeue(Settlement::Panicked { retry_at }, text).await;
        }
        let mut failure = stopped(&self.push, self.engine.config.settle_time);
        (failure.code, failure.text) = texts::product_panicked().into_parts();
        self.fail(failure).await
    }

    /// Reads the stored record again and journals that each begun write has an unknown outcome.
    async fn reload(&mut self) -> Result<(), StepError> {
        let store = self.engine.store();
        let stored = store.push(self.account(), &self.push.assessment).await?;
        match stored {
            Some(stored) if stored.state == self.push.state => {
                self.stored_candidate = stored.candidate;
                self.push = stored;
            }
            _ => return Err(StepError::Lost),
        }
        self.left_unknown();
        Ok(())
    }

    async fn leave(
        &mut self,
        state: PushState,
        entry: LogEntry,
        settlement: Settlement,
    ) -> Result<(), StepError> {
        let mut changes = Changes::none();
        changes.log.push(entry);
        changes.settled = Some(self.task.settle(settlement));
        let ours = std::mem::replace(&mut self.push.state, state);
        self.apply(changes, &ours).await
    }

    fn entry(&self, state: &PushState, text: Text) -> LogEntry {
        let now = self.engine.now();
        log_entry(&self.push, now, log_status(state), text)
    }

    /// Applies changes together with the record. A conflict is retried if the stored push still has
    /// the state `ours`, because then an erasure or a sync rule changed a record.
    async fn apply(&mut self, changes: Changes, ours: &PushState) -> Result<(), StepError> {
        let record = &*self;
        let mut attempts = 0_u32;
        let decided = decide_and_apply(record.engine.store(), record.account(), || {
            attempts = attempts.saturating_add(1);
            record.propose(changes.clone(), ours, attempts > 1)
        });
        let (push, link) = match decided.await {
            Ok(decided) => decided.applied().ok_or(StepError::Lost)?,
            Err(StepError::Store(error)) if error.is_contended() => return Err(StepError::Lost),
            Err(error) => return Err(error),
        };
        self.stored_candidate = push.candidate;
        self.push = push;
        self.link = link;
        Ok(())
    }

    /// Returns the changes with the record, and the record and the link as they will be stored.
    async fn propose(
        &self,
        mut changes: Changes,
        ours: &PushState,
        after_conflict: bool,
    ) -> Result<Proposal<(Push, Option<Link>)>, StepError> {
        let store = self.engine.store();
        let mut push = self.push.clone();
        push.requests = self.earlier_requests.saturating_add(self.requests.get());
        let links = changes.links.iter_mut().filter_map(|write| match write {
            Write::Put(link) => Some(link),
            Write::Remove(_) => None,
        });
        let mut links: Vec<&mut Link> = links.collect();
        if after_conflict {
            let stored = store.push(self.account(), &push.assessment).await?;
            let stored = stored.filter(|stored| stored.state == *ours);
            let stored = stored.ok_or(StepError::Lost)?;
            push.version = stored.version;
            push.person = stored.person;
            push.erased = stored.erased;
            self.take_merge(stored.candidate, &mut push, &mut links);
            for link in &mut links {
                let known = store.link(self.account(), &link.assessment).await?;
                link.version = known.map_or(0, |known| known.version);
            }
        }
        let mut link = links.pop().map(|link| link.clone());
        changes.pushes.push(Write::Put(push.clone()));
        push.version = push.version.saturating_add(1);
        if let Some(link) = &mut link {
            link.version = link.version.saturating_add(1);
        }
        Ok(Proposal::Write(changes, (push, link)))
    }

    /// Replaces a candidate that was merged during this run, in the record and in the links.
    fn take_merge(&self, stored: Option<CandidateId>, push: &mut Push, links: &mut [&mut Link]) {
        let loser = self.stored_candidate;
        if stored.is_none() || stored == loser {
            return;
        }
        if push.candidate == loser {
            push.candidate = stored;
        }
        for link in links {
            if let (Some(winner), true) = (stored, Some(link.candidate) == loser) {
                link.candidate = winner;
            }
        }
    }
}

const WAIT: Backoff = Backoff::new(Duration::from_secs(5), Duration::from_secs(60));
const MAX_PANICS: u32 = 5;
const BACKOFF: Backoff = Backoff::new(Duration::from_secs(10), Duration::from_secs(10 * 60));
