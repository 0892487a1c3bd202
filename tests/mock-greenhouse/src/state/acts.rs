use std::collections::BTreeMap;
use std::iter;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Map, Value};
use thiserror::Error;

use crate::state::{Application, ApplicationStage, ApplicationStatus, Offer, State};
use crate::switches::{FromStageId, SecondApplication};
use crate::webhooks::bodies::{self, Subject};
use crate::webhooks::person_bodies;

/// Why something could not be done in this Greenhouse.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ActError {
    /// There is no such record; the text names its kind, for example `Application`.
    #[error("{0} not found")]
    NotFound(&'static str),
    /// Greenhouse does not do this; the text says why.
    #[error("{0}")]
    Refused(String),
}

/// Something that webhooks tell.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) action: &'static str,
    pub(crate) payload: Value,
}

/// Where a new application starts, or where a move goes.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Placement {
    pub(crate) job_id: Option<i64>,
    /// A stage of the job's plan.
    pub(crate) stage_id: Option<i64>,
}

impl State {
    /// An application for a job, at the given stage or the plan's first. One row of `application_stages` per stage is made at once.
    pub(crate) fn apply(
        &mut self,
        candidate_id: i64,
        job_id: i64,
        stage_id: Option<i64>,
        now: DateTime<Utc>,
    ) -> Result<i64, ActError> {
        if !self.candidates.contains_key(&candidate_id) {
            return Err(ActError::NotFound("Candidate"));
        }
        if !self.jobs.contains_key(&job_id) {
            return Err(ActError::NotFound("Job"));
        }
        let second = self
            .applications
            .values()
            .any(|other| other.candidate_id == candidate_id && other.job_id == Some(job_id));
        if second && self.switches.second_application == SecondApplication::Refused {
            return Err(ActError::Refused(
                "Candidate already has an application on this job".to_owned(),
            ));
        }
        let stage_id = self.stage_of(job_id, stage_id)?;
        let id = self.next_id();
        let application = Application {
            job_id: Some(job_id),
            custom_fields: self.unset_fields("application"),
            ..blank(id, candidate_id, now)
        };
        self.applications.insert(id, application);
        self.enter_plan(id, job_id, stage_id, now);
        Ok(id)
    }

    /// A prospect: no job, no stage.
    pub(crate) fn apply_as_prospect(
        &mut self,
        candidate_id: i64,
        job_ids: Vec<i64>,
        now: DateTime<Utc>,
    ) -> Result<i64, ActError> {
        if !self.candidates.contains_key(&candidate_id) {
            return Err(ActError::NotFound("Candidate"));
        }
        let id = self.next_id();
        let application = Application {
            prospect: true,
            prospective_job_ids: job_ids,
            custom_fields: self.unset_fields("application"),
            ..blank(id, candidate_id, now)
        };
        self.applications.insert(id, application);
        Ok(id)
    }

    /// A prospect becomes an application for a job. Returns the new application's id.
    pub(crate) fn convert_to_candidate(
        &mut self,
        id: i64,
        job_id: i64,
        stage_id: Option<i64>,
        now: DateTime<Utc>,
    ) -> Result<i64, ActError> {
        let prospect = self.active(id, "converted")?.clone();
        if !prospect.prospect {
            return Err(ActError::Refused(
                "Application is not a prospect".to_owned(),
            ));
        }
        let converted = self.apply(prospect.candidate_id, job_id, stage_id, now)?;
        if let Some(application) = self.applications.get_mut(&converted) {
            application.source_id = prospect.source_id;
            application.referrer_id = prospect.referrer_id;
            application.recruiter_id = prospect.recruiter_id;
            application.coordinator_id = prospect.coordinator_id;
            application.custom_fields = prospect.custom_fields;
        }
        if let Some(application) = self.applications.get_mut(&id) {
            application.status = ApplicationStatus::Converted;
        }
        self.touch(id, now);
        Ok(converted)
    }

