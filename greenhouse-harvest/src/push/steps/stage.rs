//! Moves an application that existed before the push.

use greenhouse_core::{ApplicationId, StageId, store::PushStep};

use super::PushTarget;
use crate::{
    Error, HarvestClient,
    api::{
        ApplicationStage, ApplicationStageFilter, JobInterviewStage, JobInterviewStageFilter, Move,
        MoveTo,
    },
    lookup::{agrees, matching},
    push::{
        StepError,
        context::StepContext,
        ledger::{Ledger, Operation},
        texts::{named, operation, sync_log as texts},
    },
};

/// Result of the step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Moved {
    /// The settings do not require a move, or the application was created at the mapped stage.
    NotRequested,
    /// The application was moved to this stage, given by name or by id.
    To(String),
    /// The application was not moved.
    Stays(Stays),
}

/// Why an application stays at its stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stays {
    /// It is at the mapped stage or past it.
    Reached,
    /// The mapped stage is not in the job's plan.
    TargetNotInPlan,
    /// Its stage is unknown or not in the job's plan, so the order of the stages is unknown.
    CurrentNotInPlan,
}

/// Moves the application to the mapped stage if the settings require it, the application existed
/// before the push, and the application has not reached the stage. Never moves the application of
/// an invitation, because the recruiter sent the test from its current stage.
pub(super) async fn stage(
    context: &StepContext<'_>,
    ledger: &mut Ledger<'_, '_>,
    target: &PushTarget,
) -> Result<Moved, StepError> {
    let mapping = context.plan.mapping.filter(|mapping| {
        context.settings.move_existing
            && context.plan.invited_application.is_none()
            && target.job == Some(mapping.job)
            && ledger.has_found(PushStep::Application)
    });
    let Some((job, mapped_stage)) = mapping.and_then(|mapping| Some((mapping.job, mapping.stage?)))
    else {
        return Ok(Moved::NotRequested);
    };
    let (reads, application) = (&context.reads, target.application);
    let find = || async {
        let current = current_stage(reads, application).await?;
        let stage = current.and_then(|row| row.job_interview_stage_id);
        Ok(stage
            .filter(|stage| *stage == mapped_stage)
            .map(|stage| stage.value()))
    };
    let absent = match ledger.earlier(context, MOVE, &find).await? {
        Ok(stage) => return Ok(Moved::To(named("stage", None, stage))),
        Err(absent) => absent,
    };
    let read = |error: Error| MOVE.search_failed(&error);
    let Some(current) = current_stage(reads, application).await.map_err(read)? else {
        let unknown = StepError::failed(MOVE.step, texts::stage_unknown());
        return Err(ledger.wait_if_recent(PushStep::Application, unknown));
    };
    let filter = JobInterviewStageFilter::new().job_ids([job]);
    let of_job = |row: &JobInterviewStage| agrees(row.job_id, job);
    let plan = async || matching(|| reads.job_interview_stages(&filter), of_job).await;
    let mut stages = plan().await.map_err(read)?;
    let now_at = current.job_interview_stage_id;
    let places = [now_at, Some(mapped_stage)].map(|id| place(&stages, id));
    if places.contains(&None) {
        // A stage is missing. The list may have been inconsistent, so it is read again.
        stages = plan().await.map_err(read)?;
    }
    if let Some(reason) = stays(&stages, now_at, mapped_stage) {
        return Ok(Moved::Stays(reason));
    }
    let movement = Move::new(&current, MoveTo::Stage(mapped_stage));
    let from_stage = context.settings.from_stage;
    let send = |writer: HarvestClient| async move {
        writer
            .move_application(application, &movement, from_stage)
            .await?;
        Ok(mapped_stage.value())
    };
    let sent = ledger.once(MOVE, absent, find, send).await?;
    sent.map_err(|error| MOVE.write_failed(&error))?;
    let stage = stages.iter().find(|stage| stage.id == mapped_stage);
    let name = stage.and_then(|stage| stage.name.as_deref());
    Ok(Moved::To(named("stage", name, mapped_stage)))
}

pub(in crate::push) async fn current_stage(
    reads: &HarvestClient,
    application: ApplicationId,
) -> Result<Option<ApplicationStage>, Error> {
    let filter = ApplicationStageFilter::new()
        .application_ids([application])
        .current(true);
    let rows = matching(
        || reads.application_stages(&filter),
        |row| agrees(row.application_id, application) && agrees(row.current, true),
    );
    let rows = rows.await?;
    Ok(rows.into_iter().next())
}

/// Returns the reason not to move an application from `current` to `target`. `None` if `target` comes
/// later in the job's plan.
fn stays(stages: &[JobInterviewStage], current: Option<StageId>, target: StageId) -> Option<Stays> {
    match (place(stages, current), place(stages, Some(target))) {
        (_, None) => Some(Stays::TargetNotInPlan),
        (None, _) => Some(Stays::CurrentNotInPlan),
        (Some(current), Some(target)) => (current >= target).then_some(Stays::Reached),
    }
}

/// Returns the position of a stage in the job's interview plan. `None` if `id` is `None`, or if the
/// plan does not contain the stage or its position.
fn place(stages: &[JobInterviewStage], id: Option<StageId>) -> Option<i64> {
    let stage = stages.iter().find(|stage| Some(stage.id) == id);
    stage.and_then(|stage| stage.sort_order)
}

const MOVE: Operation = Operation::new(
    PushStep::Stage,
    operation::MOVE_APPLICATION,
    operation::READ_STAGE,
);

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;

    #[test]
    fn applications_move_forward_only() {
        let stages: Vec<JobInterviewStage> = from_value(json!([
            {"id": 10, "sort_order": 0}, {"id": 11, "sort_order": 2}, {"id": 12}, {"id": 13, "sort_order": 1},
        ]))
        .unwrap();
        for (current, target, expected) in [
            (Some(10), 11, None),
            (Some(10), 13, None),
            (Some(13), 11, None),
            (Some(11), 13, Some(Stays::Reached)),
            (Some(11), 11, Some(Stays::Reached)),
            (Some(12), 11, Some(Stays::CurrentNotInPlan)),
            (Some(10), 12, Some(Stays::TargetNotInPlan)),
            (Some(99), 11, Some(Stays::CurrentNotInPlan)),
            (Some(10), 99, Some(Stays::TargetNotInPlan)),
            (Some(99), 99, Some(Stays::TargetNotInPlan)),
            (None, 11, Some(Stays::CurrentNotInPlan)),
        ] {
            let found = stays(&stages, current.map(StageId::new), StageId::new(target));
            assert_eq!(found, expected, "{current:?} to {target}");
        }
    }
}
