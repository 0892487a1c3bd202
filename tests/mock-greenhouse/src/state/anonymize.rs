use chrono::{DateTime, Utc};

use crate::payloads::person;
use crate::rows::Candidate;
use crate::state::{ActError, Event, State};

impl State {
    /// Anonymizes the named fields of a candidate for good. Fires `candidate_anonymized`, and
    /// `offer_deleted` for each offer if offers are named (documented). Names without a member in
    /// the mock are accepted and repeated in the event: the list of names is open.
    pub(crate) fn anonymize(
        &mut self,
        id: i64,
        fields: &[String],
        now: DateTime<Utc>,
    ) -> Result<Vec<Event>, ActError> {
        if fields.is_empty() {
            return Err(ActError::Refused(
                "fields must name at least one field".to_owned(),
            ));
        }
        let candidate = self
            .candidates
            .get_mut(&id)
            .ok_or(ActError::NotFound("Candidate"))?;
        for field in fields {
            clear(candidate, field);
        }
        candidate.updated_at = now;
        candidate.last_activity_at = now;
        let mut events = vec![Event {
            action: "candidate_anonymized",
            payload: person::candidate_anonymized(id, fields),
        }];
        for field in fields {
            self.clear_related(id, field, now, &mut events);
        }
        Ok(events)
    }

    fn clear_related(
        &mut self,
        candidate: i64,
        field: &str,
        now: DateTime<Utc>,
        events: &mut Vec<Event>,
    ) {
        match field {
            "notes" => self.notes.retain(|_, note| note.candidate_id != candidate),
            "attachments" => self
                .attachments
                .retain(|_, file| file.candidate_id != Some(candidate)),
            _ => {
                for id in self.applications_of(candidate) {
                    self.clear_in_application(id, field, now, events);
                }
            }
        }
    }

    fn clear_in_application(
        &mut self,
        id: i64,
        field: &str,
        now: DateTime<Utc>,
        events: &mut Vec<Event>,
    ) {
        // Returns to the first stage without `candidate_stage_change`, which is documented nowhere.
        if field == "candidate_stage_data" {
            self.restart_plan(id, now);
        }
        let Some(application) = self.applications.get_mut(&id) else {
            return;
        };
        match field {
            "source" => application.source_id = None,
            "custom_application_fields" => application.custom_fields.clear(),
            "offers" | "all_offer_versions" => {
                if let Some(offer) = application.offer.take() {
                    events.push(Event {
                        action: "offer_deleted",
                        payload: person::offer_deleted(application, &offer),
                    });
                }
            }
            _ => {}
        }
    }
}

fn clear(candidate: &mut Candidate, field: &str) {
    match field {
        "full_name" => {
            candidate.first_name = ANONYMIZED.to_owned();
            candidate.last_name = ANONYMIZED.to_owned();
            candidate.preferred_name = None;
        }
        "current_company" => candidate.company = None,
        "current_title" => candidate.title = None,
        "email_addresses" | "emails" => candidate.email_addresses.clear(),
        "phone_numbers" => candidate.phone_numbers.clear(),
        "addresses" => candidate.addresses.clear(),
        "websites" | "website_addresses" => candidate.website_addresses.clear(),
        "social_media_links" | "social_media_addresses" => candidate.social_media_addresses.clear(),
        "tags" => candidate.tags.clear(),
        "custom_candidate_fields" => candidate.custom_fields.clear(),
        _ => {}
    }
}

/// Replacement for a name; the real text is unknown.
const ANONYMIZED: &str = "Anonymized";
