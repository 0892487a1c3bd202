//! Scorecards and their parts.
//!
//! They are for reading. Writes exist, marked restricted (official description); who gets them is not said, and their bodies
//! are not public. The bodies here have the members of the rows (inferred), and whoever is given these calls should hold
//! them against what Greenhouse hands out with them. A scorecard belongs to an interview kit of the job and to an
//! interviewer, and a rating of an attribute to an attribute of the job; no call makes a kit or an attribute (inferred from
//! the rows).

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
