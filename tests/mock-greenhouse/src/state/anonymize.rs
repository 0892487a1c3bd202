use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::payloads::person;
use crate::rows::Candidate;
use crate::state::{ActError, Event, State};

impl State {
    /// Permanently anonymizes the data of a candidate that `fields` selects. Each word selects one
    /// kind of data. Fires `candidate_anonymized`, and `offer_deleted` for each offer if `fields`
    /// includes offers (documented). Words for data that the mock does not have are accepted and
    /// repeated in the event, because the list of words is open.
    pub(crate) fn anonymize(
        &mut self,
        id: i64,
        fields: &[String],
        now: DateTime<Utc>,
    ) -> Result<Vec<Event>, ActError> {
        if fields.is_empty() {
            return Err(ActError::Refused(
                "expected at least one word in fields, got none".to_owned(),
            ));
        }
        if !self.candidates.contains_key(&id) {
            return Err(ActError::NotFound("Candidate"));
        }
        let mut events = vec![Event {
            action: "candidate_anonymized",
            payload: person::candidate_anonymized(id, fields),
        }];
        for field in fields {
            self.clear_person(id, field);
            self.clear_belongings(id, field);
            for application in self.applications_of(id) {
                self.clear_application(application, field, now, &mut events);
            }
        }
        if let Some(candidate) = self.candidates.get_mut(&id) {
            candidate.updated_at = now;
            candidate.last_activity_at = now;
        }
        Ok(events)
    }

    fn clear_person(&mut self, id: i64, field: &str) {
        let unset = (field == "custom_candidate_fields").then(|| self.unset_fields("candidate"));
        let Some(candidate) = self.candidates.get_mut(&id) else {
            return;
        };
        clear(candidate, field);
        if let Some(unset) = unset {
            candidate.custom_fields = unset;
        }
        if field == "tags" {
            self.records.remove_where("applied_candidate_tags", |row| {
                row.integer("candidate_id") == Some(id)
            });
        }
    }

    /// Removes notes and files. Each word for a kind of note removes the notes of that type
    /// (inferred).
    fn clear_belongings(&mut self, candidate: i64, field: &str) {
        if field == "attachments" {
            self.attachments
                .retain(|_, file| file.candidate_id != Some(candidate));
        }
        let kind = NOTE_TYPES.iter().find(|(word, _)| *word == field);
        if let Some((_, kind)) = kind {
            self.notes
                .retain(|_, note| note.candidate_id != candidate || note.kind != *kind);
        }
    }

