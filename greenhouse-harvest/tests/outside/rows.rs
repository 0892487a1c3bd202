//! Every described member of a row is read as the described type.

use std::fmt::Debug;

use greenhouse_harvest::api::*;
use serde::de::DeserializeOwned;
use serde_json::{Value, from_value, json};

use crate::{
    Check,
    kept::Kept,
    sample::{each_without_one, full, is_nullable, nonsense, without},
};

/// Every typed list, by the name of its row in the description.
pub(crate) const ROWS: &[(&str, Check)] = &[
    ("application", check::<Application>),
    ("application_stage", check::<ApplicationStage>),
    ("applied_candidate_tag", check::<AppliedCandidateTag>),
    ("attachment", check::<Attachment>),
    ("candidate", check::<Candidate>),
    ("candidate_attribute_type", check::<CandidateAttributeType>),
    ("candidate_tag", check::<CandidateTag>),
    ("custom_field", check::<CustomField>),
    ("custom_field_option", check::<CustomFieldOption>),
    (
        "focus_candidate_attribute",
        check::<FocusCandidateAttribute>,
    ),
    ("interview", check::<Interview>),
    ("interview_kit", check::<InterviewKit>),
    ("interviewer", check::<Interviewer>),
    ("job", check::<Job>),
    ("job_candidate_attribute", check::<JobCandidateAttribute>),
    ("job_interview", check::<JobInterview>),
    ("job_interview_stage", check::<JobInterviewStage>),
    ("note", check::<Note>),
    ("referrer", check::<Referrer>),
    ("rejection_detail", check::<RejectionDetail>),
    ("rejection_reason", check::<RejectionReason>),
    ("scorecard", check::<Scorecard>),
    (
        "scorecard_candidate_attribute",
        check::<ScorecardCandidateAttribute>,
    ),
    ("scorecard_question", check::<ScorecardQuestion>),
    (
        "scorecard_question_answer",
        check::<ScorecardQuestionAnswer>,
    ),
    (
        "scorecard_question_answer_option",
        check::<ScorecardQuestionAnswerOption>,
    ),
    (
        "scorecard_question_option",
        check::<ScorecardQuestionOption>,
    ),
    ("source", check::<Source>),
    ("user", check::<User>),
    ("user_email", check::<UserEmail>),
    ("user_role", check::<UserRole>),
    ("webhook", check::<Webhook>),
];

/// Schema of a row.
pub(crate) fn schema<'a>(description: &'a Value, name: &str) -> &'a Value {
    let schema = &description["components"]["schemas"][name];
    match name {
        // The second form is a message for a job that runs later. Lists never contain it.
        "candidate" => &schema["oneOf"][0],
        _ => schema,
    }
}

/// Fails for a list in the description that is neither typed nor excluded.
pub(crate) fn every_list_is_typed_or_excluded(description: &Value) -> Result<(), String> {
    let schemas = description["components"]["schemas"].as_object();
    let names = schemas.ok_or("no schemas")?.keys();
    let typed = |name: &str| ROWS.iter().any(|(row, _)| *row == name);
    let strange: Vec<_> = names
        .filter(|name| typed(name) == UNTYPED.contains(&name.as_str()))
        .collect();
    if strange.is_empty() {
        Ok(())
    } else {
        Err(format!("both typed and excluded, or neither: {strange:?}"))
    }
}

/// Checks members of rows that are newer than the description. Remove a member once the description
/// contains it.
pub(crate) fn later_members_are_read(description: &Value) -> Result<(), String> {
    // Present on every row since mid-2026 (observed live).
    later::<Application>(
        description,
        "application",
        "job_interview_stage_id",
        json!(1),
    )?;
    // One client only.
    later::<Application>(description, "application", "rejection_reason_id", json!(1))?;
    // In lists, available by mid-2026 (documented).
    later::<Webhook>(description, "webhook", "client_id", json!("abc"))
}

fn later<R: DeserializeOwned + PartialEq + Kept>(
    description: &Value,
    row: &str,
    member: &str,
    value: Value,
) -> Result<(), String> {
    let schema = schema(description, row);
    if !schema["properties"][member].is_null() {
        return Err(format!("{member} of {row} is part of the description"));
    }
    let described = full(schema);
    let mut with = described.clone();
    with[member] = value;
    let (without, with): (R, R) = (read(&described)?, read(&with)?);
    if with == without || with.kept().iter().any(|kept| !kept.is_empty()) {
        return Err(format!("{member} of {row} is not read"));
    }
    Ok(())
}

fn check<R: DeserializeOwned + PartialEq + Debug + Kept>(schema: &Value) -> Result<(), String> {
    let row = full(schema);
    let members = row.as_object().ok_or("the schema is not an object")?;
    let whole: R = read(&row)?;
    let unknown: Vec<_> = whole.kept().iter().flat_map(|kept| kept.keys()).collect();
    if !unknown.is_empty() {
        return Err(format!("{unknown:?} is described but not read"));
    }
    for (name, value) in members.iter().filter(|(name, _)| *name != "id") {
        let described = &schema["properties"][name];
        let missing: R = read(&without(members, name))?;
        if missing == whole {
            return Err(format!("{name} had a value and is None"));
        }
        let with = |value: Value| {
            let mut members = members.clone();
            members.insert(name.clone(), value);
            read::<R>(&Value::Object(members))
        };
        if is_nullable(described) && with(Value::Null)? != missing {
            return Err(format!("{name} is not None for null"));
        }
        for (part, value) in each_without_one(described, value) {
            if with(value)? == whole {
                return Err(format!("{part} of {name} had a value and is None"));
            }
        }
        if let Some(text) = nonsense(described)
            && with(text)?.kept().iter().all(|kept| kept.is_empty())
        {
            return Err(format!("{name} accepts values outside its schema"));
        }
    }
    Ok(())
}

fn read<R: DeserializeOwned>(row: &Value) -> Result<R, String> {
    from_value(row.clone()).map_err(|error| error.to_string())
}

/// Described records without a typed call, because this project does not need them.
const UNTYPED: &[&str] = &[
    // Response of the token host, not a row.
    "access_token",
    "approval_flow",
    "approver",
    "approver_group",
    "blocked_spam_source",
    "bulk_request",
    "candidate_education",
    "candidate_employment",
    "close_reason",
    "custom_field_department",
    "custom_field_office",
    "default_interviewer",
    "demographic_answer",
    "demographic_answer_option",
    "demographic_question",
    "demographic_question_set",
    "department",
    "eeoc",
    "email_template",
    "future_job_permission",
    "interviewer_tag",
    "job_board_custom_location",
    "job_hiring_manager",
    "job_note",
    "job_owner",
    "job_post",
    "job_post_location",
    "offer",
    "office",
    "opening",
    "pay_input",
    "pay_input_range",
    "prospect_detail",
    "prospect_pool",
    "prospect_pool_stage",
    "scorecard_question_candidate_attribute",
    "tracking_link",
    "user_job_permission",
];
