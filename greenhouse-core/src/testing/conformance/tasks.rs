use std::{collections::BTreeSet, sync::Arc};

use super::fixtures::{
    LEASE, account, apply, apply_to, at, backlog, claim, claim_one, due, notify, together, write,
};
use crate::{
    AccountId, InvitationId, later,
    store::{Applied, Backlog, Changes, Claim, ClaimedTask, Settlement, Store, Task, TaskKind},
};

/// The task that has been due longest is claimed first. Tasks due at the same time keep the order
/// in which they were stored.
pub(super) async fn tasks_are_claimed_longest_due_first(store: Arc<dyn Store>) {
    let tasks = [("b", 20), ("a", 10), ("d", 30), ("c", 20)];
    for (name, seconds) in tasks {
        write(&store, due([(notify(name), at(seconds))])).await;
    }
    assert_eq!(names(&claim(&store, at(30), 3).await), ["a", "b", "c"]);
    assert_eq!(names(&claim(&store, at(30), 3).await), ["d"]);
}

/// A claim returns no early tasks, no other kinds, and no more than the limit.
pub(super) async fn only_due_tasks_of_the_kinds_are_claimed(store: Arc<dyn Store>) {
    let invite = |name: &str| Task::Invite {
        invitation: InvitationId::new(name),
    };
    let tasks = [
        (notify("now"), at(10)),
        (notify("later"), at(11)),
        (invite("first"), at(0)),
        (invite("last"), at(12)),
    ];
    write(&store, due(tasks)).await;
    assert_eq!(next(&store, &[TaskKind::Notify]).await, Some(at(10)));
    let both = [TaskKind::Notify, TaskKind::Invite, TaskKind::Notify];
    assert_eq!(next(&store, &both).await, Some(at(0)));
    assert_eq!(next(&store, &[TaskKind::Push]).await, None);
    assert_eq!(next(&store, &[]).await, None);

    assert_eq!(claim(&store, at(9), 10).await, []);
    assert_eq!(claim(&store, at(10), 0).await, []);
    let claimed = claim_one(&store, at(10)).await;
    let expected = ClaimedTask::new(
        claimed.id,
        account(),
        notify("now"),
        0,
        1,
        at(10),
        later(at(10), LEASE),
    );
    assert_eq!(claimed, expected);
    let rest = store.claim_due(&Claim::new(&both, at(12), LEASE, 10)).await;
    let rest: Vec<Task> = rest
        .expect("the store claims")
        .into_iter()
        .map(|claimed| claimed.task)
        .collect();
    assert_eq!(
        rest,
        [invite("first"), notify("later"), invite("last")],
        "longest due first over all kinds"
    );
}

/// A claim holds exactly until its lease ends.
pub(super) async fn claim_holds_until_its_lease_ends(store: Arc<dyn Store>) {
    write(&store, due([(notify("a"), at(0))])).await;
    claim_one(&store, at(0)).await;
    assert_eq!(next(&store, &[TaskKind::Notify]).await, Some(at(60)));
    assert_eq!(claim(&store, at(59), 10).await, []);
    claim_one(&store, at(60)).await;
}

/// Tasks of a host that has stopped are claimed again.
pub(super) async fn expired_lease_is_claimed_under_a_higher_generation(store: Arc<dyn Store>) {
    write(&store, due([(notify("a"), at(0))])).await;
    let first = claim_one(&store, at(0)).await;
    let second = claim_one(&store, first.lease_until).await;
    assert_eq!((first.id, &first.task), (second.id, &second.task));
    assert!(second.generation > first.generation);
    assert_eq!((first.attempts, second.attempts), (0, 1));
    assert_eq!(second.since, at(0));
    assert_eq!(second.lease_until, later(first.lease_until, LEASE));
}

/// A host that has lost a claim cannot settle it. A host can settle after the end of its lease if
/// no other host has claimed the task.
pub(super) async fn late_settlement_changes_nothing(store: Arc<dyn Store>) {
    write(&store, due([(notify("a"), at(0))])).await;
    let first = claim_one(&store, at(0)).await;
    let second = claim_one(&store, first.lease_until).await;
    for how in [Settlement::Done, Settlement::Again(at(1))] {
        assert_eq!(settle(&store, &first, how).await, Applied::LeaseLost);
    }
    assert_eq!(
        next(&store, &[TaskKind::Notify]).await,
        Some(second.lease_until)
    );
    assert_eq!(
        settle(&store, &second, Settlement::Done).await,
        Applied::Applied
    );
    assert_eq!(backlog(&store).await, 0);
}

/// A settlement ends the claim, so a repeated settlement loses, even if the task was removed or
/// deferred.
pub(super) async fn claim_is_settled_once(store: Arc<dyn Store>) {
    write(&store, due([(notify("a"), at(0))])).await;
    let first = claim_one(&store, at(0)).await;
    let again = Settlement::Again(at(5));
    assert_eq!(settle(&store, &first, again).await, Applied::Applied);
    for how in [again, Settlement::Done] {
        assert_eq!(settle(&store, &first, how).await, Applied::LeaseLost);
    }
    let second = claim_one(&store, at(5)).await;
    assert_eq!(
        settle(&store, &second, Settlement::Done).await,
        Applied::Applied
    );
    write(&store, due([(notify("b"), at(0))])).await;
    assert_eq!(
        settle(&store, &second, Settlement::Done).await,
        Applied::LeaseLost
    );
    assert_ne!(
        claim_one(&store, at(0)).await.id,
        first.id,
        "ids are not reused"
    );
}

