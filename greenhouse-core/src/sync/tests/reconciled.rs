//! Effects of a comparison with Greenhouse.

use super::*;
use crate::{
    store::Merge,
    sync::{as_sibling, reconcile, unread},
};

/// Creates a link with a state applied at second 10.
fn as_known() -> Link {
    let mut link = rejected_link();
    link.version = 2;
    link
}

fn snapshot(status: ApplicationStatus, seconds: i64) -> ApplicationSnapshot {
    let mut snapshot = seen(status, seconds);
    snapshot.stage = Some(stage("Offer"));
    snapshot
}

fn compared(link: &Link, snapshot: Option<&ApplicationSnapshot>) -> Changes {
    reconcile(link, snapshot, &known(vec![link.clone()]))
}

#[test]
fn ignores_unchanged_older_and_deleted_applications() {
    let mut deleted = as_known();
    deleted.state.deleted = true;
    let mut recent = as_known();
    recent.state.as_of = Some(at(970));
    for (link, snapshot) in [
        (as_known(), Some(snapshot(ApplicationStatus::Rejected, 10))),
        (recent, Some(snapshot(ApplicationStatus::Active, 969))),
        (
            deleted.clone(),
            Some(snapshot(ApplicationStatus::Hired, 99)),
        ),
        (deleted, None),
    ] {
        assert!(
            compared(&link, snapshot.as_ref()).is_empty(),
            "{snapshot:?}"
        );
    }
}

#[test]
fn applies_missed_changes() {
    let changes = compared(&as_known(), Some(&snapshot(ApplicationStatus::Hired, 11)));
    let link = only_link(&changes);
    assert_eq!(link.state.status, ApplicationStatus::Hired);
    assert_eq!(link.state.as_of, Some(at(11)));
    assert_eq!(tasks(&changes), [notify_product(Outcome::Hired, 2)]);
    assert_eq!(
        texts(&changes),
        [
            "The candidate was hired in Greenhouse. A comparison with Greenhouse found this; no webhook \
          reported it."
        ]
    );
}

/// Events from before that time are then stale.
#[test]
fn stores_a_later_time_without_other_changes() {
    let changes = compared(
        &as_known(),
        Some(&snapshot(ApplicationStatus::Rejected, 11)),
    );
    assert_eq!(only_link(&changes).state.as_of, Some(at(11)));
    assert!(changes.log.is_empty() && changes.due.is_empty());
}

#[test]
fn unreliable_reading_is_repeated_after_the_settle_time() {
    let contradicts = snapshot(ApplicationStatus::Active, 10);
    let hinted = Hinted::State {
        status: Some(ApplicationStatus::Active),
        stage: Some(stage("Offer")),
    };
    for (seen, hinted) in [(None, Hinted::Deleted), (Some(contradicts), hinted)] {
        let changes = compared(&as_known(), seen.as_ref());
        assert!(changes.links.is_empty());
        let mut hint = Hint::new(APPLICATION, hinted, now());
        hint.compared = true;
        let hint = hint.awaited_by(assessment());
        let again = Task::ReadApplication {
            hint,
            contradicted: true,
        };
        assert_eq!(tasks(&changes), [again]);
        assert_eq!(changes.due[0].due_at, now() + Duration::from_secs(60));
        assert_eq!(changes.log[0].status, LogStatus::Pending);
        assert!(changes.log[0].key.is_some());
    }
}

#[test]
fn follows_a_missed_merge() {
    for seconds in [10, 11] {
        let mut snapshot = snapshot(ApplicationStatus::Rejected, seconds);
        snapshot.candidate = Some(WINNER);
        let changes = compared(&as_known(), Some(&snapshot));
        let link = only_link(&changes);
        assert_eq!((link.candidate, link.merged), (WINNER, true));
        assert_eq!(tasks(&changes), [replays_ignored()]);
        let merge = Merge {
            loser: CANDIDATE,
            winner: WINNER,
        };
        assert_eq!(changes.merges, [merge], "moves all data");
        assert!(texts(&changes)[0].contains("was merged into candidate 20"));
    }
}

/// A difference that no event reported needs a second reading.
#[test]
fn unconfirmed_difference_changes_nothing() {
    let changes = compared(&as_known(), None);
    let Task::ReadApplication { hint, .. } = tasks(&changes).remove(0) else {
        panic!("expected a second reading");
    };
    let known = known(vec![as_known()]);
    let after = unread(&hint, "the account has no credential", &known);
    assert!(after.links.is_empty() && after.due.is_empty());
    assert_eq!(after.log[0].key, changes.log[0].key);
    assert_eq!(after.log[0].code, "comparison_unread");
}

#[test]
fn applies_the_state_of_a_sibling_link() {
    let mut sibling = as_known();
    sibling.assessment = AssessmentId::new("a-2");
    let mut hired = link();
    hired.assessment = AssessmentId::new("a-2");
    hired.state.status = ApplicationStatus::Hired;
    let mut elsewhere = as_known();
    elsewhere.application = ApplicationId::new(5);
    let mut deleted = link();
    deleted.state.deleted = true;
    for (sibling, work) in [
        (sibling, Some(notify_product(Outcome::Rejected, 1))),
        (hired, Some(notify_product(Outcome::Hired, 1))),
        (link(), None),
        (elsewhere, None),
        (deleted, None),
    ] {
        let changes = as_sibling(&link(), &sibling, &known(vec![link()]));
        assert_eq!(tasks(&changes), Vec::from_iter(work), "{sibling:?}");
        let deleted = sibling.state.deleted;
        assert_eq!(changes.links.is_empty(), changes.due.is_empty() && !deleted);
        if deleted {
            assert!(only_link(&changes).state.deleted);
        }
    }
    let mut older = as_known();
    older.state.as_of = Some(at(9));
    older.state.status = ApplicationStatus::Active;
    let late = as_sibling(&as_known(), &older, &known(vec![as_known()]));
    assert!(late.is_empty(), "{late:?}");
}
