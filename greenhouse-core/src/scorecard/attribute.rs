//! Traits: how the product scored them, and how a scorecard shows them.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Recommendation, Score, Thresholds, Withheld};

/// One trait as the product scored it. Debug withholds the note.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TraitScore {
    /// The trait, as recruiters read it: `Objection Handling`.
    pub name: String,
    /// Its score.
    pub score: Score,
    /// What the product says of it in words.
    #[serde(default)]
    pub note: Option<String>,
}

impl TraitScore {
    /// A trait with a score and no note.
    pub fn new(name: impl Into<String>, score: Score) -> Self {
        Self {
            name: name.into(),
            score,
            note: None,
        }
    }

    /// The same with a note.
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

/// One trait as an attribute of a scorecard. Debug withholds the note.
///
/// Greenhouse takes it as an attribute only where the job has one of that name (inferred from its read model); elsewhere
/// it is text.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TraitAttribute {
    /// The trait, as recruiters read it.
    pub name: String,
    /// The group of attributes it belongs to.
    pub attribute_type: AttributeType,
    /// Its score.
    pub score: Score,
    /// What the score recommends.
    pub rating: Recommendation,
    /// What the product says of it in words.
    pub note: Option<String>,
}

impl TraitAttribute {
    /// A skill, rated by the thresholds.
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

/// The group of attributes on a scorecard that a trait belongs to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AttributeType {
    /// `Skills`, a group that Greenhouse has by default (documented as an example).
    #[default]
    Skills,
}

impl AttributeType {
    /// The name of the group in Greenhouse.
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
    fn the_products_trait_is_read_with_or_without_a_note() {
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
    fn debug_withholds_the_note() {
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