/// A deferred task is not claimed early. Attempts are counted, and the first due time is kept.
pub(super) async fn deferred_task_is_claimed_again(store: Arc<dyn Store>) {
    write(&store, due([(notify("a"), at(0))])).await;
    let first = claim_one(&store, at(0)).await;
    let again = Settlement::Again(at(500));
    assert_eq!(settle(&store, &first, again).await, Applied::Applied);
    assert_eq!(next(&store, &[TaskKind::Notify]).await, Some(at(500)));
    assert_eq!(claim(&store, at(499), 10).await, []);
    let second = claim_one(&store, at(500)).await;
    assert_eq!(second.attempts, 1);
    assert_eq!(second.since, at(0));
    assert!(second.generation > first.generation);
}

/// The backlog counts unsettled tasks of the requested kinds: due or not, claimed or not.
pub(super) async fn backlog_counts_unsettled_tasks(store: Arc<dyn Store>) {
    let tasks = ["a", "b", "c"].map(|name| (notify(name), at(0)));
    write(&store, due(tasks)).await;
    write(&store, due([(notify("later"), at(1_000))])).await;
    let invite = Task::Invite {
        invitation: InvitationId::new("other kind"),
    };
    write(&store, due([(invite, at(0))])).await;
    let claimed = claim(&store, at(0), 2).await;
    assert_eq!(backlog(&store).await, 4);
    for task in claimed {
        assert_eq!(
            settle(&store, &task, Settlement::Done).await,
            Applied::Applied
        );
    }
    assert_eq!(backlog(&store).await, 2);
    let all = [TaskKind::Notify, TaskKind::Invite, TaskKind::Invite];
    let all = store.backlog(&account(), &all).await;
    assert_eq!(all.expect("the store counts").count, 3);
}

/// The oldest task is the one that became due first, even if it has been deferred since.
pub(super) async fn backlog_reports_its_oldest_task(store: Arc<dyn Store>) {
    let oldest = async || {
        let backlog = store.backlog(&account(), &[TaskKind::Notify]).await;
        backlog.expect("the store counts")
    };
    assert_eq!(oldest().await, Backlog::new(0, None));
    for seconds in [20, 10, 1_000] {
        let name = seconds.to_string();
        write(&store, due([(notify(&name), at(seconds))])).await;
    }
    let invite = Task::Invite {
        invitation: InvitationId::new("another kind"),
    };
    write(&store, due([(invite, at(0))])).await;
    let other = AccountId::new("other");
    let theirs = due([(notify("theirs"), at(0))]);
    assert_eq!(apply_to(&store, &other, theirs).await, Applied::Applied);
    assert_eq!(oldest().await, Backlog::new(3, Some(at(10))));

    let mut claimed = claim(&store, at(20), 2).await;
    assert_eq!(claimed.remove(0).account, other, "longest due");
    let ours = claimed.remove(0);
    assert_eq!(oldest().await, Backlog::new(3, Some(at(10))), "claimed");
    let again = Settlement::Again(at(5_000));
    assert_eq!(settle(&store, &ours, again).await, Applied::Applied);
    assert_eq!(oldest().await, Backlog::new(3, Some(at(10))), "put off");
    let ours = claim_names(&store, at(5_000), "10").await;
    assert_eq!(
        settle(&store, &ours, Settlement::Done).await,
        Applied::Applied
    );
    assert_eq!(oldest().await, Backlog::new(2, Some(at(20))));
}

/// Counts the tasks of all accounts, claimed or deferred, from their due time on, up to the
/// maximum.
pub(super) async fn overdue_tasks_are_counted_over_all_accounts(store: Arc<dyn Store>) {
    let overdue = async |now, most| {
        let overdue = store.overdue(&TaskKind::ALL, now, most).await;
        Vec::from_iter(overdue.expect("the store counts"))
    };
    let invites = Backlog::new(1, Some(at(15)));
    assert_eq!(overdue(at(100), 10).await, []);
    let tasks = ["a", "b", "c"].map(|name| (notify(name), at(10)));
    write(&store, due(tasks)).await;
    write(&store, due([(notify("later"), at(1_000))])).await;
    let invite = Task::Invite {
        invitation: InvitationId::new("other kind"),
    };
    let other = AccountId::new("other");
    let theirs = due([(invite, at(15)), (notify("theirs"), at(5))]);
    assert_eq!(apply_to(&store, &other, theirs).await, Applied::Applied);

    assert_eq!(overdue(at(4), 10).await, []);
    let notices = |count, seconds| (TaskKind::Notify, Backlog::new(count, Some(at(seconds))));
    assert_eq!(overdue(at(14), 10).await, [notices(4, 5)]);
    let both = [(TaskKind::Invite, invites), notices(4, 5)];
    assert_eq!(overdue(at(20), 10).await, both);
    assert_eq!(overdue(at(1_000), 10).await[1], notices(5, 5));

    let theirs = claim_one(&store, at(5)).await;
    assert_eq!(overdue(at(20), 10).await, both, "claimed");
    let mut put_off = Changes::none();
    put_off.settled = Some(theirs.settle(Settlement::Again(at(5_000))));
    assert_eq!(apply_to(&store, &other, put_off).await, Applied::Applied);
    assert_eq!(overdue(at(20), 10).await, both, "put off");
    assert_eq!(overdue(at(20), 2).await[1], notices(2, 10), "bounded");
    assert_eq!(overdue(at(20), 0).await, []);
    let repeated = [TaskKind::Notify, TaskKind::Push, TaskKind::Notify];
    let repeated = store.overdue(&repeated, at(20), 10).await;
    let repeated = Vec::from_iter(repeated.expect("the store counts"));
    assert_eq!(repeated, [notices(4, 5)]);
}

