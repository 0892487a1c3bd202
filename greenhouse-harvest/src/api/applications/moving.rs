//! Moves between stages and between jobs.

use greenhouse_core::{ApplicationId, JobId, StageId, UserId, settings::FromStage};
use serde::Serialize;

use super::Application;
use crate::{
    Error, HarvestClient, Route, api::ApplicationStage, api::ApplicationStageId, client::Call,
};

impl HarvestClient {
    /// Moves an application with `POST /v3/applications/{id}/move` (official description). A move
    /// runs the job's transition rules and may therefore send emails to the candidate (documented).
    /// The response to a move to the current stage is unknown.
    ///
    /// Greenhouse returns 422 if `from_stage_id` is not the current stage (documented). It is
    /// unknown which of the two ids Greenhouse expects; `from_stage` selects the id that is sent.
    ///
    /// # Errors
    ///
    /// [`Error::Construction`] if the required id of the current stage is unknown. [`Error`] if the
    /// write fails.
    pub async fn move_application(
        &self,
        application: ApplicationId,
        movement: &Move,
        from_stage: FromStage,
    ) -> Result<(), Error> {
        let Some(body) = movement.body(from_stage) else {
            return Err(Error::Construction {
                route: MOVE,
                source: Some(StageNotKnown(from_stage).into()),
            });
        };
        self.carry_out(&Call::on(self, MOVE, application).with_body(&body)?)
            .await
    }
}

/// Move of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Move {
    /// Current stage.
    pub from: CurrentStage,
    /// Destination.
    pub to: MoveTo,
    /// Sender of the emails that the move triggers.
    pub email_from: Option<UserId>,
}

impl Move {
    /// Creates a move from the current stage.
    pub fn new(from: impl Into<CurrentStage>, to: MoveTo) -> Self {
        Self {
            from: from.into(),
            to,
            email_from: None,
        }
    }

    /// Returns the body, or `None` if the required id is unknown.
    fn body(&self, from_stage: FromStage) -> Option<Body> {
        let from_stage_id = match from_stage {
            FromStage::JobInterviewStage => self.from.stage.map(StageId::value),
            FromStage::ApplicationStage => self.from.row.map(ApplicationStageId::value),
        };
        let (to_stage_id, to_job_id) = match self.to {
            MoveTo::Next => (None, None),
            MoveTo::Stage(stage) => (Some(stage), None),
            MoveTo::Job(job) => (None, Some(job)),
            MoveTo::StageOfJob(job, stage) => (Some(stage), Some(job)),
        };
        Some(Body {
            from_stage_id: from_stage_id?,
            to_stage_id,
            to_job_id,
            email_from_user_id: self.email_from,
        })
    }
}

/// Known ids of an application's current stage. A row of `GET /v3/applications` usually has both
/// ids ([`Application::current_stage`]), a row of `GET /v3/application_stages` always has both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CurrentStage {
    /// Stage of the job's interview plan.
    pub stage: Option<StageId>,
    /// The application's own row for the stage.
    pub row: Option<ApplicationStageId>,
}

impl Application {
    /// Returns the current stage's ids, as far as the row contains them.
    pub fn current_stage(&self) -> CurrentStage {
        CurrentStage {
            stage: self.job_interview_stage_id,
            row: self.stage_id,
        }
    }
}

impl From<&Application> for CurrentStage {
    fn from(application: &Application) -> Self {
        application.current_stage()
    }
}

impl From<&ApplicationStage> for CurrentStage {
    fn from(stage: &ApplicationStage) -> Self {
        Self {
            stage: stage.job_interview_stage_id,
            row: Some(stage.id),
        }
    }
}

impl From<StageId> for CurrentStage {
    fn from(stage: StageId) -> Self {
        Self {
            stage: Some(stage),
            row: None,
        }
    }
}

impl From<ApplicationStageId> for CurrentStage {
    fn from(row: ApplicationStageId) -> Self {
        Self {
            stage: None,
            row: Some(row),
        }
    }
}

/// Destination of a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MoveTo {
    /// The next stage of the job (documented).
    Next,
    /// This stage of the job (documented).
    Stage(StageId),
    /// The first stage of another job (documented). The application keeps its id.
    Job(JobId),
    /// This stage of another job. The description allows it, and one client program uses it.
    StageOfJob(JobId, StageId),
}

#[derive(Serialize)]
struct Body {
    from_stage_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    to_stage_id: Option<StageId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to_job_id: Option<JobId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_from_user_id: Option<UserId>,
}

#[derive(Debug, thiserror::Error)]
#[error("the {} id of the current stage is unknown", match .0 {
    FromStage::JobInterviewStage => "job interview stage",
    FromStage::ApplicationStage => "application stage",
})]
struct StageNotKnown(FromStage);

pub(in crate::api) const MOVE: Route =
    Route::post("/v3/applications/{id}/move", "harvest:applications:move");

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json, to_value};

    use super::*;

    #[test]
    fn the_setting_selects_the_id_of_the_current_stage() {
        let (stage, row) = (StageId::new(5), ApplicationStageId::new(9));
        let application: Application =
            from_value(json!({"id": 1, "stage_id": 9, "job_interview_stage_id": 5})).unwrap();
        let old: Application = from_value(json!({"id": 1, "stage_id": 9})).unwrap();
        let entered: ApplicationStage =
            from_value(json!({"id": 9, "job_interview_stage_id": 5})).unwrap();
        let cases: [(CurrentStage, Option<i64>, Option<i64>); 6] = [
            ((&application).into(), Some(5), Some(9)),
            ((&old).into(), None, Some(9)),
            ((&entered).into(), Some(5), Some(9)),
            (stage.into(), Some(5), None),
            (row.into(), None, Some(9)),
            (CurrentStage::default(), None, None),
        ];
        for (from, plan, own) in cases {
            let movement = Move::new(from, MoveTo::Next);
            for (setting, id) in [
                (FromStage::JobInterviewStage, plan),
                (FromStage::ApplicationStage, own),
            ] {
                let body = movement.body(setting).map(|body| to_value(body).unwrap());
                assert_eq!(body, id.map(|id| json!({"from_stage_id": id})), "{from:?}");
            }
        }
    }

    #[test]
    fn each_target_is_written_as_described() {
        let (job, stage) = (JobId::new(3), StageId::new(4));
        for (to, golden) in [
            (MoveTo::Next, json!({"from_stage_id": 5})),
            (
                MoveTo::Stage(stage),
                json!({"from_stage_id": 5, "to_stage_id": 4}),
            ),
            (
                MoveTo::Job(job),
                json!({"from_stage_id": 5, "to_job_id": 3}),
            ),
            (
                MoveTo::StageOfJob(job, stage),
                json!({"from_stage_id": 5, "to_stage_id": 4, "to_job_id": 3}),
            ),
        ] {
            let mut movement = Move::new(StageId::new(5), to);
            let body = |movement: &Move| to_value(movement.body(FromStage::default())).unwrap();
            assert_eq!(body(&movement), golden);
            movement.email_from = Some(UserId::new(7));
            assert_eq!(body(&movement)["email_from_user_id"], Value::from(7));
        }
    }
}
