use chrono::{DateTime, Utc};
use greenhouse_core::InterviewKitId;

use super::{filter::filter, row::row, words::words};
use crate::{HarvestClient, List, Route, api::ScorecardQuestionId};

impl HarvestClient {
    /// Lists questions for interviewers in interview kits with `GET /v3/scorecard_questions`
    /// (filters documented, rows in the official description).
    pub fn scorecard_questions(&self, filter: &ScorecardQuestionFilter) -> List<ScorecardQuestion> {
        List::new(self, LIST, &filter.query)
    }
}

filter! {
    /// Filter for questions (documented).
    pub struct ScorecardQuestionFilter of ScorecardQuestionId {
        /// Filters by interview kit.
        interview_kit_ids: [InterviewKitId],
        /// Filters by whether the question is in use. Default: both.
        active: bool,
    }
}

row! {
    /// Question in an interview kit (official description).
    pub struct ScorecardQuestion {
        /// Id.
        pub id: ScorecardQuestionId,
        /// Interview kit.
        pub interview_kit_id: Option<InterviewKitId>,
        /// Question, with simple markup (documented).
        pub question: Option<String>,
        /// Type of the answers.
        pub answer_type: Option<ScorecardAnswerType>,
        /// `true` if an answer is required.
        pub required: Option<bool>,
        /// `true` if the question is in use.
        pub active: Option<bool>,
        /// Position in the interview kit.
        pub sort_order: Option<i64>,
        /// Creation time.
        pub created_at: Option<DateTime<Utc>>,
        /// Time of the last change.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

words! {
    /// Types of the answers to a question (documented).
    pub enum ScorecardAnswerType {
        /// Text.
        Text = "text",
        /// A boolean.
        YesNo = "yes_no",
        /// One of the options.
        SingleSelect = "single_select",
        /// Any number of the options.
        MultiSelect = "multi_select",
        /// A text to read, without an answer.
        Instruction = "instruction",
    }
}

const LIST: Route = Route::get(
    "/v3/scorecard_questions",
    "harvest:scorecard_questions:list",
);
