//! Table tests of the sync rules.

mod any_order;
mod hooks;
mod people;
mod readings;
mod reconciled;
mod times;

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{Decision, Facts, Successors, decide, succeed};
use crate::{
    ApplicationId, ApplicationSnapshot, ApplicationStatus, AssessmentId, CandidateId, JobId, Stage,
    StageId,
    platform::Outcome,
    store::{Changes, ErasedPart, Hint, Hinted, Link, LogStatus, Task, Verdict, Write},
    texts::sync::ORDER_OF_ARRIVAL,
    webhook::{ApplicationEvent, Event, HireEvent},
};

#[test]
fn ignores_applications_that_were_not_pushed() {
    for event in [
        Event::Rejected(snapshot_event("rejected", "Offer", 10)),
        Event::Hired(hire_event()),
        Event::StageChanged(snapshot_event("active", "Offer", 10)),
        Event::ApplicationUpdated(snapshot_event("rejected", "Offer", 10)),
        Event::CandidateMerged {
            loser: CANDIDATE,
            winner: WINNER,
            deleted_applications: vec![APPLICATION],
        },
        Event::CandidateDeleted {
            candidate: CANDIDATE,
            applications: vec![],
        },
        Event::Ping {
            hook: None,
            event: None,
        },
        Event::Other {
            action: "offer_created".to_owned(),
        },
    ] {
        let mut decision = decide(&event, &known(vec![]));
        assert_eq!(decision.verdict, Verdict::Ignored, "{event:?}");
        assert!(!decision.keeps_body, "{event:?}");
        // Data of the loser of a merge moves to the winner, pushed or not.
        decision.changes.merges.clear();
        decision.changes.histories.clear();
        assert_eq!(decision.changes, Changes::none(), "{event:?}");
    }
}

#[test]
fn rejection_updates_link_and_product() {
    let event = Event::Rejected(snapshot_event("rejected", "Offer", 10));
    let Decision {
        changes,
        verdict,
        keeps_body,
    } = decide(&event, &known(vec![link()]));
    assert!(keeps_body);

    assert_eq!(verdict, Verdict::Effective);
    let after = only_link(&changes);
    assert_eq!(after.state.status, ApplicationStatus::Rejected);
    assert_eq!(after.state.as_of, Some(at(10)));
    assert_eq!(tasks(&changes), [notify_product(Outcome::Rejected, 1)]);
    assert_eq!(
        texts(&changes),
        ["The application was rejected in Greenhouse. It is at stage \"Offer\"."]
    );
}

#[test]
fn minimal_rejection_is_read_if_possible() {
    let mut event = snapshot_event("rejected", "Offer", 10);
    (event.status, event.stage, event.last_activity_at) = (None, None, None);
    let event = Event::Rejected(event);

    let with_reader = decide(&event, &known(vec![link()])).changes;
    assert_eq!(
        tasks(&with_reader),
        [read(says(ApplicationStatus::Rejected), false)]
    );
    assert!(with_reader.links.is_empty());

    let without = decide(&event, &blind(vec![link()])).changes;
    assert_eq!(
        only_link(&without).state.status,
        ApplicationStatus::Rejected
    );
    assert_eq!(
        texts(&without),
        [format!(
            "The application was rejected in Greenhouse. {ORDER_OF_ARRIVAL}"
        )]
    );
}

#[test]
fn hire_is_a_hint() {
    let event = Event::Hired(hire_event());
    let with_reader = decide(&event, &known(vec![link()])).changes;
    assert_eq!(
        tasks(&with_reader),
        [read(says(ApplicationStatus::Hired), false)]
    );
    assert_eq!(with_reader.log[0].status, LogStatus::Pending);
    assert_eq!(
        texts(&with_reader),
        ["A webhook reported the status \"hired\". The application is being read from Greenhouse."]
    );

    let without = decide(&event, &blind(vec![link()])).changes;
    assert_eq!(tasks(&without), [notify_product(Outcome::Hired, 1)]);
    assert_eq!(
        texts(&without),
        [format!(
            "The candidate was hired in Greenhouse. {ORDER_OF_ARRIVAL}"
        )]
    );
}

