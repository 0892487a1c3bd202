//! Moves an application that was there before.

use greenhouse_core::{ApplicationId, StageId, store::PushStep};

use super::Placed;
use crate::{
    Error, HarvestClient,
    api::{
        ApplicationStage, ApplicationStageFilter, JobInterviewStage, JobInterviewStageFilter, Move,
        MoveTo,
    },
    push::{
        StepError,
        context::StepContext,
        ledger::{Ledger, Operation},
    },
};

/// The result for the stage of an application that was there before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moved {
    /// The account does not ask for it, or the application began at the mapped stage.
    NotAsked,
    /// It was moved there.
    To(StageId),
    /// It is there, or further on.
    Stays,
}

/// Moves the application to the mapped stage, if the account asks for that, the application was there before, and the
/// stage lies ahead of it.
pub(super) async fn stage(
    context: &StepContext<'_>,
    ledger: &mut Ledger<'_, '_>,
    placed: &Placed,
) -> Result<Moved, StepError> {
    let mapping = context.plan.mapping.filter(|mapping| {
        context.settings.move_existing
            && placed.job == Some(mapping.job)
            && ledger.has_found(PushStep::Application)
    });
    let Some((job, target)) = mapping.and_then(|mapping| Some((mapping.job, mapping.stage?)))
    else {
        return Ok(Moved::NotAsked);
    };
    let (reads, application) = (&context.reads, placed.application);
    let find = || async {
        let current = current_stage(reads, application).await?;
        let stage = current.and_then(|row| row.job_interview_stage_id);
        Ok(stage
            .filter(|stage| *stage == target)
            .map(|stage| stage.value()))
    };
    let absent = match ledger.earlier(context, MOVE, &find).await? {
        Ok(stage) => return Ok(Moved::To(StageId::new(stage))),
        Err(absent) => absent,
    };
    let read = |error: Error| MOVE.not_looked_up(&error);
    let Some(current) = current_stage(reads, application).await.map_err(read)? else {
        let unknown = StepError::failed(MOVE.step, "stage_unknown", STAGE_UNKNOWN);
        return Err(ledger.unless_young(PushStep::Application, unknown));
    };
    let filter = JobInterviewStageFilter::new().job_ids([job]);
    let stages = reads.job_interview_stages(&filter).all().await;
    let stages = stages.map_err(read)?;
    if !lies_ahead(&stages, current.job_interview_stage_id, target) {
        return Ok(Moved::Stays);
    }
    let movement = Move::new(&current, MoveTo::Stage(target));
    let from_stage = context.settings.from_stage;
    let send = |writer: HarvestClient| async move {
        writer
            .move_application(application, &movement, from_stage)
            .await?;
        Ok(target.value())
    };
    let sent = ledger.once(MOVE, absent, find, send).await?;
    sent.map_err(|error| MOVE.not_done(&error))?;
    Ok(Moved::To(target))
}

async fn current_stage(
    reads: &HarvestClient,
    application: ApplicationId,
) -> Result<Option<ApplicationStage>, Error> {
    let filter = ApplicationStageFilter::new()
        .application_ids([application])
        .current(true);
    let rows = reads.application_stages(&filter).all().await?;
    Ok(rows.into_iter().next())
}

/// Returns `true` if `target` comes after `current` in the job's plan. A stage outside the plan is never ahead nor behind.
fn lies_ahead(stages: &[JobInterviewStage], current: Option<StageId>, target: StageId) -> bool {
    let place = |id: StageId| {
        let stage = stages.iter().find(|stage| stage.id == id);
        stage.and_then(|stage| stage.sort_order)
    };
    match (current.and_then(place), place(target)) {
        (Some(current), Some(target)) => current < target,
        _ => false,
    }
}

const MOVE: Operation = Operation::new(
    PushStep::Stage,
    "move the application",
    "read the application's stage",
);
const STAGE_UNKNOWN: &str = "Greenhouse does not show in which stage the application is, so it was not moved. Retry, or take the \
                             move of existing applications out of the push settings.";

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;

    #[test]
    fn nobody_is_moved_back() {
        let stages: Vec<JobInterviewStage> = from_value(json!([
            {"id": 10, "sort_order": 0}, {"id": 11, "sort_order": 2}, {"id": 12}, {"id": 13, "sort_order": 1},
        ]))
        .unwrap();
        for (current, target, ahead) in [
            (Some(10), 11, true),
            (Some(10), 13, true),
            (Some(13), 11, true),
            (Some(11), 13, false),
            (Some(11), 11, false),
            (Some(12), 11, false),
            (Some(10), 12, false),
            (Some(99), 11, false),
            (Some(10), 99, false),
            (None, 11, false),
        ] {
            let found = lies_ahead(&stages, current.map(StageId::new), StageId::new(target));
            assert_eq!(found, ahead, "{current:?} to {target}");
        }
    }
}