    fn clear_application(
        &mut self,
        id: i64,
        field: &str,
        now: DateTime<Utc>,
        events: &mut Vec<Event>,
    ) {
        match field {
            // Returns to the first stage. No `candidate_stage_change` is documented for this.
            "candidate_stage_data" => self.restart_plan(id, now),
            "scorecards_and_interviews" => self.remove_scorecards_and_interviews(id),
            "rejection_notes" | "rejection_reasons" | "custom_rejection_question_fields" => {
                self.clear_rejection(id, field, now);
            }
            _ => {}
        }
        let unset =
            (field == "custom_application_fields").then(|| self.unset_fields("application"));
        let Some(application) = self.applications.get_mut(&id) else {
            return;
        };
        match field {
            "source" => application.source_id = None,
            "credited_to" => application.referrer_id = None,
            "recruiter" => application.recruiter_id = None,
            "coordinator" => application.coordinator_id = None,
            "location" => application.location_address = None,
            "application_questions" => application.answers.clear(),
            "prospect_jobs" => application.prospective_job_ids.clear(),
            "rejection_reasons" => application.rejection_reason_id = None,
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
        if let Some(unset) = unset {
            application.custom_fields = unset;
        }
    }

    fn clear_rejection(&mut self, application: i64, field: &str, now: DateTime<Utc>) {
        let unset = self.unset_fields("rejection_question");
        let details: Vec<i64> = self
            .records
            .of("rejection_details")
            .values()
            .filter(|detail| detail.integer("application_id") == Some(application))
            .map(|detail| detail.id)
            .collect();
        for id in details {
            let Some(detail) = self.records.get_mut("rejection_details", id) else {
                continue;
            };
            match field {
                "rejection_notes" => {
                    let note = detail.integer("rejection_note_id");
                    detail.set("rejection_note_id", Value::Null, now);
                    note.and_then(|note| self.notes.remove(&note));
                }
                "rejection_reasons" => detail.set("rejection_reason_id", Value::Null, now),
                _ => detail.set("question_custom_fields", unset.clone(), now),
            }
        }
    }

    /// Removes the scorecards and interviews of an application with their parts.
    pub(super) fn remove_scorecards_and_interviews(&mut self, application: i64) {
        for (list, parts) in [
            (
                "scorecards",
                [
                    ("scorecard_candidate_attributes", "scorecard_id"),
                    ("scorecard_question_answers", "scorecard_id"),
                ]
                .as_slice(),
            ),
            ("interviews", [("interviewers", "interview_id")].as_slice()),
        ] {
            let gone: Vec<i64> = self
                .records
                .of(list)
                .values()
                .filter(|row| row.integer("application_id") == Some(application))
                .map(|row| row.id)
                .collect();
            for (part, member) in parts {
                self.records.remove_where(part, |row| {
                    row.integer(member).is_some_and(|id| gone.contains(&id))
                });
            }
            self.records
                .remove_where(list, |row| gone.contains(&row.id));
        }
    }
}

/// Clears a member of a candidate. The replacements for names are documented.
fn clear(candidate: &mut Candidate, field: &str) {
    match field {
        "full_name" => {
            candidate.first_name = "Anonymized".to_owned();
            candidate.last_name = candidate.id.to_string();
            candidate.preferred_name = None;
        }
        "current_company" => candidate.company = None,
        "current_title" => candidate.title = None,
        "email_addresses" => candidate.email_addresses.clear(),
        "phone_numbers" => candidate.phone_numbers.clear(),
        "addresses" => candidate.addresses.clear(),
        "websites" => candidate.website_addresses.clear(),
        "social_media_links" => candidate.social_media_addresses.clear(),
        "tags" => candidate.tags.clear(),
        _ => {}
    }
}

/// The words for kinds of notes, each with the type of these notes. `emails` means the record of
/// sent e-mails, not the addresses (documented).
const NOTE_TYPES: &[(&str, &str)] = &[
    ("activity_items", "ACTIVITY"),
    ("emails", "EMAIL"),
    ("follow_up_reminders", "FOLLOW_UP"),
    ("inmails", "LINKEDIN_INMAIL"),
    ("innotes", "LINKEDIN_NOTE"),
    ("notes", "NOTE"),
    ("touchpoints", "TOUCHPOINT"),
];

/// Words for the data to anonymize, in requests and in the event `candidate_anonymized`
/// (documented). Other words are also accepted, because newer words exist.
pub const ANONYMIZATION_WORDS: [&str; 42] = [
    "activity_items",
    "addresses",
    "all_offer_versions",
    "application_questions",
    "attachments",
    "candidate_stage_data",
    "coordinator",
    "credited_to",
    "current_company",
    "current_title",
    "custom_application_fields",
    "custom_candidate_fields",
    "custom_rejection_question_fields",
    "education",
    "email_addresses",
    "emails",
    "employment",
    "follow_up_reminders",
    "full_name",
    "headline",
    "inmails",
    "innotes",
    "location",
    "notes",
    "offers",
    "phone_numbers",
    "prospect_jobs",
    "prospect_offices",
    "prospect_offices_and_departments",
    "prospect_owner",
    "prospect_pool_and_stage",
    "recruiter",
    "referral_questions",
    "rejection_notes",
    "rejection_reasons",
    "scorecards_and_interviews",
    "social_media_links",
    "source",
    "tags",
    "third_party_integrations",
    "touchpoints",
    "websites",
];
