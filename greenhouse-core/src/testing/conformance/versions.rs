use std::sync::Arc;

use super::fixtures::{
    account, apply, assessment, at, backfill, decision, history, invitation, link, push, put_link,
    read_history, read_invitation, read_link, read_push, together, write,
};
use crate::store::{Applied, BackfillKind, Changes, Link, ReportAccess, RuleDay, Store, Write};

/// A record is new at version zero, and every write increments the version by one. Any other
/// version is a conflict.
pub(super) async fn write_checks_the_version(store: Arc<dyn Store>) {
    for version in 0..3 {
        write(&store, put_all(version)).await;
        assert_eq!(versions(&store).await, [Some(version + 1); 8]);
    }
    for stale in [0, 1, 2, 4, u64::MAX] {
        let Changes {
            links,
            invitations,
            pushes,
            report_access,
            trigger_decisions,
            rule_days,
            backfills,
            histories,
            ..
        } = put_all(stale);
        let one_by_one = [
            Changes {
                links,
                ..Changes::none()
            },
            Changes {
                invitations,
                ..Changes::none()
            },
            Changes {
                pushes,
                ..Changes::none()
            },
            Changes {
                report_access,
                ..Changes::none()
            },
            Changes {
                trigger_decisions,
                ..Changes::none()
            },
            Changes {
                rule_days,
                ..Changes::none()
            },
            Changes {
                backfills,
                ..Changes::none()
            },
            Changes {
                histories,
                ..Changes::none()
            },
        ];
        for changes in one_by_one {
            assert_eq!(
                apply(&store, changes).await,
                Applied::Conflict,
                "at {stale}"
            );
        }
    }
    assert_eq!(versions(&store).await, [Some(3); 8]);
    let unknown = at_version(link("unknown", 1, 1), 1);
    assert_eq!(apply(&store, put_link(unknown)).await, Applied::Conflict);
}

/// A removal is a write. A removed record is a new record if it is stored again.
pub(super) async fn removal_checks_the_version(store: Arc<dyn Store>) {
    write(&store, put_all(0)).await;
    for stale in [0, 2, u64::MAX] {
        let remove = remove(at_version(link("a", 1, 7), stale));
        assert_eq!(apply(&store, remove).await, Applied::Conflict, "at {stale}");
    }
    assert!(read_link(&store, "a").await.is_some());
    write(&store, remove(at_version(link("a", 1, 7), 1))).await;
    assert_eq!(read_link(&store, "a").await, None);

    write(&store, remove(link("a", 1, 7))).await;
    let gone = at_version(link("a", 1, 7), 1);
    assert_eq!(
        apply(&store, put_link(gone.clone())).await,
        Applied::Conflict
    );
    assert_eq!(apply(&store, remove(gone)).await, Applied::Conflict);
    write(&store, put_link(link("a", 1, 7))).await;
}

/// A second write to the same record in one change is a conflict.
pub(super) async fn record_is_written_once_per_change(store: Arc<dyn Store>) {
    let twice = Changes {
        links: vec![Write::Put(link("a", 1, 7)), Write::Put(link("a", 1, 8))],
        ..Changes::none()
    };
    assert_eq!(apply(&store, twice).await, Applied::Conflict);
    assert_eq!(read_link(&store, "a").await, None);
}

/// Two hosts decide on the same version at the same time: one decision is applied, and the other
/// conflicts.
pub(super) async fn concurrent_decisions_conflict(store: Arc<dyn Store>) {
    write(&store, put_link(link("a", 1, 7))).await;
    let decisions = (1..=6).map(|candidate| {
        let decided = at_version(link("a", candidate, 7), 1);
        apply(&store, put_link(decided))
    });
    let answers = together(decisions).await;
    let applied = answers.iter().filter(|answer| **answer == Applied::Applied);
    assert_eq!(applied.count(), 1);
    let stored = read_link(&store, "a").await.expect("the link is stored");
    assert_eq!(stored.version, 2);
    let winner = answers
        .iter()
        .position(|answer| *answer == Applied::Applied)
        .and_then(|index| i64::try_from(index + 1).ok());
    assert_eq!(Some(stored.candidate.value()), winner);
}

fn put_all(version: u64) -> Changes {
    let mut invitation = invitation("a", 1);
    invitation.version = version;
    let mut push = push("a", "jane@example.com", at(0));
    push.version = version;
    let mut access = ReportAccess::first(assessment("a"));
    access.version = version;
    let mut decision = decision("a");
    decision.version = version;
    let mut day = RuleDay::new(at(0).date_naive());
    day.version = version;
    let mut backfill = backfill(at(0));
    backfill.version = version;
    let mut history = history(1, at(0));
    history.version = version;
    Changes {
        links: vec![Write::Put(at_version(link("a", 1, 7), version))],
        invitations: vec![Write::Put(invitation)],
        pushes: vec![Write::Put(push)],
        report_access: vec![Write::Put(access)],
        trigger_decisions: vec![Write::Put(decision)],
        rule_days: vec![Write::Put(day)],
        backfills: vec![Write::Put(backfill)],
        histories: vec![Write::Put(history)],
        ..Changes::none()
    }
}

async fn versions(store: &Arc<dyn Store>) -> [Option<u64>; 8] {
    let access = store.report_access(&account(), &assessment("a")).await;
    let decision = store.trigger_decision(&account(), &assessment("a")).await;
    let day = store.rule_day(&account(), at(0).date_naive()).await;
    let backfill = store.backfill(&account(), BackfillKind::Push).await;
    [
        read_link(store, "a").await.map(|link| link.version),
        read_invitation(store, "a").await.map(|row| row.version),
        read_push(store, "a").await.map(|push| push.version),
        access
            .expect("the store reads")
            .map(|access| access.version),
        decision
            .expect("the store reads")
            .map(|decision| decision.version),
        day.expect("the store reads").map(|day| day.version),
        backfill
            .expect("the store reads")
            .map(|backfill| backfill.version),
        read_history(store, 1).await.map(|history| history.version),
    ]
}

fn at_version(mut link: Link, version: u64) -> Link {
    link.version = version;
    link
}

fn remove(link: Link) -> Changes {
    Changes {
        links: vec![Write::Remove(link)],
        ..Changes::none()
    }
}
