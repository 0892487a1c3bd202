//! Recommendations and their spellings in the product and in Greenhouse.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Recommendation for a score, ordered from worst to best.
///
/// Serde, [`as_str`](Self::as_str) and `FromStr` use the product's spelling, not Greenhouse's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub enum Recommendation {
    /// Below every bound.
    #[serde(rename = "definitely_not")]
    DefinitelyNot,
    /// At or above the bound for No.
    #[serde(rename = "no")]
    No,
    /// At or above the bound for Mixed.
    #[serde(rename = "mixed")]
    Mixed,
    /// At or above the bound for Yes.
    #[serde(rename = "yes")]
    Yes,
    /// At or above the bound for Strong Yes.
    #[serde(rename = "definitely_yes")]
    StrongYes,
}

impl Recommendation {
    /// All recommendations, best first.
    pub const ALL: [Self; 5] = [
        Self::StrongYes,
        Self::Yes,
        Self::Mixed,
        Self::No,
        Self::DefinitelyNot,
    ];

    /// The product's spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::StrongYes => "definitely_yes",
            Self::Yes => "yes",
            Self::Mixed => "mixed",
            Self::No => "no",
            Self::DefinitelyNot => "definitely_not",
        }
    }

    /// Label for recruiters.
    pub const fn label(self) -> &'static str {
        match self {
            Self::StrongYes => "Strong Yes",
            Self::Yes => "Yes",
            Self::Mixed => "Mixed",
            Self::No => "No",
            Self::DefinitelyNot => "Definitely Not",
        }
    }

    /// Value of `candidate_rating` on a Harvest v3 scorecard (documented).
    pub const fn overall(self, mixed: MixedOverall) -> &'static str {
        match self {
            Self::StrongYes => "strong_yes",
            Self::Yes => "yes",
            Self::Mixed => mixed.as_str(),
            Self::No => "no",
            Self::DefinitelyNot => "strong_no",
        }
    }

    /// Value of `candidate_attribute_rating` for an attribute on a Harvest v3 scorecard
    /// (documented).
    pub const fn attribute_rating(self) -> &'static str {
        match self {
            Self::StrongYes => "strong_yes",
            Self::Yes => "yes",
            Self::Mixed => "mixed",
            Self::No => "no",
            Self::DefinitelyNot => "definitely_not",
        }
    }

    /// Parses an overall or attribute rating from Greenhouse, or the product's own spelling.
    /// Accepts the values of v3 (documented) and the value `definitely_not` of v1 (reported by
    /// users).
    ///
    /// Returns `None` for `no_decision` and for unknown values.
    pub fn from_harvest(rating: &str) -> Option<Self> {
        match rating {
            "strong_yes" | "definitely_yes" => Some(Self::StrongYes),
            "yes" => Some(Self::Yes),
            "mixed" => Some(Self::Mixed),
            "no" => Some(Self::No),
            "strong_no" | "definitely_not" => Some(Self::DefinitelyNot),
            _ => None,
        }
    }
}

impl fmt::Display for Recommendation {
    /// Writes the label.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.label())
    }
}

impl FromStr for Recommendation {
    type Err = UnknownRecommendation;

    /// Parses the product's spelling only.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|known| known.as_str() == text)
            .ok_or(UnknownRecommendation)
    }
}

/// Error for text that is not a recommendation in the product's spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown recommendation: expected definitely_yes, yes, mixed, no or definitely_not")]
pub struct UnknownRecommendation;

/// Overall rating for Mixed on a Harvest v3 scorecard, which has no mixed overall rating
/// (documented).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MixedOverall {
    /// `no_decision`.
    #[default]
    NoDecision,
    /// `yes`.
    Yes,
    /// `no`.
    No,
}

impl MixedOverall {
    /// Value in Harvest v3 and in the settings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoDecision => "no_decision",
            Self::Yes => "yes",
            Self::No => "no",
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_spelling_matches_its_place() {
        use Recommendation::{DefinitelyNot, Mixed, No, StrongYes, Yes};
        for (recommendation, product, label, overall, attribute) in [
            (
                StrongYes,
                "definitely_yes",
                "Strong Yes",
                "strong_yes",
                "strong_yes",
            ),
            (Yes, "yes", "Yes", "yes", "yes"),
            (Mixed, "mixed", "Mixed", "no_decision", "mixed"),
            (No, "no", "No", "no", "no"),
            (
                DefinitelyNot,
                "definitely_not",
                "Definitely Not",
                "strong_no",
                "definitely_not",
            ),
        ] {
            assert_eq!(recommendation.as_str(), product);
            assert_eq!(recommendation.label(), label);
            assert_eq!(recommendation.overall(MixedOverall::default()), overall);
            assert_eq!(recommendation.attribute_rating(), attribute);

            assert_eq!(product.parse(), Ok(recommendation));
            assert_eq!(json!(recommendation), json!(product));
            assert_eq!(
                serde_json::from_value::<Recommendation>(json!(product)).unwrap(),
                recommendation
            );
            for known in [product, attribute] {
                assert_eq!(Recommendation::from_harvest(known), Some(recommendation));
            }
        }
    }

    #[test]
    fn the_setting_affects_mixed_only() {
        for (mixed, word) in [
            (MixedOverall::NoDecision, "no_decision"),
            (MixedOverall::Yes, "yes"),
            (MixedOverall::No, "no"),
        ] {
            assert_eq!(Recommendation::Mixed.overall(mixed), word);
            assert_eq!(Recommendation::StrongYes.overall(mixed), "strong_yes");
            assert_eq!(json!(mixed), json!(word));
        }
    }

    #[test]
    fn known_ratings_of_greenhouse_are_read() {
        for (rating, expected) in [
            ("strong_no", Some(Recommendation::DefinitelyNot)),
            ("definitely_not", Some(Recommendation::DefinitelyNot)),
            ("mixed", Some(Recommendation::Mixed)),
            ("no_decision", None),
            ("superb", None),
            ("", None),
        ] {
            assert_eq!(Recommendation::from_harvest(rating), expected, "{rating:?}");
        }
    }

    #[test]
    fn the_products_spelling_is_not_that_of_greenhouse() {
        for foreign in ["strong_yes", "strong_no", "no_decision", "Yes", ""] {
            assert_eq!(
                foreign.parse::<Recommendation>(),
                Err(UnknownRecommendation)
            );
        }
    }

    #[test]
    fn better_is_greater() {
        assert!(Recommendation::ALL.is_sorted_by(|left, right| left > right));
    }
}
