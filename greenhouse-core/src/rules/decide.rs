use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{RejectRule, RuleAction, RuleKind, RuleMode, ScoreRules};
use crate::{
    ApplicationStatus, StageId, later,
    scorecard::{Score, Thresholds},
};

/// What the journal says about the rules of one assessment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RuleHistory {
    /// The move.
    pub advance: Mark,
    /// The rejection.
    pub reject: Mark,
}

impl RuleHistory {
    /// Decides from the journal alone. `None` if no write was carried out, and none has an unknown
    /// outcome.
    pub fn first(&self) -> Option<RuleDecision> {
        let marks = [
            (RuleKind::Advance, self.advance),
            (RuleKind::Reject, self.reject),
        ];
        marks.into_iter().find_map(|(kind, mark)| match mark {
            Mark::Done => Some(RuleDecision::ActedBefore(kind)),
            Mark::Unknown => Some(RuleDecision::Settle(kind)),
            Mark::None => None,
        })
    }
}

/// State of a rule's write.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mark {
    /// Never sent, or certainly not carried out.
    #[default]
    None,
    /// Sent, with an unknown outcome.
    Unknown,
    /// Carried out.
    Done,
}

/// Where an application was when the test was sent or the candidate was pushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleStart {
    /// Stage to which the candidate was pushed, or whose test was sent. `None` for a test that
    /// Greenhouse sent, whose stage is known only by its time.
    pub stage: Option<StageId>,
    /// Time at which the test was sent or the candidate was pushed. An application that entered its
    /// stage later was moved by a recruiter.
    pub at: DateTime<Utc>,
}

/// Where an application is, read immediately before the write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleStanding {
    /// Status. `None` if Greenhouse does not list the application.
    pub status: Option<ApplicationStatus>,
    /// Current stage. `None` if Greenhouse does not list it.
    pub stage: Option<StageId>,
    /// Time at which the application entered the stage.
    pub entered_at: Option<DateTime<Utc>>,
}

/// Decision of the rules on an application.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RuleDecision {
    /// No rule applies to the score.
    Nothing,
    /// A rule has acted on this assessment before.
    ActedBefore(RuleKind),
    /// The outcome of an earlier write is unknown and must be settled first.
    Settle(RuleKind),
    /// A rule applies, but must not act.
    Hold(Hold),
    /// A rule would act if it were not in dry-run mode.
    WouldAct(RuleAction),
    /// The rule acts.
    Act(RuleAction),
}

/// Why a rule that applies does not act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// Both rules apply to the score.
    Overlap,
    /// No stage is chosen for the job.
    NoStage,
    /// Greenhouse does not list the application or its stage.
    NotShown,
    /// The application is rejected, hired or converted.
    NotActive,
    /// A recruiter has moved the application.
    Moved,
    /// The application is at the chosen stage or past it.
    Reached,
    /// The job's interview plan lacks the chosen or the current stage.
    NotInPlan,
}

/// Returns the action of the rule that applies to a score. `None` if no rule applies; then nothing
/// needs to be read. `advance_to` is the stage that is chosen for the job.
///
/// # Errors
///
/// [`Hold`] if a rule applies but its settings do not allow it to act.
pub fn wanted(
    rules: &ScoreRules,
    thresholds: &Thresholds,
    score: Option<Score>,
    advance_to: Option<StageId>,
) -> Result<Option<RuleAction>, Hold> {
    let Some(score) = score.filter(|_| rules.mode != RuleMode::Off) else {
        return Ok(None);
    };
    let advances = rules
        .advance
        .is_some_and(|rule| score >= rule.from.lowest(thresholds));
    let rejects = |rule: &RejectRule| score < rule.below.lowest(thresholds);
    match (advances, rules.reject.filter(rejects)) {
        (true, Some(_)) => Err(Hold::Overlap),
        (true, None) => match advance_to {
            Some(stage) => Ok(Some(RuleAction::Advance(stage))),
            None => Err(Hold::NoStage),
        },
        (false, rule) => Ok(rule.map(RuleAction::Reject)),
    }
}

/// Decides on an application. `wanted` is the result of [`wanted()`](wanted). `plan` is the job's
/// interview plan: each stage with its position.
pub fn decide(
    mode: RuleMode,
    wanted: Result<Option<RuleAction>, Hold>,
    history: RuleHistory,
    start: &RuleStart,
    standing: &RuleStanding,
    plan: &[(StageId, i64)],
) -> RuleDecision {
    if let Some(decision) = history.first() {
        return decision;
    }
    let action = match wanted {
        Ok(Some(action)) => action,
        Ok(None) => return RuleDecision::Nothing,
        Err(hold) => return RuleDecision::Hold(hold),
    };
    if let Some(hold) = hold(action, start, standing, plan) {
        return RuleDecision::Hold(hold);
    }
    match mode {
        RuleMode::On => RuleDecision::Act(action),
        RuleMode::DryRun => RuleDecision::WouldAct(action),
        RuleMode::Off => RuleDecision::Nothing,
    }
}

/// Returns the reason why the application's place forbids the action.
fn hold(
    action: RuleAction,
    start: &RuleStart,
    standing: &RuleStanding,
    plan: &[(StageId, i64)],
) -> Option<Hold> {
    match &standing.status {
        None => return Some(Hold::NotShown),
        Some(ApplicationStatus::Active) => {}
        Some(_) => return Some(Hold::NotActive),
    }
    let (Some(stage), Some(entered_at)) = (standing.stage, standing.entered_at) else {
        return Some(Hold::NotShown);
    };
    let is_elsewhere = start.stage.is_some_and(|start| start != stage);
    if is_elsewhere || entered_at > later(start.at, CLOCK_TOLERANCE) {
        return Some(Hold::Moved);
    }
    let RuleAction::Advance(target) = action else {
        return None;
    };
    let position = |id| {
        plan.iter()
            .find(|(stage, _)| *stage == id)
            .map(|(_, at)| *at)
    };
    match (position(stage), position(target)) {
        (Some(current), Some(target)) => (current >= target).then_some(Hold::Reached),
        _ => Some(Hold::NotInPlan),
    }
}

/// Tolerated difference between the host's clock and Greenhouse's.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(60);
