//! Lower bounds of the recommendations.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Recommendation, Score};
use crate::texts::scorecard as texts;

/// Four inclusive lower bounds, `100 >= strong_yes > yes > mixed > no > 0`. Default: 80, 60, 40 and
/// 20.
///
/// Serialized as an object of the four numbers. Deserialization validates their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(try_from = "Bounds")]
pub struct Thresholds {
    strong_yes: Score,
    yes: Score,
    mixed: Score,
    no: Score,
}

impl Thresholds {
    /// Creates thresholds from the four bounds.
    ///
    /// # Errors
    ///
    /// [`ThresholdsError`] lists every bound that is not above 0 and at most 100, and every pair of
    /// adjacent bounds that is out of order.
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

    /// Returns the recommendation for a score. Monotone: a higher score never gets a lower
    /// recommendation.
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

    /// Recommendations with their score ranges, best first. The ranges cover every score exactly
    /// once.
    pub fn ranges(&self) -> [Range; 5] {
        [
            Range::new(Recommendation::StrongYes, self.strong_yes, None),
            Range::new(Recommendation::Yes, self.yes, Some(self.strong_yes)),
            Range::new(Recommendation::Mixed, self.mixed, Some(self.yes)),
            Range::new(Recommendation::No, self.no, Some(self.mixed)),
            Range::new(Recommendation::DefinitelyNot, Score::MIN, Some(self.no)),
        ]
    }

    /// Lowest score for Strong Yes.
    pub const fn strong_yes(&self) -> Score {
        self.strong_yes
    }

    /// Lowest score for Yes.
    pub const fn yes(&self) -> Score {
        self.yes
    }

    /// Lowest score for Mixed.
    pub const fn mixed(&self) -> Score {
        self.mixed
    }

    /// Lowest score for No. Lower scores are Definitely Not.
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

/// Score range of one recommendation, for a preview on a settings page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Range {
    /// The recommendation.
    pub recommendation: Recommendation,
    /// Label of the recommendation.
    pub label: &'static str,
    /// Lowest score of the range.
    pub from: Score,
    /// Exclusive upper bound; `None` if the range includes 100.
    pub below: Option<Score>,
    /// Text of the range, such as `80 to 100`, `60 to below 80` or `below 20`.
    pub text: String,
}

impl Range {
    fn new(recommendation: Recommendation, from: Score, below: Option<Score>) -> Self {
        let text = match below {
            None if from == Score::MAX => from.to_string(),
            None => texts::range_to(from.value(), Score::MAX),
            Some(below) if from == Score::MIN => texts::range_below(below.value()),
            Some(below) => texts::range_to_below(from.value(), below.value()),
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
    /// Writes the text of the range.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

/// All problems with a set of bounds.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub struct ThresholdsError {
    problems: Vec<ThresholdsProblem>,
}

impl ThresholdsError {
    /// Problems, best recommendation first; never empty.
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

/// A problem with a set of bounds.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ThresholdsProblem {
    /// A bound is not above 0 and at most 100.
    #[error("the bound for {bound} must be above 0 and at most 100, got {value}")]
    OutOfRange {
        /// Recommendation with this bound.
        bound: Recommendation,
        /// Rejected number.
        value: f64,
    },
    /// A bound is not above the next lower one.
    #[error(
        "the bound for {upper} ({upper_value}) must be above the bound for {lower} ({lower_value})"
    )]
    OutOfOrder {
        /// Better recommendation.
        upper: Recommendation,
        /// Bound of the better recommendation.
        upper_value: f64,
        /// Next lower recommendation.
        lower: Recommendation,
        /// Bound of the lower recommendation.
        lower_value: f64,
    },
}

/// Compares two bounds only if both are in range.
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
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct Bounds {
    #[cfg_attr(feature = "openapi", schemars(with = "Score"))]
    strong_yes: f64,
    #[cfg_attr(feature = "openapi", schemars(with = "Score"))]
    yes: f64,
    #[cfg_attr(feature = "openapi", schemars(with = "Score"))]
    mixed: f64,
    #[cfg_attr(feature = "openapi", schemars(with = "Score"))]
    no: f64,
}

#[cfg(test)]
mod tests;
