use std::sync::Arc;

use chrono::DateTime;
use greenhouse_core::{
    AccountId, ApplicationId, AssessmentId, CandidateId,
    report_link::ReportLinks,
    store::{
        Applied, CandidateHistory, Changes, Link, Records, StoreWriter, Write, memory::MemoryStore,
    },
    testing::{FailingStore, Failure, StoreFault},
};

use super::{FILE, ZENITH, acme, read};
use crate::accounts::{ApplyError, EraseError, ErasureTarget, apply, erase};

/// After any failure, one more attempt has the same result as without the failure.
#[tokio::test]
async fn accounts_are_applied_once_after_any_failure() {
    let accounts = read(&format!("{}\n{ZENITH}", FILE.replace("= 70", "= 75")));
    let mut met = Vec::new();
    for fault in faults().await {
        let store = FailingStore::around(Arc::new(MemoryStore::new()));
        apply(&store, &read(FILE)).await.unwrap();
        let links = links(&store).await;
        store.plan(Some(fault));
        let first = apply(&store, &accounts).await;
        met.push(store.failed().unwrap());
        match (fault.how, first) {
            (Failure::Conflict, Ok(_)) => {}
            (Failure::Before | Failure::After, Err(ApplyError::Store(_))) => {}
            (_, first) => panic!("{fault}: {first:?}"),
        }
        store.plan(None);
        let versions: Vec<_> = apply(&store, &accounts)
            .await
            .unwrap()
            .into_iter()
            .map(|applied| (applied.id.to_string(), applied.version))
            .collect();
        let expected = [("acme".to_owned(), 2), ("zenith".to_owned(), 1)];
        assert_eq!(versions, expected, "{fault}");
        assert_eq!(self::links(&store).await, links, "{fault}");
    }
    for method in [
        "Records::account",
        "Records::account_with_key",
        "StoreWriter::apply",
    ] {
        assert!(met.contains(&method), "{method} in {met:?}");
    }
}

#[tokio::test]
async fn a_person_is_erased_after_any_failure() {
    let target = ErasureTarget::Candidate(CandidateId::new(42));
    let store = FailingStore::around(Arc::new(MemoryStore::new()));
    apply(&store, &read(FILE)).await.unwrap();
    store.plan(None);
    erase(&store, &acme(), &target).await.unwrap();
    for fault in store.faults() {
        store.plan(Some(fault));
        match (fault.how, erase(&store, &acme(), &target).await) {
            (Failure::Conflict, Ok(())) => {}
            (Failure::Before | Failure::After, Err(EraseError::Store(_))) => {}
            (_, first) => panic!("{fault}: {first:?}"),
        }
        store.plan(None);
        erase(&store, &acme(), &target).await.unwrap();
    }
    let unknown = erase(&store, &AccountId::new("unknown"), &target).await;
    assert!(
        matches!(unknown, Err(EraseError::NoAccount(_))),
        "{unknown:?}"
    );
}

/// The operator may know only the id from before the merge.
#[tokio::test]
async fn a_merged_candidate_is_erased_under_the_remaining_id() {
    let store = MemoryStore::new();
    apply(&store, &read(FILE)).await.unwrap();
    let (first, then, last) = (
        CandidateId::new(42),
        CandidateId::new(43),
        CandidateId::new(44),
    );
    let mut changes = Changes::none();
    for (loser, winner) in [(first, then), (then, last)] {
        let mut history = CandidateHistory::new(loser, DateTime::UNIX_EPOCH);
        history.merged_into = Some(winner);
        changes.histories.push(Write::Put(history));
    }
    let assessment = AssessmentId::new("a1");
    let link = Link::new(assessment.clone(), last, ApplicationId::new(7), None);
    changes.links.push(Write::Put(link));
    assert_eq!(
        store.apply(&acme(), changes).await.unwrap(),
        Applied::Applied
    );

    erase(&store, &acme(), &ErasureTarget::Candidate(first))
        .await
        .unwrap();
    let link = store.link(&acme(), &assessment).await.unwrap().unwrap();
    assert!(link.erased);
}

/// Faults during the update of one account and the creation of another.
async fn faults() -> Vec<StoreFault> {
    let store = FailingStore::around(Arc::new(MemoryStore::new()));
    apply(&store, &read(FILE)).await.unwrap();
    store.plan(None);
    let accounts = read(&format!("{}\n{ZENITH}", FILE.replace("= 70", "= 75")));
    apply(&store, &accounts).await.unwrap();
    store.faults()
}

async fn links(store: &FailingStore) -> ReportLinks {
    let record = store.account(&acme()).await.unwrap().unwrap();
    record.settings.report_links
}
