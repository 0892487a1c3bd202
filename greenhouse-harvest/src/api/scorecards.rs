//! Scorecards and their parts.
//!
//! Intended for reading. The writes are marked as restricted (official description), and neither
//! their availability nor their bodies are public. The bodies here have the same members as the
//! rows (inferred). A customer with access to these calls should compare the bodies with
//! Greenhouse's own description. A scorecard belongs to an interview kit of the job and to an
//! interviewer. A rating belongs to one of the job's attributes. The API has no call that creates a
//! kit or an attribute (inferred from the rows).

mod candidate_attribute_types;
mod focus_candidate_attributes;
pub(super) mod job_candidate_attributes;
mod rating;
pub(super) mod scorecard;
pub(super) mod scorecard_candidate_attributes;
mod scorecard_question_answer_options;
mod scorecard_question_answers;
mod scorecard_question_options;
mod scorecard_questions;

pub use self::{
    candidate_attribute_types::{CandidateAttributeType, CandidateAttributeTypeFilter},
    focus_candidate_attributes::{FocusCandidateAttribute, FocusCandidateAttributeFilter},
    job_candidate_attributes::{JobCandidateAttribute, JobCandidateAttributeFilter},
    rating::{AttributeRating, OverallRating},
    scorecard::{NewScorecard, Scorecard, ScorecardFilter, ScorecardStatus, UpdateScorecard},
    scorecard_candidate_attributes::{
        NewScorecardCandidateAttribute, ScorecardCandidateAttribute,
        ScorecardCandidateAttributeFilter, UpdateScorecardCandidateAttribute,
    },
    scorecard_question_answer_options::{
        NewScorecardQuestionAnswerOption, ScorecardQuestionAnswerOption,
        ScorecardQuestionAnswerOptionFilter,
    },
    scorecard_question_answers::{
        NewScorecardQuestionAnswer, ScorecardQuestionAnswer, ScorecardQuestionAnswerFilter,
        UpdateScorecardQuestionAnswer,
    },
    scorecard_question_options::{ScorecardQuestionOption, ScorecardQuestionOptionFilter},
    scorecard_questions::{ScorecardAnswerType, ScorecardQuestion, ScorecardQuestionFilter},
};

use super::{body, filter, row, words};