#[test]
fn stage_change_is_logged() {
    let event = Event::StageChanged(snapshot_event("active", "Onsite", 10));
    let changes = decide(&event, &known(vec![link()])).changes;
    assert_eq!(only_link(&changes).state.stage, Some(stage("Onsite")));
    assert_eq!(
        texts(&changes),
        ["The application moved to stage \"Onsite\" in Greenhouse."]
    );
    assert!(changes.due.is_empty());
}

#[test]
fn update_to_rejected_or_hired_applies_once() {
    for (word, outcome) in [("rejected", Outcome::Rejected), ("hired", Outcome::Hired)] {
        let event = Event::ApplicationUpdated(snapshot_event(word, "Offer", 10));
        let changes = decide(&event, &known(vec![link()])).changes;
        assert_eq!(tasks(&changes), [notify_product(outcome, 1)], "{word}");

        let again = decide(&event, &known(vec![only_link(&changes)]));
        assert_eq!(again.changes, Changes::none(), "{word}: repeated");
        assert_eq!(again.verdict, Verdict::Effective);
    }
}

#[test]
fn undo_reverts_with_a_higher_revision() {
    let rejected = rejected_link();
    for event in [
        Event::Unrejected(snapshot_event("active", "Offer", 20)),
        Event::Unhired(snapshot_event("active", "Offer", 20)),
    ] {
        let changes = decide(&event, &known(vec![rejected.clone()])).changes;
        assert_eq!(
            tasks(&changes),
            [notify_product(Outcome::Active, 2)],
            "{event:?}"
        );
        assert_eq!(only_link(&changes).state.status, ApplicationStatus::Active);
    }
}

#[test]
fn older_snapshot_is_stale_and_conflicting_tie_is_a_hint() {
    let rejected = rejected_link();
    let older = Event::Unrejected(snapshot_event("active", "Offer", 9));
    let changes = decide(&older, &known(vec![rejected.clone()])).changes;
    assert!(changes.links.is_empty() && changes.due.is_empty());
    assert_eq!(changes.log[0].status, LogStatus::Skipped);

    let tie = Event::Unrejected(snapshot_event("active", "Offer", 10));
    let changes = decide(&tie, &known(vec![rejected])).changes;
    assert_eq!(
        tasks(&changes),
        [read(
            Hinted::State {
                status: Some(ApplicationStatus::Active),
                stage: Some(stage("Offer")),
            },
            false,
        )]
    );
}

#[test]
fn compares_whole_seconds() {
    let rejected = rejected_link();
    let mut event = snapshot_event("rejected", "Offer", 10);
    event.last_activity_at = Some(at(10) + Duration::from_millis(400));
    let changes = decide(&Event::Rejected(event), &known(vec![rejected])).changes;
    assert_eq!(changes, Changes::none());
}

#[test]
fn merge_moves_links() {
    let event = Event::CandidateMerged {
        loser: CANDIDATE,
        winner: WINNER,
        deleted_applications: vec![],
    };
    let after = only_link(&decide(&event, &known(vec![link()])).changes);
    assert_eq!(
        (after.candidate, after.application, after.merged),
        (WINNER, APPLICATION, true)
    );
    assert!(!after.state.deleted);

    let chain = Event::CandidateMerged {
        loser: WINNER,
        winner: CandidateId::new(30),
        deleted_applications: vec![],
    };
    assert_eq!(
        only_link(&decide(&chain, &known(vec![after])).changes).candidate,
        CandidateId::new(30)
    );
}

#[test]
fn deletion_is_final() {
    let event = Event::ApplicationDeleted {
        application: APPLICATION,
        candidate: Some(CANDIDATE),
        job: Some(JOB),
    };
    let changes = decide(&event, &known(vec![link()])).changes;
    let after = only_link(&changes);
    assert!(after.state.deleted);
    assert!(changes.due.is_empty());

    let late = Event::Rejected(snapshot_event("rejected", "Offer", 99));
    assert_eq!(decide(&late, &known(vec![after])).verdict, Verdict::Ignored);
}

