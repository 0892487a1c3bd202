use std::{collections::BTreeSet, sync::Arc};

use super::fixtures::{apply, at, history, put_history, read_history, together, write};
use crate::{
    CandidateId,
    store::{Applied, Store},
};

/// A candidate history round-trips and is found only by its candidate.
pub(super) async fn candidate_history_round_trips(store: Arc<dyn Store>) {
    let mut merged = history(1, at(3));
    merged.deleted_at = Some(at(1));
    merged.merged_into = Some(CandidateId::new(i64::MAX));
    let mut partly = history(2, at(4));
    partly.anonymize(Some(BTreeSet::from(["full_name".to_owned()])), at(2));
    let mut wholly = history(3, at(5));
    wholly.anonymize(None, at(2));
    for history in [&merged, &partly, &wholly, &history(4, at(0))] {
        write(&store, put_history(history.clone())).await;
        let mut stored = history.clone();
        stored.version = 1;
        let found = read_history(&store, history.candidate.value()).await;
        assert_eq!(found, Some(stored));
    }
    for unknown in [0, 5, i64::MAX] {
        assert_eq!(read_history(&store, unknown).await, None);
    }
}

/// If several hosts store a candidate's first history, one is stored and the others conflict.
pub(super) async fn concurrent_first_histories_conflict(store: Arc<dyn Store>) {
    let words = (2..8).map(|winner| {
        let mut history = history(1, at(0));
        history.merged_into = Some(CandidateId::new(winner));
        apply(&store, put_history(history))
    });
    let answers = together(words).await;
    let held = |answer: &&Applied| **answer == Applied::Applied;
    assert_eq!(answers.iter().filter(held).count(), 1);
    let stored = read_history(&store, 1)
        .await
        .expect("the history is stored");
    assert!(stored.merged_into.is_some());
    assert_eq!(stored.version, 1);
}
