//! One push, from its claim to its end: the order of the steps, and the journal.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, CandidateId, later,
    settings::PushSettings,
    store::{
        Applied, Changes, ClaimedWork, JournalEntry, JournalMark, Link, LogEntry, Push,
        PushFailure, PushState, PushStep, Settlement, StoreError, Work, Write,
    },
    within,
};

use super::{
    PushService,
    failure::Stop,
    plan::{Plan, Unfit, is_erased, person_key},
    text,
};
use crate::{Access, HarvestClient};

impl PushService {
    /// Does one claimed push, or finds that there is nothing to do.
    pub(super) async fn run(&self, work: &ClaimedWork) -> Result<(), StoreError> {
        let Work::Push { assessment } = &work.work else {
            return self.dismiss(work).await;
        };
        let Some((push, kin)) = self.start(work, assessment).await? else {
            return Ok(());
        };
        let mut run = Run {
            service: self,
            work,
            push,
            kin,
            stored_candidate: None,
            fresh_candidate: false,
        };
        run.stored_candidate = run.push.candidate;
        let left = work.lease_until.signed_duration_since(self.now());
        let left = left.to_std().unwrap_or_default();
        // Whatever it waits for, the lease ends: then it stands where a host leaves it that dies.
        let Some(end) = within(&*self.parts.clock, left, run.steps()).await else {
            return Ok(());
        };
        let end = match end {
            Ok(done) => Ok((PushState::Done, done)),
            Err(Stop::Failed(failure)) => {
                let text = failure.text.clone();
                Ok((PushState::Failed(failure), text))
            }
            Err(stop) => Err(stop),
        };
        let finished = match end {
            Ok((state, text)) => run.finish(state, text).await,
            Err(stop) => Err(stop),
        };
        match finished {
            Ok(()) | Err(Stop::Lost | Stop::Failed(_)) => Ok(()),
            Err(Stop::Store(error)) => Err(error),
        }
    }

    /// Settles work that asks for nothing any more.
    pub(super) async fn dismiss(&self, work: &ClaimedWork) -> Result<(), StoreError> {
        let mut changes = Changes::none();
        changes.settled = Some(work.settle(Settlement::Done));
        // Where the lease was lost, somebody else settles it.
        let _ = self.parts.store.apply(&work.account, changes).await?;
        Ok(())
    }
}

/// A push that runs under a lease.
pub(super) struct Run<'a> {
    pub(super) service: &'a PushService,
    pub(super) work: &'a ClaimedWork,
    pub(super) push: Push,
    /// The other pushes of the same person. None of them runs while this one does.
    pub(super) kin: Vec<Push>,
    /// The candidate that the stored record has, as far as this run knows: another one there is a merge.
    stored_candidate: Option<CandidateId>,
    /// This run has created the candidate, so there can be no application yet.
    pub(super) fresh_candidate: bool,
}

/// What the steps work with.
pub(super) struct Kit {
    pub(super) client: HarvestClient,
    pub(super) settings: Arc<PushSettings>,
    pub(super) plan: Plan,
}

