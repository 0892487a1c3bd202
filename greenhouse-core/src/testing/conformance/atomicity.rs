use std::sync::Arc;

use super::fixtures::{
    account, apply, assessment, at, backfill, backlog, claim_one, decision, delivery, due, entry,
    history, invitation, link, logged, notify, page, push, put_link, read_history, read_invitation,
    read_link, read_push, seen, write,
};
use crate::{
    CandidateId,
    store::{
        Applied, BackfillKind, Changes, Erasure, LogFilter, ReportAccess, RuleDay, Settlement,
        Store, TaskKind, Write,
    },
};

/// Every part of a change is stored.
pub(super) async fn changes_are_applied_whole(store: Arc<dyn Store>) {
    write(&store, due([(notify("first"), at(0))])).await;
    let claimed = claim_one(&store, at(0)).await;
    let mut changes = everything();
    changes.settled = Some(claimed.settle(Settlement::Done));
    write(&store, changes).await;

    assert!(read_link(&store, "new").await.is_some());
    assert!(read_invitation(&store, "new").await.is_some());
    assert!(read_push(&store, "new").await.is_some());
    let access = store.report_access(&account(), &assessment("new")).await;
    assert!(access.expect("the store reads").is_some());
    let decided = store.trigger_decision(&account(), &assessment("new")).await;
    assert!(decided.expect("the store reads").is_some());
    assert!(read_history(&store, 2).await.is_some());
    let last = store.last_delivery_at(&account()).await;
    assert_eq!(last.expect("the store reads"), Some(at(5)));
    assert_eq!(page(&store, &LogFilter::newest(9)).await.entries.len(), 1);
    assert_eq!(backlog(&store).await, 1, "one settled, one new");
    let next = store.next_due(&[TaskKind::Notify]).await;
    assert_eq!(next.expect("the store reads"), Some(at(9)));
}

/// An empty change always succeeds.
pub(super) async fn empty_changes_are_applied(store: Arc<dyn Store>) {
    assert_eq!(apply(&store, Changes::none()).await, Applied::Applied);
    assert_eq!(page(&store, &LogFilter::newest(9)).await.entries, []);
}

/// One stale record prevents the whole change.
pub(super) async fn conflict_writes_nothing(store: Arc<dyn Store>) {
    write(&store, due([(notify("first"), at(0))])).await;
    write(&store, put_link(link("old", 1, 7))).await;
    let person = Changes {
        invitations: vec![Write::Put(invitation("old", 1))],
        ..Changes::none()
    };
    write(&store, person).await;
    let claimed = claim_one(&store, at(0)).await;

    let mut changes = everything();
    changes.settled = Some(claimed.settle(Settlement::Done));
    changes.erasures = vec![Erasure::everything(CandidateId::new(1))];
    changes
        .report_access
        .push(Write::Put(stale(ReportAccess::first(assessment("stale")))));
    assert_eq!(apply(&store, changes).await, Applied::Conflict);

    assert_untouched(&store).await;
    let kept = read_invitation(&store, "old").await;
    assert_eq!(kept.map(|kept| kept.version), Some(1), "nothing is erased");
    assert_eq!(
        backlog(&store).await,
        1,
        "nothing is settled, nothing added"
    );
}

/// A processed delivery prevents the whole change.
pub(super) async fn seen_delivery_writes_nothing(store: Arc<dyn Store>) {
    write(&store, seen(delivery("new", 1, at(1)))).await;
    assert_eq!(apply(&store, everything()).await, Applied::AlreadySeen);
    assert_nothing_new(&store).await;
    let last = store.last_delivery_at(&account()).await;
    assert_eq!(last.expect("the store reads"), Some(at(1)));
    assert_eq!(backlog(&store).await, 0);
}

/// A task that has since been claimed by another host prevents the whole change.
pub(super) async fn lost_lease_writes_nothing(store: Arc<dyn Store>) {
    write(&store, due([(notify("first"), at(0))])).await;
    let late = claim_one(&store, at(0)).await;
    claim_one(&store, late.lease_until).await;
    let mut changes = everything();
    changes.settled = Some(late.settle(Settlement::Done));
    assert_eq!(apply(&store, changes).await, Applied::LeaseLost);
    assert_untouched(&store).await;
    assert_eq!(backlog(&store).await, 1);
}

/// Precedence of results: already seen, lease lost, conflict.
pub(super) async fn results_have_a_fixed_precedence(store: Arc<dyn Store>) {
    write(&store, due([(notify("first"), at(0))])).await;
    let late = claim_one(&store, at(0)).await;
    claim_one(&store, late.lease_until).await;
    write(&store, seen(delivery("new", 1, at(0)))).await;

    let mut changes = everything();
    changes.settled = Some(late.settle(Settlement::Done));
    changes.links = vec![Write::Put(stale_link())];
    assert_eq!(apply(&store, changes.clone()).await, Applied::AlreadySeen);
    changes.seen = None;
    assert_eq!(apply(&store, changes.clone()).await, Applied::LeaseLost);
    changes.settled = None;
    assert_eq!(apply(&store, changes).await, Applied::Conflict);
}

/// Creates a change with a part of every kind, all of them new.
fn everything() -> Changes {
    Changes {
        seen: Some(delivery("new", 1, at(5))),
        links: vec![Write::Put(link("new", 2, 8))],
        invitations: vec![Write::Put(invitation("new", 2))],
        pushes: vec![Write::Put(push("new", "joe@example.com", at(5)))],
        report_access: vec![Write::Put(ReportAccess::first(assessment("new")))],
        trigger_decisions: vec![Write::Put(decision("new"))],
        rule_days: vec![Write::Put(RuleDay::new(at(5).date_naive()))],
        backfills: vec![Write::Put(backfill(at(5)))],
        histories: vec![Write::Put(history(2, at(5)))],
        log: logged([entry("new")]).log,
        due: due([(notify("new"), at(9))]).due,
        ..Changes::none()
    }
}

fn stale(mut access: ReportAccess) -> ReportAccess {
    access.version = 3;
    access
}

fn stale_link() -> crate::store::Link {
    let mut link = link("stale", 1, 1);
    link.version = 3;
    link
}

async fn assert_untouched(store: &Arc<dyn Store>) {
    assert_nothing_new(store).await;
    let last = store.last_delivery_at(&account()).await;
    assert_eq!(last.expect("the store reads"), None);
}

async fn assert_nothing_new(store: &Arc<dyn Store>) {
    assert_eq!(read_link(store, "new").await, None);
    assert_eq!(read_invitation(store, "new").await, None);
    assert_eq!(read_push(store, "new").await, None);
    assert_eq!(read_history(store, 2).await, None);
    let access = store.report_access(&account(), &assessment("new")).await;
    assert_eq!(access.expect("the store reads"), None);
    let decided = store.trigger_decision(&account(), &assessment("new")).await;
    assert_eq!(decided.expect("the store reads"), None);
    let day = store.rule_day(&account(), at(5).date_naive()).await;
    assert_eq!(day.expect("the store reads"), None);
    let backfill = store.backfill(&account(), BackfillKind::Push).await;
    assert_eq!(backfill.expect("the store reads"), None);
    assert_eq!(page(store, &LogFilter::newest(9)).await.entries, []);
}
