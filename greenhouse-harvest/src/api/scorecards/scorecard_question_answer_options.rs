use chrono::{DateTime, Utc};

use super::{body::body, filter::filter, row::row};
use crate::{
    Error, HarvestClient, List, Route,
    api::{ScorecardQuestionAnswerId, ScorecardQuestionAnswerOptionId, ScorecardQuestionOptionId},
    client::Call,
};

impl HarvestClient {
    /// Lists the selected options of answers with `GET /v3/scorecard_question_answer_options`
    /// (filters documented, rows in the official description).
    pub fn scorecard_question_answer_options(
        &self,
        filter: &ScorecardQuestionAnswerOptionFilter,
    ) -> List<ScorecardQuestionAnswerOption> {
        List::new(self, LIST, &filter.query)
    }

    /// Selects an option in an answer with `POST /v3/scorecard_question_answer_options`. The call
    /// is restricted (official description), so most credentials are refused. The body and the
    /// response are not public; they are inferred from the row.
    ///
    /// # Errors
    ///
    /// [`Error`] if the write fails.
    pub async fn create_scorecard_question_answer_option(
        &self,
        new: &NewScorecardQuestionAnswerOption,
    ) -> Result<ScorecardQuestionAnswerOption, Error> {
        let call = Call::of(self, CREATE).with_body(new)?;
        self.write(&call).await
    }
}

filter! {
    /// Filter for selected options (documented).
    pub struct ScorecardQuestionAnswerOptionFilter of ScorecardQuestionAnswerOptionId {
        /// Filters by option.
        scorecard_question_option_ids: [ScorecardQuestionOptionId],
        /// Filters by answer.
        scorecard_question_answer_ids: [ScorecardQuestionAnswerId],
    }
}

row! {
    /// Option that was selected in an answer (official description).
    pub struct ScorecardQuestionAnswerOption {
        /// Id.
        pub id: ScorecardQuestionAnswerOptionId,
        /// Option.
        pub scorecard_question_option_id: Option<ScorecardQuestionOptionId>,
        /// Answer.
        pub scorecard_question_answer_id: Option<ScorecardQuestionAnswerId>,
        /// Time of the selection.
        pub created_at: Option<DateTime<Utc>>,
        /// Time of the last change.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

body! {
    /// New selected option of an answer. Its members are those of the row (inferred).
    #[derive(Debug, Copy, Eq)]
    pub struct NewScorecardQuestionAnswerOption, pub fn new {
        required {
            /// Option.
            scorecard_question_option_id: ScorecardQuestionOptionId,
            /// Answer.
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
