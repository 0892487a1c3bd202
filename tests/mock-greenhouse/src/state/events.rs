use serde_json::Value;

use crate::payloads::{application, person};
use crate::state::{ActError, State};

/// An event that webhooks report.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) action: &'static str,
    pub(crate) payload: Value,
}

impl State {
    /// Returns the event for a new application: `new_candidate_application` or
    /// `new_prospect_application`.
    pub(crate) fn application_event(&self, id: i64) -> Result<Event, ActError> {
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

    /// Returns the event for a rejection, `reject_candidate`, with the rejection's details.
    pub(crate) fn rejection_event(&self, id: i64) -> Result<Event, ActError> {
        self.event("reject_candidate", id)
    }

    /// Returns the event for a changed candidate, `update_candidate`.
    pub(crate) fn candidate_update_event(&self, id: i64) -> Result<Event, ActError> {
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
            payload: person::update_candidate(candidate, &attachments, &self.users),
        })
    }

    /// Returns an application with its related records.
    pub(crate) fn subject(&self, id: i64) -> Option<application::Subject<'_>> {
        let application = self.applications.get(&id)?;
        Some(application::Subject {
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

    pub(super) fn event(&self, action: &'static str, id: i64) -> Result<Event, ActError> {
        let subject = self.subject(id).ok_or(ActError::NotFound("Application"))?;
        let payload = application::payload(action, &subject).ok_or_else(|| {
            ActError::Refused(format!("the mock does not model the body of {action}"))
        })?;
        Ok(Event { action, payload })
    }
}
