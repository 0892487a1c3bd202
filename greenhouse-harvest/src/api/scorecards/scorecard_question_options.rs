use chrono::{DateTime, Utc};

use super::{filter::filter, row::row};
use crate::{
    HarvestClient, List, Route,
    api::{ScorecardQuestionId, ScorecardQuestionOptionId},
};

impl HarvestClient {
    /// `GET /v3/scorecard_question_options`: what can be chosen as an answer (filters documented, rows in the official
    /// description).
    pub fn scorecard_question_options(
        &self,
        filter: &ScorecardQuestionOptionFilter,
    ) -> List<ScorecardQuestionOption> {
        List::new(self, LIST, &filter.query)
    }
}

filter! {
    /// Which options to list (documented).
    pub struct ScorecardQuestionOptionFilter of ScorecardQuestionOptionId {
        /// Of these questions.
        scorecard_question_ids: [ScorecardQuestionId],
        /// Whether they can be chosen; without it, both kinds.
        active: bool,
    }
}

row! {
    /// What can be chosen as an answer to a question (official description).
    pub struct ScorecardQuestionOption {
        /// The id.
        pub id: ScorecardQuestionOptionId,
        /// The question.
        pub scorecard_question_id: Option<ScorecardQuestionId>,
        /// The name.
        pub name: Option<String>,
        /// Its place among the options.
        pub sort_order: Option<i64>,
        /// Whether it can be chosen.
        pub active: Option<bool>,
        /// When it was made.
        pub created_at: Option<DateTime<Utc>>,
        /// When it was last changed.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

const LIST: Route = Route::get(
    "/v3/scorecard_question_options",
    "harvest:scorecard_question_options:list",
);
