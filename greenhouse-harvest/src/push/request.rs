//! Requests for a push: by a person, or by the account's trigger.

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, AssessmentId, CandidateId,
    platform::{Assessment, AssessmentState, PlatformError},
    settings::PushSettings,
    store::{
        Changes, Decided, DueTask, LogStatus, PersonKey, Proposal, Push, PushOrigin, PushState,
        PushStep, StoreError, Task, Write, decide_and_apply,
    },
    trigger::{self, Decision, TriggerInput},
};

use super::{
    PushService, PushView,
    ledger::journal::{begun_at, end_lease, interrupted, is_running},
    plan::{Plan, Unfit, is_erased, person_key},
    text,
};
use crate::Access;

impl PushService {
    /// The product tells that an assessment has changed. Once per completion the account's trigger decides whether it is
    /// pushed; why it is or is not stands in the sync log. A repeat changes nothing and never retries a failed push.
    ///
    /// # Errors
    ///
    /// [`PushError`] where product or store could not be asked; worth a repeat.
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

    /// Decides the trigger, unless that was done before. The value says if a push is queued.
    async fn decide(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
        settings: &PushSettings,
    ) -> Result<Proposal<bool>, PushError> {
        let store = self.engine.store();
        if store.push(account, assessment).await?.is_some()
            || self.engine.log_id(account, assessment).await?.is_some()
        {
            return Ok(Proposal::Keep(false));
        }
        let found = self.engine.assessment(account, assessment).await?;
        let Some(found) = found.filter(|found| found.state == AssessmentState::Completed) else {
            return Ok(Proposal::Keep(false));
        };
        let invited = found.invitation.is_some()
            || store
                .invitation_of_assessment(account, assessment)
                .await?
                .is_some();
        let input = TriggerInput::new(found.score, invited);
        let push = self.new_push(account, &found, PushOrigin::Trigger);
        match trigger::decide(&settings.trigger, &input) {
            Decision::Push => Ok(Proposal::Write(self.enqueue(push), true)),
            Decision::Skip(reason) => {
                let (now, text) = (self.engine.now(), reason.text());
                let entry = text::entry(assessment, now, LogStatus::Skipped, text);
                let mut changes = Changes::none();
                changes.log.push(entry);
                // The entry is the push's own where a person has asked for one meanwhile.
                changes.pushes.push(Write::Remove(push));
                Ok(Proposal::Write(changes, false))
            }
        }
    }

    /// A person asks for a push, or for a failed one to be done again. Durable before it waits; waits for the end as long
    /// as [`PushConfig::endpoint_wait`](super::PushConfig) says.
    ///
    /// A push that is done already is answered as it is recorded, without asking Greenhouse, and one that is being done is
    /// joined. `choice` names the candidate to use where several have the person's address; it holds for this request.
    ///
    /// # Errors
    ///
    /// [`PushRefusal`]; then nothing was queued, but for [`PushRefusal::NotSettled`] after a retry that had to look first.
    pub async fn request(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
        choice: Option<CandidateId>,
    ) -> Result<PushView, PushRefusal> {
        let requested = decide_and_apply(self.engine.store(), account, || {
            self.propose(account, assessment, choice)
        });
        self.wake_if(requested.await?);
        self.wait(account, assessment).await
    }

