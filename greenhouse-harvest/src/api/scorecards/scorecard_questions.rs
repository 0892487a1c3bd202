use chrono::{DateTime, Utc};
use greenhouse_core::InterviewKitId;

use super::{filter::filter, row::row, words::words};
use crate::{HarvestClient, List, Route, api::ScorecardQuestionId};

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
    pub struct ScorecardQuestion {
        /// The id.
        pub id: ScorecardQuestionId,
        /// The interview kit.
        pub interview_kit_id: Option<InterviewKitId>,
        /// The question, with simple markup (documented).
        pub question: Option<String>,
        /// What its answers are.
        pub answer_type: Option<ScorecardAnswerType>,
        /// Whether it has to be answered.
        pub required: Option<bool>,
        /// Whether it is in use.
        pub active: Option<bool>,
        /// Its place in the kit.
        pub sort_order: Option<i64>,
        /// When it was made.
        pub created_at: Option<DateTime<Utc>>,
        /// When it was last changed.
        pub updated_at: Option<DateTime<Utc>>,
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
