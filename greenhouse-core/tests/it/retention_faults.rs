//! Retention deletes exactly the old records, with every call to the store failing in every way.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use chrono::DateTime;
use greenhouse_core::{
    AccountId, Background, Clock,
    retention::{RetentionConfig, RetentionService},
    store::{
        Applied, BodyKept, Changes, Delivery, DeliverySource, Direction, Housekeeping, LogEntry,
        LogFilter, LogStatus, LogSubject, Purge, Records, StoreWriter, SyncLog, Verdict,
        memory::MemoryStore,
    },
    testing::{FailingStore, ManualClock, StoreFault},
    webhook::BodyHash,
};

#[tokio::test]
async fn old_records_are_deleted_despite_any_fault() {
    let faults = purge(None).await;
    assert!(!faults.is_empty());
    for fault in faults {
        purge(Some(fault)).await;
    }
}

async fn purge(fault: Option<StoreFault>) -> Vec<StoreFault> {
    let account = AccountId::new("acme");
    let store = Arc::new(MemoryStore::new());
    let start = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
    let clock = Arc::new(ManualClock::at(start));
    for _ in 0..7 {
        let applied = store.apply(&account, webhook(&clock)).await.unwrap();
        assert_eq!(applied, Applied::Applied);
        clock.advance(Duration::from_secs(10));
    }
    let failing = Arc::new(FailingStore::around(store.clone()));
    let mut config = RetentionConfig::default();
    config.bodies = Duration::from_secs(25);
    config.deliveries = Duration::from_secs(45);
    config.log = Duration::from_secs(45);
    config.batch = 2;
    let service = RetentionService::new(failing.clone(), clock.clone(), config);

    failing.plan(fault);
    let mut failures = 0;
    loop {
        match service.run_due(1).await {
            Ok(next) if next.is_some_and(|next| next > clock.now()) => break,
            Ok(_) => {}
            Err(_) => failures += 1,
        }
        failing.heal();
    }
    let context = format!("{fault:?}");
    assert_eq!(failures, usize::from(fault.is_some()), "{context}");
    let page = store.log_page(&account, &LogFilter::newest(100)).await;
    assert_eq!(page.unwrap().entries.len(), 4, "{context}");
    let old = clock.now();
    for (what, left) in [
        (Purge::KeptBodies, 2),
        (Purge::Deliveries, 3),
        (Purge::LogEntries, 4),
    ] {
        assert_eq!(
            store.purge(what, old, 100).await.unwrap(),
            left,
            "{context}"
        );
    }
    let last = store.last_delivery_at(&account).await.unwrap();
    assert!(last.is_some(), "{context}");
    failing.faults()
}

fn webhook(clock: &ManualClock) -> Changes {
    let now = clock.now();
    let source = DeliverySource::new(now.to_string(), BodyHash::from_bytes([7; 32]));
    let mut delivery = Delivery::new(source, None, Verdict::Unreadable, now);
    delivery.body = BodyKept::Yes(Bytes::from_static(b"body"));
    let mut changes = Changes::none();
    changes.seen = Some(delivery);
    changes.log.push(LogEntry::new(
        now,
        Direction::FromGreenhouse,
        LogSubject::Problem,
        LogStatus::Failed,
        greenhouse_core::Text::new("test", "unreadable"),
    ));
    changes
}
