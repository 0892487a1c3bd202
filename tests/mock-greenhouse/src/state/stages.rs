use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::rows::ApplicationStage;
use crate::state::{ActError, Event, StageEntry, State};
use crate::switches::FromStageId;

/// The target of a new application or of a move.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Placement {
    pub(crate) job_id: Option<i64>,
    /// A stage of the job.
    pub(crate) stage_id: Option<i64>,
}

impl State {
    /// Moves an application within its job or to another job. Returns `None` if nothing changed.
    ///
    /// `from` can be the job's stage or the row of `application_stages`. It is unknown which of the
    /// two Greenhouse expects.
    pub(crate) fn move_application(
        &mut self,
        id: i64,
        from: i64,
        to: Placement,
        now: DateTime<Utc>,
    ) -> Result<Option<Event>, ActError> {
        let application = self.active(id, "moved")?;
        let here = application.job_interview_stage_id;
        let (is_stage, is_row) = (Some(from) == here, Some(from) == application.stage_id);
        let matches = match self.switches.from_stage_id {
            FromStageId::Either => is_stage || is_row,
            FromStageId::JobStage => is_stage,
            FromStageId::StageRow => is_row,
        };
        if !matches {
            return Err(ActError::Refused(
                "from_stage_id does not match the current stage of the application".to_owned(),
            ));
        }
        let job_id = application
            .job_id
            .ok_or_else(|| ActError::Refused("A prospect cannot be moved".to_owned()))?;
        let target_job = to.job_id.unwrap_or(job_id);
        if !self.jobs.contains_key(&target_job) {
            return Err(ActError::NotFound("Job"));
        }
        let entry = if target_job == job_id {
            StageEntry::Move
        } else {
            StageEntry::Transfer
        };
        if target_job != job_id {
            let stage = self.stage_of(target_job, to.stage_id)?;
            self.application_stages
                .retain(|_, row| row.application_id != id);
            if let Some(application) = self.applications.get_mut(&id) {
                application.job_id = Some(target_job);
            }
            self.enter_plan(id, target_job, stage, now);
        } else {
            let stage = match to.stage_id {
                Some(stage) => self.stage_of(job_id, Some(stage))?,
                None => self.stage_after(job_id, here),
            };
            let stage =
                stage.ok_or_else(|| ActError::Refused("There is no next stage".to_owned()))?;
            if Some(stage) == here {
                return Ok(None);
            }
            self.enter_stage(id, stage, now);
        }
        self.touch(id, now);
        self.trigger_stage_rule(id, entry);
        self.event("candidate_stage_change", id).map(Some)
    }

    /// Returns the value of `from_stage_id` that a move of this application requires, or 0 for a
    /// prospect.
    pub(crate) fn expected_from_stage(&self, application: i64) -> Result<i64, ActError> {
        let row = self.applications.get(&application);
        let row = row.ok_or(ActError::NotFound("Application"))?;
        let here = match self.switches.from_stage_id {
            FromStageId::StageRow => row.stage_id,
            _ => row.job_interview_stage_id,
        };
        Ok(here.unwrap_or_default())
    }

    /// Returns the requested stage if it belongs to the job, or the first stage if none is
    /// requested.
    pub(super) fn stage_of(
        &self,
        job_id: i64,
        wanted: Option<i64>,
    ) -> Result<Option<i64>, ActError> {
        let plan = self.plan(job_id);
        match wanted {
            None => Ok(plan.first().map(|stage| stage.id)),
            Some(wanted) if plan.iter().any(|stage| stage.id == wanted) => Ok(Some(wanted)),
            Some(_) => Err(ActError::Refused(
                "Stage does not belong to the job".to_owned(),
            )),
        }
    }

    fn stage_after(&self, job_id: i64, here: Option<i64>) -> Option<i64> {
        let plan = self.plan(job_id);
        let position = plan.iter().position(|stage| Some(stage.id) == here)?;
        plan.get(position + 1).map(|stage| stage.id)
    }

    pub(super) fn enter_plan(
        &mut self,
        application_id: i64,
        job_id: i64,
        stage: Option<i64>,
        now: DateTime<Utc>,
    ) {
        let plan: Vec<i64> = self.plan(job_id).iter().map(|stage| stage.id).collect();
        for job_interview_stage_id in plan {
            let id = self.next_id();
            let row = ApplicationStage {
                id,
                application_id,
                job_interview_stage_id,
                entered_at: None,
                exited_at: None,
                days_in_stage: 0,
                current: false,
                created_at: now,
                updated_at: now,
            };
            self.application_stages.insert(id, row);
        }
        if let Some(stage) = stage {
            self.enter_stage(application_id, stage, now);
        }
    }

    fn enter_stage(&mut self, application_id: i64, stage: i64, now: DateTime<Utc>) {
        let Some(application) = self.applications.get_mut(&application_id) else {
            return;
        };
        for row in rows_of(&mut self.application_stages, application_id) {
            let entered = row.job_interview_stage_id == stage;
            if row.current && !entered {
                row.exited_at = Some(now);
                row.updated_at = now;
            }
            if entered {
                row.entered_at = Some(now);
                row.exited_at = None;
                row.updated_at = now;
                application.stage_id = Some(row.id);
            }
            row.current = entered;
        }
        application.job_interview_stage_id = Some(stage);
        application.stage_name = self
            .job_interview_stages
            .get(&stage)
            .map(|stage| stage.name.clone());
    }

    /// Moves an application back to the first stage without an event.
    pub(super) fn restart_plan(&mut self, id: i64, now: DateTime<Utc>) {
        let job = self.applications.get(&id).and_then(|row| row.job_id);
        let first = job.and_then(|job| self.plan(job).first().map(|stage| stage.id));
        if let Some(first) = first {
            self.enter_stage(id, first, now);
        }
    }
}

fn rows_of(
    rows: &mut BTreeMap<i64, ApplicationStage>,
    application_id: i64,
) -> impl Iterator<Item = &mut ApplicationStage> {
    rows.values_mut()
        .filter(move |row| row.application_id == application_id)
}
