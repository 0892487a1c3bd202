use std::collections::{BTreeSet, VecDeque};

use chrono::{DateTime, Utc};

use super::{CandidateHistory, Records, StoreError};
use crate::{AccountId, CandidateId};

/// Reads the histories of these candidates and of those that they were merged into. Returns a new
/// history for a candidate without a record. Reads at most 64 histories, so that a cycle of merges
/// ends.
///
/// # Errors
///
/// [`StoreError`] if the store fails.
pub async fn histories_of(
    store: &(impl Records + ?Sized),
    account: &AccountId,
    candidates: impl IntoIterator<Item = CandidateId>,
    now: DateTime<Utc>,
) -> Result<Vec<CandidateHistory>, StoreError> {
    let mut open: VecDeque<CandidateId> = candidates.into_iter().collect();
    let mut asked = BTreeSet::new();
    let mut histories = Vec::new();
    while let Some(candidate) = open.pop_front() {
        if asked.len() == MAX_HISTORIES || !asked.insert(candidate) {
            continue;
        }
        let history = store.candidate_history(account, candidate).await?;
        let history = history.unwrap_or_else(|| CandidateHistory::new(candidate, now));
        open.extend(history.merged_into);
        histories.push(history);
    }
    Ok(histories)
}

const MAX_HISTORIES: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Applied, Changes, StoreWriter, Write, memory::MemoryStore};

    #[tokio::test]
    async fn follows_a_chain_of_merges_once() {
        let store = MemoryStore::new();
        for (loser, winner) in [(1, 2), (2, 3), (3, 1), (7, 8)] {
            merged(&store, loser, winner).await;
        }
        assert_eq!(read(&store, &[1, 7]).await, [1, 7, 2, 8, 3]);
        assert_eq!(read(&store, &[5, 5]).await, [5]);
        assert_eq!(read(&store, &[]).await, [0; 0]);
    }

    #[tokio::test]
    async fn stops_after_64_merges() {
        let store = MemoryStore::new();
        for loser in 0..100 {
            merged(&store, loser, loser + 1).await;
        }
        let found = read(&store, &[0]).await;
        assert_eq!(found, (0..64).collect::<Vec<_>>());
    }

    async fn merged(store: &MemoryStore, loser: i64, winner: i64) {
        let mut history = CandidateHistory::new(CandidateId::new(loser), DateTime::UNIX_EPOCH);
        history.merged_into = Some(CandidateId::new(winner));
        let mut changes = Changes::none();
        changes.histories.push(Write::Put(history));
        let applied = store.apply(&account(), changes).await.unwrap();
        assert_eq!(applied, Applied::Applied);
    }

    async fn read(store: &MemoryStore, candidates: &[i64]) -> Vec<i64> {
        let candidates = candidates.iter().copied().map(CandidateId::new);
        let histories = histories_of(store, &account(), candidates, DateTime::UNIX_EPOCH).await;
        let histories = histories.unwrap().into_iter();
        histories.map(|history| history.candidate.value()).collect()
    }

    fn account() -> AccountId {
        AccountId::new("acme")
    }
}
