use crate::payloads::person;
use crate::state::{ActError, Event, State};

impl State {
    /// Deletes a candidate with all data. Fires only `delete_candidate`, not the events for
    /// applications and offers (documented).
    pub(crate) fn delete_candidate(&mut self, id: i64) -> Result<Vec<Event>, ActError> {
        let candidate = self
            .candidates
            .remove(&id)
            .ok_or(ActError::NotFound("Candidate"))?;
        let applications = self.applications_of(id);
        for application in &applications {
            self.remove_application(*application);
        }
        self.notes.retain(|_, note| note.candidate_id != id);
        self.records.remove_where("applied_candidate_tags", |row| {
            row.integer("candidate_id") == Some(id)
        });
        Ok(vec![Event {
            action: "delete_candidate",
            payload: person::delete_candidate(&candidate, &applications),
        }])
    }

    /// Deletes an application with its data. The candidate is kept.
    pub(crate) fn delete_application(&mut self, id: i64) -> Result<Vec<Event>, ActError> {
        let application = self
            .applications
            .get(&id)
            .ok_or(ActError::NotFound("Application"))?;
        let payload = person::delete_application(application);
        self.remove_application(id);
        Ok(vec![Event {
            action: "delete_application",
            payload,
        }])
    }

    /// Returns the ids of a candidate's applications in ascending order.
    pub(crate) fn applications_of(&self, candidate: i64) -> Vec<i64> {
        self.applications
            .values()
            .filter(|application| application.candidate_id == candidate)
            .map(|application| application.id)
            .collect()
    }

    /// Removes an application. Its notes stay with the candidate (inferred).
    pub(super) fn remove_application(&mut self, id: i64) {
        self.applications.remove(&id);
        self.application_stages
            .retain(|_, row| row.application_id != id);
        self.attachments.retain(|_, file| file.application_id != id);
        self.remove_scorecards_and_interviews(id);
        self.remove_rejection_detail(id);
        for note in self.notes.values_mut() {
            if note.application_id == Some(id) {
                note.application_id = None;
            }
        }
    }
}
