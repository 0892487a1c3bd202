//! From which score on which recommendation holds.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Recommendation, Score};

/// Four inclusive lower bounds, `100 >= strong_yes > yes > mixed > no > 0`; by default 80, 60, 40 and 20.
///
/// On the wire an object of the four numbers; reading one refuses what breaks the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Bounds")]
pub struct Thresholds {
    strong_yes: Score,
    yes: Score,
    mixed: Score,
    no: Score,
}

impl Thresholds {
    /// Takes the four bounds.
    ///
    /// # Errors
    ///
    /// Names every bound that is not above 0 and at most 100, and every pair of neighbours that is out of order.
    pub fn new(strong_yes: f64, yes: f64, mixed: f64, no: f64) -> Result<Self, ThresholdsError> {
        let named = [
            (Recommendation::StrongYes, strong_yes),
            (Recommendation::Yes, yes),
            (Recommendation::Mixed, mixed),
            (Recommendation::No, no),
        ];
        let bounds =
            named.map(|(_, value)| Score::new(value).ok().filter(|bound| *bound > Score::MIN));
        if let [Some(strong_yes), Some(yes), Some(mixed), Some(no)] = bounds
            && strong_yes > yes
            && yes > mixed
            && mixed > no
        {
            return Ok(Self {
                strong_yes,
                yes,
                mixed,
                no,
            });
        }
        Err(ThresholdsError {
            problems: problems(&named, &bounds),
        })
    }

    /// What the score recommends: exactly one, and for a higher score never a lower one.
    pub fn recommend(&self, score: Score) -> Recommendation {
        if score >= self.strong_yes {
            Recommendation::StrongYes
        } else if score >= self.yes {
            Recommendation::Yes
        } else if score >= self.mixed {
            Recommendation::Mixed
        } else if score >= self.no {
            Recommendation::No
        } else {
            Recommendation::DefinitelyNot
        }
    }

    /// Each recommendation with the scores it holds for, best first. Together they cover every score once.
    pub fn ranges(&self) -> [Range; 5] {
        [
            Range::new(Recommendation::StrongYes, self.strong_yes, None),
            Range::new(Recommendation::Yes, self.yes, Some(self.strong_yes)),
            Range::new(Recommendation::Mixed, self.mixed, Some(self.yes)),
            Range::new(Recommendation::No, self.no, Some(self.mixed)),
            Range::new(Recommendation::DefinitelyNot, Score::MIN, Some(self.no)),
        ]
    }

    /// The lowest score that is a Strong Yes.
    pub const fn strong_yes(&self) -> Score {
        self.strong_yes
    }

    /// The lowest score that is a Yes.
    pub const fn yes(&self) -> Score {
        self.yes
    }

    /// The lowest score that is Mixed.
    pub const fn mixed(&self) -> Score {
        self.mixed
    }

    /// The lowest score that is a No; below it, Definitely Not.
    pub const fn no(&self) -> Score {
        self.no
    }
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            strong_yes: Score::whole(80),
            yes: Score::whole(60),
            mixed: Score::whole(40),
            no: Score::whole(20),
        }
    }
}

impl TryFrom<Bounds> for Thresholds {
    type Error = ThresholdsError;

    fn try_from(bounds: Bounds) -> Result<Self, Self::Error> {
        Self::new(bounds.strong_yes, bounds.yes, bounds.mixed, bounds.no)
    }
}

/// The scores that one recommendation holds for, as a settings page previews them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Range {
    /// The recommendation.
    pub recommendation: Recommendation,
    /// Its label.
    pub label: &'static str,
    /// The lowest score of the range.
    pub from: Score,
    /// The score that the range stays below; none where it reaches 100 and includes it.
    pub below: Option<Score>,
    /// The range in words: `80 to 100`, `60 to below 80`, `below 20`.
    pub text: String,
}

impl Range {
    fn new(recommendation: Recommendation, from: Score, below: Option<Score>) -> Self {
        let text = match below {
            None if from == Score::MAX => from.to_string(),
            None => format!("{from} to {}", Score::MAX),
            Some(below) if from == Score::MIN => format!("below {below}"),
            Some(below) => format!("{from} to below {below}"),
        };
        Self {
            recommendation,
            label: recommendation.label(),
            from,
            below,
            text,
        }
    }
}

impl fmt::Display for Range {
    /// The range in words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

/// Why four numbers are no thresholds: everything that is wrong with them, not only the first.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub struct ThresholdsError {
    problems: Vec<ThresholdsProblem>,
}

impl ThresholdsError {
    /// What is wrong, best recommendation first; never empty.
    pub fn problems(&self) -> &[ThresholdsProblem] {
        &self.problems
    }
}

impl fmt::Display for ThresholdsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{problem}")?;
        }
        Ok(())
    }
}

/// One thing that is wrong with four bounds.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ThresholdsProblem {
    /// A bound is no number above 0 and at most 100.
    #[error("the bound of {bound} is {value}, it must be above 0 and at most 100")]
    OutOfRange {
        /// Whose bound it is.
        bound: Recommendation,
        /// The number that was given.
        value: f64,
    },
    /// A bound is not above the next lower one.
    #[error(
        "the bound of {upper} is {upper_value}, it must be above that of {lower}, which is {lower_value}"
    )]
    OutOfOrder {
        /// The better recommendation.
        upper: Recommendation,
        /// Its bound.
        upper_value: f64,
        /// The next lower recommendation.
        lower: Recommendation,
        /// Its bound.
        lower_value: f64,
    },
}

/// The order of two bounds is judged only where both could be bounds.
fn problems(
    named: &[(Recommendation, f64); 4],
    bounds: &[Option<Score>; 4],
) -> Vec<ThresholdsProblem> {
    let out_of_range = named
        .iter()
        .zip(bounds)
        .filter(|(_, bound)| bound.is_none())
        .map(|(&(bound, value), _)| ThresholdsProblem::OutOfRange { bound, value });
    let out_of_order = named
        .windows(2)
        .zip(bounds.windows(2))
        .filter_map(|(names, pair)| match (names, pair) {
            (&[(upper, upper_value), (lower, lower_value)], &[Some(above), Some(below)])
                if above <= below =>
            {
                Some(ThresholdsProblem::OutOfOrder {
                    upper,
                    upper_value,
                    lower,
                    lower_value,
                })
            }
            _ => None,
        });
    out_of_range.chain(out_of_order).collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bounds {
    strong_yes: f64,
    yes: f64,
    mixed: f64,
    no: f64,
}

#[cfg(test)]
mod tests;
