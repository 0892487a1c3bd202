//! Claims that skip accounts with many due tasks.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, InvitationId,
    store::{Applied, Changes, Claim, DueTask, Store, Task, TaskKind, memory::MemoryStore},
};

use crate::test_database::{TestDatabase, keys};

/// If skipped accounts have many tasks, the store claims the same tasks as the memory store.
pub(crate) async fn skipped_accounts_change_no_order(test_database: impl TestDatabase) {
    let store = test_database.open_with(keys(1, &[])).await;
    let stores: [Arc<dyn Store>; 2] = [Arc::new(store), Arc::new(MemoryStore::new())];
    // Two accounts have hundreds of tasks that are due before the others' tasks, which alternate.
    // One name contains a NUL.
    let mut tasks = Vec::new();
    tasks.extend((0..300).map(|n| ("busy", n)));
    tasks.extend((0..150).map(|n| ("n\0ul", n * 2)));
    tasks.extend((0..12).map(|n| ("a", 200 + n * 7)));
    tasks.extend((0..12).map(|n| ("m", 202 + n * 3)));
    tasks.extend((0..12).map(|n| ("z", 190 + n * 20)));
    tasks.extend((0..5).map(|n| ("later", 1_000 + n)));
    for store in &stores {
        for (account, second) in &tasks {
            let mut changes = Changes::none();
            changes.due = vec![notify(&format!("{account} {second}"), *second)];
            let applied = store.apply(&AccountId::new(*account), changes).await;
            assert_eq!(applied.unwrap(), Applied::Applied);
        }
    }
    let claims: [(&[&str], usize); 9] = [
        (&["busy", "n\0ul"], 1),
        (&["busy", "n\0ul"], 5),
        (&["busy", "n\0ul", "z"], 3),
        (&["busy"], 4),
        (&["n\0ul"], 4),
        (&["busy", "n\0ul", "unknown"], 2),
        (&["busy", "n\0ul"], 90),
        (&["busy", "n\0ul"], 1),
        (&[], 999),
    ];
    let kinds = [TaskKind::Notify, TaskKind::Invite];
    for (skip, limit) in claims {
        let skip = skip.iter().copied().map(AccountId::new).collect();
        let claim = Claim::new(&kinds, at(500), Duration::from_secs(60), limit).skipping(skip);
        let mut claimed = Vec::new();
        for store in &stores {
            let tasks = store.claim_due(&claim).await.unwrap();
            let tasks = tasks.into_iter().map(|task| (task.account, task.task));
            claimed.push(tasks.collect::<Vec<_>>());
        }
        assert_eq!(claimed[0], claimed[1], "{claim:?}");
    }
}

fn notify(name: &str, second: i64) -> DueTask {
    let invitation = InvitationId::new(name);
    DueTask::new(Task::Notify { invitation }, at(second))
}

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000 + second, 0).unwrap()
}
