//! The move of an application that was there before.

use greenhouse_core::{
    ApplicationId, StageId,
    store::{JournalMark, PushStep},
};

use super::{
    application::Placed,
    failure::Stop,
    run::{Kit, Run},
    write::Deed,
};
use crate::{
    Error, HarvestClient,
    api::{
        ApplicationStage, ApplicationStageFilter, JobInterviewStage, JobInterviewStageFilter, Move,
        MoveTo,
    },
};

/// What became of the stage of an application that was there before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moved {
    /// The account does not ask for it, or the application began at the mapped stage.
    NotAsked,
    /// It was moved there.
    To(StageId),
    /// It is there, or further on.
    Stays,
}

impl Run<'_> {
    /// Moves the application to the mapped stage, where the account asks for that, the application was there before, and the
    /// stage lies ahead of it.
    pub(super) async fn stage(&mut self, kit: &Kit, placed: &Placed) -> Result<Moved, Stop> {
        let mapping = kit.plan.mapping.filter(|mapping| {
            kit.settings.move_existing && placed.job == Some(mapping.job) && self.was_there_before()
        });
        let Some((job, target)) = mapping.and_then(|mapping| Some((mapping.job, mapping.stage?)))
        else {
            return Ok(Moved::NotAsked);
        };
        let (reads, application) = (&kit.reads, placed.application);
        let find = || async {
            let current = current_stage(reads, application).await?;
            let stage = current.and_then(|row| row.job_interview_stage_id);
            Ok(stage
                .filter(|stage| *stage == target)
                .map(|stage| stage.value()))
        };
        if let Some(stage) = self.earlier(kit, MOVE, find()).await? {
            return Ok(Moved::To(StageId::new(stage)));
        }
        let read = |error: Error| Stop::harvest(STEP, MOVE.seeking, &error);
        let Some(current) = current_stage(reads, application).await.map_err(read)? else {
            let unknown = Stop::failed(STEP, "stage_unknown", STAGE_UNKNOWN);
            return Err(self.unless_young(PushStep::Application, unknown));
        };
        let filter = JobInterviewStageFilter::new().job_ids([job]);
        let stages = reads.job_interview_stages(&filter).all().await;
        if !lies_ahead(
            &stages.map_err(read)?,
            current.job_interview_stage_id,
            target,
        ) {
            return Ok(Moved::Stays);
        }
        let movement = Move::new(&current, MoveTo::Stage(target));
        let send = async {
            kit.client.move_application(application, &movement).await?;
            Ok(target.value())
        };
        let sent = self.send(MOVE, find(), send).await?;
        sent.map_err(|error| Stop::harvest(STEP, MOVE.doing, &error))?;
        Ok(Moved::To(target))
    }

    /// Whether the application was found rather than made by this push.
    fn was_there_before(&self) -> bool {
        let line = self.push.mark(PushStep::Application);
        line.is_some_and(|line| matches!(line.mark, JournalMark::Done { found: true, .. }))
    }
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

/// Whether `target` comes after `current` in the job's plan. Nobody is moved back, or from a stage that is not in the plan.
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

const STEP: PushStep = PushStep::Stage;
const MOVE: Deed = Deed {
    step: STEP,
    part: None,
    doing: "move the application",
    seeking: "read the application's stage",
};
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
