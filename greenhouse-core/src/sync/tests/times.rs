//! Wrong times: in the future, or later than the time that Greenhouse returns.

use super::*;
use crate::sync::{Reading, as_sibling, reconcile, resolve};

/// 800 days from now, in seconds.
const FAR: i64 = 800 * 24 * 60 * 60;

#[test]
fn future_time_freezes_no_link() {
    let event = Event::StageChanged(snapshot_event("active", "Onsite", FAR));
    // Without a reader the event applies, and a later one with a true time does as well.
    let after = only_link(&decide(&event, &blind(vec![link()])).changes);
    assert_eq!(after.state.stage, Some(stage("Onsite")));
    assert_eq!(after.state.as_of, None);
    let later = Event::Rejected(snapshot_event("rejected", "Offer", 20));
    let changes = decide(&later, &blind(vec![after])).changes;
    let rejected = only_link(&changes);
    assert_eq!(rejected.state.status, ApplicationStatus::Rejected);
    assert_eq!(rejected.state.as_of, Some(at(20)));

    // With a reader the state is read.
    let changes = decide(&event, &known(vec![link()])).changes;
    assert!(changes.links.is_empty());
    assert!(matches!(
        tasks(&changes)[..],
        [Task::ReadApplication { .. }]
    ));
}

#[test]
fn time_a_few_minutes_ahead_is_believed() {
    for (seconds, believed) in [(1000 + 300, true), (1000 + 301, false)] {
        let event = Event::StageChanged(snapshot_event("active", "Onsite", seconds));
        let after = only_link(&decide(&event, &blind(vec![link()])).changes);
        assert_eq!(
            after.state.as_of,
            believed.then(|| at(seconds)),
            "{seconds}"
        );
    }
}

/// An earlier version may have stored a future time.
#[test]
fn stored_future_time_is_not_believed() {
    for event in [
        Event::Rejected(snapshot_event("rejected", "Offer", 20)),
        Event::ApplicationUpdated(snapshot_event("rejected", "Offer", 999)),
    ] {
        let after = only_link(&decide(&event, &known(vec![frozen()])).changes);
        assert_eq!(after.state.status, ApplicationStatus::Rejected);
        assert!(after.state.as_of <= Some(at(999)));
    }
    let changes = reconcile(
        &frozen(),
        Some(&read_at(ApplicationStatus::Hired, 30)),
        &known(vec![frozen()]),
    );
    assert_eq!(only_link(&changes).state.status, ApplicationStatus::Hired);
    assert_eq!(only_link(&changes).state.as_of, Some(at(30)));

    // The future time does not spread to another link to the application.
    let changes = as_sibling(&rejected_link(), &frozen(), &known(vec![rejected_link()]));
    assert!(changes.is_empty(), "{changes:?}");
}

/// The stored time is in the past, but later than the last activity in Greenhouse.
#[test]
fn confirmed_answer_wins_over_the_stored_time() {
    let mut ahead = rejected_link();
    ahead.state.as_of = Some(at(900));
    let answer = read_at(ApplicationStatus::Active, 20);
    let known = known(vec![ahead.clone()]);

    // A comparison reads again, and the second answer applies.
    let changes = reconcile(&ahead, Some(&answer), &known);
    assert_eq!(changes.log[0].code, "comparison_differs");
    let Task::ReadApplication { hint, contradicted } = tasks(&changes).remove(0) else {
        panic!("expected a second reading");
    };
    let reading = Reading {
        hint,
        snapshot: Some(answer.clone()),
        contradicted,
    };
    let after = only_link(&resolve(&reading, &known));
    assert_eq!(after.state.status, ApplicationStatus::Active);
    assert_eq!(
        after.state.as_of,
        Some(at(20)),
        "later events are not stale"
    );

    // The answer to a hint also wins.
    let first = Reading {
        hint: awaited(Hinted::State {
            status: Some(ApplicationStatus::Active),
            stage: None,
        }),
        snapshot: Some(answer),
        contradicted: false,
    };
    let changes = resolve(&first, &known);
    assert!(changes.links.is_empty());
    assert!(matches!(
        tasks(&changes)[..],
        [Task::ReadApplication {
            contradicted: true,
            ..
        }]
    ));
    let second = Reading {
        contradicted: true,
        ..first
    };
    let after = only_link(&resolve(&second, &known));
    assert_eq!(after.state.status, ApplicationStatus::Active);
}

/// Reads may lag behind a webhook by the settle time.
#[test]
fn recent_state_wins_over_an_older_answer() {
    let mut recent = rejected_link();
    recent.state.as_of = Some(at(950));
    let known = known(vec![recent.clone()]);
    let answer = read_at(ApplicationStatus::Active, 20);
    assert!(reconcile(&recent, Some(&answer), &known).is_empty());
    let reading = Reading {
        hint: awaited(Hinted::Deleted),
        snapshot: Some(answer),
        contradicted: true,
    };
    assert!(resolve(&reading, &known).links.is_empty());
}

/// A comparison that agrees changes nothing, regardless of the times.
#[test]
fn agreeing_answer_changes_nothing() {
    let mut ahead = rejected_link();
    ahead.state.as_of = Some(at(900));
    let mut answer = read_at(ApplicationStatus::Rejected, 20);
    answer.stage = ahead.state.stage.clone();
    assert!(reconcile(&ahead, Some(&answer), &known(vec![ahead.clone()])).is_empty());
}

fn frozen() -> Link {
    let mut link = link();
    link.state.stage = Some(stage("Onsite"));
    link.state.as_of = Some(at(FAR));
    link
}

fn read_at(status: ApplicationStatus, seconds: i64) -> ApplicationSnapshot {
    let mut snapshot = seen(status, seconds);
    snapshot.stage = Some(stage("Onsite"));
    snapshot
}