#[test]
fn merge_and_deletion_find_the_successor_in_any_order() {
    let merge = Event::CandidateMerged {
        loser: CANDIDATE,
        winner: WINNER,
        deleted_applications: vec![],
    };
    let delete = Event::ApplicationDeleted {
        application: APPLICATION,
        candidate: None,
        job: None,
    };
    let find = Task::FindSuccessor {
        assessment: assessment(),
        candidate: WINNER,
        job: JOB,
    };

    for order in [[&merge, &delete], [&delete, &merge]] {
        let first = decide(order[0], &known(vec![link()])).changes;
        let second = decide(order[1], &known(vec![only_link(&first)])).changes;
        let caused = [tasks(&first), tasks(&second)].concat();
        assert_eq!(caused.len(), 2, "{order:?}");
        assert!(caused.contains(&find) && caused.contains(&replays_ignored()));

        let mut successor = seen(ApplicationStatus::Rejected, 20);
        successor.application = ApplicationId::new(77);
        successor.candidate = Some(WINNER);
        let link = only_link(&second);
        let moved = succeed(
            &Successors {
                link,
                applications: vec![successor],
            },
            now(),
        );
        let after = only_link(&moved);
        assert_eq!(
            (after.application, after.candidate),
            (ApplicationId::new(77), WINNER)
        );
        assert!(!after.state.deleted);
        assert_eq!(
            tasks(&moved),
            [replays_ignored(), notify_product(Outcome::Rejected, 1)]
        );
    }
}

#[test]
fn unlisted_deletion_is_looked_up() {
    let event = Event::CandidateDeleted {
        candidate: CANDIDATE,
        applications: vec![],
    };
    assert_eq!(
        tasks(&decide(&event, &known(vec![link()])).changes),
        [read(Hinted::Deleted, false)]
    );

    let without = decide(&event, &blind(vec![link()])).changes;
    assert!(without.links.is_empty(), "without a reader the link stays");
    assert_eq!(without.log.len(), 1);

    let listed = Event::CandidateDeleted {
        candidate: CANDIDATE,
        applications: vec![APPLICATION],
    };
    assert!(
        only_link(&decide(&listed, &known(vec![link()])).changes)
            .state
            .deleted
    );
}

#[test]
fn anonymization_erases_listed_fields_or_everything() {
    let erasure = |fields: &[&str]| {
        let fields = fields.iter().map(|field| (*field).to_owned()).collect();
        let event = Event::CandidateAnonymized {
            candidate: CANDIDATE,
            fields,
        };
        let changes = decide(&event, &known(vec![link()])).changes;
        let kept = only_link(&changes);
        let erasure = changes.erasures.into_iter().next().unwrap();
        let mut expected = link();
        expected.bodies_erased = true;
        if erasure.is_everything() {
            expected.erased = true;
            expected.state.stage = None;
        }
        assert_eq!(kept, expected, "ids and link stay");
        erasure
    };
    assert!(erasure(&["full_name"]).erases(ErasedPart::Names));
    assert!(!erasure(&["full_name"]).erases(ErasedPart::EmailAddress));
    assert!(erasure(&["full_name", "something_new"]).is_everything());
    assert!(erasure(&[]).is_everything());
}

#[test]
fn anonymized_stage_data_makes_the_stage_unknown() {
    let event = Event::CandidateAnonymized {
        candidate: CANDIDATE,
        fields: vec!["candidate_stage_data".to_owned()],
    };
    let mut at_a_stage = link();
    at_a_stage.state.stage = Some(stage("Onsite"));
    let changes = decide(&event, &known(vec![at_a_stage.clone()])).changes;
    assert_eq!(only_link(&changes).state.stage, None);
    assert!(!only_link(&changes).erased);
    // Greenhouse moves the application to the first stage and promises no webhook about it.
    assert!(matches!(
        tasks(&changes)[..],
        [Task::ReadApplication { .. }]
    ));
    let changes = decide(&event, &blind(vec![at_a_stage])).changes;
    assert!(changes.due.is_empty());
}

