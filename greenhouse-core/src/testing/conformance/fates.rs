use std::{collections::BTreeSet, sync::Arc};

use super::fixtures::{apply, at, fate, put_fate, read_fate, together, write};
use crate::{
    CandidateId,
    store::{Applied, Store},
};

/// What is remembered of a candidate comes back as it was, and is found by their id alone.
pub(super) async fn a_fate_comes_back_as_it_was(store: Arc<dyn Store>) {
    let mut merged = fate(1, at(3));
    merged.deleted_at = Some(at(1));
    merged.merged_into = Some(CandidateId::new(i64::MAX));
    let mut partly = fate(2, at(4));
    partly.anonymize(Some(BTreeSet::from(["full_name".to_owned()])), at(2));
    let mut wholly = fate(3, at(5));
    wholly.anonymize(None, at(2));
    for fate in [&merged, &partly, &wholly, &fate(4, at(0))] {
        write(&store, put_fate(fate.clone())).await;
        let mut stored = fate.clone();
        stored.version = 1;
        let found = read_fate(&store, fate.candidate.value()).await;
        assert_eq!(found, Some(stored));
    }
    for nobody in [0, 5, i64::MAX] {
        assert_eq!(read_fate(&store, nobody).await, None);
    }
}

/// Two hosts that are the first to tell of a candidate cannot both be.
pub(super) async fn one_of_several_first_words_of_a_candidate_holds(store: Arc<dyn Store>) {
    let words = (2..8).map(|winner| {
        let mut fate = fate(1, at(0));
        fate.merged_into = Some(CandidateId::new(winner));
        apply(&store, put_fate(fate))
    });
    let answers = together(words).await;
    let held = |answer: &&Applied| **answer == Applied::Applied;
    assert_eq!(answers.iter().filter(held).count(), 1);
    let stored = read_fate(&store, 1).await.expect("it is stored");
    assert!(stored.merged_into.is_some());
    assert_eq!(stored.version, 1);
}
