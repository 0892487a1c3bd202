use chrono::{DateTime, Utc};

use super::{filter::filter, row::row};
use crate::{
    HarvestClient, List, Route,
    api::{ScorecardQuestionId, ScorecardQuestionOptionId},
};

impl HarvestClient {
    /// Lists options of scorecard questions with `GET /v3/scorecard_question_options` (filters
    /// documented, rows in the official description).
    pub fn scorecard_question_options(
        &self,
        filter: &ScorecardQuestionOptionFilter,
    ) -> List<ScorecardQuestionOption> {
        List::new(self, LIST, &filter.query)
    }
}

filter! {
    /// Filter for options (documented).
    pub struct ScorecardQuestionOptionFilter of ScorecardQuestionOptionId {
        /// Filters by question.
        scorecard_question_ids: [ScorecardQuestionId],
        /// Filters by whether the option can be selected. Default: both.
        active: bool,
    }
}

row! {
    /// Option of a scorecard question (official description).
    pub struct ScorecardQuestionOption {
        /// Id.
        pub id: ScorecardQuestionOptionId,
        /// Question.
        pub scorecard_question_id: Option<ScorecardQuestionId>,
        /// Name.
        pub name: Option<String>,
        /// Position among the options.
        pub sort_order: Option<i64>,
        /// `true` if the option can be selected.
        pub active: Option<bool>,
        /// Creation time.
        pub created_at: Option<DateTime<Utc>>,
        /// Time of the last change.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

const LIST: Route = Route::get(
    "/v3/scorecard_question_options",
    "harvest:scorecard_question_options:list",
);
