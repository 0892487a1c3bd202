use std::sync::Arc;

use super::fixtures::{
    LEASE, account, apply, at, backlog, claim, delivery, due, entry, invitation, link, logged,
    notify, page, read_invitation, read_link, write,
};
use crate::{
    Secret, later,
    store::{
        Applied, Changes, Claim, LogFilter, Settlement, Store, StoredToken, TaskKind, TokenKey,
        TokenLock, Write,
    },
    testing::cut_short,
};

/// A host that stops can drop a write at any await point. A repeat then succeeds or finds it
/// applied, and the store keeps working.
pub(super) async fn dropped_write_is_atomic(store: Arc<dyn Store>) {
    for waits in 0..MOST_WAITS {
        let name = waits.to_string();
        let cut = cut_short(waits, store.apply(&account(), webhook(&name))).await;
        if let Some(applied) = &cut {
            assert_eq!(
                *applied.as_ref().expect("the store applies"),
                Applied::Applied
            );
        }
        let again = apply(&store, webhook(&name)).await;
        match cut {
            Some(_) => assert_eq!(again, Applied::AlreadySeen),
            None => assert!(matches!(again, Applied::Applied | Applied::AlreadySeen)),
        }
        assert!(read_link(&store, &name).await.is_some());
        assert!(read_invitation(&store, &name).await.is_some());
        let written = waits as u64 + 1;
        assert_eq!(backlog(&store).await, written);
        let entries = page(&store, &LogFilter::newest(500)).await.entries;
        assert_eq!(entries.len() as u64, 3 * written, "after {waits} waits");
        if cut.is_some() {
            return;
        }
    }
    panic!("a write does not end");
}

/// Tasks of a dropped claim can be claimed again when the lease ends. All others remain free.
pub(super) async fn dropped_claim_loses_no_task(store: Arc<dyn Store>) {
    for waits in 0..MOST_WAITS {
        let name = waits.to_string();
        write(&store, due([(notify(&name), at(0))])).await;
        let cut = cut_short(
            waits,
            store.claim_due(&Claim::new(&[TaskKind::Notify], at(0), LEASE, 1)),
        )
        .await;
        // A claim may skip tasks locked by a connection that is closing, but not for long.
        let mut after = Vec::new();
        for _ in 0..MOST_CLAIMS {
            after = claim(&store, later(at(0), LEASE), 10).await;
            if !after.is_empty() {
                break;
            }
        }
        assert_eq!(after.len(), 1, "after {waits} waits");
        let settled = Changes {
            settled: after.first().map(|task| task.settle(Settlement::Done)),
            ..Changes::none()
        };
        write(&store, settled).await;
        if cut.is_some() {
            return;
        }
    }
    panic!("a claim does not end");
}

/// Reads work after any number of dropped reads.
pub(super) async fn dropped_read_can_be_repeated(store: Arc<dyn Store>) {
    write(&store, logged(["1", "2", "3"].map(entry))).await;
    for waits in 0..MOST_WAITS {
        let filter = LogFilter::newest(9);
        let cut = cut_short(waits, store.log_page(&account(), &filter)).await;
        assert_eq!(page(&store, &filter).await.entries.len(), 3);
        if cut.is_some() {
            return;
        }
    }
    panic!("a read does not end");
}

/// A dropped lock ends with its lease at the latest. A dropped save can be repeated.
pub(super) async fn dropped_lock_or_save_blocks_no_host(store: Arc<dyn Store>) {
    let (account, key) = (account(), TokenKey::new("client", None));
    let mut now = at(0);
    let mut whole = (false, false);
    for waits in 0..MOST_WAITS {
        let lock = store.lock_token(&account, &key, now, LEASE);
        whole.0 |= cut_short(waits, lock).await.is_some();
        now = later(now, LEASE);
        let lock = store.lock_token(&account, &key, now, LEASE).await;
        let Ok(TokenLock::Ours { generation, .. }) = lock else {
            panic!("after {waits} waits: {lock:?}");
        };
        let token = StoredToken::new(Secret::new(waits.to_string()), at(0), at(0));
        let save = || store.save_token(&account, &key, generation, token.clone());
        let cut = cut_short(waits, save()).await;
        whole.1 |= cut.is_some();
        let again = save().await.expect("the store saves");
        let fits = match cut {
            Some(_) => again == Applied::LeaseLost,
            None => matches!(again, Applied::Applied | Applied::LeaseLost),
        };
        assert!(fits, "{again:?} after {waits} waits");
        let stored = store.token(&account, &key).await;
        assert_eq!(stored.expect("the store reads"), Some(token));
        if whole == (true, true) {
            return;
        }
        now = later(now, LEASE);
    }
    panic!("a lock or a save does not end");
}

fn webhook(name: &str) -> Changes {
    Changes {
        seen: Some(delivery(name, 1, at(0))),
        links: vec![Write::Put(link(name, 1, 7))],
        invitations: vec![Write::Put(invitation(name, 1))],
        log: logged(["1", "2", "3"].map(entry)).log,
        ..due([(notify(name), at(0))])
    }
}

const MOST_WAITS: usize = 150;
const MOST_CLAIMS: usize = 10_000;
