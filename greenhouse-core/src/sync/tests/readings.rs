//! Effects of readings.

use super::*;
use crate::{
    store::LogKey,
    sync::{Reading, resolve, unread},
};

#[test]
fn matching_reading_is_applied() {
    let read = seen_as(ApplicationStatus::Hired, says(ApplicationStatus::Hired));
    let changes = resolve(&read, &known(vec![link()]));
    assert_eq!(tasks(&changes), [notify_product(Outcome::Hired, 1)]);
    assert_eq!(only_link(&changes).state.as_of, Some(at(10)));
}

#[test]
fn hint_has_one_log_entry() {
    let asked = decide(&Event::Hired(hire_event()), &known(vec![link()])).changes;
    let read = seen_as(ApplicationStatus::Hired, says(ApplicationStatus::Hired));
    let answered = resolve(&read, &known(vec![link()]));
    let blind = unread(&read.hint, "no credential", &known(vec![link()]));
    for result in [&answered, &blind] {
        assert_eq!(result.log.len(), 1);
        assert!(result.log[0].key.is_some());
        assert_eq!(result.log[0].key, asked.log[0].key);
        assert_eq!(result.log[0].code, "application_hired");
        assert_eq!(tasks(result), [notify_product(Outcome::Hired, 1)]);
    }
}

#[test]
fn contradicting_reading_is_repeated_once() {
    let hint = says(ApplicationStatus::Hired);
    let first = seen_as(ApplicationStatus::Active, hint.clone());
    let changes = resolve(&first, &known(vec![link()]));
    assert!(changes.links.is_empty() && changes.log.is_empty());
    assert_eq!(tasks(&changes), [read(hint, true)]);
    assert_eq!(changes.due[0].due_at, now() + Duration::from_secs(60));

    let changes = resolve(&again(first), &known(vec![link()]));
    assert!(changes.due.is_empty());
    assert_eq!(changes.log[0].code, "change_contradicted");
}

#[test]
fn reading_of_another_stage_is_repeated() {
    let hint = Hinted::State {
        status: Some(ApplicationStatus::Active),
        stage: Some(stage("Onsite")),
    };
    let mut lags = seen_as(ApplicationStatus::Active, hint.clone());
    lags.snapshot.as_mut().unwrap().stage = Some(stage("Offer"));
    assert_eq!(
        tasks(&resolve(&lags, &known(vec![link()]))),
        [read(hint, true)]
    );
}

#[test]
fn hint_without_status_is_no_deletion() {
    let mut event = snapshot_event("active", "Onsite", 10);
    (event.status, event.last_activity_at) = (None, None);
    let asked = decide(&Event::StageChanged(event), &known(vec![link()])).changes;
    let hint = Hinted::State {
        status: None,
        stage: Some(stage("Onsite")),
    };
    assert_eq!(tasks(&asked), [read(hint.clone(), false)]);

    let nothing = reading(None, hint.clone());
    let changes = resolve(&nothing, &known(vec![link()]));
    assert!(changes.links.is_empty(), "a single empty reading");
    assert_eq!(tasks(&changes), [read(hint.clone(), true)]);

    let blind = unread(&nothing.hint, "no credential", &known(vec![link()]));
    assert_eq!(only_link(&blind).state.stage, Some(stage("Onsite")));
}

#[test]
fn confirmed_deletion_drops_the_link() {
    let gone = reading(None, Hinted::Deleted);
    let changes = resolve(&gone, &known(vec![link()]));
    assert!(only_link(&changes).state.deleted);
    assert!(changes.due.is_empty());
}

#[test]
fn missing_application_after_a_merge_finds_its_successor() {
    let mut merged = link();
    (merged.merged, merged.candidate) = (true, WINNER);
    let gone = reading(None, Hinted::Deleted);
    let changes = resolve(&gone, &known(vec![merged]));
    let find = Task::FindSuccessor {
        assessment: assessment(),
        candidate: WINNER,
        job: JOB,
    };
    assert_eq!(tasks(&changes), [find]);
}

