//! Push requests by a person or by the account's trigger.

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, AssessmentId, CandidateId, Text,
    platform::{Assessment, AssessmentState, PlatformError},
    settings::PushSettings,
    store::{
        Changes, Decided, DueTask, LogStatus, PersonKey, Proposal, Push, PushOrigin, PushState,
        PushStep, Store, StoreError, Task, TriggerDecision, Write, decide_and_apply,
    },
    trigger::{self, Decision, InvitedTo, TriggerInput},
};

use super::{
    PushService, PushView,
    ledger::journal::{begun_at, end_lease, interrupted, is_running},
    log_entry::log_entry,
    plan::{NotPushable, PushPlan, is_erased, person_key},
    texts::sync_log::{self as texts, stage_tests as stage_texts},
};
use crate::Access;

impl PushService {
    /// Processes a change to an assessment in the product. When the assessment is completed, the
    /// account's trigger decides once whether to push it. The sync log shows the reason, and the
    /// store keeps the decision permanently. A repeated call changes nothing and never retries a
    /// failed push.
    ///
    /// # Errors
    ///
    /// [`PushError`] if the product or the store failed. Retry later.
    pub async fn assessment_changed(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<(), PushError> {
        let Some(Access { settings, .. }) = self.engine.clients.access(account).await? else {
            return Ok(());
        };
        let decided = decide_and_apply(self.engine.store(), account, || {
            self.decide(account, assessment, &settings)
        });
        self.wake_if(decided.await?);
        Ok(())
    }

    /// Evaluates the trigger, unless it was evaluated before. The proposed value is `true` if a
    /// push is queued.
    async fn decide(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
        settings: &PushSettings,
    ) -> Result<Proposal<bool>, PushError> {
        let store = self.engine.store();
        // Versions up to 0.1 stored the decision in the sync log only.
        if store.push(account, assessment).await?.is_some()
            || store.trigger_decision(account, assessment).await?.is_some()
            || self.engine.log_id(account, assessment).await?.is_some()
        {
            return Ok(Proposal::Keep(false));
        }
        let found = self.engine.assessment(account, assessment).await?;
        let Some(found) = found.filter(|found| found.state == AssessmentState::Completed) else {
            return Ok(Proposal::Keep(false));
        };
        let input = trigger_input(store, account, &found).await?;
        let push = self.new_push(account, &found, PushOrigin::Trigger);
        match trigger::decide(&settings.trigger, settings.invited_results, &input) {
            Decision::Push => {
                let reason = match input.invited_to {
                    Some(InvitedTo::Stage) => stage_texts::push_of_stage_test(),
                    Some(_) => texts::push_of_invited_result(),
                    None => texts::push_triggered(),
                };
                let mut changes = self.enqueue(push, reason.clone());
                let decided = self.decided(assessment, true, reason);
                changes.trigger_decisions.push(decided);
                Ok(Proposal::Write(changes, true))
            }
            Decision::Skip(reason) => {
                let (now, text) = (self.engine.now(), reason.text());
                let entry = log_entry(&push, now, LogStatus::Skipped, text.clone());
                let mut changes = Changes::none();
                changes.log.push(entry);
                let decided = self.decided(assessment, false, text);
                changes.trigger_decisions.push(decided);
                // Causes a conflict if a person has requested a push in the meantime, because the
                // log entry then belongs to that push.
                changes.pushes.push(Write::Remove(push));
                Ok(Proposal::Write(changes, false))
            }
        }
    }

    /// Record of a decision. It is kept permanently, because the trigger decides only once.
    fn decided(
        &self,
        assessment: &AssessmentId,
        pushes: bool,
        reason: Text,
    ) -> Write<TriggerDecision> {
        let now = self.engine.now();
        let decision = TriggerDecision::new(assessment.clone(), pushes, reason, now);
        Write::Put(decision)
    }

    /// Requests a push, or retries a failed push, on behalf of a person. Stores the request, then
    /// waits up to [`PushConfig::endpoint_wait`](super::PushConfig) for the push to end.
    ///
    /// If the push is done, returns its recorded state without calling Greenhouse. If the push is
    /// queued or running, waits for its end. If the push waits for Greenhouse or the product, it is
    /// tried now. `choice` is the candidate to use if several candidates have the person's address.
    /// The choice applies to this request only.
    ///
    /// # Errors
    ///
    /// [`PushRefusal`] if the push was not queued. After the push was queued,
    /// [`PushRefusal::NotSettled`] if the outcome of an earlier write is still unknown, and
    /// [`PushRefusal::Store`] if the store failed during the wait.
    pub async fn request(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
        choice: Option<CandidateId>,
    ) -> Result<PushView, PushRefusal> {
        self.queue(account, assessment, choice).await?;
        self.wait(account, assessment).await
    }

    /// Checks whether a [`request`](Self::request) would be accepted. Changes nothing, and does not
    /// call Greenhouse.
    ///
    /// # Errors
    ///
    /// [`PushRefusal`] if the request would be refused.
    pub async fn check(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<(), PushRefusal> {
        self.propose(account, assessment, None).await?;
        Ok(())
    }

    /// Queues the push as [`request`](Self::request) does, without waiting for its end.
    pub(super) async fn queue(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
        choice: Option<CandidateId>,
    ) -> Result<(), PushRefusal> {
        let requested = decide_and_apply(self.engine.store(), account, || {
            self.propose(account, assessment, choice)
        });
        self.wake_if(requested.await?);
        Ok(())
    }

    /// Queues the push, unless it is done, queued or running. The proposed value is `true` if this
    /// call queues the push.
    async fn propose(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
        choice: Option<CandidateId>,
    ) -> Result<Proposal<bool>, PushRefusal> {
        let now = self.engine.now();
        let known = self.engine.store().push(account, assessment).await?;
        if let Some(push) = &known {
            match &push.state {
                PushState::Queued if push.wait.is_some() => {
                    return Ok(Proposal::Write(self.resume(push.clone(), choice), true));
                }
                PushState::Done | PushState::Queued => return Ok(Proposal::Keep(false)),
                _ if is_running(push, now) => return Ok(Proposal::Keep(false)),
                _ => self.check_settled(push, now)?,
            }
        }
        let found = self.pushable(account, assessment, known.as_ref()).await?;
        if let Some(push) = &known {
            self.check_person(account, push, &found).await?;
        }
        let mut push = known.unwrap_or_else(|| self.new_push(account, &found, PushOrigin::Person));
        end_lease(&mut push);
        push.origin = PushOrigin::Person;
        push.state = PushState::Queued;
        push.wait = None;
        push.choice = choice;
        push.person = person_key(account, &found);
        let changes = self.enqueue(push, texts::push_requested());
        Ok(Proposal::Write(changes, true))
    }

    /// Returns the changes that run a waiting push now.
    fn resume(&self, mut push: Push, choice: Option<CandidateId>) -> Changes {
        push.wait = None;
        push.origin = PushOrigin::Person;
        push.choice = choice.or(push.choice);
        self.enqueue(push, texts::push_requested())
    }

    /// Wakes the loop that runs pushes if a push was queued.
    fn wake_if(&self, queued: Decided<bool>) {
        if queued.applied() == Some(true) {
            self.queued.notify_one();
        }
    }

    /// Fails during the settle time of a write with an unknown outcome, because a retry could prove
    /// nothing.
    fn check_settled(&self, push: &Push, now: DateTime<Utc>) -> Result<(), PushRefusal> {
        let until = match &push.state {
            PushState::Failed(failure) => failure.retry_after,
            _ => interrupted(push, self.engine.config.settle_time).retry_after,
        };
        match until {
            Some(until) if until > now => Err(PushRefusal::NotSettled { until }),
            _ => Ok(()),
        }
    }

    /// Fails if the person was erased, or if a candidate may exist under an earlier email address.
    async fn check_person(
        &self,
        account: &AccountId,
        push: &Push,
        found: &Assessment,
    ) -> Result<(), PushRefusal> {
        let link = self.engine.store().link(account, &push.assessment).await?;
        if is_erased(push, link.as_ref()) {
            return Err(NotPushable::from(texts::erased()).into());
        }
        let unknown = begun_at(push, PushStep::Candidate).is_some();
        let differs = |known| person_key(account, found).as_ref() != Some(known);
        if unknown && push.person.as_ref().is_some_and(differs) {
            return Err(NotPushable::from(texts::email_changed()).into());
        }
        Ok(())
    }

    /// Returns the assessment if it can be pushed.
    async fn pushable(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
        known: Option<&Push>,
    ) -> Result<Assessment, PushRefusal> {
        let found = self.engine.assessment(account, assessment).await?;
        let found = found.ok_or(PushRefusal::NotFound)?;
        if found.state != AssessmentState::Completed {
            return Err(PushRefusal::NotCompleted);
        }
        let access = self.engine.clients.access(account).await?;
        let access = access.ok_or(PushRefusal::SwitchedOff)?;
        let invitation = self
            .engine
            .store()
            .invitation_of_assessment(account, assessment)
            .await?;
        let placed = known.is_some_and(|push| push.application.is_some());
        let plan = PushPlan::new(
            account,
            &found,
            invitation.as_ref(),
            &access.settings,
            placed,
        );
        match plan {
            Ok(_) => Ok(found),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn new_push(
        &self,
        account: &AccountId,
        found: &Assessment,
        origin: PushOrigin,
    ) -> Push {
        let person = person_key(account, found);
        let key = person.clone();
        let key = key.unwrap_or_else(|| PersonKey::of_email(account, ""));
        let mut push = Push::new(found.id.clone(), key, origin, self.engine.now());
        push.person = person;
        push
    }

    /// Returns the changes that queue a push: its record, log entry and task.
    pub(super) fn enqueue(&self, push: Push, text: Text) -> Changes {
        let now = self.engine.now();
        let task = Task::Push {
            assessment: push.assessment.clone(),
        };
        let mut changes = Changes::none();
        changes
            .log
            .push(log_entry(&push, now, LogStatus::Pending, text));
        changes.due.push(DueTask::new(task, now));
        changes.pushes.push(Write::Put(push));
        changes
    }
}

/// Returns the trigger's input for a completed assessment.
pub(super) async fn trigger_input(
    store: &dyn Store,
    account: &AccountId,
    found: &Assessment,
) -> Result<TriggerInput, StoreError> {
    let invitation = store.invitation_of_assessment(account, &found.id).await?;
    let invited_to = match invitation {
        Some(invitation) if invitation.stage.is_some() => Some(InvitedTo::Stage),
        Some(invitation) if invitation.application.is_some() => Some(InvitedTo::Application),
        None if found.invitation.is_none() => None,
        _ => Some(InvitedTo::Unknown),
    };
    Ok(TriggerInput::new(found.score, invited_to))
}

/// Error from [`PushService::assessment_changed`]. Retry later.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PushError {
    /// The assessment could not be read from the product.
    #[error("could not read the assessment from the product")]
    Platform(#[from] PlatformError),
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

/// Error of [`PushService::request`].
///
/// The push was not queued, with these exceptions: [`NotFound`](Self::NotFound) is also returned if
/// the queued push was removed during the wait, and [`NotSettled`](Self::NotSettled) and
/// [`Store`](Self::Store) may concern the wait for a push that is queued. Such a push still runs.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PushRefusal {
    /// The product does not have the assessment.
    #[error("assessment not found")]
    NotFound,
    /// The push is switched off for the account.
    #[error("the push is switched off")]
    SwitchedOff,
    /// The candidate has not completed the assessment.
    #[error("the assessment is not complete")]
    NotCompleted,
    /// The assessment does not meet the requirements of a push.
    ///
    /// The codes are `no_email`, `invalid_email`, `no_name`, `no_mapping`, `email_changed` and
    /// `erased`.
    #[error("the assessment cannot be pushed: {0}")]
    NotPushable(Text),
    /// The outcome of a write of the last attempt is still unknown.
    #[error("the outcome of the last write is still unknown; retry after {until}")]
    NotSettled {
        /// Earliest time for a retry.
        until: DateTime<Utc>,
    },
    /// Other requests kept changing the record. Retry.
    #[error("other requests are changing the push")]
    Contended,
    /// The assessment could not be read from the product.
    #[error("could not read the assessment from the product")]
    Platform(#[from] PlatformError),
    /// The store failed.
    #[error("the store failed")]
    Store(#[source] StoreError),
}

impl From<StoreError> for PushRefusal {
    fn from(error: StoreError) -> Self {
        if error.is_contended() {
            Self::Contended
        } else {
            Self::Store(error)
        }
    }
}

impl From<NotPushable> for PushRefusal {
    fn from(error: NotPushable) -> Self {
        Self::NotPushable(error.text)
    }
}
