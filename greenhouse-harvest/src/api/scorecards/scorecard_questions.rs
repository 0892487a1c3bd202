use chrono::{DateTime, Utc};
use greenhouse_core::InterviewKitId;

use super::{filter::filter, row::row, words::words};
use crate::{HarvestClient, List, Route};

impl HarvestClient {
    /// `GET /v3/scorecard_questions`: what interview kits ask of interviewers (filters documented, rows in the official
    /// description).
    pub fn scorecard_questions(&self, filter: &ScorecardQuestionFilter) -> List<ScorecardQuestion> {
        List::new(self, LIST, &filter.query)
    }
}

filter! {
    /// Which questions to list (documented).
    pub struct ScorecardQuestionFilter of ScorecardQuestionId {
        /// Of these interview kits.
        interview_kit_ids: [InterviewKitId],
        /// Whether they are in use; without it, both kinds.
        active: bool,
    }
}

row! {
    /// A question of an interview kit (official description).
    pub struct ScorecardQuestion of ScorecardQuestionId {
        /// The interview kit.
        interview_kit_id: InterviewKitId,
        /// The question, with simple markup (documented).
        question: String,
        /// What its answers are.
        answer_type: ScorecardAnswerType,
        /// Whether it has to be answered.
        required: bool,
        /// Whether it is in use.
        active: bool,
        /// Its place in the kit.
        sort_order: i64,
        /// When it was made.
        created_at: DateTime<Utc>,
        /// When it was last changed.
        updated_at: DateTime<Utc>,
    }
}

words! {
    /// What the answers to a question are (documented).
    pub enum ScorecardAnswerType {
        /// Text.
        Text = "text",
        /// A switch.
        YesNo = "yes_no",
        /// One of the options.
        SingleSelect = "single_select",
        /// Any of the options.
        MultiSelect = "multi_select",
        /// None: a text to read.
        Instruction = "instruction",
    }
}

const LIST: Route = Route::get(
    "/v3/scorecard_questions",
    "harvest:scorecard_questions:list",
);