#[test]
fn follows_an_application_to_another_candidate_after_two_readings() {
    let mut first = seen_as(ApplicationStatus::Active, Hinted::Deleted);
    first.snapshot.as_mut().unwrap().candidate = Some(WINNER);
    let changes = resolve(&first, &known(vec![link()]));
    assert_eq!(tasks(&changes), [read(Hinted::Deleted, true)]);
    let changes = resolve(&again(first), &known(vec![link()]));
    assert_eq!(only_link(&changes).candidate, WINNER);
}

#[test]
fn stale_reading_does_not_undo_a_merge() {
    let mut merged = link();
    (merged.merged, merged.candidate) = (true, WINNER);
    merged.state.as_of = Some(at(970));
    let lags = seen_as(ApplicationStatus::Hired, says(ApplicationStatus::Hired));
    let first = resolve(&lags, &known(vec![merged.clone()]));
    assert!(first.links.is_empty());
    let second = resolve(&again(lags.clone()), &known(vec![merged.clone()]));
    assert!(second.links.is_empty(), "{second:?}");

    // Reads no longer lag behind an older state, so its status applies.
    merged.state.as_of = Some(at(50));
    let changes = resolve(&again(lags), &known(vec![merged]));
    let link = only_link(&changes);
    assert_eq!((link.candidate, link.merged), (WINNER, true));
    assert_eq!(link.state.status, ApplicationStatus::Hired);
}

#[test]
fn unconfirmed_deletion_keeps_the_link() {
    let gone = reading(None, Hinted::Deleted);
    let changes = unread(&gone.hint, "no credential", &known(vec![link()]));
    assert!(changes.links.is_empty() && changes.due.is_empty());
    assert_eq!(
        texts(&changes),
        [
            "The candidate was deleted or merged in Greenhouse. The assessment stays linked, \
             because the application could not be looked up (no credential)."
        ]
    );
}

#[test]
fn links_to_one_application_share_a_reading() {
    let mut other = link();
    other.assessment = AssessmentId::new("another");
    let both = known(vec![link(), other.clone()]);
    let asked = decide(&Event::Hired(hire_event()), &both).changes;
    let hint = awaited(says(ApplicationStatus::Hired)).awaited_by(other.assessment);
    let read = Task::ReadApplication {
        hint: hint.clone(),
        contradicted: false,
    };
    assert_eq!(tasks(&asked), [read]);
    let read = Reading {
        hint,
        snapshot: Some(seen(ApplicationStatus::Hired, 10)),
        contradicted: false,
    };
    assert_eq!(keys(&resolve(&read, &both)), keys(&asked));
}

#[test]
fn reading_without_a_link_ends_its_log_entry() {
    let asked = decide(&Event::Hired(hire_event()), &known(vec![link()])).changes;
    let mut deleted = link();
    deleted.state.deleted = true;
    let read = seen_as(ApplicationStatus::Hired, says(ApplicationStatus::Hired));
    for links in [vec![deleted], Vec::new()] {
        let known = known(links);
        let answered = resolve(&read, &known);
        for changes in [answered, unread(&read.hint, "no credential", &known)] {
            assert_eq!(keys(&changes), keys(&asked));
            assert_eq!(changes.log[0].status, LogStatus::Skipped);
            assert_eq!(changes.log[0].assessment, Some(assessment()));
            assert!(changes.links.is_empty() && changes.due.is_empty());
        }
    }
}

fn keys(changes: &Changes) -> Vec<Option<LogKey>> {
    changes.log.iter().map(|entry| entry.key.clone()).collect()
}

fn reading(snapshot: Option<ApplicationSnapshot>, says: Hinted) -> Reading {
    Reading {
        hint: awaited(says),
        snapshot,
        contradicted: false,
    }
}

fn seen_as(status: ApplicationStatus, says: Hinted) -> Reading {
    reading(Some(seen(status, 10)), says)
}

fn again(reading: Reading) -> Reading {
    Reading {
        contradicted: true,
        ..reading
    }
}
