use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::fixtures::{account, at, together};
use crate::{
    AccountId,
    store::{BudgetCount, BudgetNews, BudgetShare, BudgetWindow, Store},
};

/// However it is asked, a store counts as [`BudgetCount`] does.
pub(super) async fn a_budget_is_counted_like_its_reference(store: Arc<dyn Store>) {
    let (first, second, third) = (at(0), at(30), at(60));
    let take = |window, limit, wanted, now| Step::Take(window, limit, wanted, at(now));
    let hold = |until| BudgetNews::default().held_until(at(until));
    let steps = [
        take(first, 50, 40, 1),
        take(first, 50, 40, 1),
        take(first, 50, 1, 1),
        Step::Return(first, 3),
        take(first, 50, 5, 2),
        take(first, 10, 5, 2),
        take(first, 60, 0, 2),
        take(first, 60, u32::MAX, 2),
        take(second, 50, 5, 30),
        take(first, 50, 5, 30),
        Step::Return(first, 5),
        Step::Return(third, 5),
        Step::Return(second, u32::MAX),
        Step::Note(second, BudgetNews::used(45)),
        Step::Note(second, BudgetNews::used(7)),
        Step::Note(first, BudgetNews::used(50)),
        take(second, 50, 50, 31),
        Step::Note(first, hold(80)),
        Step::Note(second, hold(70)),
        take(second, 60, 1, 32),
        take(third, 50, 1, 60),
        take(third, 50, 1, 79),
        take(third, 50, 1, 80),
        Step::Note(at(90), BudgetNews::used(49)),
        take(at(90), 50, 5, 90),
        take(at(120), u32::MAX, u32::MAX, 120),
        take(at(120), u32::MAX, 1, 120),
        Step::Note(at(120), BudgetNews::used(u32::MAX)),
        take(at(120), 50, 1, 120),
    ];
    let mut count = BudgetCount::new(first);
    for (number, step) in steps.into_iter().enumerate() {
        match step {
            Step::Take(window, limit, wanted, now) => {
                let window = BudgetWindow::new(window, limit);
                let share = take_share(&store, &account(), "client", window, wanted, now).await;
                assert_eq!(share, count.take(window, wanted, now), "step {number}");
            }
            Step::Return(window, unused) => {
                give_back(&store, window, unused).await;
                count.give_back(window, unused);
            }
            Step::Note(window, news) => {
                note(&store, window, news).await;
                count.note(window, news);
            }
        }
    }
}

/// Hosts that take at once get all of the window together, and no more, from its first request on.
pub(super) async fn takers_at_once_share_one_window(store: Arc<dyn Store>) {
    for round in 0..3 {
        let window = BudgetWindow::new(at(round * 30), 50);
        let shares = together((0..8).map(|_| take(&store, window, 7))).await;
        let granted: u32 = shares.iter().map(|share| share.granted).sum();
        assert_eq!(granted, 50, "{shares:?}");
        assert!(shares.iter().all(|share| share.granted <= 7));
        assert!(shares.iter().any(|share| share.left == 0));
    }
}

/// What comes back while others take can be taken, once.
pub(super) async fn budget_returned_at_once_is_taken_once(store: Arc<dyn Store>) {
    let window = BudgetWindow::new(at(0), 50);
    assert_eq!(take(&store, window, 50).await.granted, 50);
    together((0..6).map(|_| give_back(&store, at(0), 2))).await;
    let shares = together((0..6).map(|_| take(&store, window, 5))).await;
    let granted: u32 = shares.iter().map(|share| share.granted).sum();
    assert_eq!(granted, 12, "{shares:?}");
}

/// A hold that comes in before anything was taken counts, for everybody and over windows.
pub(super) async fn a_hold_is_respected_by_all(store: Arc<dyn Store>) {
    let held = BudgetNews::default().held_until(at(40));
    let earlier = BudgetNews::default().held_until(at(35));
    together([held, earlier, earlier].map(|news| note(&store, at(0), news))).await;
    for (window, now) in [(0, 0), (0, 29), (30, 30), (30, 39)] {
        let window = BudgetWindow::new(at(window), 50);
        let share = take_share(&store, &account(), "client", window, 5, at(now)).await;
        assert_eq!((share.granted, share.held_until), (0, Some(at(40))));
    }
    let window = BudgetWindow::new(at(30), 50);
    let share = take_share(&store, &account(), "client", window, 5, at(40)).await;
    assert_eq!(share.granted, 5);
}

/// What one credential uses is not another's, and not another account's.
pub(super) async fn budgets_are_separate(store: Arc<dyn Store>) {
    let window = BudgetWindow::new(at(0), 50);
    let other = AccountId::new("other");
    assert_eq!(take(&store, window, 50).await.granted, 50);
    for (account, client) in [(account(), "another"), (other, "client")] {
        let share = take_share(&store, &account, client, window, 50, at(0)).await;
        assert_eq!(share.granted, 50);
    }
}

/// One call, by the beginning of its window.
enum Step {
    Take(DateTime<Utc>, u32, u32, DateTime<Utc>),
    Return(DateTime<Utc>, u32),
    Note(DateTime<Utc>, BudgetNews),
}

async fn take(store: &Arc<dyn Store>, window: BudgetWindow, wanted: u32) -> BudgetShare {
    let now = window.starts_at;
    take_share(store, &account(), "client", window, wanted, now).await
}

async fn take_share(
    store: &Arc<dyn Store>,
    account: &AccountId,
    client: &str,
    window: BudgetWindow,
    wanted: u32,
    now: DateTime<Utc>,
) -> BudgetShare {
    store
        .take_budget(account, client, window, wanted, now)
        .await
        .expect("the store counts")
}

async fn give_back(store: &Arc<dyn Store>, window: DateTime<Utc>, unused: u32) {
    let account = account();
    let returned = store.return_budget(&account, "client", window, unused);
    returned.await.expect("the store counts");
}

async fn note(store: &Arc<dyn Store>, window: DateTime<Utc>, news: BudgetNews) {
    let account = account();
    let noted = store.note_budget(&account, "client", window, news);
    noted.await.expect("the store counts");
}
