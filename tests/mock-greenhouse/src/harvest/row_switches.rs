use serde_json::{Map, Value, json};

use crate::switches::{
    NumberForm, Presence, RowForm, ScorecardNulls, StageAfterRejection, Switches,
};
use crate::wire::Answer;

/// Changes the rows in a response as the switches require. Returns the response unchanged if the
/// switches have their defaults.
pub(super) fn apply(mut answer: Answer, path: &str, switches: &Switches) -> Answer {
    if !answer.status.is_success() || !changes_rows(switches) {
        return answer;
    }
    let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) else {
        return answer;
    };
    let kind = Kind::of(path);
    let ends_with_newline = answer.body.ends_with(b"\n");
    match &mut body {
        Value::Array(rows) => {
            for row in rows {
                shape_row(row, kind, switches);
            }
        }
        body => {
            shape_row(body, kind, switches);
            for (member, kind) in [
                ("candidate", Kind::Other),
                ("application", Kind::Application),
            ] {
                if let Some(row) = body.get_mut(member) {
                    shape_row(row, kind, switches);
                }
            }
        }
    }
    let mut text = body.to_string();
    if ends_with_newline {
        text.push('\n');
    }
    answer.body = text.into();
    answer
}

fn changes_rows(switches: &Switches) -> bool {
    switches.job_interview_stage_id == Presence::Absent
        || switches.stage_after_rejection == StageAfterRejection::Null
        || switches.number_custom_fields == NumberForm::Text
        || switches.rejection_reason_id == Presence::Absent
        || switches.scorecard_nulls == ScorecardNulls::InDrafts
        || switches.rows == RowForm::Seen
}

/// Kinds of rows to which different switches apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Application,
    Note,
    Scorecard,
    User,
    Other,
}

impl Kind {
    fn of(path: &str) -> Self {
        match path.split('/').nth(2) {
            Some("applications") => Self::Application,
            Some("notes") => Self::Note,
            Some("scorecards") => Self::Scorecard,
            Some("users") => Self::User,
            _ => Self::Other,
        }
    }
}

fn shape_row(row: &mut Value, kind: Kind, switches: &Switches) {
    let Value::Object(row) = row else {
        return;
    };
    if kind == Kind::Application {
        shape_application(row, switches);
    }
    if kind == Kind::Scorecard && switches.scorecard_nulls == ScorecardNulls::InDrafts {
        nulls_of_draft(row);
    }
    if switches.rows == RowForm::Seen {
        shape_as_seen(row, kind);
    }
    if switches.number_custom_fields == NumberForm::Text
        && let Some(Value::Object(fields)) = row.get_mut("custom_fields")
    {
        for field in fields.values_mut() {
            number_as_text(field);
        }
    }
}

fn shape_application(row: &mut Map<String, Value>, switches: &Switches) {
    if switches.stage_after_rejection == StageAfterRejection::Null
        && row.get("status").and_then(Value::as_str) == Some("rejected")
    {
        for member in ["stage_id", "stage_name", "job_interview_stage_id"] {
            if let Some(value) = row.get_mut(member) {
                *value = Value::Null;
            }
        }
    }
    if switches.job_interview_stage_id == Presence::Absent {
        row.remove("job_interview_stage_id");
    }
    if switches.rejection_reason_id == Presence::Absent {
        row.remove("rejection_reason_id");
    }
}

fn nulls_of_draft(row: &mut Map<String, Value>) {
    if row.get("status").and_then(Value::as_str) != Some("draft") {
        return;
    }
    for member in [
        "interview_kit_id",
        "interviewer_id",
        "submitter_id",
        "candidate_rating",
        "interviewed_at",
        "submitted_at",
    ] {
        set_if_present(row, member, Value::Null);
    }
}

/// Changes members to forms that clients have observed but the official description does not
/// contain.
fn shape_as_seen(row: &mut Map<String, Value>, kind: Kind) {
    set_if_present(row, "sort_order", Value::Null);
    match kind {
        Kind::User => {
            row.insert("emails".to_owned(), Value::Null);
        }
        Kind::Note => set_if_present(row, "email_attachment_file_names", json!([])),
        Kind::Application => set_if_present(
            row,
            "answers",
            json!([{ "question": "Where are you based?", "answer": null }]),
        ),
        Kind::Scorecard | Kind::Other => {}
    }
    if let Some(Value::Object(fields)) = row.get_mut("custom_fields") {
        for field in fields.values_mut().filter_map(Value::as_object_mut) {
            field.insert("template_token_string".to_owned(), Value::Null);
        }
    }
}

fn set_if_present(row: &mut Map<String, Value>, member: &str, value: Value) {
    if let Some(present) = row.get_mut(member) {
        *present = value;
    }
}

/// Changes `85` to `"85.0"`.
fn number_as_text(field: &mut Value) {
    if field.get("type").and_then(Value::as_str) != Some("number") {
        return;
    }
    if let Some(value) = field.get_mut("value")
        && let Value::Number(number) = value
    {
        *value = Value::from(match number.as_f64() {
            Some(float) => format!("{float:?}"),
            None => number.to_string(),
        });
    }
}