    /// Moves within the plan or to another job. `None` for the event when nothing moved.
    ///
    /// `from` may be the stage of the job or the row of `application_stages`: which of the two Greenhouse wants is unknown.
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
        self.event("candidate_stage_change", id).map(Some)
    }

    /// The stage stays, and its row stays current (measured live).
    pub(crate) fn reject(
        &mut self,
        id: i64,
        reason: i64,
        now: DateTime<Utc>,
    ) -> Result<Event, ActError> {
        if !self.rejection_reasons.contains_key(&reason) {
            return Err(ActError::Refused("Rejection reason not found".to_owned()));
        }
        self.active(id, "rejected")?;
        if let Some(application) = self.applications.get_mut(&id) {
            application.status = ApplicationStatus::Rejected;
            application.rejected_at = Some(now);
            application.rejection_reason_id = Some(reason);
        }
        self.add_rejection_detail(id, reason, now)?;
        self.touch(id, now);
        self.rejected(id)
    }

    /// `reject_candidate` for an application that was just rejected, with what was said then.
    pub(crate) fn rejected(&self, id: i64) -> Result<Event, ActError> {
        self.event("reject_candidate", id)
    }

    /// Does not count as activity: the published samples of a reject and its undoing carry the same `last_activity_at`.
    pub(crate) fn unreject(&mut self, id: i64, now: DateTime<Utc>) -> Result<Event, ActError> {
        let application = self
            .applications
            .get_mut(&id)
            .ok_or(ActError::NotFound("Application"))?;
        if application.status != ApplicationStatus::Rejected {
            return Err(ActError::Refused("Application is not rejected".to_owned()));
        }
        application.status = ApplicationStatus::InProcess;
        application.rejected_at = None;
        application.rejection_reason_id = None;
        application.updated_at = now;
        self.forget_rejection(id);
        self.event("unreject_candidate", id)
    }

    /// Accepts an offer made for the purpose, a new version of the last one if there is one. Tells `hire_candidate`, and
    /// `offer_updated` of the accepted offer (documented; which of the two comes first is unknown).
    pub(crate) fn hire(
        &mut self,
        id: i64,
        starts_at: Option<NaiveDate>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Event>, ActError> {
        let last = self.active(id, "hired")?.offer.clone();
        let offer = Offer {
            id: last.as_ref().map_or_else(|| self.next_id(), |last| last.id),
            version: last.as_ref().map_or(1, |last| last.version + 1),
            created_at: now,
            resolved_at: now,
            starts_at,
        };
        if let Some(application) = self.applications.get_mut(&id) {
            application.status = ApplicationStatus::Hired;
            application.offer = Some(offer);
        }
        self.touch(id, now);
        let hired = self.event("hire_candidate", id)?;
        let offer = self.applications.get(&id).and_then(|application| {
            let payload = person_bodies::updated_offer(application, application.offer.as_ref()?);
            Some(Event {
                action: "offer_updated",
                payload,
            })
        });
        Ok(iter::once(hired).chain(offer).collect())
    }

    /// Undoes a hire: active again at its stage. That the offer stays is inferred.
    pub(crate) fn unhire(&mut self, id: i64, now: DateTime<Utc>) -> Result<Event, ActError> {
        let application = self
            .applications
            .get_mut(&id)
            .ok_or(ActError::NotFound("Application"))?;
        if application.status != ApplicationStatus::Hired {
            return Err(ActError::Refused("Application is not hired".to_owned()));
        }
        application.status = ApplicationStatus::InProcess;
        self.touch(id, now);
        self.event("unhire_candidate", id)
    }

    /// `new_candidate_application` or `new_prospect_application` for an application that was just made.
    pub(crate) fn applied(&self, id: i64) -> Result<Event, ActError> {
        let prospect = self
            .applications
            .get(&id)
            .is_some_and(|application| application.prospect);
        self.event(
            if prospect {
                "new_prospect_application"
            } else {
                "new_candidate_application"
            },
            id,
        )
    }

    /// `update_candidate` for a person who was just changed.
    pub(crate) fn candidate_updated(&self, id: i64) -> Result<Event, ActError> {
        let candidate = self
            .candidates
            .get(&id)
            .ok_or(ActError::NotFound("Candidate"))?;
        let attachments: Vec<_> = self
            .attachments
            .values()
            .filter(|file| file.candidate_id == Some(id))
            .collect();
        Ok(Event {
            action: "update_candidate",
            payload: person_bodies::updated(candidate, &attachments, &self.users),
        })
    }

    /// An edit that changes nothing but the times.
    pub(crate) fn update_application(
        &mut self,
        id: i64,
        now: DateTime<Utc>,
    ) -> Result<Event, ActError> {
        if !self.applications.contains_key(&id) {
            return Err(ActError::NotFound("Application"));
        }
        self.touch(id, now);
        self.event("application_updated", id)
    }

    /// What hangs together with one application.
    pub(crate) fn subject(&self, id: i64) -> Option<Subject<'_>> {
        let application = self.applications.get(&id)?;
        Some(Subject {
            application,
            candidate: self.candidates.get(&application.candidate_id)?,
            job: application.job_id.and_then(|job| self.jobs.get(&job)),
            stage: application
                .job_interview_stage_id
                .and_then(|stage| self.job_interview_stages.get(&stage)),
            reason: application
                .rejection_reason_id
                .and_then(|reason| self.rejection_reasons.get(&reason)),
            attachments: self
                .attachments
                .values()
                .filter(|file| file.application_id == id)
                .collect(),
            prospective_jobs: application
                .prospective_job_ids
                .iter()
                .filter_map(|job| self.jobs.get(job))
                .collect(),
            answers: self.rejection_answers(id),
            users: &self.users,
        })
    }

    fn event(&self, action: &'static str, id: i64) -> Result<Event, ActError> {
        let subject = self.subject(id).ok_or(ActError::NotFound("Application"))?;
        let payload = bodies::payload(action, &subject)
            .ok_or_else(|| ActError::Refused(format!("{action} is not modelled")))?;
        Ok(Event { action, payload })
    }

    fn active(&self, id: i64, deed: &str) -> Result<&Application, ActError> {
        let application = self
            .applications
            .get(&id)
            .ok_or(ActError::NotFound("Application"))?;
        match application.status {
            ApplicationStatus::InProcess => Ok(application),
            other => Err(ActError::Refused(format!(
                "Application is {} and cannot be {deed}",
                other.as_filter()
            ))),
        }
    }

    /// The wanted stage if it is one of this job, else the plan's first.
    fn stage_of(&self, job_id: i64, wanted: Option<i64>) -> Result<Option<i64>, ActError> {
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

    fn enter_plan(
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

    /// Back to the first stage of the plan, told to nobody.
    pub(super) fn restart_plan(&mut self, id: i64, now: DateTime<Utc>) {
        let job = self.applications.get(&id).and_then(|row| row.job_id);
        let first = job.and_then(|job| self.plan(job).first().map(|stage| stage.id));
        if let Some(first) = first {
            self.enter_stage(id, first, now);
        }
    }

    fn touch(&mut self, id: i64, now: DateTime<Utc>) {
        let Some(application) = self.applications.get_mut(&id) else {
            return;
        };
        application.updated_at = now;
        application.last_activity_at = now;
        if let Some(candidate) = self.candidates.get_mut(&application.candidate_id) {
            candidate.last_activity_at = now;
        }
    }
}

pub(crate) fn blank(id: i64, candidate_id: i64, now: DateTime<Utc>) -> Application {
    Application {
        id,
        candidate_id,
        job_id: None,
        job_post_id: None,
        status: ApplicationStatus::InProcess,
        stage_id: None,
        job_interview_stage_id: None,
        stage_name: None,
        prospect: false,
        prospective_job_ids: Vec::new(),
        needs_decision: Some(false),
        recruiter_id: None,
        coordinator_id: None,
        referrer_id: None,
        source_id: None,
        agency_note_id: None,
        rejection_reason_id: None,
        rejected_at: None,
        created_at: now,
        updated_at: now,
        last_activity_at: now,
        location_address: None,
        answers: Vec::new(),
        custom_fields: Map::new(),
        offer: None,
    }
}

fn rows_of(
    rows: &mut BTreeMap<i64, ApplicationStage>,
    application_id: i64,
) -> impl Iterator<Item = &mut ApplicationStage> {
    rows.values_mut()
        .filter(move |row| row.application_id == application_id)
}
