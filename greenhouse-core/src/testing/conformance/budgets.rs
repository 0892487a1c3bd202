use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::fixtures::{account, at, together};
use crate::{
    AccountId,
    store::{BudgetClaim, BudgetCount, BudgetReport, BudgetShare, Store},
};

/// A store grants and counts exactly like [`BudgetCount`].
pub(super) async fn budget_matches_the_reference(store: Arc<dyn Store>) {
    let (first, second, third) = (at(0), at(30), at(60));
    let claim = |window, wanted, now| BudgetClaim::new(window, wanted, at(now));
    let take = |window, wanted, now| Step::Take(claim(window, wanted, now));
    let hold = |until| BudgetReport::default().held_until(at(until));
    let limit = |limit| BudgetReport::default().limit(limit);
    let steps = [
        take(first, 40, 0),
        take(first, 40, 0),
        Step::Return(first, 1),
        take(first, 40, 1),
        Step::Note(first, BudgetReport::used(1).limit(50)),
        take(first, 40, 1),
        take(first, 40, 1),
        take(first, 1, 1),
        Step::Return(first, 3),
        take(first, 5, 2),
        Step::Note(first, limit(10)),
        take(first, 5, 2),
        Step::Note(first, limit(60)),
        take(first, 0, 2),
        take(first, u32::MAX, 2),
        take(second, 5, 30),
        take(first, 5, 30),
        Step::Take(claim(first, 5, 30).spent(3).reported(40)),
        Step::Return(first, 5),
        Step::Return(third, 5),
        Step::Return(second, u32::MAX),
        Step::Note(second, BudgetReport::used(45)),
        Step::Note(second, BudgetReport::used(7)),
        Step::Note(first, BudgetReport::used(50).limit(50)),
        take(second, 50, 31),
        Step::Note(first, hold(80)),
        Step::Note(second, hold(70)),
        take(second, 1, 32),
        take(third, 1, 60),
        Step::Take(claim(third, 1, 79).spent(2).reported(1)),
        take(third, 1, 80),
        Step::Take(claim(third, 9, 80).reported(6)),
        Step::Take(claim(third, 9, 80).reported(8)),
        take(third, 9, 81),
        Step::Take(claim(third, 9, 80).reported(45)),
        take(third, 9, 81),
        Step::Note(at(90), BudgetReport::used(49)),
        take(at(90), 5, 90),
        take(at(600), 5, 90),
        Step::Note(at(570), BudgetReport::used(4)),
        take(at(570), 5, 90),
        Step::Note(at(540), BudgetReport::used(4)),
        take(at(540), 5, 540),
        Step::Note(at(540), limit(u32::MAX)),
        take(at(570), u32::MAX, 570),
        take(at(570), 1, 570),
        Step::Take(claim(at(570), 1, 570).spent(u32::MAX).reported(u32::MAX)),
        Step::Note(at(570), BudgetReport::used(u32::MAX)),
        take(at(570), 1, 570),
    ];
    let mut count = BudgetCount::new(first);
    for (number, step) in steps.into_iter().enumerate() {
        match step {
            Step::Take(claim) => {
                let share = take_share(&store, &account(), "client", claim).await;
                assert_eq!(share, count.take(claim), "step {number}");
            }
            Step::Return(window, unused) => {
                return_unused(&store, window, unused).await;
                count.return_unused(window, unused);
            }
            Step::Note(window, report) => {
                note(&store, &account(), "client", window, report).await;
                count.note(window, report);
            }
        }
    }
}

/// Concurrent hosts are granted the whole window together, and no more.
pub(super) async fn concurrent_claims_share_a_window(store: Arc<dyn Store>) {
    allow(&store, 50).await;
    for round in 0..3 {
        let shares = together((0..8).map(|_| take(&store, round * 30, 7))).await;
        let granted: u32 = shares.iter().map(|share| share.granted).sum();
        assert_eq!(granted, 50, "{shares:?}");
        assert!(shares.iter().all(|share| share.granted <= 7));
        assert!(shares.iter().any(|share| share.used == 50));
    }
}

