use serde::{Deserialize, Serialize};

use crate::{
    EmailTemplateId, RejectionReasonId, StageId,
    scorecard::{Recommendation, Score, Thresholds},
};

/// Rules by score of an account. Default: switched off, without rules.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ScoreRules {
    /// Whether the rules act.
    #[serde(default)]
    pub mode: RuleMode,
    /// Moves good candidates to the stage in
    /// [`JobMapping::advance_to`](crate::settings::JobMapping::advance_to).
    #[serde(default)]
    pub advance: Option<AdvanceRule>,
    /// Rejects poor candidates.
    #[serde(default)]
    pub reject: Option<RejectRule>,
    /// Maximum number of moves and rejections a day (UTC). Further candidates are left as they are,
    /// and health warns. Default: 50.
    #[serde(default = "daily_limit")]
    pub daily_limit: u32,
}

impl ScoreRules {
    /// Returns `true` if the rules act, or log what they would do.
    pub fn is_on(&self) -> bool {
        self.mode != RuleMode::Off && (self.advance.is_some() || self.reject.is_some())
    }

    /// Returns `true` if some scores meet the conditions of both rules. Neither rule then acts on
    /// such a score.
    pub fn overlap(&self, thresholds: &Thresholds) -> bool {
        let bounds = self.advance.zip(self.reject);
        bounds.is_some_and(|(advance, reject)| {
            advance.from.lowest(thresholds) < reject.below.lowest(thresholds)
        })
    }
}

impl Default for ScoreRules {
    fn default() -> Self {
        Self {
            mode: RuleMode::default(),
            advance: None,
            reject: None,
            daily_limit: daily_limit(),
        }
    }
}

/// Whether rules act.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RuleMode {
    /// The rules are ignored.
    #[default]
    Off,
    /// The sync log shows what the rules would have done.
    DryRun,
    /// The rules act.
    On,
}

/// Rule that moves an application forward.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AdvanceRule {
    /// Applies from this score on.
    pub from: RuleBound,
}

impl AdvanceRule {
    /// Creates the rule.
    pub const fn new(from: RuleBound) -> Self {
        Self { from }
    }
}

/// Rule that rejects an application.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RejectRule {
    /// Applies below this score.
    pub below: RuleBound,
    /// Reason for the rejection, which Greenhouse requires (official description).
    pub reason: RejectionReasonId,
    /// Rejection email that Greenhouse sends. If `None`, no email is sent.
    #[serde(default)]
    pub email: Option<RejectionMail>,
}

impl RejectRule {
    /// Creates a rule that sends no email.
    pub const fn new(below: RuleBound, reason: RejectionReasonId) -> Self {
        Self {
            below,
            reason,
            email: None,
        }
    }
}

/// Rejection email of Greenhouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RejectionMail {
    /// Email template. Greenhouse has no call that lists the templates.
    pub template: EmailTemplateId,
    /// Hours between the rejection and the email.
    pub after_hours: u32,
}

/// Bound of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RuleBound {
    /// A score.
    Score(Score),
    /// The lowest score with this recommendation.
    Recommendation(Recommendation),
}

impl RuleBound {
    /// The bound as a score.
    pub fn lowest(self, thresholds: &Thresholds) -> Score {
        match self {
            Self::Score(score) => score,
            Self::Recommendation(Recommendation::StrongYes) => thresholds.strong_yes(),
            Self::Recommendation(Recommendation::Yes) => thresholds.yes(),
            Self::Recommendation(Recommendation::Mixed) => thresholds.mixed(),
            Self::Recommendation(Recommendation::No) => thresholds.no(),
            Self::Recommendation(Recommendation::DefinitelyNot) => Score::MIN,
        }
    }
}

/// Action of a rule.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RuleAction {
    /// Move the application to this stage.
    Advance(StageId),
    /// Reject the application.
    Reject(RejectRule),
}

impl RuleAction {
    /// Kind of the action.
    pub const fn kind(&self) -> RuleKind {
        match self {
            Self::Advance(_) => RuleKind::Advance,
            Self::Reject(_) => RuleKind::Reject,
        }
    }
}

/// Kind of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RuleKind {
    /// Moves applications.
    Advance,
    /// Rejects applications.
    Reject,
}

fn daily_limit() -> u32 {
    50
}
