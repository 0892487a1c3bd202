use chrono::{DateTime, Utc};

use super::{body::body, filter::filter, row::row};
use crate::{
    Error, HarvestClient, List, Route,
    api::{ScorecardQuestionAnswerId, ScorecardQuestionAnswerOptionId, ScorecardQuestionOptionId},
    client::Call,
};

impl HarvestClient {
    /// `GET /v3/scorecard_question_answer_options`: what was chosen of options (filters documented, rows in the official
    /// description).
    pub fn scorecard_question_answer_options(
        &self,
        filter: &ScorecardQuestionAnswerOptionFilter,
    ) -> List<ScorecardQuestionAnswerOption> {
        List::new(self, LIST, &filter.query)
    }

    /// `POST /v3/scorecard_question_answer_options`. Restricted (official description): most credentials are refused. Body and
    /// answer are not public and inferred from the row.
    ///
    /// # Errors
    ///
    /// Those of a write.
    pub async fn create_scorecard_question_answer_option(
        &self,
        new: &NewScorecardQuestionAnswerOption,
    ) -> Result<ScorecardQuestionAnswerOption, Error> {
        let call = Call::of(self, CREATE).with_body(new)?;
        self.write(&call).await
    }
}

filter! {
    /// Which choices to list (documented).
    pub struct ScorecardQuestionAnswerOptionFilter of ScorecardQuestionAnswerOptionId {
        /// In which these options were chosen.
        scorecard_question_option_ids: [ScorecardQuestionOptionId],
        /// Of these answers.
        scorecard_question_answer_ids: [ScorecardQuestionAnswerId],
    }
}

row! {
    /// An option that was chosen as an answer (official description).
    pub struct ScorecardQuestionAnswerOption {
        /// The id.
        pub id: ScorecardQuestionAnswerOptionId,
        /// The option.
        pub scorecard_question_option_id: Option<ScorecardQuestionOptionId>,
        /// The answer.
        pub scorecard_question_answer_id: Option<ScorecardQuestionAnswerId>,
        /// When it was chosen.
        pub created_at: Option<DateTime<Utc>>,
        /// When it was last changed.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

body! {
    /// A choice to write. Its members are those of the row (inferred).
    #[derive(Debug, Copy, Eq)]
    pub struct NewScorecardQuestionAnswerOption, pub fn new {
        required {
            /// The option.
            scorecard_question_option_id: ScorecardQuestionOptionId,
            /// The answer.
            scorecard_question_answer_id: ScorecardQuestionAnswerId,
        }
    }
}

const LIST: Route = Route::get(
    "/v3/scorecard_question_answer_options",
    "harvest:scorecard_question_answer_options:list",
);
const CREATE: Route = Route::post(
    "/v3/scorecard_question_answer_options",
    "harvest:scorecard_question_answer_options:create",
);
