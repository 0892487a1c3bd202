//! Scores, recommendations, and the scorecard that a push writes to Greenhouse.

mod attribute;
mod note;
mod recommendation;
mod score;
mod thresholds;

use std::fmt;

pub use attribute::{AttributeType, TraitAttribute, TraitScore};
pub use note::{NoteContext, note_has_marker};
pub use recommendation::{MixedOverall, Recommendation, UnknownRecommendation};
pub use score::{Score, ScoreError};
pub use thresholds::{Range, Thresholds, ThresholdsError, ThresholdsProblem};

/// Result of one assessment in the form of a Greenhouse scorecard.
///
/// The overall result and the attributes are rated with the same thresholds. Debug omits the free
/// text.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Scorecard {
    /// Recommendation for the whole assessment. `None` without a score.
    pub overall: Option<Recommendation>,
    /// Score of the whole assessment. A completed assessment may have none.
    pub score: Option<Score>,
    /// One attribute for each trait, in the product's order.
    pub attributes: Vec<TraitAttribute>,
    /// The product's summary of the assessment.
    pub summary: Option<String>,
}

impl Scorecard {
    /// Creates a scorecard that rates the score and each trait with the thresholds.
    pub fn new(
        score: impl Into<Option<Score>>,
        traits: Vec<TraitScore>,
        summary: Option<String>,
        thresholds: &Thresholds,
    ) -> Self {
        let attributes = traits
            .into_iter()
            .map(|rated| TraitAttribute::new(rated.name, rated.score, rated.note, thresholds))
            .collect();
        let score = score.into();
        Self {
            overall: score.map(|score| thresholds.recommend(score)),
            score,
            attributes,
            summary,
        }
    }

    /// Renders the scorecard as the plain text of a note, with `\n` as the line break.
    ///
    /// The last line is `[ref <marker>]`, which [`note_has_marker`] recognizes regardless of the
    /// free text above it. Each line of free text from the product begins with `> `, so that it
    /// cannot be mistaken for one of the note's own lines. An `@` in free text becomes full-width,
    /// so that the note mentions no user. Greenhouse keeps line breaks in the body of a note
    /// (documented). It is unknown whether Greenhouse interprets HTML there, so the note has none.
    /// Hidden characters are removed, and sections with blank text are omitted.
    pub fn render_note(&self, context: &NoteContext<'_>) -> String {
        note::render(self, context)
    }
}

impl fmt::Debug for Scorecard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scorecard")
            .field("overall", &self.overall)
            .field("score", &self.score)
            .field("attributes", &self.attributes)
            .field("summary", &self.summary.as_ref().map(|_| Withheld))
            .finish()
    }
}

/// Placeholder for a private value in Debug output.
struct Withheld;

impl fmt::Debug for Withheld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overall_and_traits_are_rated_by_the_same_thresholds() {
        let thresholds = Thresholds::new(90.0, 70.0, 50.0, 30.0).unwrap();
        let card = Scorecard::new(
            Score::new(79.5).unwrap(),
            vec![
                TraitScore::new("Objection Handling", Score::new(29.5).unwrap()),
                TraitScore::new("Messaging Adherence", Score::new(90.0).unwrap()),
            ],
            None,
            &thresholds,
        );

        assert_eq!(card.overall, Some(Recommendation::Yes));
        let ratings: Vec<_> = card
            .attributes
            .iter()
            .map(|rated| (rated.name.as_str(), rated.rating))
            .collect();
        assert_eq!(
            ratings,
            [
                ("Objection Handling", Recommendation::DefinitelyNot),
                ("Messaging Adherence", Recommendation::StrongYes),
            ]
        );
    }

    #[test]
    fn debug_omits_free_text() {
        let card = Scorecard::new(
            Score::new(72.5).unwrap(),
            vec![
                TraitScore::new("Discovery", Score::new(40.0).unwrap())
                    .with_note("mumbled to Jane Doe"),
            ],
            Some("Jane Doe shone".to_owned()),
            &Thresholds::default(),
        );
        let debug = format!("{card:?}");
        assert!(!debug.contains("Jane"), "{debug}");
        assert!(debug.contains("summary: Some(..)"), "{debug}");
        assert!(debug.contains("Discovery"), "{debug}");
    }
}
