use chrono::{DateTime, Utc};

use crate::rows::{Application, ApplicationStatus};
use crate::state::{ActError, Event, State};
use crate::switches::SecondApplication;

impl State {
    /// Creates an application to a job, at the requested stage or at the first stage. Creates one
    /// row of `application_stages` for each stage.
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
                "Candidate already has an application to this job".to_owned(),
            ));
        }
        let stage_id = self.stage_of(job_id, stage_id)?;
        let id = self.next_id();
        let application = Application {
            job_id: Some(job_id),
            custom_fields: self.unset_fields("application"),
            ..Application::new(id, candidate_id, now)
        };
        self.applications.insert(id, application);
        self.enter_plan(id, job_id, stage_id, now);
        Ok(id)
    }

    /// Creates a prospect, without a job or stage.
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
            ..Application::new(id, candidate_id, now)
        };
        self.applications.insert(id, application);
        Ok(id)
    }

    /// Turns a prospect into an application to a job. Returns the id of the new application.
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

    /// Changes only the times of an application.
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

    pub(super) fn active(&self, id: i64, deed: &str) -> Result<&Application, ActError> {
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

    pub(super) fn touch(&mut self, id: i64, now: DateTime<Utc>) {
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
