//! The score of an assessment or of one trait.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize, Serializer};

/// A score: a finite number from 0 to 100, decimals allowed.
///
/// On the wire it is a JSON number; reading one refuses what is no score.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(try_from = "f64")]
pub struct Score(f64);

impl Score {
    /// The lowest score, 0.
    pub const MIN: Self = Self(0.0);
    /// The highest score, 100.
    pub const MAX: Self = Self(100.0);

    /// Takes the number as a score.
    ///
    /// # Errors
    ///
    /// [`ScoreError::NotFinite`] for NaN and the infinities, [`ScoreError::OutOfRange`] below 0 and above 100.
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

    /// The number, 0 to 100.
    pub const fn value(self) -> f64 {
        self.0
    }

    /// A whole score; above 100 it is 100.
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

    /// Reads a decimal number; white space around it is allowed.
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
    /// Without trailing zeros: `72`, `72.5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
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
    /// A whole score is written as `72`, not as `72.0`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.fract() == 0.0 {
            serializer.serialize_u8(self.0 as u8)
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}

/// Why something is no score. A text that was refused is not repeated: it may be anything.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ScoreError {
    /// Nothing was given.
    #[error("score is empty")]
    Empty,
    /// The text is no decimal number.
    #[error("score is not a number")]
    NotANumber,
    /// NaN or an infinity.
    #[error("score is not a finite number")]
    NotFinite,
    /// Below 0 or above 100.
    #[error("score {0} is outside 0 to 100")]
    OutOfRange(f64),
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn parses_numbers_from_0_to_100_and_refuses_the_rest() {
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
    fn errors_say_what_is_wrong() {
        for (text, message) in [
            ("", "score is empty"),
            ("abc", "score is not a number"),
            ("NaN", "score is not a finite number"),
            ("101", "score 101 is outside 0 to 100"),
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
    fn reading_json_validates() {
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
        fn text_and_json_come_back_as_they_went(value in 0.0..=100.0f64) {
            let score = Score::new(value).unwrap();
            prop_assert_eq!(score.to_string().parse::<Score>(), Ok(score));
            let json = serde_json::to_string(&score).unwrap();
            // The last digit of a long decimal is not promised by the JSON reader.
            let back: Score = serde_json::from_str(&json).unwrap();
            prop_assert!((back.value() - value).abs() < 1e-9);
        }

        #[test]
        fn any_number_is_a_score_exactly_if_it_is_from_0_to_100(value in any::<f64>()) {
            prop_assert_eq!(Score::new(value).is_ok(), (0.0..=100.0).contains(&value));
        }

        #[test]
        fn any_text_is_answered(text in any::<String>()) {
            let _answer = text.parse::<Score>();
        }
    }
}
