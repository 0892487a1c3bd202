use crate::rows::tables::Table;
use crate::rows::tables::{flag, id, number, one_of, table, text, time};

/// Scorecards (official specification; the ratings are documented). The ids and rating of a draft
/// can be null (inferred).
pub(super) const SCORECARDS: Table = table!(
    "scorecards",
    "Scorecard",
    &[
        id("application_id"),
        id("interview_kit_id"),
        id("interviewer_id").or_null(),
        id("submitter_id").or_null(),
        one_of(
            "candidate_rating",
            &["strong_no", "no", "yes", "strong_yes", "no_decision"],
        )
        .or_null(),
        one_of("status", &["draft", "complete"]),
        time("interviewed_at"),
        time("submitted_at"),
        text("notes").or_null(),
        text("notes_with_tags").or_null(),
        text("private_notes").or_null(),
        text("private_notes_with_tags").or_null(),
        text("public_notes").or_null(),
        text("public_notes_with_tags").or_null(),
    ],
    &[
        ("application_ids", "application_id"),
        ("interviewer_ids", "interviewer_id"),
        ("submitter_ids", "submitter_id"),
        ("interview_kit_ids", "interview_kit_id"),
        ("interviewed_at", "interviewed_at"),
        ("submitted_at", "submitted_at"),
        ("status", "status"),
    ],
);

/// Ratings of one attribute on a scorecard (official specification; the ratings are documented).
pub(super) const ATTRIBUTES: Table = table!(
    "scorecard_candidate_attributes",
    "Scorecard candidate attribute",
    &[
        id("scorecard_id"),
        id("job_candidate_attribute_id"),
        one_of(
            "candidate_attribute_rating",
            &[
                "no_decision",
                "definitely_not",
                "no",
                "mixed",
                "yes",
                "strong_yes",
            ],
        ),
        text("note").or_null(),
    ],
    &[
        ("scorecard_ids", "scorecard_id"),
        ("job_candidate_attribute_ids", "job_candidate_attribute_id"),
    ],
);

/// Candidate attributes of a job (official specification). No call creates one.
pub(super) const JOB_ATTRIBUTES: Table = table!(
    "job_candidate_attributes",
    "Job candidate attribute",
    &[
        id("job_id"),
        id("candidate_attribute_type_id"),
        text("name"),
        flag("active", true),
        number("sort_order", 0),
    ],
    &[
        ("job_ids", "job_id"),
        (
            "candidate_attribute_type_ids",
            "candidate_attribute_type_id",
        ),
        ("active", "active"),
    ],
);

/// Groups of candidate attributes, for example `Skills`, without a filter by job (official
/// specification).
pub(super) const ATTRIBUTE_TYPES: Table = table!(
    "candidate_attribute_types",
    "Candidate attribute type",
    &[
        id("job_id"),
        text("name"),
        number("sort_order", 0),
        flag("active", true),
        flag("is_draft", false).or_null(),
    ],
    &[("active", "active"), ("is_draft", "is_draft")],
);

/// Attributes that an interview kit covers (official specification).
pub(super) const FOCUS_ATTRIBUTES: Table = table!(
    "focus_candidate_attributes",
    "Focus candidate attribute",
    &[id("interview_kit_id"), id("job_candidate_attribute_id")],
    &[
        ("interview_kit_ids", "interview_kit_id"),
        ("job_candidate_attribute_ids", "job_candidate_attribute_id"),
    ],
);

/// The questions of an interview kit (official specification).
pub(super) const QUESTIONS: Table = table!(
    "scorecard_questions",
    "Scorecard question",
    &[
        id("interview_kit_id"),
        text("question"),
        one_of(
            "answer_type",
            &[
                "text",
                "yes_no",
                "single_select",
                "multi_select",
                "instruction",
            ],
        ),
        flag("required", false),
        flag("active", true),
        number("sort_order", 0),
    ],
    &[
        ("interview_kit_ids", "interview_kit_id"),
        ("active", "active"),
    ],
);

/// Answers to the questions of an interview kit (official specification).
pub(super) const ANSWERS: Table = table!(
    "scorecard_question_answers",
    "Scorecard question answer",
    &[
        id("scorecard_id"),
        id("scorecard_question_id"),
        text("answer").or_null(),
        flag("boolean_value", false).or_null(),
    ],
    &[
        ("scorecard_ids", "scorecard_id"),
        ("scorecard_question_ids", "scorecard_question_id"),
    ],
);

/// Options of a question with a select answer (official specification).
pub(super) const OPTIONS: Table = table!(
    "scorecard_question_options",
    "Scorecard question option",
    &[
        id("scorecard_question_id"),
        text("name"),
        number("sort_order", 0),
        flag("active", true),
    ],
    &[
        ("scorecard_question_ids", "scorecard_question_id"),
        ("active", "active"),
    ],
);

/// Options selected in an answer to a question (official specification).
pub(super) const ANSWER_OPTIONS: Table = table!(
    "scorecard_question_answer_options",
    "Scorecard question answer option",
    &[
        id("scorecard_question_option_id"),
        id("scorecard_question_answer_id"),
    ],
    &[
        (
            "scorecard_question_option_ids",
            "scorecard_question_option_id",
        ),
        (
            "scorecard_question_answer_ids",
            "scorecard_question_answer_id",
        ),
    ],
);
