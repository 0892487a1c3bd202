//! Traits as scored by the product and as shown on a scorecard.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Recommendation, Score, Thresholds, Withheld};

/// Trait as scored by the product. Debug omits the note.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TraitScore {
    /// Name for recruiters, such as `Objection Handling`.
    pub name: String,
    /// Score of the trait.
    pub score: Score,
    /// The product's comment on the trait.
    #[serde(default)]
    pub note: Option<String>,
}

impl TraitScore {
    /// Creates a trait without a note.
    pub fn new(name: impl Into<String>, score: Score) -> Self {
        Self {
            name: name.into(),
            score,
            note: None,
        }
    }

    /// Sets the note.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }
}

impl fmt::Debug for TraitScore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TraitScore")
            .field("name", &self.name)
            .field("score", &self.score)
            .field("note", &self.note.as_ref().map(|_| Withheld))
            .finish()
    }
}

/// Trait as an attribute of a scorecard. Debug omits the note.
///
/// Greenhouse accepts the attribute only if the job has one with that name (inferred from
/// Greenhouse's read model). Otherwise, the push writes the attribute as text.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TraitAttribute {
    /// Name for recruiters.
    pub name: String,
    /// Group of attributes on the scorecard.
    pub attribute_type: AttributeType,
    /// Score of the trait.
    pub score: Score,
    /// Recommendation for the score.
    pub rating: Recommendation,
    /// The product's comment on the trait.
    pub note: Option<String>,
}

impl TraitAttribute {
    /// Creates a skill that is rated with the thresholds.
    pub fn new(
        name: impl Into<String>,
        score: Score,
        note: Option<String>,
        thresholds: &Thresholds,
    ) -> Self {
        Self {
            name: name.into(),
            attribute_type: AttributeType::Skills,
            score,
            rating: thresholds.recommend(score),
            note,
        }
    }
}

impl fmt::Debug for TraitAttribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TraitAttribute")
            .field("name", &self.name)
            .field("attribute_type", &self.attribute_type)
            .field("score", &self.score)
            .field("rating", &self.rating)
            .field("note", &self.note.as_ref().map(|_| Withheld))
            .finish()
    }
}

/// Group of attributes on a scorecard.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AttributeType {
    /// `Skills`, a default group of Greenhouse (documented as an example).
    #[default]
    Skills,
}

impl AttributeType {
    /// Name of the group in Greenhouse.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Skills => "Skills",
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_trait_is_a_skill_rated_by_the_thresholds() {
        let score = Score::new(60.0).unwrap();
        let rated = TraitAttribute::new(
            "Discovery & Diagnosis",
            score,
            Some("asked well".to_owned()),
            &Thresholds::default(),
        );
        assert_eq!(rated.attribute_type.as_str(), "Skills");
        assert_eq!(rated.rating, Recommendation::Yes);
        assert_eq!(rated.score, score);
        assert_eq!(rated.note.as_deref(), Some("asked well"));
    }

    #[test]
    fn a_trait_is_read_with_or_without_a_note() {
        let read: TraitScore =
            serde_json::from_value(json!({"name": "Discovery", "score": 60})).unwrap();
        assert_eq!(
            read,
            TraitScore::new("Discovery", Score::new(60.0).unwrap())
        );
        assert_eq!(
            json!(read.with_note("asked well")),
            json!({"name": "Discovery", "score": 60, "note": "asked well"})
        );
    }

    #[test]
    fn debug_omits_the_note() {
        let score = Score::new(60.0).unwrap();
        let given = TraitScore::new("Discovery", score).with_note("Jane Doe");
        let rated = TraitAttribute::new(
            "Discovery",
            score,
            given.note.clone(),
            &Thresholds::default(),
        );
        for debug in [format!("{given:?}"), format!("{rated:?}")] {
            assert!(
                !debug.contains("Jane") && debug.contains("note: Some(..)"),
                "{debug}"
            );
        }
    }
}
