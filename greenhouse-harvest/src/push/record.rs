//! The record of a running push: its journal, and the commits that write it.

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, CandidateId, earlier, later,
    store::{
        Applied, Changes, DueTask, JournalMark, Link, LogEntry, PushState, PushStep, Settlement,
        Task, Write,
    },
};

use super::{
    failure::Stop,
    journal::{begin_again, begun_at, done_id, line, stopped},
    plan::Unfit,
    run::Run,
    text,
};

impl Run<'_> {
    pub(super) fn account(&self) -> &AccountId {
        &self.work.account
    }

    /// Whose the application is by now: `candidate`, or who remained of a merge while this run goes on.
    pub(super) fn owner(&self, candidate: CandidateId) -> CandidateId {
        self.push.candidate.unwrap_or(candidate)
    }

    /// The id that the journal has for a step that is done as a whole.
    pub(super) fn done_id(&self, step: PushStep) -> Option<i64> {
        done_id(&self.push, step)
    }

    /// Since when the outcome of a step's write is unknown; none where it is known.
    pub(super) fn unknown_since(&self, step: PushStep) -> Option<DateTime<Utc>> {
        begun_at(&self.push, step)
    }

    /// The outcome of what was begun is unknown. The settle time counts from here: a write may have waited for the rate
    /// limit long after it was begun.
    pub(super) fn left_unknown(&mut self) {
        begin_again(&mut self.push, self.service.now());
    }

    /// Journals that these steps' writes are about to be sent, in one commit; `part` says which of a step's several writes.
    /// No write starts that may still run when the lease ends, none while the host is being stopped, and none for whoever
    /// was erased meanwhile.
    pub(super) async fn begin(
        &mut self,
        steps: &[PushStep],
        part: Option<i64>,
    ) -> Result<(), Stop> {
        let config = &self.service.parts.config;
        if self.service.is_stopping() {
            return Err(Stop::Failed(stopped(&self.push, config.settle_time)));
        }
        if later(self.service.now(), config.write_deadline) > self.work.lease_until {
            let step = steps.first().copied().unwrap_or(PushStep::Candidate);
            return Err(Stop::out_of_time(step));
        }
        self.mark_part(steps, part, &JournalMark::Begun);
        self.commit(None).await?;
        let store = &self.service.parts.store;
        let link = store.link(self.account(), &self.push.assessment).await?;
        if self.push.person.is_none() || link.is_some_and(|link| link.erased) {
            self.mark_part(steps, part, &JournalMark::NotDone);
            self.commit(None).await?;
            return Err(Unfit::erased().into());
        }
        Ok(())
    }

    /// Journals that these steps' writes were certainly not carried out.
    pub(super) async fn not_done(&mut self, steps: &[PushStep]) -> Result<(), Stop> {
        self.mark(steps, &JournalMark::NotDone);
        self.commit(None).await
    }

    /// Adds lines to the journal, without committing them.
    pub(super) fn mark(&mut self, steps: &[PushStep], mark: &JournalMark) {
        self.mark_part(steps, None, mark);
    }

    pub(super) fn mark_part(&mut self, steps: &[PushStep], part: Option<i64>, mark: &JournalMark) {
        let now = self.service.now();
        let lines = steps
            .iter()
            .map(|step| line(*step, part, mark.clone(), now));
        self.push.journal.extend(lines);
    }

    pub(super) fn mark_candidate(&mut self, candidate: CandidateId, found: bool) {
        self.push.candidate = Some(candidate);
        let id = candidate.value();
        self.mark(&[PushStep::Candidate], &JournalMark::Done { id, found });
    }

    pub(super) fn mark_application(&mut self, link: &Link, found: bool) {
        self.push.application = Some(link.application);
        self.push.candidate = Some(link.candidate);
        let id = link.application.value();
        self.mark(&[PushStep::Application], &JournalMark::Done { id, found });
    }

    pub(super) async fn done(&mut self, step: PushStep, id: i64, found: bool) -> Result<(), Stop> {
        self.mark(&[step], &JournalMark::Done { id, found });
        self.commit(None).await
    }

    /// Writes the record, and a link with it, if the push is still ours.
    pub(super) async fn commit(&mut self, link: Option<Link>) -> Result<(), Stop> {
        let mut changes = Changes::none();
        if let Some(link) = link {
            // What Greenhouse has told since this run began to read was ignored; `PartnerService` looks back.
            if self.service.parts.clients.syncs(self.account()).await? {
                let config = &self.service.parts.config;
                let since = earlier(self.work.lease_until, config.lease + config.settle_time);
                let work = Task::look_back(&link.assessment, since);
                changes.due.push(DueTask::new(work, self.service.now()));
            }
            changes.links.push(Write::Put(link));
        }
        let ours = self.push.state.clone();
        self.apply(changes, &ours).await
    }

    /// Ends the push, and the work with it.
    pub(super) async fn finish(&mut self, state: PushState, text: String) -> Result<(), Stop> {
        let offered = match &state {
            PushState::Failed(failure) => failure.candidates.clone(),
            _ => Vec::new(),
        };
        let entry = self.entry(&state, text).offering(offered);
        self.leave(state, entry, Settlement::Done).await
    }

    /// Queues the push once more, to go on at this time.
    pub(super) async fn requeue(&mut self, at: DateTime<Utc>, text: String) -> Result<(), Stop> {
        let entry = self.entry(&PushState::Queued, text);
        self.leave(PushState::Queued, entry, Settlement::Again(at))
            .await
    }

    async fn leave(
        &mut self,
        state: PushState,
        entry: LogEntry,
        settlement: Settlement,
    ) -> Result<(), Stop> {
        let mut changes = Changes::none();
        changes.log.push(entry);
        changes.settled = Some(self.work.settle(settlement));
        let ours = std::mem::replace(&mut self.push.state, state);
        self.apply(changes, &ours).await
    }

    fn entry(&self, state: &PushState, text: String) -> LogEntry {
        let now = self.service.now();
        let entry = text::entry(&self.push.assessment, now, text::status(state), text);
        match self.push.application {
            Some(application) => entry.about_application(application),
            None => entry,
        }
    }

    /// Applies changes together with the record. After a conflict it is tried again only where the push is still `ours`:
    /// an erasure or a sync rule has then touched a row meanwhile.
    async fn apply(&mut self, mut changes: Changes, ours: &PushState) -> Result<(), Stop> {
        let store = &self.service.parts.store;
        for _ in 0..MAX_CONFLICTS {
            let mut attempt = changes.clone();
            for write in &mut attempt.links {
                if let Write::Put(link) = write {
                    let known = store.link(self.account(), &link.assessment).await?;
                    link.version = known.map_or(0, |known| known.version);
                }
            }
            attempt.pushes.push(Write::Put(self.push.clone()));
            match store.apply(&self.work.account, attempt).await? {
                Applied::Applied => {
                    self.push.version = self.push.version.saturating_add(1);
                    self.stored_candidate = self.push.candidate;
                    return Ok(());
                }
                Applied::Conflict => {
                    let stored = store.push(self.account(), &self.push.assessment).await?;
                    match stored {
                        Some(stored) if stored.state == *ours => {
                            self.push.version = stored.version;
                            self.push.person = stored.person.clone();
                            self.take_merge(stored.candidate, &mut changes);
                        }
                        _ => return Err(Stop::Lost),
                    }
                }
                Applied::AlreadySeen | Applied::LeaseLost => return Err(Stop::Lost),
            }
        }
        Err(Stop::Lost)
    }

    /// Who was merged away meanwhile is not written back, neither into the record nor into a link.
    fn take_merge(&mut self, stored: Option<CandidateId>, changes: &mut Changes) {
        let Some(winner) = stored else {
            return;
        };
        let loser = self.stored_candidate.replace(winner);
        if loser == Some(winner) {
            return;
        }
        if self.push.candidate == loser {
            self.push.candidate = Some(winner);
        }
        for write in &mut changes.links {
            if let Write::Put(link) = write
                && Some(link.candidate) == loser
            {
                link.candidate = winner;
            }
        }
    }
}

const MAX_CONFLICTS: usize = 5;
