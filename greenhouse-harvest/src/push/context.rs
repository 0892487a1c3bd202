//! Input for the steps, read once per run.

use std::sync::Arc;

use greenhouse_core::{
    AccountId, AssessmentId, JobId,
    platform::{CandidateProfile, PlatformError},
    settings::PushSettings,
    store::{ClaimedTask, Link, Push, PushStep},
};

use super::{
    StepError,
    engine::Engine,
    plan::{NotPushable, PushPlan, is_erased, person_key},
    texts::{SITE_ADMIN, operation, sync_log as texts},
};
use crate::{Access, Error, HarvestClient, client::RequestCount};

/// Settings, plan and read client of one run. Created once, before the first step.
pub(super) struct StepContext<'a> {
    pub(super) engine: &'a Engine,
    pub(super) account: &'a AccountId,
    /// Client for reads, which acts as the user who sees the most records.
    pub(super) reads: HarvestClient,
    pub(super) settings: Arc<PushSettings>,
    pub(super) plan: PushPlan,
    /// Public link to the report; `None` if the host serves no reports or the link is revoked.
    pub(super) report_link: Option<String>,
}

/// Input for the ledger: the only client for writes, and the assessment's link.
pub(super) struct LedgerInput {
    pub(super) writer: HarvestClient,
    pub(super) link: Option<Link>,
}

impl<'a> StepContext<'a> {
    pub(super) async fn read(
        engine: &'a Engine,
        task: &'a ClaimedTask,
        push: &Push,
        requests: &RequestCount,
    ) -> Result<(Self, LedgerInput), StepError> {
        let account = &task.account;
        let Some(access) = engine.clients.access(account).await? else {
            return Err(StepError::failed(None, texts::switched_off()));
        };
        let assessment = engine
            .assessment(account, &push.assessment)
            .await
            .map_err(|error| StepError::platform(None, &error))?;
        let Some(assessment) = assessment else {
            let text = texts::product_not_found("assessment");
            return Err(StepError::failed(None, text));
        };
        let store = engine.store();
        let invitation = store
            .invitation_of_assessment(account, &assessment.id)
            .await?;
        let link = store.link(account, &assessment.id).await?;
        if is_erased(push, link.as_ref()) {
            return Err(NotPushable::from(texts::erased()).into());
        }
        let placed = push.application.is_some();
        let settings = &access.settings;
        let plan = PushPlan::new(account, &assessment, invitation.as_ref(), settings, placed)?;
        // Sibling pushes are found by the address with which they were queued. If it was erased
        // since the claim, the next claim finds them by the product's address.
        if push.person.is_none() {
            let text = texts::push_person_erased();
            return Err(StepError::Again(engine.now(), text));
        }
        if push.person != person_key(account, &assessment) {
            return Err(NotPushable::from(texts::email_changed_while_queued()).into());
        }
        let report_link = engine.report_link(account, &assessment.id).await?;
        let reads = access.reader().await.counting(requests.clone());
        let Access {
            client, settings, ..
        } = access;
        let writer = client
            .with_write_deadline(engine.config.write_deadline)
            .writing_until(task.lease_until)
            .counting(requests.clone());
        let context = Self {
            engine,
            account,
            reads,
            settings,
            plan,
            report_link,
        };
        Ok((context, LedgerInput { writer, link }))
    }

    /// Reads the candidate's profile from the product. Returns an empty profile if the product has
    /// none.
    pub(super) async fn profile(
        &self,
        step: PushStep,
        assessment: &AssessmentId,
    ) -> Result<CandidateProfile, StepError> {
        match self.engine.profile(self.account, assessment).await {
            Err(PlatformError::NotFound { .. }) => Ok(CandidateProfile::default()),
            answer => answer.map_err(|error| StepError::platform(step, &error)),
        }
    }

    /// Fails unless the client for reads is known to see every record that the step searches for.
    pub(super) async fn require_sight(&self, step: PushStep) -> Result<(), StepError> {
        match self.reads.sees_all().await {
            Ok(true) => {}
            Ok(false) => {
                return Err(StepError::failed(step, texts::reader_blind(SITE_ADMIN)));
            }
            Err(error @ (Error::Auth { .. } | Error::Store { .. })) => {
                return Err(StepError::harvest(step, operation::IDENTIFY_USER, &error));
            }
            Err(_) => return Err(StepError::failed(step, texts::reader_unknown())),
        }
        match self.plan.mapping {
            Some(mapping) if step == PushStep::Application => {
                self.require_sight_of_job(mapping.job).await
            }
            _ => Ok(()),
        }
    }

    /// Fails unless the client for reads sees the job. Applications for a hidden job are also
    /// hidden.
    async fn require_sight_of_job(&self, job: JobId) -> Result<(), StepError> {
        let step = PushStep::Application;
        let sees_job = self.reads.can_see_job(job).await;
        match sees_job.map_err(|error| StepError::harvest(step, operation::FIND_JOB, &error))? {
            true => Ok(()),
            false => Err(StepError::failed(step, texts::job_hidden(job))),
        }
    }
}
