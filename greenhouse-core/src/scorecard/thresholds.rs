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
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn default_bounds_are_inclusive() {
        use Recommendation::{DefinitelyNot, Mixed, No, StrongYes, Yes};
        let thresholds = Thresholds::default();
        for (score, expected) in [
            (100.0, StrongYes),
            (80.0, StrongYes),
            (79.999, Yes),
            (79.5, Yes),
            (60.0, Yes),
            (59.9, Mixed),
            (40.0, Mixed),
            (39.9, No),
            (20.0, No),
            (19.9, DefinitelyNot),
            (0.0, DefinitelyNot),
        ] {
            assert_eq!(
                thresholds.recommend(Score::new(score).unwrap()),
                expected,
                "{score}"
            );
        }
        assert_eq!(Thresholds::new(80.0, 60.0, 40.0, 20.0), Ok(thresholds));
    }

    #[test]
    fn errors_name_the_bounds_and_their_values() {
        for (bounds, message) in [
            (
                [101.0, 60.0, 40.0, 20.0],
                "the bound of Strong Yes is 101, it must be above 0 and at most 100",
            ),
            (
                [80.0, 60.0, 40.0, 0.0],
                "the bound of No is 0, it must be above 0 and at most 100",
            ),
            (
                [80.0, f64::NAN, 40.0, -1.0],
                "the bound of Yes is NaN, it must be above 0 and at most 100; \
                 the bound of No is -1, it must be above 0 and at most 100",
            ),
            (
                [80.0, 60.0, 60.0, 20.0],
                "the bound of Yes is 60, it must be above that of Mixed, which is 60",
            ),
            (
                [50.0, 60.5, 40.0, 45.0],
                "the bound of Strong Yes is 50, it must be above that of Yes, which is 60.5; \
                 the bound of Mixed is 40, it must be above that of No, which is 45",
            ),
            (
                [f64::INFINITY, 30.0, 40.0, 20.0],
                "the bound of Strong Yes is inf, it must be above 0 and at most 100; \
                 the bound of Yes is 30, it must be above that of Mixed, which is 40",
            ),
        ] {
            let [strong_yes, yes, mixed, no] = bounds;
            let error = Thresholds::new(strong_yes, yes, mixed, no).unwrap_err();
            assert_eq!(error.to_string(), message);
        }
    }

    #[test]
    fn ranges_read_as_a_settings_page_shows_them() {
        assert_eq!(
            json!(Thresholds::default().ranges()),
            json!([
                {"recommendation": "definitely_yes", "label": "Strong Yes", "from": 80, "below": null, "text": "80 to 100"},
                {"recommendation": "yes", "label": "Yes", "from": 60, "below": 80, "text": "60 to below 80"},
                {"recommendation": "mixed", "label": "Mixed", "from": 40, "below": 60, "text": "40 to below 60"},
                {"recommendation": "no", "label": "No", "from": 20, "below": 40, "text": "20 to below 40"},
                {"recommendation": "definitely_not", "label": "Definitely Not", "from": 0, "below": 20, "text": "below 20"},
            ])
        );
        let [top, ..] = Thresholds::new(100.0, 72.5, 40.0, 20.0).unwrap().ranges();
        assert_eq!(top.text, "100");
        assert_eq!(top.to_string(), top.text);
    }

    #[test]
    fn json_is_an_object_of_four_numbers_and_validated_on_read() {
        let wire = json!({"strong_yes": 90, "yes": 72.5, "mixed": 40, "no": 20});
        let read: Thresholds = serde_json::from_value(wire.clone()).unwrap();
        assert_eq!(read, Thresholds::new(90.0, 72.5, 40.0, 20.0).unwrap());
        assert_eq!(json!(read), wire);

        for refused in [
            json!({"strong_yes": 90, "yes": 95, "mixed": 40, "no": 20}),
            json!({"strong_yes": 90, "yes": 60, "mixed": 40}),
            json!({"strong_yes": 90, "yes": 60, "mixed": 40, "no": 20, "maybe": 10}),
            json!({"strong_yes": "90", "yes": 60, "mixed": 40, "no": 20}),
        ] {
            assert!(
                serde_json::from_value::<Thresholds>(refused.clone()).is_err(),
                "{refused}"
            );
        }
    }

    prop_compose! {
        fn scores()(tenths in 0u32..=1000) -> Score {
            Score::new(f64::from(tenths) / 10.0).unwrap()
        }
    }

    prop_compose! {
        fn thresholds()(tenths in proptest::collection::btree_set(1u32..=1000, 4)) -> Thresholds {
            let bounds: Vec<f64> = tenths.into_iter().map(|tenth| f64::from(tenth) / 10.0).collect();
            Thresholds::new(bounds[3], bounds[2], bounds[1], bounds[0]).unwrap()
        }
    }

    proptest! {
        #[test]
        fn every_score_is_in_exactly_one_range_and_it_is_the_recommended_one(
            thresholds in thresholds(),
            score in scores(),
        ) {
            let holding: Vec<_> = thresholds
                .ranges()
                .into_iter()
                .filter(|range| score >= range.from && range.below.is_none_or(|below| score < below))
                .map(|range| range.recommendation)
                .collect();
            prop_assert_eq!(holding, [thresholds.recommend(score)]);
        }

        #[test]
        fn a_higher_score_is_never_recommended_less(
            thresholds in thresholds(),
            one in scores(),
            other in scores(),
        ) {
            let (low, high) = (one.min(other), one.max(other));
            prop_assert!(thresholds.recommend(low) <= thresholds.recommend(high));
        }

        #[test]
        fn the_text_of_a_range_is_true_at_its_bounds(thresholds in thresholds()) {
            for range in thresholds.ranges() {
                let (from, below) = bounds_of(&range.text);
                prop_assert_eq!(thresholds.recommend(from), range.recommendation);
                match below {
                    Some(below) => {
                        prop_assert!(thresholds.recommend(below) > range.recommendation);
                        let just_below = Score::new(below.value().next_down()).unwrap();
                        prop_assert_eq!(thresholds.recommend(just_below), range.recommendation);
                    }
                    None => prop_assert_eq!(thresholds.recommend(Score::MAX), range.recommendation),
                }
                if from > Score::MIN {
                    let just_below = Score::new(from.value().next_down()).unwrap();
                    prop_assert!(thresholds.recommend(just_below) < range.recommendation);
                }
            }
        }

        #[test]
        fn any_four_numbers_are_thresholds_exactly_if_in_range_and_order(
            bounds in proptest::array::uniform4(prop_oneof![any::<f64>(), (0u8..=101).prop_map(f64::from)]),
        ) {
            let [a, b, c, d] = bounds;
            let holds = 100.0 >= a && a > b && b > c && c > d && d > 0.0;
            match Thresholds::new(a, b, c, d) {
                Ok(_) => prop_assert!(holds),
                Err(error) => {
                    prop_assert!(!holds);
                    prop_assert!(!error.problems().is_empty());
                }
            }
        }
    }

    /// Reads the words of a range back as its lowest score and the score it stays below.
    fn bounds_of(text: &str) -> (Score, Option<Score>) {
        let score = |text: &str| text.parse::<Score>().unwrap();
        if let Some(below) = text.strip_prefix("below ") {
            (Score::MIN, Some(score(below)))
        } else if let Some((from, below)) = text.split_once(" to below ") {
            (score(from), Some(score(below)))
        } else if let Some((from, "100")) = text.split_once(" to ") {
            (score(from), None)
        } else {
            assert_eq!(text, "100");
            (Score::MAX, None)
        }
    }
}
