use std::sync::Arc;

use super::fixtures::{LEASE, account, apply, apply_to, at, claim, claim_one, due, notify, write};
use crate::{
    AccountId,
    store::{
        Applied, Backlog, Changes, ClaimedTask, ParkedTask, Settlement, Store, TaskId, TaskKind,
    },
};

/// Each panic is counted and delays the task. Other settlements leave the count as it is.
pub(super) async fn panics_are_counted(store: Arc<dyn Store>) {
    write(&store, due([(notify("i"), at(0))])).await;
    for (now, panics, how) in [
        (0, 0, panicked(10)),
        (10, 1, panicked(30)),
        (30, 2, Settlement::Again(at(50))),
        (50, 2, panicked(60)),
    ] {
        assert_eq!(claim(&store, at(now - 1), 9).await, []);
        let claimed = claim_one(&store, at(now)).await;
        assert_eq!(claimed.panics, panics, "{now}");
        assert_eq!(settle(&store, &claimed, how).await, Applied::Applied);
        let late = settle(&store, &claimed, panicked(0)).await;
        assert_eq!(late, Applied::LeaseLost);
    }
    assert_eq!(claim_one(&store, at(60)).await.panics, 3);
}

/// A parked task is stored, never claimed, and counted apart from waiting tasks.
pub(super) async fn parked_task_is_never_claimed(store: Arc<dyn Store>) {
    let tasks = ["one", "two"].map(|name| (notify(name), at(0)));
    write(&store, due(tasks)).await;
    write(&store, due([(notify("later"), at(100))])).await;
    let one = claim(&store, at(0), 1).await.remove(0);
    assert_eq!(settle(&store, &one, panicked(0)).await, Applied::Applied);
    let parked = park(&store, 2).await;
    assert_eq!(claim(&store, at(99), 9).await, []);
    let kinds = [TaskKind::Notify];
    let next = store.next_due(&kinds).await.expect("the store reads");
    assert_eq!(next, Some(at(100)));
    let backlog = async || {
        let backlog = store.backlog(&account(), &kinds).await;
        let overdue = store.overdue(&TaskKind::ALL, at(99), 9).await;
        let overdue = overdue.expect("the store counts");
        let overdue = overdue.get(&TaskKind::Notify).copied();
        (backlog.expect("the store counts"), overdue)
    };
    let waiting = Backlog::new(1, Some(at(100))).with_parked(2);
    let none_due = Backlog::new(0, None).with_parked(2);
    assert_eq!(backlog().await, (waiting, Some(none_due)));

    let found = store.parked(&account(), 9).await.expect("the store reads");
    let panics = |id| u32::from(id == one.id);
    let expected: Vec<_> = parked
        .iter()
        .map(|task| ParkedTask::new(task.id, task.task.clone(), at(0), panics(task.id)))
        .collect();
    assert_eq!(found, expected);
    let first = store.parked(&account(), 1).await.expect("the store reads");
    assert_eq!(first, expected[..1]);
    let other = AccountId::new("other");
    assert_eq!(store.parked(&other, 9).await.expect("the store reads"), []);

    let claimed = claim_one(&store, at(100)).await;
    let done = settle(&store, &claimed, Settlement::Done).await;
    assert_eq!(done, Applied::Applied);
    let next = store.next_due(&kinds).await.expect("the store reads");
    assert_eq!(next, None, "parked tasks are never due");
    let left = Backlog::new(0, None).with_parked(2);
    assert_eq!(backlog().await, (left, Some(none_due)));
}

/// An unparked task is due immediately, with no panics counted. Unparking any other task is a
/// conflict.
pub(super) async fn unparked_task_is_due_at_once(store: Arc<dyn Store>) {
    write(&store, due([(notify("i"), at(0))])).await;
    let claimed = claim_one(&store, at(0)).await;
    let unpark = |id| Changes {
        unparked: Some(id),
        ..Changes::none()
    };
    assert_eq!(apply(&store, unpark(claimed.id)).await, Applied::Conflict);
    let counted = settle(&store, &claimed, panicked(0)).await;
    assert_eq!(counted, Applied::Applied);
    assert_eq!(apply(&store, unpark(claimed.id)).await, Applied::Conflict);
    let [parked] = park(&store, 1).await.try_into().expect("one parked task");

    let other = AccountId::new("other");
    let theirs = apply_to(&store, &other, unpark(parked.id)).await;
    assert_eq!(theirs, Applied::Conflict);
    let unknown = apply(&store, unpark(TaskId::new(999))).await;
    assert_eq!(unknown, Applied::Conflict);
    assert_eq!(apply(&store, unpark(parked.id)).await, Applied::Applied);
    assert_eq!(apply(&store, unpark(parked.id)).await, Applied::Conflict);
    assert_eq!(store.parked(&account(), 9).await.expect("reads"), []);
    let late = settle(&store, &parked, Settlement::Done).await;
    assert_eq!(
        late,
        Applied::LeaseLost,
        "its claim ended when it was parked"
    );
    let again = claim_one(&store, at(0)).await;
    assert_eq!((again.id, again.panics), (claimed.id, 0));
    assert!(again.generation > parked.generation);
    assert_eq!(again.lease_until, at(0) + LEASE);
}

/// Claims this many tasks and parks them.
async fn park(store: &Arc<dyn Store>, count: usize) -> Vec<ClaimedTask> {
    let mut claimed = claim(store, at(0), count).await;
    assert_eq!(claimed.len(), count);
    for task in &claimed {
        let parked = settle(store, task, Settlement::Parked).await;
        assert_eq!(parked, Applied::Applied);
    }
    claimed.sort_by_key(|task| task.id);
    claimed
}

async fn settle(store: &Arc<dyn Store>, claimed: &ClaimedTask, how: Settlement) -> Applied {
    let changes = Changes {
        settled: Some(claimed.settle(how)),
        ..Changes::none()
    };
    apply(store, changes).await
}

fn panicked(second: i64) -> Settlement {
    Settlement::Panicked {
        retry_at: at(second),
    }
}
