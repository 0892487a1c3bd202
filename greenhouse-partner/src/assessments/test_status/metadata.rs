use std::collections::BTreeSet;

use chrono::{DateTime, SecondsFormat, Utc};
use greenhouse_core::{
    platform::Assessment,
    scorecard::{Score, Thresholds},
};
use serde::{Serialize, Serializer};

/// What Greenhouse shows beside the score: a flat object of texts (documented), in the order in which it should be read.
#[derive(Debug, Default)]
pub(crate) struct Metadata(Vec<(String, String)>);

impl Metadata {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Recommendation, traits, times, and what the product adds. What is ours is not replaced by the product's.
    pub(super) fn of_result(
        assessment: &Assessment,
        score: Score,
        thresholds: &Thresholds,
    ) -> Self {
        let rated = |score| thresholds.recommend(score).label();
        let mut entries = vec![(RECOMMENDATION.to_owned(), rated(score).to_owned())];
        entries.extend(assessment.traits.iter().map(|shown| {
            (
                shown.name.clone(),
                format!("{} ({})", shown.score, rated(shown.score)),
            )
        }));
        entries.extend(times(assessment));
        entries.extend(assessment.metadata.clone());
        Self::once_each(entries)
    }

    /// The times alone.
    pub(super) fn of_progress(assessment: &Assessment) -> Self {
        Self::once_each(times(assessment).collect())
    }

    fn once_each(mut entries: Vec<(String, String)>) -> Self {
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
        ("Started At", assessment.started_at),
        ("Completed At", assessment.completed_at),
    ];
    times
        .into_iter()
        .filter_map(|(label, at)| at.map(|at| (label.to_owned(), timestamp(at))))
}

fn timestamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

const RECOMMENDATION: &str = "Recommendation";
