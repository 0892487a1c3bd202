//! Rules by score: after the result of an assessment was written, the application is moved to a
//! later stage or rejected.
//!
//! [`wanted`] tells from the score alone which rule applies, so that nothing is read from
//! Greenhouse if none does. [`decide`] then compares the application, as it was read immediately
//! before the write, with its place when the test was sent or the candidate was pushed. A rule
//! never acts after a decision of a recruiter, and acts at most once for each assessment.

mod decide;
mod settings;

#[cfg(test)]
mod tests;

pub use self::{
    decide::{Hold, Mark, RuleDecision, RuleHistory, RuleStanding, RuleStart, decide, wanted},
    settings::{
        AdvanceRule, RejectRule, RejectionMail, RuleAction, RuleBound, RuleKind, RuleMode,
        ScoreRules,
    },
};