#[test]
fn words_without_stored_data_erase_nothing() {
    let event = Event::CandidateAnonymized {
        candidate: CANDIDATE,
        fields: vec!["emails".to_owned(), "notes".to_owned()],
    };
    let decision = decide(&event, &known(vec![link()]));
    assert!(decision.keeps_body);
    assert!(decision.changes.links.is_empty());
    assert_eq!(decision.changes.erasures[0].parts().count(), 0);
    assert_eq!(
        decision.changes.log[0].text,
        "The candidate was anonymized in Greenhouse in part (emails, notes). None of this data is stored here."
    );
}

#[test]
fn report_without_status_makes_nothing_stale() {
    let mut event = snapshot_event("active", "Onsite", 20);
    event.status = None;
    let after = only_link(&decide(&Event::ApplicationUpdated(event), &known(vec![link()])).changes);
    assert_eq!(after.state.stage, Some(stage("Onsite")));
    let late = Event::Rejected(snapshot_event("rejected", "Onsite", 15));
    let changes = decide(&late, &known(vec![after])).changes;
    assert_eq!(tasks(&changes), [notify_product(Outcome::Rejected, 1)]);
}

#[test]
fn outcomes_apply_after_erasure_but_bodies_are_not_kept() {
    let anonymized = Event::CandidateAnonymized {
        candidate: CANDIDATE,
        fields: vec!["full_name".to_owned()],
    };
    let decision = decide(&anonymized, &known(vec![link()]));
    assert!(!decision.keeps_body);
    let erased = only_link(&decision.changes);
    assert!(erased.bodies_erased && !erased.erased);

    let late = Event::Rejected(snapshot_event("rejected", "Offer", 10));
    let decision = decide(&late, &known(vec![erased]));
    assert!(!decision.keeps_body);
    assert_eq!(
        tasks(&decision.changes),
        [notify_product(Outcome::Rejected, 1)]
    );
}

#[test]
fn unchanged_update_is_logged() {
    let mut known_link = rejected_link();
    known_link.version = 2;
    let event = Event::ApplicationUpdated(snapshot_event("rejected", "Offer", 11));
    let changes = decide(&event, &known(vec![known_link])).changes;
    assert!(changes.due.is_empty());
    assert_eq!(changes.log[0].code, "application_updated");
    assert_eq!(
        texts(&changes),
        ["The application was updated in Greenhouse. Status and stage are unchanged."]
    );
}

/// A transfer keeps the application's id and changes its job and stage.
#[test]
fn follows_a_transfer_to_another_job() {
    let other = JobId::new(99);
    let mut event = snapshot_event("active", "Screen", 11);
    event.jobs = vec![other];
    let changes = decide(&Event::StageChanged(event.clone()), &known(vec![link()])).changes;
    assert_eq!(only_link(&changes).job, Some(other));
    assert_eq!(
        texts(&changes),
        ["The application was transferred to job 99 in Greenhouse. It is at stage \"Screen\"."]
    );
    assert!(changes.due.is_empty());

    // If the event is not newer, the true state is read.
    let mut tie = rejected_link();
    tie.state.status = ApplicationStatus::Active;
    event.last_activity_at = Some(at(10));
    event.stage = tie.state.stage.clone();
    let changes = decide(&Event::ApplicationUpdated(event), &known(vec![tie])).changes;
    assert!(matches!(
        tasks(&changes)[..],
        [Task::ReadApplication { .. }]
    ));
}

