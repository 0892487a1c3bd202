use greenhouse_core::scorecard::{MixedOverall, Recommendation};

use super::words::words;

words! {
    /// Overall rating of a scorecard (documented). It has no mixed value. The v1 word
    /// `definitely_not` (reported by users) is read as [`Other`](Self::Other), which
    /// [`recommendation`](Self::recommendation) recognizes.
    pub enum OverallRating {
        /// Strong No.
        StrongNo = "strong_no",
        /// No.
        No = "no",
        /// Yes.
        Yes = "yes",
        /// Strong Yes.
        StrongYes = "strong_yes",
        /// No decision.
        NoDecision = "no_decision",
    }
}

impl OverallRating {
    /// Returns the recommendation, or `None` for no decision or an unknown word.
    pub fn recommendation(&self) -> Option<Recommendation> {
        Recommendation::from_harvest(self.as_str())
    }
}

/// Converts a recommendation. `MixedOverall` replaces Mixed, which does not exist as an overall
/// rating.
impl From<(Recommendation, MixedOverall)> for OverallRating {
    fn from((recommendation, mixed): (Recommendation, MixedOverall)) -> Self {
        recommendation.overall(mixed).into()
    }
}

words! {
    /// Rating of an attribute on a scorecard (documented).
    pub enum AttributeRating {
        /// Definitely Not.
        DefinitelyNot = "definitely_not",
        /// No.
        No = "no",
        /// Mixed.
        Mixed = "mixed",
        /// Yes.
        Yes = "yes",
        /// Strong Yes.
        StrongYes = "strong_yes",
        /// No decision.
        NoDecision = "no_decision",
    }
}

impl AttributeRating {
    /// Returns the recommendation, or `None` for no decision or an unknown word.
    pub fn recommendation(&self) -> Option<Recommendation> {
        Recommendation::from_harvest(self.as_str())
    }
}

impl From<Recommendation> for AttributeRating {
    fn from(recommendation: Recommendation) -> Self {
        recommendation.attribute_rating().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_recommendation_has_its_rating() {
        for recommendation in Recommendation::ALL {
            let attribute = AttributeRating::from(recommendation);
            assert!(!matches!(attribute, AttributeRating::Other(_)));
            assert_eq!(attribute.recommendation(), Some(recommendation));

            for mixed in [
                MixedOverall::NoDecision,
                MixedOverall::Yes,
                MixedOverall::No,
            ] {
                let overall = OverallRating::from((recommendation, mixed));
                assert!(!matches!(overall, OverallRating::Other(_)));
                if recommendation != Recommendation::Mixed {
                    assert_eq!(overall.recommendation(), Some(recommendation));
                }
            }
        }
    }

    #[test]
    fn words_of_other_versions_are_kept_and_recognized() {
        for (word, recommendation) in [
            ("definitely_not", Some(Recommendation::DefinitelyNot)),
            ("mixed", Some(Recommendation::Mixed)),
            ("no_decision", None),
            ("splendid", None),
        ] {
            let rating = OverallRating::from(word);
            assert_eq!(rating.as_str(), word);
            assert_eq!(rating.recommendation(), recommendation);
        }
    }
}