impl Run<'_> {
    /// Answers what the sync log is to say.
    async fn steps(&mut self) -> Result<String, Stop> {
        let kit = self.kit().await?;
        let candidate = self.candidate(&kit).await?;
        let (candidate, application) = self.application(&kit, candidate).await?;
        self.report(&kit, application).await?;
        self.note(&kit, candidate, application).await?;
        let candidate = self.owner(candidate);
        Ok(text::pushed(candidate, application, &kit.plan.scorecard))
    }

    async fn kit(&self) -> Result<Kit, Stop> {
        let parts = &self.service.parts;
        let account = self.account();
        let Some(Access {
            client, settings, ..
        }) = parts.clients.access(account).await?
        else {
            return Err(Stop::failed(
                None,
                "switched_off",
                "The push was switched off before this one began.",
            ));
        };
        let assessment = self
            .service
            .assessment(account, &self.push.assessment)
            .await
            .map_err(|error| Stop::platform(None, &error))?;
        let Some(assessment) = assessment else {
            return Err(Stop::failed(
                None,
                "product_not_found",
                "The product has no such assessment any more.",
            ));
        };
        let invitation = parts
            .store
            .invitation_of_assessment(account, &assessment.id)
            .await?;
        let link = parts.store.link(account, &assessment.id).await?;
        if is_erased(&self.push, link.as_ref()) {
            return Err(Unfit::erased().into());
        }
        let placed = self.push.application.is_some();
        let plan = Plan::of(account, &assessment, invitation.as_ref(), &settings, placed)?;
        // Pushes of one person are told by the address that they were queued with.
        if self.push.person != person_key(account, &assessment) {
            return Err(Unfit::email_changed_meanwhile().into());
        }
        let client = client
            .with_write_deadline(parts.config.write_deadline)
            .writing_until(self.work.lease_until);
        Ok(Kit {
            client,
            settings,
            plan,
        })
    }

    pub(super) fn account(&self) -> &AccountId {
        &self.work.account
    }

    /// Whose the application is by now: `candidate`, or who remained of a merge while this run goes on.
    pub(super) fn owner(&self, candidate: CandidateId) -> CandidateId {
        self.push.candidate.unwrap_or(candidate)
    }

    /// The id that the journal has for a step that is done.
    pub(super) fn done_id(&self, step: PushStep) -> Option<i64> {
        match self.push.mark(step)?.mark {
            JournalMark::Done { id, .. } => Some(id),
            _ => None,
        }
    }

    /// The outcome of what was begun is unknown. The settle time counts from here: a write may have waited for the rate
    /// limit long after it was begun.
    pub(super) fn left_unknown(&mut self) {
        let begun = PushStep::ALL.into_iter();
        let begun: Vec<PushStep> = begun
            .filter(|step| self.unknown_since(*step).is_some())
            .collect();
        self.mark(&begun, &JournalMark::Begun);
    }

    /// Since when the outcome of a step's write is unknown; none where it is known.
    pub(super) fn unknown_since(&self, step: PushStep) -> Option<DateTime<Utc>> {
        begun_at(&self.push, step)
    }

    /// Journals that these steps' writes are about to be sent, in one commit. No write starts that may still run when
    /// the lease ends.
    pub(super) async fn begin(&mut self, steps: &[PushStep]) -> Result<(), Stop> {
        let config = &self.service.parts.config;
        if later(self.service.now(), config.write_deadline) > self.work.lease_until {
            let step = steps.first().copied().unwrap_or(PushStep::Candidate);
            return Err(Stop::out_of_time(step));
        }
        self.mark(steps, &JournalMark::Begun);
        self.commit(None).await
    }

    /// Journals that these steps' writes were certainly not carried out.
    pub(super) async fn not_done(&mut self, steps: &[PushStep]) -> Result<(), Stop> {
        self.mark(steps, &JournalMark::NotDone);
        self.commit(None).await
    }

    /// Adds lines to the journal, without committing them.
    pub(super) fn mark(&mut self, steps: &[PushStep], mark: &JournalMark) {
        let now = self.service.now();
        let lines = steps
            .iter()
            .map(|step| JournalEntry::new(*step, mark.clone(), now));
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
        changes.links.extend(link.map(Write::Put));
        self.apply(changes).await
    }

    async fn finish(&mut self, state: PushState, text: String) -> Result<(), Stop> {
        let entry = self.entry(&state, text);
        let mut changes = Changes::none();
        changes.log.push(entry);
        changes.settled = Some(self.work.settle(Settlement::Done));
        let ours = std::mem::replace(&mut self.push.state, state);
        self.apply_as(changes, &ours).await
    }

    fn entry(&self, state: &PushState, text: String) -> LogEntry {
        let now = self.service.now();
        let entry = text::entry(&self.push.assessment, now, text::status(state), text);
        match self.push.application {
            Some(application) => entry.about_application(application),
            None => entry,
        }
    }

    async fn apply(&mut self, changes: Changes) -> Result<(), Stop> {
        let ours = self.push.state.clone();
        self.apply_as(changes, &ours).await
    }

    /// Applies changes together with the record. After a conflict it is tried again only where the push is still `ours`:
    /// an erasure or a sync rule has then touched a row meanwhile.
    async fn apply_as(&mut self, mut changes: Changes, ours: &PushState) -> Result<(), Stop> {
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
                            self.take_merge(&stored, &mut changes);
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
    fn take_merge(&mut self, stored: &Push, changes: &mut Changes) {
        let Some(winner) = stored.candidate else {
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

/// Since when the outcome of a step's write is unknown in this push.
pub(super) fn begun_at(push: &Push, step: PushStep) -> Option<DateTime<Utc>> {
    let line = push.mark(step)?;
    (line.mark == JournalMark::Begun).then_some(line.at)
}

/// What a push reads as whose lease has run out. `settle_time` runs from the end of the lease where a write was begun:
/// whoever held the lease may have sent it as late as that.
pub(super) fn interrupted(push: &Push, settle_time: Duration) -> PushFailure {
    let mut ended = push.clone();
    end_lease(&mut ended);
    let begun = PushStep::ALL
        .into_iter()
        .filter_map(|step| begun_at(&ended, step));
    let settled = begun.max().map(|since| later(since, settle_time));
    let step = PushStep::ALL
        .into_iter()
        .find(|step| !matches!(push.mark(*step), Some(line) if matches!(line.mark, JournalMark::Done { .. })));
    let place = match step {
        Some(step) => format!("at the step \"{}\"", step.as_str()),
        None => "after its last step".to_owned(),
    };
    let text = format!(
        "The push was interrupted {place}, and it was not repeated. Retry: it continues after what is known to be done."
    );
    let mut failure = PushFailure::new(step, "interrupted", text);
    failure.retry_after = settled;
    failure
}

/// Journals of a push whose lease has run out that what it began was unknown until then.
pub(super) fn end_lease(push: &mut Push) {
    let PushState::Running { lease_until } = push.state else {
        return;
    };
    for step in PushStep::ALL {
        if begun_at(push, step).is_some_and(|since| since < lease_until) {
            let line = JournalEntry::new(step, JournalMark::Begun, lease_until);
            push.journal.push(line);
        }
    }
}

const MAX_CONFLICTS: usize = 5;
