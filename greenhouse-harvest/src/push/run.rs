//! One push, from its claim to its end: the order of the steps.

use std::sync::Arc;

use greenhouse_core::{
    CandidateId,
    settings::PushSettings,
    store::{Changes, ClaimedTask, Push, PushFailure, PushState, Settlement, StoreError, Task},
    within,
};

use super::{
    PushService,
    failure::Stop,
    journal::stopped,
    plan::{Plan, Unfit, is_erased, person_key},
    text::Pushed,
    wait::first,
};
use crate::{
    Access, HarvestClient,
    api::{Application, Candidate},
};

impl PushService {
    /// Does one claimed push, or finds that there is nothing to do.
    pub(super) async fn run(&self, work: &ClaimedTask) -> Result<(), StoreError> {
        let Task::Push { assessment } = &work.work else {
            return self.dismiss(work).await;
        };
        let Some((push, kin)) = self.start(work, assessment).await? else {
            return Ok(());
        };
        let mut run = Run {
            service: self,
            work,
            stored_candidate: push.candidate,
            push,
            kin,
            made: Made::default(),
        };
        let left = work.lease_until.signed_duration_since(self.now());
        let left = left.to_std().unwrap_or_default();
        let steps = within(&*self.parts.clock, left, run.steps());
        let ended = match first(steps, self.cut_short()).await {
            // Whatever it waits for, the lease ends: then it stands where a host leaves it that dies.
            Some(None) => return Ok(()),
            Some(Some(Ok(done))) => run.finish(PushState::Done, done).await,
            Some(Some(Err(Stop::Failed(failure)))) => run.fail(failure).await,
            Some(Some(Err(Stop::Again(at, text)))) => run.requeue(at, text).await,
            Some(Some(Err(stop))) => Err(stop),
            None => run.cut_short().await,
        };
        match ended {
            Ok(()) | Err(Stop::Lost | Stop::Failed(_) | Stop::Again(..)) => Ok(()),
            Err(Stop::Store(error)) => Err(error),
        }
    }

    /// Settles work that asks for nothing any more.
    pub(super) async fn dismiss(&self, work: &ClaimedTask) -> Result<(), StoreError> {
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
    pub(super) work: &'a ClaimedTask,
    pub(super) push: Push,
    /// The other pushes of the same person. None of them runs while this one does.
    pub(super) kin: Vec<Push>,
    /// The candidate that the stored record has, as far as this run knows: another one there is a merge.
    pub(super) stored_candidate: Option<CandidateId>,
    pub(super) made: Made,
}

/// What this run itself has made, as Greenhouse has answered: lists may lag behind that.
#[derive(Default)]
pub(super) struct Made {
    pub(super) candidate: Option<Candidate>,
    /// The candidate was asked for without an application, so there can be none yet.
    pub(super) alone: bool,
    pub(super) application: Option<Application>,
}

/// What the steps work with.
pub(super) struct Kit {
    /// Writes, in the name of the acting user.
    pub(super) client: HarvestClient,
    /// Reads, in the name of whoever sees the most.
    pub(super) reads: HarvestClient,
    pub(super) settings: Arc<PushSettings>,
    pub(super) plan: Plan,
}

impl Run<'_> {
    /// Answers what the sync log is to say.
    async fn steps(&mut self) -> Result<String, Stop> {
        let kit = self.kit().await?;
        let candidate = self.candidate(&kit).await?;
        let placed = self.application(&kit, candidate).await?;
        let moved = self.stage(&kit, &placed).await?;
        self.report(&kit, placed.application).await?;
        self.scorecard(&kit, &placed).await?;
        let mut fields = self.application_fields(&kit, placed.application).await?;
        fields |= self.candidate_fields(&kit, placed.candidate).await?;
        let pushed = Pushed {
            candidate: self.owner(placed.candidate),
            application: placed.application,
            moved,
            form: self.push.form.clone().unwrap_or_default(),
            fields,
        };
        Ok(pushed.text(&kit.plan.scorecard))
    }

    async fn kit(&self) -> Result<Kit, Stop> {
        let parts = &self.service.parts;
        let account = self.account();
        let Some(access) = parts.clients.access(account).await? else {
            return Err(Stop::failed(
                None,
                "switched_off",
                "The push is switched off.",
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
        let settings = &access.settings;
        let plan = Plan::of(account, &assessment, invitation.as_ref(), settings, placed)?;
        // Pushes of one person are told by the address that they were queued with.
        if self.push.person != person_key(account, &assessment) {
            return Err(Unfit::email_changed_meanwhile().into());
        }
        let reads = access.reader().await;
        let Access {
            client, settings, ..
        } = access;
        let client = client
            .with_write_deadline(parts.config.write_deadline)
            .writing_until(self.work.lease_until);
        Ok(Kit {
            client,
            reads,
            settings,
            plan,
        })
    }

    /// Ends a run that was dropped in the middle. What counts is what is stored: a commit may have been dropped, too, and a
    /// journal without its link must not be written.
    async fn cut_short(&mut self) -> Result<(), Stop> {
        let parts = &self.service.parts;
        let stored = parts.store.push(self.account(), &self.push.assessment);
        match stored.await? {
            Some(stored) if stored.state == self.push.state => {
                self.stored_candidate = stored.candidate;
                self.push = stored;
            }
            _ => return Err(Stop::Lost),
        }
        self.left_unknown();
        self.fail(stopped(&self.push, parts.config.settle_time))
            .await
    }

    async fn fail(&mut self, failure: PushFailure) -> Result<(), Stop> {
        let text = failure.text.clone();
        self.finish(PushState::Failed(failure), text).await
    }
}
