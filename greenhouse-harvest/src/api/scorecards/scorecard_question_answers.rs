use std::fmt;

use chrono::{DateTime, Utc};

use super::{body::body, filter::filter, row::row};
use crate::{
    Error, HarvestClient, List, Route,
    api::{ScorecardId, ScorecardQuestionAnswerId, ScorecardQuestionId},
    client::Call,
};

impl HarvestClient {
    /// Lists answers to scorecard questions with `GET /v3/scorecard_question_answers` (filters
    /// documented, rows in the official description).
    pub fn scorecard_question_answers(
        &self,
        filter: &ScorecardQuestionAnswerFilter,
    ) -> List<ScorecardQuestionAnswer> {
        List::new(self, LIST, &filter.query)
    }

    /// Creates an answer to a scorecard question with `POST /v3/scorecard_question_answers`. The
    /// call is restricted (official description), so most credentials are refused. The body and the
    /// response are not public; they are inferred from the row.
    ///
    /// # Errors
    ///
    /// [`Error`] if the write fails.
    pub async fn create_scorecard_question_answer(
        &self,
        new: &NewScorecardQuestionAnswer,
    ) -> Result<ScorecardQuestionAnswer, Error> {
        let call = Call::of(self, CREATE).with_body(new)?;
        self.write(&call).await
    }

    /// Updates an answer to a scorecard question with `PATCH /v3/scorecard_question_answers/{id}`.
    /// The call is restricted (official description), so most credentials are refused. The body and
    /// the response are not public; they are inferred from the row.
    ///
    /// # Errors
    ///
    /// [`Error`] if the write fails.
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
    /// Filter for answers (documented).
    pub struct ScorecardQuestionAnswerFilter of ScorecardQuestionAnswerId {
        /// Filters by scorecard.
        scorecard_ids: [ScorecardId],
        /// Filters by question.
        scorecard_question_ids: [ScorecardQuestionId],
    }
}

row! {
    /// An interviewer's answer to a question (official description). Selected options are in
    /// separate rows. `Debug` shows only the id.
    pub struct ScorecardQuestionAnswer {
        /// Id.
        pub id: ScorecardQuestionAnswerId,
        /// Scorecard.
        pub scorecard_id: Option<ScorecardId>,
        /// Question.
        pub scorecard_question_id: Option<ScorecardQuestionId>,
        /// Text of the answer, if it is a text.
        pub answer: Option<String>,
        /// Value of the answer, if it is a boolean.
        pub boolean_value: Option<bool>,
        /// Time of the answer.
        pub created_at: Option<DateTime<Utc>>,
        /// Time of the last change.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

body! {
    /// New answer to a scorecard question. Its members are those of the row (inferred). `Debug`
    /// withholds the text.
    pub struct NewScorecardQuestionAnswer, pub fn new {
        required {
            /// Scorecard.
            scorecard_id: ScorecardId,
            /// Question of the scorecard's interview kit.
            scorecard_question_id: ScorecardQuestionId,
        }
        optional {
            /// Text of the answer, if it is a text.
            answer: String,
            /// Value of the answer, if it is a boolean.
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
    /// Changes to an answer. `None` leaves a member unchanged (inferred). `Debug` shows nothing.
    #[derive(Default)]
    pub struct UpdateScorecardQuestionAnswer, pub fn new {
        optional {
            /// Text of the answer, if it is a text.
            answer: String,
            /// Value of the answer, if it is a boolean.
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