/// Only one of several concurrent hosts is granted the request that reveals the limit.
pub(super) async fn unknown_limit_grants_one_concurrent_request(store: Arc<dyn Store>) {
    for round in 0..3 {
        let shares = together((0..8).map(|_| take(&store, round * 30, 7))).await;
        let granted: u32 = shares.iter().map(|share| share.granted).sum();
        assert_eq!(granted, 1, "{shares:?}");
        assert!(shares.iter().all(|share| share.limit.is_none()));
    }
}

/// Returned requests can be granted again, once.
pub(super) async fn concurrently_returned_budget_is_granted_once(store: Arc<dyn Store>) {
    allow(&store, 50).await;
    assert_eq!(take(&store, 0, 50).await.granted, 50);
    together((0..6).map(|_| return_unused(&store, at(0), 2))).await;
    let shares = together((0..6).map(|_| take(&store, 0, 5))).await;
    let granted: u32 = shares.iter().map(|share| share.granted).sum();
    assert_eq!(granted, 12, "{shares:?}");
}

/// A hold before the first request applies to all hosts and across windows.
pub(super) async fn hold_applies_to_all_hosts(store: Arc<dyn Store>) {
    let reports = [40, 35, 35].map(|end| BudgetReport::default().limit(50).held_until(at(end)));
    let own = account();
    together(reports.map(|report| note(&store, &own, "client", at(0), report))).await;
    for (window, now) in [(0, 0), (0, 29), (30, 30), (30, 39)] {
        let claim = BudgetClaim::new(at(window), 5, at(now));
        let share = take_share(&store, &account(), "client", claim).await;
        assert_eq!((share.granted, share.held_until), (0, Some(at(40))));
    }
    let claim = BudgetClaim::new(at(30), 5, at(40));
    let share = take_share(&store, &account(), "client", claim).await;
    assert_eq!(share.granted, 5);
}

/// Credentials and accounts are counted separately.
pub(super) async fn budgets_are_separate(store: Arc<dyn Store>) {
    allow(&store, 50).await;
    assert_eq!(take(&store, 0, 50).await.granted, 50);
    let other = AccountId::new("other");
    for (account, client) in [(account(), "another"), (other, "client")] {
        let limit = BudgetReport::default().limit(50);
        note(&store, &account, client, at(0), limit).await;
        let claim = BudgetClaim::new(at(0), 50, at(0));
        let share = take_share(&store, &account, client, claim).await;
        assert_eq!(share.granted, 50);
    }
}

/// Call to the store, with the start of the window.
enum Step {
    Take(BudgetClaim),
    Return(DateTime<Utc>, u32),
    Note(DateTime<Utc>, BudgetReport),
}

async fn allow(store: &Arc<dyn Store>, limit: u32) {
    let limit = BudgetReport::default().limit(limit);
    note(store, &account(), "client", at(0), limit).await;
}

/// Claims a share of the window that begins after this many seconds.
async fn take(store: &Arc<dyn Store>, window: i64, wanted: u32) -> BudgetShare {
    let claim = BudgetClaim::new(at(window), wanted, at(window));
    take_share(store, &account(), "client", claim).await
}

async fn take_share(
    store: &Arc<dyn Store>,
    account: &AccountId,
    client: &str,
    claim: BudgetClaim,
) -> BudgetShare {
    let taken = store.take_budget(account, client, claim);
    taken.await.expect("the store counts")
}

async fn return_unused(store: &Arc<dyn Store>, window: DateTime<Utc>, unused: u32) {
    let account = account();
    let returned = store.return_budget(&account, "client", window, unused);
    returned.await.expect("the store counts")
}

async fn note(
    store: &Arc<dyn Store>,
    account: &AccountId,
    client: &str,
    window: DateTime<Utc>,
    report: BudgetReport,
) {
    let noted = store.note_budget(account, client, window, report);
    noted.await.expect("the store counts");
}
