use std::collections::BTreeSet;

use greenhouse_core::{
    platform::Assessment,
    scorecard::{Score, Thresholds},
};
use serde::{Serialize, Serializer};

use crate::texts::{test_status as texts, time};

/// Values that Greenhouse shows with the score: a flat object of strings (documented), in display
/// order.
#[derive(Debug, Default)]
pub(crate) struct Metadata(Vec<(String, String)>);

impl Metadata {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Builds the recommendation, traits, times and the product's own values. The product's values
    /// do not replace the others.
    pub(super) fn of_result(
        assessment: &Assessment,
        score: Option<Score>,
        thresholds: &Thresholds,
    ) -> Self {
        let rated = |score| thresholds.recommend(score).label();
        let recommendation =
            score.map(|score| (texts::RECOMMENDATION.to_owned(), rated(score).to_owned()));
        let mut entries: Vec<_> = recommendation.into_iter().collect();
        entries.extend(assessment.traits.iter().map(|rating| {
            (
                rating.name.clone(),
                format!("{} ({})", rating.score, rated(rating.score)),
            )
        }));
        entries.extend(times(assessment));
        entries.extend(assessment.metadata.clone());
        Self::without_duplicates(entries)
    }

    /// Builds only the times.
    pub(super) fn of_progress(assessment: &Assessment) -> Self {
        Self::without_duplicates(times(assessment).collect())
    }

    fn without_duplicates(mut entries: Vec<(String, String)>) -> Self {
        let mut seen = BTreeSet::new();
        entries.retain(|(label, _)| seen.insert(label.clone()));
        Self(entries)
    }
}

impl Serialize for Metadata {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(label, text)| (label, text)))
    }
}

fn times(assessment: &Assessment) -> impl Iterator<Item = (String, String)> {
    let times = [
        (texts::STARTED_AT, assessment.started_at),
        (texts::COMPLETED_AT, assessment.completed_at),
    ];
    times
        .into_iter()
        .filter_map(|(label, at)| at.map(|at| (label.to_owned(), time(at))))
}
