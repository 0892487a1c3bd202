use std::fmt;

use chrono::{DateTime, Utc};

use super::{body::body, filter::filter, row::row};
use crate::{
    Error, HarvestClient, List, Route,
    api::{ScorecardId, ScorecardQuestionAnswerId, ScorecardQuestionId},
    client::Call,
};

impl HarvestClient {
    /// `GET /v3/scorecard_question_answers` (filters documented, rows in the official description).
    pub fn scorecard_question_answers(
        &self,
        filter: &ScorecardQuestionAnswerFilter,
    ) -> List<ScorecardQuestionAnswer> {
        List::new(self, LIST, &filter.query)
    }

    /// `POST /v3/scorecard_question_answers`. Restricted (official description): most credentials are refused. Body and
    /// answer are not public and inferred from the row.
    ///
    /// # Errors
    ///
    /// Those of a write.
    pub async fn create_scorecard_question_answer(
        &self,
        new: &NewScorecardQuestionAnswer,
    ) -> Result<ScorecardQuestionAnswer, Error> {
        let call = Call::of(self, CREATE).with_body(new)?;
        self.write(&call).await
    }

    /// `PATCH /v3/scorecard_question_answers/{id}`. Restricted (official description): most credentials are refused. Body and
    /// answer are not public and inferred from the row.
    ///
    /// # Errors
    ///
    /// Those of a write.
    pub async fn update_scorecard_question_answer(
        &self,
        id: ScorecardQuestionAnswerId,
        update: &UpdateScorecardQuestionAnswer,
    ) -> Result<ScorecardQuestionAnswer, Error> {
        let call = Call::on(self, UPDATE, id).with_body(update)?;
        self.write(&call).await
    }
}

filter! {
    /// Which answers to list (documented).
    pub struct ScorecardQuestionAnswerFilter of ScorecardQuestionAnswerId {
        /// On these scorecards.
        scorecard_ids: [ScorecardId],
        /// To these questions.
        scorecard_question_ids: [ScorecardQuestionId],
    }
}

row! {
    /// An interviewer's answer to a question (official description). What was chosen of options is in rows of their own. Debug
    /// shows the id only.
    pub struct ScorecardQuestionAnswer {
        /// The id.
        pub id: ScorecardQuestionAnswerId,
        /// The scorecard.
        pub scorecard_id: Option<ScorecardId>,
        /// The question.
        pub scorecard_question_id: Option<ScorecardQuestionId>,
        /// The answer, where it is a text.
        pub answer: Option<String>,
        /// The answer, where it is yes or no.
        pub boolean_value: Option<bool>,
        /// When it was given.
        pub created_at: Option<DateTime<Utc>>,
        /// When it was last changed.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

body! {
    /// An answer to write. Its members are those of the row (inferred). Debug withholds the text.
    pub struct NewScorecardQuestionAnswer, pub fn new {
        required {
            /// The scorecard.
            scorecard_id: ScorecardId,
            /// A question of the scorecard's interview kit.
            scorecard_question_id: ScorecardQuestionId,
        }
        optional {
            /// The answer, where it is a text.
            answer: String,
            /// The answer, where it is yes or no.
            boolean_value: bool,
        }
    }
}

impl fmt::Debug for NewScorecardQuestionAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewScorecardQuestionAnswer")
            .field("scorecard_id", &self.scorecard_id)
            .field("scorecard_question_id", &self.scorecard_question_id)
            .finish_non_exhaustive()
    }
}

body! {
    /// What to change of an answer; what is none stays (inferred). Debug shows nothing.
    #[derive(Default)]
    pub struct UpdateScorecardQuestionAnswer, pub fn new {
        optional {
            /// The answer, where it is a text.
            answer: String,
            /// The answer, where it is yes or no.
            boolean_value: bool,
        }
    }
}

impl fmt::Debug for UpdateScorecardQuestionAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpdateScorecardQuestionAnswer")
            .finish_non_exhaustive()
    }
}

const LIST: Route = Route::get(
    "/v3/scorecard_question_answers",
    "harvest:scorecard_question_answers:list",
);
const CREATE: Route = Route::post(
    "/v3/scorecard_question_answers",
    "harvest:scorecard_question_answers:create",
);
const UPDATE: Route = Route::patch(
    "/v3/scorecard_question_answers/{id}",
    "harvest:scorecard_question_answers:update",
);