    /// Queues the push, unless it is done, queued or running. The value says if it is queued now.
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
                PushState::Done | PushState::Queued => return Ok(Proposal::Keep(false)),
                _ if is_running(push, now) => return Ok(Proposal::Keep(false)),
                _ => self.is_settled(push, now)?,
            }
        }
        let found = self.pushable(account, assessment, known.as_ref()).await?;
        if let Some(push) = &known {
            self.is_of_same_person(account, push, &found).await?;
        }
        let mut push = known.unwrap_or_else(|| self.new_push(account, &found, PushOrigin::Person));
        end_lease(&mut push);
        push.origin = PushOrigin::Person;
        push.state = PushState::Queued;
        push.choice = choice;
        push.person = person_key(account, &found);
        Ok(Proposal::Write(self.enqueue(push), true))
    }

    /// Wakes the loop that runs pushes, if one was queued.
    fn wake_if(&self, queued: Decided<bool>) {
        if queued.applied() == Some(true) {
            self.queued.notify_one();
        }
    }

    /// Before the settle time has passed after a write of unknown outcome, a retry could prove nothing.
    fn is_settled(&self, push: &Push, now: DateTime<Utc>) -> Result<(), PushRefusal> {
        let until = match &push.state {
            PushState::Failed(failure) => failure.retry_after,
            _ => interrupted(push, self.engine.config.settle_time).retry_after,
        };
        match until {
            Some(until) if until > now => Err(PushRefusal::NotSettled { until }),
            _ => Ok(()),
        }
    }

    /// Nobody is brought back who was erased, and a candidate that may have been created under one address is not looked
    /// for under another.
    async fn is_of_same_person(
        &self,
        account: &AccountId,
        push: &Push,
        found: &Assessment,
    ) -> Result<(), PushRefusal> {
        let link = self.engine.store().link(account, &push.assessment).await?;
        if is_erased(push, link.as_ref()) {
            return Err(Unfit::erased().into());
        }
        let unknown = begun_at(push, PushStep::Candidate).is_some();
        if unknown && person_key(account, found) != push.person {
            return Err(Unfit::email_changed().into());
        }
        Ok(())
    }

    /// The assessment, if it has all that a push needs.
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
        let plan = Plan::of(
            account,
            &found,
            invitation.as_ref(),
            &access.settings,
            placed,
        );
        match plan {
            Ok(_) => Ok(found),
            Err(unfit) => Err(unfit.into()),
        }
    }

    fn new_push(&self, account: &AccountId, found: &Assessment, origin: PushOrigin) -> Push {
        let nobody = || PersonKey::of_email(account, "");
        let key = person_key(account, found);
        let known = key.is_some();
        let person = key.unwrap_or_else(nobody);
        let mut push = Push::new(found.id.clone(), person, origin, self.engine.now());
        if !known {
            push.person = None;
        }
        push
    }

    /// Changes that queue a push: record, log entry and task.
    fn enqueue(&self, push: Push) -> Changes {
        let now = self.engine.now();
        let task = Task::Push {
            assessment: push.assessment.clone(),
        };
        let mut changes = Changes::none();
        let text = text::queued(push.origin);
        let entry = text::entry(&push.assessment, now, LogStatus::Pending, text);
        changes.log.push(match push.application {
            Some(application) => entry.about_application(application),
            None => entry,
        });
        changes.due.push(DueTask::new(task, now));
        changes.pushes.push(Write::Put(push));
        changes
    }
}

/// Why it could not be looked at whether an assessment is to be pushed. Worth a repeat.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PushError {
    /// The product could not be asked.
    #[error("the product could not be asked")]
    Platform(#[from] PlatformError),
    /// The store could not be asked.
    #[error("the store could not be asked")]
    Store(#[from] StoreError),
}

/// Why a push was not begun.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PushRefusal {
    /// The account has no such assessment.
    #[error("there is no such assessment")]
    NotFound,
    /// The account's push is switched off.
    #[error("the push is switched off")]
    SwitchedOff,
    /// The candidate has not finished.
    #[error("the assessment is not completed")]
    NotCompleted,
    /// The assessment lacks something that a push needs.
    #[error("the assessment cannot be pushed: {code}")]
    Unfit {
        /// A stable word: `no_score`, `no_email`, `no_name`, `no_mapping`, `email_changed`, `erased`.
        code: &'static str,
        /// What is missing and what to do, in plain words.
        text: String,
    },
    /// It is not known yet whether a write of the last attempt was carried out.
    #[error("the last attempt is not settled yet")]
    NotSettled {
        /// When a retry can tell.
        until: DateTime<Utc>,
    },
    /// Others kept changing the record. Worth a repeat.
    #[error("the push is being changed by others")]
    Contended,
    /// The product could not be asked.
    #[error("the product could not be asked")]
    Platform(#[from] PlatformError),
    /// The store could not be asked.
    #[error("the store could not be asked")]
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

impl From<Unfit> for PushRefusal {
    fn from(unfit: Unfit) -> Self {
        Self::Unfit {
            code: unfit.code,
            text: unfit.text,
        }
    }
}
