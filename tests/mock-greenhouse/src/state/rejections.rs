use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use crate::rows::{Note, RejectionReason, RejectionReasonType};
use crate::state::{ActError, State};
use crate::time::millis;

/// Optional input of a rejection.
#[derive(Debug, Default)]
pub(crate) struct RejectionInput {
    pub(crate) rejected_by: Option<i64>,
    pub(crate) note: Option<String>,
    pub(crate) answers: Map<String, Value>,
}

impl State {
    /// Adds a rejection reason of one of the four types.
    pub(crate) fn add_rejection_reason(
        &mut self,
        name: &str,
        kind: &str,
        default: bool,
        now: DateTime<Utc>,
    ) -> Result<i64, ActError> {
        let (number, (key, label)) = (1..)
            .zip(TYPES)
            .find(|(_, (key, _))| *key == kind)
            .ok_or_else(|| {
                ActError::Refused(format!(
                    "unknown rejection reason type {kind}, expected WE_REJECTED_THEM, \
                     THEY_REJECTED_US, NONE_SPECIFIED or SECURITY_CONCERN"
                ))
            })?;
        let id = self.next_id();
        let reason = RejectionReason {
            id,
            name: name.to_owned(),
            kind: RejectionReasonType {
                id: number,
                key,
                name: label,
            },
            created_at: now,
            updated_at: now,
            default,
        };
        self.rejection_reasons.insert(id, reason);
        Ok(id)
    }

    /// Adds the row of `rejection_details` for a new rejection.
    pub(super) fn add_rejection_detail(
        &mut self,
        application: i64,
        reason: i64,
        now: DateTime<Utc>,
    ) -> Result<(), ActError> {
        let row = json!({
            "application_id": application,
            "rejected_at": millis(now),
            "rejection_reason_id": reason,
            "question_custom_fields": self.unset_fields("rejection_question"),
        });
        self.add_record("rejection_details", row, now).map(|_| ())
    }

    /// Adds optional input to the rejection of an application. `notes` become a private note
    /// (inferred).
    pub(crate) fn add_rejection_input(
        &mut self,
        application: i64,
        input: RejectionInput,
        now: DateTime<Utc>,
    ) {
        let note = input
            .note
            .and_then(|text| self.add_private_note(application, input.rejected_by, text, now));
        let detail = self
            .records
            .of("rejection_details")
            .values()
            .find(|detail| detail.integer("application_id") == Some(application))
            .map(|detail| detail.id);
        let Some(detail) = detail.and_then(|id| self.records.get_mut("rejection_details", id))
        else {
            return;
        };
        detail.set("rejected_by_id", input.rejected_by, now);
        detail.set("rejection_note_id", note, now);
        if let Some(Value::Object(answers)) = detail.members.get_mut("question_custom_fields") {
            answers.extend(input.answers);
        }
    }

    /// Returns the answers to a rejection's questions.
    pub(super) fn rejection_answers(&self, application: i64) -> Option<&Map<String, Value>> {
        let details = self.records.of("rejection_details").values();
        details
            .filter(|detail| detail.integer("application_id") == Some(application))
            .find_map(|detail| detail.members.get("question_custom_fields")?.as_object())
    }

    pub(super) fn remove_rejection_detail(&mut self, application: i64) {
        self.records.remove_where("rejection_details", |detail| {
            detail.integer("application_id") == Some(application)
        });
    }

    fn add_private_note(
        &mut self,
        application: i64,
        author: Option<i64>,
        text: String,
        now: DateTime<Utc>,
    ) -> Option<i64> {
        let candidate_id = self.applications.get(&application)?.candidate_id;
        let id = self.next_id();
        let note = Note {
            id,
            candidate_id,
            application_id: Some(application),
            user_id: author,
            kind: "NOTE".to_owned(),
            visibility: "privately_visible".to_owned(),
            body: text,
            body_with_tags: None,
            subject: None,
            email_from: None,
            email_to: None,
            email_cc: None,
            email_attachment_file_names: None,
            import_hash: None,
            created_at: now,
            updated_at: now,
        };
        self.notes.insert(id, note);
        Some(id)
    }
}

const TYPES: [(&str, &str); 4] = [
    ("WE_REJECTED_THEM", "We rejected them"),
    ("THEY_REJECTED_US", "They rejected us"),
    ("NONE_SPECIFIED", "None specified"),
    ("SECURITY_CONCERN", "Security concern"),
];
