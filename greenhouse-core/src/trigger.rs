//! Automatic pushes of completed assessments.

use serde::{Deserialize, Serialize};

use crate::{Text, scorecard::Score, texts::trigger as texts};

/// Condition for an automatic push. An account setting.
///
/// Serialized with the tag `kind`: `{"kind":"on_score","minimum":70,"inclusive":true}`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Trigger {
    /// Never. A person starts each push.
    #[default]
    Manual,
    /// Each completion, regardless of the score.
    OnComplete,
    /// Each completion with a sufficient score.
    OnScore {
        /// Score that an assessment must reach or, if not `inclusive`, exceed.
        minimum: Score,
        /// `true` if a score equal to the minimum is also pushed.
        inclusive: bool,
    },
}

/// Decides whether to push a completed assessment.
///
/// The trigger does not apply to an assessment that Greenhouse requested, because Greenhouse
/// receives its result anyway. Such an assessment is pushed if `invited_results` is `true`
/// ([`PushSettings::invited_results`](crate::settings::PushSettings::invited_results)) and its
/// application is known. The [test of a stage](crate::stage_test) is always pushed, because
/// Greenhouse did not request it. [`Trigger::OnComplete`] also pushes an assessment without a
/// score.
pub fn decide(trigger: &Trigger, invited_results: bool, input: &TriggerInput) -> Decision {
    match input.invited_to {
        Some(InvitedTo::Stage) => return Decision::Push,
        Some(_) if !invited_results => return Decision::Skip(SkipReason::Invited),
        Some(InvitedTo::Unknown) => {
            return Decision::Skip(SkipReason::InvitedWithoutApplication);
        }
        Some(InvitedTo::Application) => return Decision::Push,
        None => {}
    }
    match *trigger {
        Trigger::Manual => Decision::Skip(SkipReason::Manual),
        Trigger::OnComplete => Decision::Push,
        Trigger::OnScore { minimum, inclusive } => match input.score {
            None => Decision::Skip(SkipReason::NoScore),
            Some(score) if score > minimum || (inclusive && score == minimum) => Decision::Push,
            Some(score) => Decision::Skip(SkipReason::TooLow { score, minimum }),
        },
    }
}

/// Completed assessment, as input of a trigger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct TriggerInput {
    /// Score, if the product returned one.
    pub score: Option<Score>,
    /// What the invitation names. `None` if the assessment has no invitation.
    pub invited_to: Option<InvitedTo>,
}

impl TriggerInput {
    /// Creates the input for a completed assessment.
    pub const fn new(score: Option<Score>, invited_to: Option<InvitedTo>) -> Self {
        Self { score, invited_to }
    }
}

/// What an invitation names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitedTo {
    /// An application, for which Greenhouse sent the test.
    Application,
    /// An application at a stage that has a test.
    Stage,
    /// No application, or the invitation is not stored.
    Unknown,
}

/// Decision of a trigger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Push the assessment.
    Push,
    /// Skip the assessment, for this reason.
    Skip(SkipReason),
}

/// Reason why a trigger skips an assessment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SkipReason {
    /// The account pushes manually.
    Manual,
    /// The assessment belongs to an invitation, and the results of invitations are not written.
    Invited,
    /// The assessment belongs to an invitation that names no application.
    InvitedWithoutApplication,
    /// The trigger requires a score, but the assessment has none.
    NoScore,
    /// The score is below the minimum, or equal to an exclusive minimum.
    TooLow {
        /// Score of the assessment.
        score: Score,
        /// Minimum of the trigger.
        minimum: Score,
    },
}

