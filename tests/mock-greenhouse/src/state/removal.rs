use chrono::{DateTime, Utc};

use crate::state::{ActError, Candidate, Event, State};
use crate::webhooks::person_bodies as bodies;

impl State {
    /// Deletes a person with all that hangs on it. Only `delete_candidate` tells of it: nothing fires for the applications, offers
    /// and the rest (documented).
    pub(crate) fn delete_candidate(&mut self, id: i64) -> Result<Vec<Event>, ActError> {
        let candidate = self
            .candidates
            .remove(&id)
            .ok_or(ActError::NotFound("Candidate"))?;
        let applications = self.applications_of(id);
        for application in &applications {
            self.drop_application(*application);
        }
        self.notes.retain(|_, note| note.candidate_id != id);
        self.records.remove_where("applied_candidate_tags", |row| {
            row.integer("candidate_id") == Some(id)
        });
        Ok(vec![Event {
            action: "delete_candidate",
            payload: bodies::deleted(&candidate, &applications),
        }])
    }

    /// Deletes an application with what hangs on it; the person stays.
    pub(crate) fn delete_application(&mut self, id: i64) -> Result<Vec<Event>, ActError> {
        let application = self
            .applications
            .get(&id)
            .ok_or(ActError::NotFound("Application"))?;
        let payload = bodies::deleted_application(application);
        self.drop_application(id);
        Ok(vec![Event {
            action: "delete_application",
            payload,
        }])
    }

    /// Merges one person into another: the loser's applications, notes and addresses become the winner's. Where both have an
    /// application on one job, the winner's stays, takes over the loser's files, and `delete_application` tells of the other.
    ///
    /// With an active merge hook `merge_candidate` tells of the loser, without one `delete_candidate` does (documented).
    pub(crate) fn merge(
        &mut self,
        winner: i64,
        loser: i64,
        now: DateTime<Utc>,
    ) -> Result<Vec<Event>, ActError> {
        if winner == loser {
            return Err(ActError::Refused(
                "A candidate cannot be merged with itself".to_owned(),
            ));
        }
        if !self.candidates.contains_key(&winner) {
            return Err(ActError::NotFound("Candidate"));
        }
        let gone = self
            .candidates
            .remove(&loser)
            .ok_or(ActError::NotFound("Candidate"))?;
        let mut events = vec![self.merged(&gone, winner)];
        for application in self.applications_of(loser) {
            events.extend(self.hand_over(application, winner, now));
        }
        for note in self.notes.values_mut() {
            if note.candidate_id == loser {
                note.candidate_id = winner;
            }
        }
        for test in self.take_home_tests.values_mut() {
            if test.candidate_id == loser {
                test.candidate_id = winner;
            }
        }
        if let Some(winner) = self.candidates.get_mut(&winner) {
            add_missing(&mut winner.email_addresses, gone.email_addresses);
            add_missing(&mut winner.phone_numbers, gone.phone_numbers);
            add_missing(&mut winner.addresses, gone.addresses);
            add_missing(&mut winner.website_addresses, gone.website_addresses);
            add_missing(
                &mut winner.social_media_addresses,
                gone.social_media_addresses,
            );
            add_missing(&mut winner.tags, gone.tags);
            winner.updated_at = now;
            winner.last_activity_at = now;
        }
        self.records.remove_where("applied_candidate_tags", |row| {
            row.integer("candidate_id") == Some(loser)
        });
        self.settle_tags(winner, now)?;
        Ok(events)
    }

    /// The ids of a person's applications, ascending.
    pub(crate) fn applications_of(&self, candidate: i64) -> Vec<i64> {
        self.applications
            .values()
            .filter(|application| application.candidate_id == candidate)
            .map(|application| application.id)
            .collect()
    }

    fn merged(&self, loser: &Candidate, winner: i64) -> Event {
        let hooked = self
            .hooks
            .values()
            .any(|stored| stored.hook.active && stored.hook.action == "merge_candidate");
        if hooked {
            Event {
                action: "merge_candidate",
                payload: bodies::merged(loser, winner),
            }
        } else {
            Event {
                action: "delete_candidate",
                payload: bodies::deleted(loser, &[]),
            }
        }
    }

    /// Gives an application to another person, or takes it away where that person has one on the same job.
    fn hand_over(&mut self, id: i64, winner: i64, now: DateTime<Utc>) -> Option<Event> {
        let application = self.applications.get(&id)?;
        let job = application.job_id;
        let kept = self
            .applications
            .values()
            .find(|other| other.candidate_id == winner && job.is_some() && other.job_id == job)
            .map(|other| other.id);
        let files = self
            .attachments
            .values_mut()
            .filter(|file| file.application_id == id);
        for file in files {
            file.candidate_id = Some(winner);
            file.application_id = kept.unwrap_or(id);
            file.updated_at = now;
        }
        if kept.is_some() {
            let payload = bodies::deleted_application(self.applications.get(&id)?);
            self.drop_application(id);
            return Some(Event {
                action: "delete_application",
                payload,
            });
        }
        let application = self.applications.get_mut(&id)?;
        application.candidate_id = winner;
        application.updated_at = now;
        None
    }

    /// Its notes stay with the person (inferred).
    fn drop_application(&mut self, id: i64) {
        self.applications.remove(&id);
        self.application_stages
            .retain(|_, row| row.application_id != id);
        self.attachments.retain(|_, file| file.application_id != id);
        for list in ["interviews", "rejection_details", "scorecards"] {
            self.records
                .remove_where(list, |row| row.integer("application_id") == Some(id));
        }
        for note in self.notes.values_mut() {
            if note.application_id == Some(id) {
                note.application_id = None;
            }
        }
    }
}

fn add_missing<T: PartialEq>(to: &mut Vec<T>, from: Vec<T>) {
    for item in from {
        if !to.contains(&item) {
            to.push(item);
        }
    }
}
