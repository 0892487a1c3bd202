use chrono::{DateTime, Utc};
use greenhouse_core::ScorecardQuestionId;

use super::{filter::filter, row::row};
use crate::{HarvestClient, List, Route};

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
    pub struct ScorecardQuestionOption of ScorecardQuestionOptionId {
        /// The question.
        scorecard_question_id: ScorecardQuestionId,
        /// The name.
        name: String,
        /// Its place among the options.
        sort_order: i64,
        /// Whether it can be chosen.
        active: bool,
        /// When it was made.
        created_at: DateTime<Utc>,
        /// When it was last changed.
        updated_at: DateTime<Utc>,
    }
}

const LIST: Route = Route::get(
    "/v3/scorecard_question_options",
    "harvest:scorecard_question_options:list",
);