impl SkipReason {
    /// Text for the sync log.
    pub fn text(&self) -> Text {
        match self {
            Self::Manual => texts::trigger_manual(),
            Self::Invited => texts::trigger_invited(),
            Self::InvitedWithoutApplication => texts::trigger_invited_without_application(),
            Self::NoScore => texts::trigger_without_score(),
            Self::TooLow { score, minimum } if score == minimum => {
                texts::trigger_not_above_minimum(score, minimum.value())
            }
            Self::TooLow { score, minimum } => texts::trigger_below_minimum(score, minimum.value()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn decides_by_trigger_score_and_invitation() {
        let from_70 = Trigger::OnScore {
            minimum: score(70.0),
            inclusive: true,
        };
        let above_70 = Trigger::OnScore {
            minimum: score(70.0),
            inclusive: false,
        };
        for (trigger, scored, expected) in [
            (Trigger::Manual, Some(99.0), Err("trigger_manual")),
            (Trigger::OnComplete, Some(1.0), Ok(())),
            (Trigger::OnComplete, None, Ok(())),
            (from_70, Some(70.0), Ok(())),
            (from_70, Some(69.9), Err("trigger_below_minimum")),
            (from_70, Some(55.0), Err("trigger_below_minimum")),
            (from_70, None, Err("trigger_without_score")),
            (above_70, Some(70.1), Ok(())),
            (above_70, Some(70.0), Err("trigger_not_above_minimum")),
            (above_70, Some(55.0), Err("trigger_below_minimum")),
        ] {
            let scored = scored.map(score);
            let own = TriggerInput::new(scored, None);
            for invited_results in [false, true] {
                let decision = match decide(&trigger, invited_results, &own) {
                    Decision::Push => Ok(()),
                    Decision::Skip(reason) => Err(reason.text().code().to_owned()),
                };
                let expected = expected.map_err(str::to_owned);
                assert_eq!(decision, expected, "{trigger:?} {scored:?}");
            }
            for (invited_results, to, expected) in [
                (
                    false,
                    InvitedTo::Application,
                    Decision::Skip(SkipReason::Invited),
                ),
                (
                    false,
                    InvitedTo::Unknown,
                    Decision::Skip(SkipReason::Invited),
                ),
                (true, InvitedTo::Application, Decision::Push),
                (false, InvitedTo::Stage, Decision::Push),
                (true, InvitedTo::Stage, Decision::Push),
                (
                    true,
                    InvitedTo::Unknown,
                    Decision::Skip(SkipReason::InvitedWithoutApplication),
                ),
            ] {
                let invited = TriggerInput::new(scored, Some(to));
                let decision = decide(&trigger, invited_results, &invited);
                assert_eq!(decision, expected, "{trigger:?} {scored:?} {to:?}");
            }
        }
    }

    #[test]
    fn texts_name_score_and_minimum() {
        for (scored, expected) in [
            (69.9, "Not pushed: score 69.9 is below the minimum of 70."),
            (70.0, "Not pushed: score 70 is not above the minimum of 70."),
        ] {
            let (score, minimum) = (score(scored), score(70.0));
            let reason = SkipReason::TooLow { score, minimum };
            assert_eq!(reason.text().as_str(), expected);
        }
    }

    #[test]
    fn json_is_tagged_by_kind_and_validated_on_read() {
        for (trigger, wire) in [
            (Trigger::default(), json!({"kind": "manual"})),
            (Trigger::OnComplete, json!({"kind": "on_complete"})),
            (
                Trigger::OnScore {
                    minimum: score(70.0),
                    inclusive: true,
                },
                json!({"kind": "on_score", "minimum": 70, "inclusive": true}),
            ),
            (
                Trigger::OnScore {
                    minimum: score(72.5),
                    inclusive: false,
                },
                json!({"kind": "on_score", "minimum": 72.5, "inclusive": false}),
            ),
        ] {
            assert_eq!(json!(trigger), wire);
            assert_eq!(serde_json::from_value::<Trigger>(wire).unwrap(), trigger);
        }
        for refused in [
            json!({"kind": "on_score", "minimum": 101, "inclusive": true}),
            json!({"kind": "on_score", "inclusive": true}),
            json!({"kind": "always"}),
            json!({}),
        ] {
            assert!(
                serde_json::from_value::<Trigger>(refused.clone()).is_err(),
                "{refused}"
            );
        }
    }

    fn score(value: f64) -> Score {
        Score::new(value).unwrap()
    }
}
