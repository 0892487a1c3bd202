use std::collections::{BTreeSet, VecDeque};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Records, StoreError};
use crate::{AccountId, CandidateId};

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

/// What became of these candidates, and of whomever they were merged into, step by step: a record for each of them, a new
/// one where nothing is known. At most 64, so that no chain is read without an end.
///
/// # Errors
///
/// The store failed.
pub async fn histories_of(
    store: &(impl Records + ?Sized),
    account: &AccountId,
    candidates: impl IntoIterator<Item = CandidateId>,
    now: DateTime<Utc>,
) -> Result<Vec<CandidateHistory>, StoreError> {
    let mut open: VecDeque<CandidateId> = candidates.into_iter().collect();
    let mut asked = BTreeSet::new();
    let mut fates = Vec::new();
    while let Some(candidate) = open.pop_front() {
        if asked.len() == MOST_FATES || !asked.insert(candidate) {
            continue;
        }
        let fate = store.candidate_history(account, candidate).await?;
        let fate = fate.unwrap_or_else(|| CandidateHistory::new(candidate, now));
        open.extend(fate.merged_into);
        fates.push(fate);
    }
    Ok(fates)
}

const MOST_FATES: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Applied, Changes, StoreWriter, Write, memory::MemoryStore};

    #[tokio::test]
    async fn a_chain_is_read_to_its_end_and_each_of_it_once() {
        let store = MemoryStore::new();
        for (loser, winner) in [(1, 2), (2, 3), (3, 1), (7, 8)] {
            merged(&store, loser, winner).await;
        }
        assert_eq!(read(&store, &[1, 7]).await, [1, 7, 2, 8, 3]);
        assert_eq!(read(&store, &[5, 5]).await, [5]);
        assert_eq!(read(&store, &[]).await, [0; 0]);
    }

    #[tokio::test]
    async fn a_chain_without_end_is_read_so_far() {
        let store = MemoryStore::new();
        for loser in 0..100 {
            merged(&store, loser, loser + 1).await;
        }
        let found = read(&store, &[0]).await;
        assert_eq!(found, (0..64).collect::<Vec<_>>());
    }

    async fn merged(store: &MemoryStore, loser: i64, winner: i64) {
        let mut fate = CandidateHistory::new(CandidateId::new(loser), DateTime::UNIX_EPOCH);
        fate.merged_into = Some(CandidateId::new(winner));
        let mut changes = Changes::none();
        changes.fates.push(Write::Put(fate));
        let applied = store.apply(&account(), changes).await.unwrap();
        assert_eq!(applied, Applied::Applied);
    }

    async fn read(store: &MemoryStore, candidates: &[i64]) -> Vec<i64> {
        let candidates = candidates.iter().copied().map(CandidateId::new);
        let fates = histories_of(store, &account(), candidates, DateTime::UNIX_EPOCH).await;
        let fates = fates.unwrap().into_iter();
        fates.map(|fate| fate.candidate.value()).collect()
    }

    fn account() -> AccountId {
        AccountId::new("acme")
    }
}
