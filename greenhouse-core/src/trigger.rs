//! When a completed assessment is pushed by itself.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::scorecard::Score;

/// What starts a push. A setting of the account.
///
/// On the wire tagged by `kind`: `{"kind":"on_score","minimum":70,"inclusive":true}`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Trigger {
    /// A person, and nothing else.
    #[default]
    Manual,
    /// The completion of an assessment, whatever its score.
    OnComplete,
    /// The completion of an assessment that scored enough.
    OnScore {
        /// The score that is asked for.
        minimum: Score,
        /// Whether the minimum itself is enough.
        inclusive: bool,
    },
}

/// Whether this completed assessment is pushed now.
///
/// An assessment that came in through an invitation is already in Greenhouse, so no trigger pushes it. One without a
/// score is pushed by [`Trigger::OnComplete`] all the same: the push then fails where an operator sees it.
pub fn decide(trigger: &Trigger, input: &TriggerInput) -> Decision {
    if input.invited {
        return Decision::Skip(SkipReason::Invited);
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

/// What a trigger looks at: one completed assessment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct TriggerInput {
    /// Its score, if the product gave one.
    pub score: Option<Score>,
    /// Whether it came in through an invitation from Greenhouse.
    pub invited: bool,
}

impl TriggerInput {
    /// A completed assessment.
    pub const fn new(score: Option<Score>, invited: bool) -> Self {
        Self { score, invited }
    }
}

/// What a trigger decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Push it.
    Push,
    /// Leave it, and why.
    Skip(SkipReason),
}

/// Why a trigger left an assessment alone; Display says it in plain words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SkipReason {
    /// The account pushes by hand.
    Manual,
    /// It came in through an invitation.
    Invited,
    /// The trigger asks for a score and there is none.
    NoScore,
    /// The score does not reach the minimum, or only equals one that must be exceeded.
    TooLow {
        /// Its score.
        score: Score,
        /// The score that was asked for.
        minimum: Score,
    },
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Manual => f.write_str("assessments are pushed by hand only"),
            Self::Invited => f.write_str("the assessment came from Greenhouse by invitation"),
            Self::NoScore => f.write_str("the assessment has no score"),
            Self::TooLow { score, minimum } if score == minimum => {
                write!(f, "score {score} is not above the minimum of {minimum}")
            }
            Self::TooLow { score, minimum } => {
                write!(f, "score {score} is below the minimum of {minimum}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn decides_by_trigger_score_and_origin() {
        let from_70 = Trigger::OnScore {
            minimum: score(70.0),
            inclusive: true,
        };
        let above_70 = Trigger::OnScore {
            minimum: score(70.0),
            inclusive: false,
        };
        for (trigger, scored, expected) in [
            (
                Trigger::Manual,
                Some(99.0),
                Err("assessments are pushed by hand only"),
            ),
            (Trigger::OnComplete, Some(1.0), Ok(())),
            (Trigger::OnComplete, None, Ok(())),
            (from_70, Some(70.0), Ok(())),
            (
                from_70,
                Some(69.9),
                Err("score 69.9 is below the minimum of 70"),
            ),
            (
                from_70,
                Some(55.0),
                Err("score 55 is below the minimum of 70"),
            ),
            (from_70, None, Err("the assessment has no score")),
            (above_70, Some(70.1), Ok(())),
            (
                above_70,
                Some(70.0),
                Err("score 70 is not above the minimum of 70"),
            ),
            (
                above_70,
                Some(55.0),
                Err("score 55 is below the minimum of 70"),
            ),
        ] {
            let scored = scored.map(score);
            let decision = match decide(&trigger, &TriggerInput::new(scored, false)) {
                Decision::Push => Ok(()),
                Decision::Skip(reason) => Err(reason.to_string()),
            };
            assert_eq!(
                decision,
                expected.map_err(str::to_owned),
                "{trigger:?} {scored:?}"
            );

            assert_eq!(
                decide(&trigger, &TriggerInput::new(scored, true)),
                Decision::Skip(SkipReason::Invited)
            );
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
