//! What a comparison with Greenhouse does.

use super::*;
use crate::{
    store::Merge,
    sync::{as_sibling, reconcile, unread},
};

/// A link with what was applied at second 10.
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
fn what_is_known_older_or_of_a_deleted_application_changes_nothing() {
    let mut deleted = as_known();
    deleted.state.deleted = true;
    for (link, snapshot) in [
        (as_known(), Some(snapshot(ApplicationStatus::Rejected, 10))),
        (as_known(), Some(snapshot(ApplicationStatus::Active, 9))),
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
fn what_was_missed_is_taken_over_and_the_product_is_told() {
    let changes = compared(&as_known(), Some(&snapshot(ApplicationStatus::Hired, 11)));
    let link = only_link(&changes);
    assert_eq!(link.state.status, ApplicationStatus::Hired);
    assert_eq!(link.state.as_of, Some(at(11)));
    assert_eq!(works(&changes), [tell(Outcome::Hired, 2)]);
    assert_eq!(
        texts(&changes),
        ["Hired in Greenhouse (found by comparing with Greenhouse)."]
    );
}

/// So that what comes late from before is stale.
#[test]
fn a_later_time_is_noted_also_where_nothing_else_is_new() {
    let changes = compared(
        &as_known(),
        Some(&snapshot(ApplicationStatus::Rejected, 11)),
    );
    assert_eq!(only_link(&changes).state.as_of, Some(at(11)));
    assert!(changes.log.is_empty() && changes.due.is_empty());
}

#[test]
fn what_cannot_be_believed_at_once_is_read_once_more_after_the_settle_time() {
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
        assert_eq!(works(&changes), [again]);
        assert_eq!(changes.due[0].due_at, now() + Duration::from_secs(60));
        assert_eq!(changes.log[0].status, LogStatus::Pending);
        assert!(changes.log[0].key.is_some());
    }
}

#[test]
fn a_merge_that_was_missed_is_followed() {
    for seconds in [10, 11] {
        let mut snapshot = snapshot(ApplicationStatus::Rejected, seconds);
        snapshot.candidate = Some(WINNER);
        let changes = compared(&as_known(), Some(&snapshot));
        let link = only_link(&changes);
        assert_eq!((link.candidate, link.merged), (WINNER, true));
        assert_eq!(works(&changes), [looks_back()]);
        let merge = Merge {
            loser: CANDIDATE,
            winner: WINNER,
        };
        assert_eq!(changes.merges, [merge], "an erasure finds everything");
        assert!(texts(&changes)[0].contains("the candidate was merged into candidate 20"));
    }
}

/// What nobody told of is nothing without a second reading.
#[test]
fn a_doubt_that_cannot_be_read_again_changes_nothing() {
    let changes = compared(&as_known(), None);
    let Task::ReadApplication { hint, .. } = works(&changes).remove(0) else {
        panic!("it is read again");
    };
    let known = known(vec![as_known()]);
    let after = unread(&hint, "the account has no credential", &known);
    assert!(after.links.is_empty() && after.due.is_empty());
    assert_eq!(after.log[0].key, changes.log[0].key);
    assert!(texts(&after)[0].contains("nothing was changed"));
}

#[test]
fn a_link_takes_over_what_only_its_sibling_was_told() {
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
        (sibling, Some(tell(Outcome::Rejected, 1))),
        (hired, Some(tell(Outcome::Hired, 1))),
        (link(), None),
        (elsewhere, None),
        (deleted, None),
    ] {
        let changes = as_sibling(&link(), &sibling, &known(vec![link()]));
        assert_eq!(works(&changes), Vec::from_iter(work), "{sibling:?}");
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
