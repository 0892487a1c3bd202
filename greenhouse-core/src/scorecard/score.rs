//! Score of an assessment or of a trait.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize, Serializer};

/// Score: a finite number from 0 to 100, decimals allowed.
///
/// Serialized as a number. Deserialization rejects anything else.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(try_from = "f64")]
pub struct Score(f64);

#[cfg(feature = "openapi")]
impl schemars::JsonSchema for Score {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Score".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "number", "minimum": 0, "maximum": 100 })
    }
}

impl Score {
    /// The lowest score, 0.
    pub const MIN: Self = Self(0.0);
    /// The highest score, 100.
    pub const MAX: Self = Self(100.0);

    /// Creates a score.
    ///
    /// # Errors
    ///
    /// [`ScoreError::NotFinite`] for NaN and the infinities, [`ScoreError::OutOfRange`] below 0 or
    /// above 100.
    pub fn new(value: f64) -> Result<Self, ScoreError> {
        if !value.is_finite() {
            return Err(ScoreError::NotFinite);
        }
        if !(0.0..=100.0).contains(&value) {
            return Err(ScoreError::OutOfRange(value));
        }
        // Adding zero turns -0 into 0, so that equal scores also order and print alike.
        Ok(Self(value + 0.0))
    }

    /// Numeric value, 0 to 100.
    pub const fn value(self) -> f64 {
        self.0
    }

    /// Returns the score rounded to one decimal, for display. Never rounds up to a whole number,
    /// because the score would then appear to reach a bound that it does not reach.
    #[must_use]
    pub fn rounded(self) -> Self {
        let tenths = (self.0 * 10.0).round() / 10.0;
        if tenths > self.0 && tenths.fract() == 0.0 {
            return Self((self.0 * 10.0).floor() / 10.0);
        }
        Self(tenths)
    }

    /// Creates a whole score, capped at 100.
    pub(super) const fn whole(value: u8) -> Self {
        if value > 100 {
            Self::MAX
        } else {
            Self(value as f64)
        }
    }
}

impl FromStr for Score {
    type Err = ScoreError;

    /// Parses a decimal number; surrounding white space is allowed.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if text.is_empty() {
            return Err(ScoreError::Empty);
        }
        text.parse()
            .map_err(|_| ScoreError::NotANumber)
            .and_then(Self::new)
    }
}

impl TryFrom<f64> for Score {
    type Error = ScoreError;

    fn try_from(value: f64) -> Result<Self, Self::Error> {
        Self::new(value)
    }
}

impl fmt::Display for Score {
    /// Writes the [rounded](Self::rounded) number without trailing zeros: `72`, `72.5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rounded().0.fmt(f)
    }
}

impl Eq for Score {}

impl Ord for Score {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for Score {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Serialize for Score {
    /// Writes a whole score as `72`, not `72.0`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.fract() == 0.0 {
            serializer.serialize_u8(self.0 as u8)
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}

/// Reason why a value is not a score. Does not repeat rejected text.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ScoreError {
    /// The text is empty.
    #[error("score is empty; expected a number from 0 to 100")]
    Empty,
    /// The text is not a decimal number.
    #[error("score is not a number; expected a number from 0 to 100")]
    NotANumber,
    /// NaN or an infinity.
    #[error("score is not finite; expected a number from 0 to 100")]
    NotFinite,
    /// Below 0 or above 100.
    #[error("expected a score from 0 to 100, got {0}")]
    OutOfRange(f64),
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn people_see_at_most_one_decimal() {
        for (value, shown) in [
            (0.0, "0"),
            (0.04, "0"),
            (66.666_666, "66.7"),
            (72.449, "72.4"),
            (72.5, "72.5"),
            (79.96, "79.9"),
            (99.999, "99.9"),
            (100.0, "100"),
            (60.000_000_1, "60"),
        ] {
            let score = Score::new(value).unwrap();
            assert_eq!(score.to_string(), shown);
            assert_eq!(score.rounded().to_string(), shown);
            assert_eq!(score.value(), value, "stored exactly");
        }
    }

    #[test]
    fn parses_numbers_from_0_to_100_and_rejects_the_rest() {
        for (text, expected) in [
            ("72.5", Ok(72.5)),
            ("0", Ok(0.0)),
            ("-0", Ok(0.0)),
            (" 100.0\n", Ok(100.0)),
            ("", Err(ScoreError::Empty)),
            ("  ", Err(ScoreError::Empty)),
            ("abc", Err(ScoreError::NotANumber)),
            ("72,5", Err(ScoreError::NotANumber)),
            ("72%", Err(ScoreError::NotANumber)),
            ("NaN", Err(ScoreError::NotFinite)),
            ("inf", Err(ScoreError::NotFinite)),
            ("-infinity", Err(ScoreError::NotFinite)),
            ("1e999", Err(ScoreError::NotFinite)),
            ("101", Err(ScoreError::OutOfRange(101.0))),
            ("100.0001", Err(ScoreError::OutOfRange(100.0001))),
            ("-1", Err(ScoreError::OutOfRange(-1.0))),
        ] {
            assert_eq!(
                text.parse::<Score>().map(Score::value),
                expected,
                "{text:?}"
            );
        }
    }

    #[test]
    fn errors_describe_the_problem() {
        for (text, message) in [
            ("", "score is empty; expected a number from 0 to 100"),
            (
                "abc",
                "score is not a number; expected a number from 0 to 100",
            ),
            (
                "NaN",
                "score is not finite; expected a number from 0 to 100",
            ),
            ("101", "expected a score from 0 to 100, got 101"),
        ] {
            assert_eq!(text.parse::<Score>().unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn is_written_without_trailing_zeros() {
        for (value, text, wire) in [
            (72.0, "72", "72"),
            (72.5, "72.5", "72.5"),
            (0.0, "0", "0"),
            (-0.0, "0", "0"),
            (100.0, "100", "100"),
        ] {
            let score = Score::new(value).unwrap();
            assert_eq!(score.to_string(), text);
            assert_eq!(serde_json::to_string(&score).unwrap(), wire);
        }
    }

    #[test]
    fn deserialization_validates() {
        assert_eq!(
            serde_json::from_value::<Score>(json!(72)).unwrap().value(),
            72.0
        );
        assert_eq!(
            serde_json::from_value::<Score>(json!(72.5))
                .unwrap()
                .value(),
            72.5
        );
        for refused in [json!(101), json!(-0.5), json!("72"), json!(null)] {
            assert!(serde_json::from_value::<Score>(refused).is_err());
        }
    }

    proptest! {
        #[test]
        fn text_and_json_round_trip(value in 0.0..=100.0f64) {
            let score = Score::new(value).unwrap();
            let shown = score.rounded();
            prop_assert!((shown.value() - value).abs() <= 0.1);
            prop_assert_eq!(score.to_string().parse::<Score>(), Ok(shown));
            let json = serde_json::to_string(&score).unwrap();
            // The JSON reader may differ in the last digit of a long decimal.
            let back: Score = serde_json::from_str(&json).unwrap();
            prop_assert!((back.value() - value).abs() < 1e-9);
        }

        #[test]
        fn a_number_is_a_score_exactly_if_it_is_from_0_to_100(value in any::<f64>()) {
            prop_assert_eq!(Score::new(value).is_ok(), (0.0..=100.0).contains(&value));
        }

        #[test]
        fn parsing_never_panics(text in any::<String>()) {
            let _answer = text.parse::<Score>();
        }
    }
}
