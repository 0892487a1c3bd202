//! What the steps of one run work with, read once.

use std::sync::Arc;

use greenhouse_core::{
    AccountId, JobId,
    settings::PushSettings,
    store::{ClaimedTask, Link, Push, PushStep},
};

use super::{
    StepError,
    engine::Engine,
    plan::{Plan, Unfit, is_erased, person_key},
};
use crate::{Access, Error, HarvestClient, reader::SITE_ADMIN};

/// Everything that a run reads before its first step: settings, the product's answer as a plan, and the client that reads.
/// Nothing of it is read again in the same run.
pub(super) struct StepContext<'a> {
    pub(super) engine: &'a Engine,
    pub(super) account: &'a AccountId,
    /// Reads, in the name of the user who sees the most.
    pub(super) reads: HarvestClient,
    pub(super) settings: Arc<PushSettings>,
    pub(super) plan: Plan,
    /// Public link to the report.
    pub(super) report_link: Option<String>,
}

/// What the ledger gets from the context: the only client that writes, and the assessment's own link.
pub(super) struct Opening {
    pub(super) writer: HarvestClient,
    pub(super) link: Option<Link>,
}

impl<'a> StepContext<'a> {
    pub(super) async fn read(
        engine: &'a Engine,
        task: &'a ClaimedTask,
        push: &Push,
    ) -> Result<(Self, Opening), StepError> {
        let account = &task.account;
        let Some(access) = engine.clients.access(account).await? else {
            return Err(StepError::failed(
                None,
                "switched_off",
                "The push is switched off.",
            ));
        };
        let assessment = engine
            .assessment(account, &push.assessment)
            .await
            .map_err(|error| StepError::platform(None, &error))?;
        let Some(assessment) = assessment else {
            return Err(StepError::failed(
                None,
                "product_not_found",
                "The product has no such assessment any more.",
            ));
        };
        let store = engine.store();
        let invitation = store
            .invitation_of_assessment(account, &assessment.id)
            .await?;
        let link = store.link(account, &assessment.id).await?;
        if is_erased(push, link.as_ref()) {
            return Err(Unfit::erased().into());
        }
        let placed = push.application.is_some();
        let settings = &access.settings;
        let plan = Plan::of(account, &assessment, invitation.as_ref(), settings, placed)?;
        // Pushes of one person are recognised by the address that they were queued with.
        if push.person != person_key(account, &assessment) {
            return Err(Unfit::email_changed_meanwhile().into());
        }
        let report_link = engine.report_link(account, &assessment.id).await?;
        let reads = access.reader().await;
        let Access {
            client, settings, ..
        } = access;
        let writer = client
            .with_write_deadline(engine.config.write_deadline)
            .writing_until(task.lease_until);
        let context = Self {
            engine,
            account,
            reads,
            settings,
            plan,
            report_link,
        };
        Ok((context, Opening { writer, link }))
    }

    /// Checks that the reader is known to see what is looked for.
    pub(super) async fn require_sight(&self, step: PushStep) -> Result<(), StepError> {
        match self.reads.sees_all().await {
            Ok(true) => {}
            Ok(false) => {
                return Err(StepError::failed(
                    step,
                    "reader_blind",
                    format!("{BLIND} {SITE_ADMIN}"),
                ));
            }
            Err(error @ (Error::Auth { .. } | Error::Store { .. })) => {
                return Err(StepError::harvest(step, "say who is acting", &error));
            }
            Err(_) => {
                return Err(StepError::failed(
                    step,
                    "reader_unknown",
                    "Greenhouse could not say whether the acting user sees every record, so nothing was written. Retry.",
                ));
            }
        }
        match self.plan.mapping {
            Some(mapping) if step == PushStep::Application => {
                self.require_sight_of_job(mapping.job).await
            }
            _ => Ok(()),
        }
    }

    /// The applications of a job that is hidden are hidden, too.
    async fn require_sight_of_job(&self, job: JobId) -> Result<(), StepError> {
        let step = PushStep::Application;
        let shown = self.reads.can_see_job(job).await;
        if shown.map_err(|error| StepError::harvest(step, "look for the mapped job", &error))? {
            return Ok(());
        }
        let text = format!(
            "Job {job} is not in the acting user's own list, so an application on it could be hidden. Nothing was written. \
             Add the acting user to the job's hiring team, or map another job."
        );
        Err(StepError::failed(step, "job_hidden", text))
    }
}

const BLIND: &str = "Nothing was found in Greenhouse, and that proves nothing: neither the acting user nor the credential's own \
                     user is known to see every record. Nothing was written.";
