use std::sync::Arc;

use greenhouse_core::{
    AccountId, AssessmentId,
    store::{
        Applied, Changes, METHODS, Records, ReportAccess, StoreErrorKind, StoreWriter, Write,
        memory::MemoryStore,
    },
    testing::{FailingStore, Failure, NextApply, StoreFault},
};

greenhouse_core::store_conformance!(
    #[tokio::test]
    (
        Arc::new(FailingStore::around(Arc::new(MemoryStore::new()))),
        ()
    )
);

#[tokio::test]
async fn only_the_planned_call_fails() {
    for (how, written) in [(Failure::Before, false), (Failure::After, true)] {
        let (inner, store, account) = world();
        store.plan(Some(StoreFault {
            call: 2,
            how,
            lasts: false,
        }));
        assert_eq!(store.push(&account, &assessment()).await.unwrap(), None);
        let error = store.apply(&account, changes()).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Unavailable);
        let found = inner.report_access(&account, &assessment()).await.unwrap();
        assert_eq!(found.is_some(), written, "{how:?}");
        assert!(store.report_access(&account, &assessment()).await.is_ok());
        assert_eq!(
            (store.calls().len(), store.failed()),
            (3, Some("StoreWriter::apply"))
        );

        store.plan(None);
        assert_eq!((store.calls().len(), store.failed()), (0, None));
        assert!(store.apply(&account, Changes::none()).await.is_ok());
    }
}

#[tokio::test]
async fn a_read_can_fail() {
    let (_, store, account) = world();
    store.plan(Some(StoreFault {
        call: 1,
        how: Failure::After,
        lasts: false,
    }));
    assert!(store.push(&account, &assessment()).await.is_err());
    assert_eq!(store.failed(), Some("Records::push"));
    assert!(
        store
            .calls()
            .iter()
            .all(|name| METHODS.iter().any(|port| port.contains(name)))
    );
}

#[tokio::test]
async fn an_outage_lasts_until_it_is_healed() {
    let (inner, store, account) = world();
    store.plan(Some(StoreFault {
        call: 2,
        how: Failure::After,
        lasts: true,
    }));
    store.heal();
    assert!(store.push(&account, &assessment()).await.is_ok());
    assert!(store.push(&account, &assessment()).await.is_err());
    assert!(store.apply(&account, changes()).await.is_err());
    let found = inner.report_access(&account, &assessment()).await.unwrap();
    assert_eq!(found, None);
    store.heal();
    assert!(store.apply(&account, changes()).await.is_ok());
    assert_eq!(store.failed(), Some("Records::push"));
}

#[tokio::test]
async fn the_next_applies_end_as_planned() {
    let (inner, store, account) = world();
    store.next_applies([
        NextApply::Returns(Applied::LeaseLost),
        NextApply::Fails(Failure::Before),
        NextApply::AfterAnother(Changes::clone),
        NextApply::Fails(Failure::After),
    ]);
    assert_eq!(
        store.apply(&account, changes()).await.unwrap(),
        Applied::LeaseLost
    );
    assert!(store.apply(&account, changes()).await.is_err());
    assert_eq!(
        inner.report_access(&account, &assessment()).await.unwrap(),
        None
    );
    assert_eq!(
        store.apply(&account, changes()).await.unwrap(),
        Applied::Conflict
    );
    assert!(store.apply(&account, Changes::none()).await.is_err());
    assert_eq!(
        store.apply(&account, Changes::none()).await.unwrap(),
        Applied::Applied
    );
}

#[tokio::test]
async fn every_call_can_fail_in_every_way() {
    let (_, store, account) = world();
    assert!(store.push(&account, &assessment()).await.is_ok());
    assert!(store.apply(&account, changes()).await.is_ok());
    let faults = store.faults();
    let texts: Vec<String> = faults.iter().map(StoreFault::to_string).collect();
    assert_eq!(
        texts,
        [
            "call 1 fails before it reaches the store",
            "call 1 fails before it reaches the store, and all later ones fail",
            "call 1 fails after it was carried out",
            "call 1 fails after it was carried out, and all later ones fail",
            "call 2 fails before it reaches the store",
            "call 2 fails before it reaches the store, and all later ones fail",
            "call 2 fails after it was carried out",
            "call 2 fails after it was carried out, and all later ones fail",
            "call 2 is a conflict",
        ]
    );

    store.plan(faults.last().copied());
    assert!(store.push(&account, &assessment()).await.is_ok());
    let other = Changes::none();
    assert_eq!(
        store.apply(&account, other).await.unwrap(),
        Applied::Conflict
    );
}

fn world() -> (Arc<MemoryStore>, FailingStore, AccountId) {
    let inner = Arc::new(MemoryStore::new());
    let store = FailingStore::around(inner.clone());
    (inner, store, AccountId::new("acme"))
}

fn assessment() -> AssessmentId {
    AssessmentId::new("a-1")
}

fn changes() -> Changes {
    let mut changes = Changes::none();
    let access = ReportAccess::first(assessment());
    changes.report_access.push(Write::Put(access));
    changes
}
