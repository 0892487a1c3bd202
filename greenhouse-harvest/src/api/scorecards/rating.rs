use greenhouse_core::scorecard::{MixedOverall, Recommendation};

use super::words::words;

words! {
    /// The rating of a whole scorecard (documented). There is no mixed. The `definitely_not` of v1 (reported by users) reads
    /// as another word, which [`recommendation`](Self::recommendation) knows.
    pub enum OverallRating {
        /// Strong No.
        StrongNo = "strong_no",
        /// No.
        No = "no",
        /// Yes.
        Yes = "yes",
        /// Strong Yes.
        StrongYes = "strong_yes",
        /// Says nothing.
        NoDecision = "no_decision",
    }
}

impl OverallRating {
    /// What it recommends; none where it says nothing, or nothing that is known.
    pub fn recommendation(&self) -> Option<Recommendation> {
        Recommendation::from_harvest(self.as_str())
    }
}

/// The rating that says it; `mixed` stands for Mixed, of which Greenhouse has none here.
impl From<(Recommendation, MixedOverall)> for OverallRating {
    fn from((recommendation, mixed): (Recommendation, MixedOverall)) -> Self {
        recommendation.overall(mixed).into()
    }
}

words! {
    /// The rating of an attribute on a scorecard (documented).
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
        /// Says nothing.
        NoDecision = "no_decision",
    }
}

impl AttributeRating {
    /// What it recommends; none where it says nothing, or nothing that is known.
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
    fn words_of_others_are_kept_and_understood() {
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
