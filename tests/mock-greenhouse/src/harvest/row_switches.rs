use serde_json::{Map, Value};

use crate::switches::{NumberForm, Presence, StageAfterRejection, Switches};
use crate::wire::Answer;

/// Changes the rows of an answer as the switches demand. Returns the answer unchanged if they have
/// their defaults.
pub(super) fn apply(mut answer: Answer, path: &str, switches: &Switches) -> Answer {
    if !answer.status.is_success() || !changes_rows(switches) {
        return answer;
    }
    let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) else {
        return answer;
    };
    let applications = path.starts_with("/v3/applications");
    let ends_with_newline = answer.body.ends_with(b"\n");
    match &mut body {
        Value::Array(rows) => {
            for row in rows {
                shape_row(row, applications, switches);
            }
        }
        body => {
            shape_row(body, applications, switches);
            for (member, is_application) in [("candidate", false), ("application", true)] {
                if let Some(row) = body.get_mut(member) {
                    shape_row(row, is_application, switches);
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
}

fn shape_row(row: &mut Value, is_application: bool, switches: &Switches) {
    let Value::Object(row) = row else {
        return;
    };
    if is_application {
        shape_application(row, switches);
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
}

/// Writes `85` as `"85.0"`.
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
