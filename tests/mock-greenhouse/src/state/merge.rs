use chrono::{DateTime, Utc};

use crate::payloads::person;
use crate::rows::Candidate;
use crate::state::{ActError, Event, State};

impl State {
    /// Merges one candidate into another. The winner receives the loser's applications, notes and
    /// addresses. If both have an application to the same job, the winner's application is kept and
    /// receives the files of the loser's application, for which `delete_application` is fired.
    ///
    /// Fires `merge_candidate` for the loser if a hook for it is active, otherwise
    /// `delete_candidate` (documented).
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
        let mut events = vec![self.merge_event(&gone, winner)];
        for application in self.applications_of(loser) {
            events.extend(self.move_to_winner(application, winner, now));
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
        self.sync_tags(winner, now)?;
        Ok(events)
    }

    fn merge_event(&self, loser: &Candidate, winner: i64) -> Event {
        let hooked = self
            .hooks
            .values()
            .any(|stored| stored.hook.active && stored.hook.action == "merge_candidate");
        if hooked {
            Event {
                action: "merge_candidate",
                payload: person::merge_candidate(loser, winner),
            }
        } else {
            Event {
                action: "delete_candidate",
                payload: person::delete_candidate(loser, &[]),
            }
        }
    }

    /// Moves an application to the winner, or deletes it if the winner already has an application
    /// to the same job.
    fn move_to_winner(&mut self, id: i64, winner: i64, now: DateTime<Utc>) -> Option<Event> {
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
            let payload = person::delete_application(self.applications.get(&id)?);
            self.remove_application(id);
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
}

fn add_missing<T: PartialEq>(to: &mut Vec<T>, from: Vec<T>) {
    for item in from {
        if !to.contains(&item) {
            to.push(item);
        }
    }
}
