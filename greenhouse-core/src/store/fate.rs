use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::CandidateId;

/// What became of a candidate in Greenhouse, remembered for as long as deliveries are: merges, deletions and anonymizations
/// carry no time, and the earlier one can be told last. It holds ids, times and names of fields, and nothing about a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CandidateHistory {
    /// Whose. Key of the record.
    pub candidate: CandidateId,
    /// Whom they were merged into; none for whoever is still there, as far as was told. It can be somebody further down the
    /// chain, where Greenhouse was read before all merges were told.
    pub merged_into: Option<CandidateId>,
    /// When they were told to be deleted last, which without a merge hook can also be a merge.
    pub deleted_at: Option<DateTime<Utc>>,
    /// Whether they were anonymized.
    pub anonymized: Option<Anonymized>,
    /// When this was written last. Records are removed by it.
    pub noted_at: DateTime<Utc>,
    /// The version of the record; see [`Write`](super::Write).
    #[serde(skip)]
    pub version: u64,
}

/// That a candidate was anonymized.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Anonymized {
    /// When it was told last.
    pub told_at: DateTime<Utc>,
    /// What was erased, as in [`Erasure::fields`](super::Erasure); none for all of it.
    pub fields: Option<BTreeSet<String>>,
}

impl CandidateHistory {
    /// Nothing became of them so far.
    pub fn new(candidate: CandidateId, now: DateTime<Utc>) -> Self {
        Self {
            candidate,
            merged_into: None,
            deleted_at: None,
            anonymized: None,
            noted_at: now,
            version: 0,
        }
    }

    /// Notes that these fields were erased, or all of them, beside what was noted before.
    pub fn anonymize(&mut self, fields: Option<BTreeSet<String>>, now: DateTime<Utc>) {
        let before = self.anonymized.take().map(|before| before.fields);
        let fields = together(before.into_iter().chain([fields]));
        self.anonymized = fields.map(|fields| Anonymized {
            told_at: now,
            fields,
        });
    }
}

/// What several erasures take together: all of it where one of them does. None without any.
pub(crate) fn together(
    erasures: impl IntoIterator<Item = Option<BTreeSet<String>>>,
) -> Option<Option<BTreeSet<String>>> {
    erasures.into_iter().reduce(|all, one| {
        let (mut all, one) = (all?, one?);
        all.extend(one);
        Some(all)
    })
}
