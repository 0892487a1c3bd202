use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::CandidateId;

/// Merges, deletions and anonymizations of a candidate in Greenhouse, kept as long as deliveries.
/// Their webhooks carry no time and may arrive in any order. Contains ids, times and field names
/// but no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CandidateHistory {
    /// Id of the candidate. Key of the record.
    pub candidate: CandidateId,
    /// Candidate that this one was merged into. `None` if no merge is known. This can be a later
    /// candidate in a chain of merges if Greenhouse was read before all of the chain's webhooks
    /// arrived.
    pub merged_into: Option<CandidateId>,
    /// Time of the last webhook that reported a deletion. `None` if none did. Without a merge hook,
    /// a merge can look like a deletion.
    pub deleted_at: Option<DateTime<Utc>>,
    /// Anonymization. `None` if none is known.
    pub anonymized: Option<Anonymized>,
    /// Time of the last change. Retention removes records by this time.
    pub noted_at: DateTime<Utc>,
    /// The version of the record; see [`Write`](super::Write).
    #[serde(skip)]
    pub version: u64,
}

/// Anonymization of a candidate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Anonymized {
    /// Time of the last webhook that reported the anonymization.
    #[serde(rename = "told_at")]
    pub reported_at: DateTime<Utc>,
    /// Erased fields, as in [`Erasure::fields`](super::Erasure). `None` if all fields were erased.
    pub fields: Option<BTreeSet<String>>,
}

impl CandidateHistory {
    /// Creates a history without merges, deletions or anonymizations.
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

    /// Adds erased fields to those recorded before. `None` means all fields.
    pub fn anonymize(&mut self, fields: Option<BTreeSet<String>>, now: DateTime<Utc>) {
        let before = self.anonymized.take().map(|before| before.fields);
        let fields = union_of_fields(before.into_iter().chain([fields]));
        self.anonymized = fields.map(|fields| Anonymized {
            reported_at: now,
            fields,
        });
    }
}

/// Union of the fields of several erasures. `Some(None)` if one of them erases everything, `None`
/// if there are no erasures.
pub(crate) fn union_of_fields(
    erasures: impl IntoIterator<Item = Option<BTreeSet<String>>>,
) -> Option<Option<BTreeSet<String>>> {
    erasures.into_iter().reduce(|all, one| {
        let (mut all, one) = (all?, one?);
        all.extend(one);
        Some(all)
    })
}
