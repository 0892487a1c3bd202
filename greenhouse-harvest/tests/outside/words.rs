//! Every word of a described closed list is known.

use greenhouse_core::ApplicationStatus;
use greenhouse_harvest::api::*;
use serde_json::Value;

use crate::{rows::schema, sample::words};

pub(crate) fn are_known(description: &Value) -> Result<(), String> {
    for (row, member, is_known) in WORDS {
        let described = words(&schema(description, row)["properties"][member]);
        if described.is_empty() {
            return Err(format!("{member} of {row} is not a closed list"));
        }
        let unknown: Vec<_> = described.iter().filter(|word| !is_known(word)).collect();
        if !unknown.is_empty() {
            return Err(format!("{member} of {row} does not contain {unknown:?}"));
        }
    }
    Ok(())
}

macro_rules! known {
    ($type:ident) => {
        |word| !matches!($type::from(word), $type::Other(_))
    };
}

type IsKnown = fn(&str) -> bool;

const WORDS: &[(&str, &str, IsKnown)] = &[
    ("application", "status", known!(ApplicationStatus)),
    ("attachment", "type", known!(AttachmentType)),
    (
        "custom_field",
        "application_type",
        known!(CustomFieldApplicationType),
    ),
    ("custom_field", "field_type", known!(CustomFieldType)),
    ("custom_field", "value_type", known!(CustomFieldValueType)),
    ("interview", "status", known!(InterviewStatus)),
    (
        "interviewer",
        "response_status",
        known!(InterviewerResponse),
    ),
    ("job", "status", known!(JobStatus)),
    ("job_interview", "scheduling_type", known!(SchedulingType)),
    ("note", "type", known!(NoteType)),
    ("note", "visibility", known!(NoteReaders)),
    ("scorecard", "status", known!(ScorecardStatus)),
    ("user_role", "role_type", known!(UserRoleType)),
    ("webhook", "event_action_type", known!(WebhookAction)),
];