/// Claims cover all accounts. A claim without kinds returns nothing.
pub(super) async fn tasks_of_every_account_are_claimed(store: Arc<dyn Store>) {
    let accounts = ["a", "b", "c"].map(AccountId::new);
    for account in &accounts {
        let tasks = due([(notify("i"), at(0))]);
        assert_eq!(apply_to(&store, account, tasks).await, Applied::Applied);
    }
    let none = store.claim_due(&Claim::new(&[], at(0), LEASE, 10)).await;
    assert_eq!(none.expect("the store claims"), []);
    let claimed = claim(&store, at(0), 10).await;
    let served: Vec<_> = claimed.iter().map(|task| task.account.clone()).collect();
    assert_eq!(served, accounts);
}

/// Tasks of a skipped account are not claimed. Tasks of other accounts are claimed as if the
/// skipped account had none.
pub(super) async fn skipped_accounts_are_not_claimed(store: Arc<dyn Store>) {
    for (second, name) in [
        (0, "busy"),
        (1, "busy"),
        (2, "idle"),
        (3, "busy"),
        (4, "other"),
    ] {
        let tasks = due([(notify(&format!("{second}")), at(second))]);
        let applied = apply_to(&store, &AccountId::new(name), tasks).await;
        assert_eq!(applied, Applied::Applied);
    }
    let skip = |names: &[&str]| names.iter().copied().map(AccountId::new).collect();
    let claim = async |skip: Vec<AccountId>, limit| {
        let claim = Claim::new(&[TaskKind::Notify], at(9), LEASE, limit).skipping(skip);
        store.claim_due(&claim).await.expect("the store claims")
    };
    let one = claim(skip(&["busy", "unknown"]), 1).await;
    assert_eq!(names(&one), ["2"]);
    assert_eq!(claim(skip(&["busy", "idle", "other"]), 9).await, []);
    let next = next(&store, &[TaskKind::Notify]).await;
    assert_eq!(next, Some(at(0)), "skipped tasks stay due");
    let rest = claim(skip(&["other"]), 9).await;
    assert_eq!(names(&rest), ["0", "1", "3"]);
    assert_eq!(names(&claim(skip(&[]), 9).await), ["4"]);
}

/// Concurrent claims share the tasks: none is claimed twice, and none is left.
pub(super) async fn concurrent_claims_never_share_a_task(store: Arc<dyn Store>) {
    let tasks: Vec<_> = (0..20)
        .map(|number| (notify(&number.to_string()), at(0)))
        .collect();
    write(&store, due(tasks)).await;
    let mut held = Vec::new();
    // A concurrent claim may return fewer tasks than requested, but every round claims some.
    for _ in 0..20 {
        let round = together((0..4).map(|_| claim(&store, at(0), 3))).await;
        held.extend(round.into_iter().flatten().map(|claimed| claimed.id));
    }
    assert_eq!(held.len(), 20);
    assert_eq!(held.iter().collect::<BTreeSet<_>>().len(), 20);
}

async fn next(store: &Arc<dyn Store>, kinds: &[TaskKind]) -> Option<chrono::DateTime<chrono::Utc>> {
    store.next_due(kinds).await.expect("the store reads")
}

async fn settle(store: &Arc<dyn Store>, claimed: &ClaimedTask, how: Settlement) -> Applied {
    let changes = Changes {
        settled: Some(claimed.settle(how)),
        ..Changes::none()
    };
    apply(store, changes).await
}

/// Claims all due tasks and returns the one with this name.
async fn claim_names(
    store: &Arc<dyn Store>,
    now: chrono::DateTime<chrono::Utc>,
    name: &str,
) -> ClaimedTask {
    let claimed = claim(store, now, 99).await;
    let named = claimed.into_iter().find(|task| task.task == notify(name));
    named.expect("a due task")
}

fn names(claimed: &[ClaimedTask]) -> Vec<&str> {
    claimed
        .iter()
        .map(|claimed| match &claimed.task {
            Task::Notify { invitation } => invitation.as_str(),
            other => panic!("claimed {other:?}"),
        })
        .collect()
}