/// A prospect can have no job and stage, or several jobs. The link then keeps its job and stage.
#[test]
fn prospect_changes_neither_job_nor_stage() {
    for jobs in [vec![], vec![JobId::new(98), JobId::new(99)]] {
        let mut event = snapshot_event("rejected", "Screen", 11);
        (event.jobs, event.stage) = (jobs, None);
        let changes = decide(&Event::Rejected(event), &known(vec![link()])).changes;
        let link = only_link(&changes);
        assert_eq!((link.job, link.state.stage), (Some(JOB), None));
        assert_eq!(
            texts(&changes)[0],
            "The application was rejected in Greenhouse. The webhook contained no stage, so the \
             known stage may be outdated."
        );
    }
    let mut prospect = link();
    prospect.job = None;
    let event = Event::StageChanged(snapshot_event("active", "Screen", 11));
    let changes = decide(&event, &known(vec![prospect])).changes;
    assert_eq!(only_link(&changes).job, Some(JOB), "no longer a prospect");
}

const APPLICATION: ApplicationId = ApplicationId::new(8_120_034_002);
const CANDIDATE: CandidateId = CandidateId::new(7_310_442_002);
const WINNER: CandidateId = CandidateId::new(20);
const JOB: JobId = JobId::new(6_409_551_002);

fn assessment() -> AssessmentId {
    AssessmentId::new("a-1")
}

fn link() -> Link {
    let mut link = Link::new(assessment(), CANDIDATE, APPLICATION, Some(JOB));
    link.version = 1;
    link
}

fn rejected_link() -> Link {
    let event = Event::Rejected(snapshot_event("rejected", "Offer", 10));
    only_link(&decide(&event, &known(vec![link()])).changes)
}

fn known(links: Vec<Link>) -> Facts {
    Facts {
        links,
        histories: Vec::new(),
        reader: true,
        now: now(),
        settle_time: Duration::from_secs(60),
    }
}

fn blind(links: Vec<Link>) -> Facts {
    Facts {
        reader: false,
        ..known(links)
    }
}

fn snapshot_event(status: &str, stage_name: &str, seconds: i64) -> ApplicationEvent {
    let mut event = ApplicationEvent::new(APPLICATION);
    event.candidate = Some(CANDIDATE);
    event.status = Some(status.into());
    event.stage = Some(stage(stage_name));
    event.jobs = vec![JOB];
    event.last_activity_at = Some(at(seconds));
    event
}

fn hire_event() -> HireEvent {
    HireEvent::new(APPLICATION)
}

fn stage(name: &str) -> Stage {
    let id = name.bytes().map(i64::from).sum();
    Stage::new(Some(StageId::new(id)), Some(name.to_owned()))
}

fn seen(status: ApplicationStatus, seconds: i64) -> ApplicationSnapshot {
    let mut snapshot = ApplicationSnapshot::new(APPLICATION, status);
    snapshot.candidate = Some(CANDIDATE);
    snapshot.job = Some(JOB);
    snapshot.last_activity_at = Some(at(seconds));
    snapshot
}

fn says(status: ApplicationStatus) -> Hinted {
    Hinted::State {
        status: Some(status),
        stage: None,
    }
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000 + seconds, 0).unwrap()
}

fn now() -> DateTime<Utc> {
    at(1000)
}

fn only_link(changes: &Changes) -> Link {
    match changes.links.as_slice() {
        [Write::Put(link)] => link.clone(),
        other => panic!("expected one link, got {other:?}"),
    }
}

fn tasks(changes: &Changes) -> Vec<Task> {
    changes.due.iter().map(|due| due.task.clone()).collect()
}

fn notify_product(outcome: Outcome, revision: u64) -> Task {
    Task::NotifyProduct {
        assessment: assessment(),
        outcome,
        revision,
    }
}

fn read(says: Hinted, contradicted: bool) -> Task {
    Task::ReadApplication {
        hint: awaited(says),
        contradicted,
    }
}

fn awaited(says: Hinted) -> Hint {
    Hint::new(APPLICATION, says, now()).awaited_by(assessment())
}

fn replays_ignored() -> Task {
    Task::replay_ignored(&assessment(), at(1000 - 24 * 60 * 60))
}

fn texts(changes: &Changes) -> Vec<&str> {
    changes
        .log
        .iter()
        .map(|entry| entry.text.as_str())
        .collect()
}
