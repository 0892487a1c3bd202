use chrono::{DateTime, Utc};
use proptest::prelude::*;

use super::*;
use crate::{
    AccountId, AssessmentId, CandidateId, InvitationId, ScenarioId,
    store::{
        InvitedPerson, JournalEntry, PersonKey, PushFailure, PushOrigin, PushWait, RequestKey,
    },
};

const FIELD: &str = "test_status";
const SETTLE: Duration = Duration::from_secs(60);
const APPLICATION: ApplicationId = ApplicationId::new(31);
const STATES: [InvitationState; 8] = [
    InvitationState::Received,
    InvitationState::Invited,
    InvitationState::Started,
    InvitationState::Completed,
    InvitationState::Withdrawn,
    InvitationState::Expired,
    InvitationState::Refused,
    InvitationState::Reopened,
];

/// States with a status.
const SHOWN: [InvitationState; 6] = [
    InvitationState::Invited,
    InvitationState::Started,
    InvitationState::Completed,
    InvitationState::Withdrawn,
    InvitationState::Expired,
    InvitationState::Reopened,
];

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_780_000_000 + second, 0).unwrap()
}

fn invitation(state: InvitationState) -> Invitation {
    let mut invitation = Invitation::new(
        InvitationId::new("i-1"),
        RequestKey::new("r-1"),
        ScenarioId::new("discovery-call"),
        InvitedPerson::new("Mira", "Okafor", "mira@example.org"),
        at(0),
    );
    invitation.candidate = Some(CandidateId::new(7));
    invitation.application = Some(APPLICATION);
    invitation.state = state;
    invitation
}

fn push() -> Push {
    let person = PersonKey::of_email(&AccountId::new("acme"), "mira@example.org");
    Push::new(AssessmentId::new("a-1"), person, PushOrigin::Trigger, at(0))
}

fn link() -> Link {
    let (assessment, candidate) = (AssessmentId::new("a-1"), CandidateId::new(7));
    Link::new(assessment, candidate, APPLICATION, None)
}

fn holding(status: TestStatus) -> WrittenStatus {
    WrittenStatus::new(FIELD, status, status.label(), at(0))
}

#[test]
fn every_state_has_its_status() {
    let expected = [
        None,
        Some("Invited"),
        Some("Started"),
        Some("Completed"),
        Some("Withdrawn"),
        Some("Expired"),
        None,
        Some("Invited"),
    ];
    for (state, label) in STATES.into_iter().zip(expected) {
        assert_eq!(status_of(state).map(TestStatus::label), label, "{state:?}");
    }
}

#[test]
fn a_change_queues_one_task_if_the_field_does_not_show_it() {
    for state in STATES {
        let mut changes = Changes::none();
        let mut own = invitation(state);
        let status = status_of(state);
        assert_eq!(
            enqueue(&mut changes, &mut own, FIELD, at(5)),
            status.is_some(),
            "{state:?}"
        );
        assert!(!enqueue(&mut changes, &mut own, FIELD, at(6)));
        assert_eq!(own.status_field.is_due, status.is_some());
        let due: Vec<_> = changes.due.iter().map(|due| due.due_at).collect();
        assert_eq!(due, status.map(|_| at(65)).into_iter().collect::<Vec<_>>());
    }
    let mut shown = invitation(InvitationState::Started);
    shown.status_field.written = Some(holding(TestStatus::Started));
    assert!(!enqueue(&mut Changes::none(), &mut shown, FIELD, at(0)));
    assert!(enqueue(&mut Changes::none(), &mut shown, "other", at(0)));
    let mut unnamed = invitation(InvitationState::Started);
    unnamed.application = None;
    assert!(!enqueue(&mut Changes::none(), &mut unnamed, FIELD, at(0)));
    let mut asked = invitation(InvitationState::Started);
    let mut changes = Changes::none();
    assert!(enqueue_now(&mut changes, &mut asked, FIELD, at(3)));
    assert_eq!(changes.due[0].due_at, at(3));
}

#[test]
fn a_task_writes_waits_or_ends() {
    let write = StatusDecision::Write(APPLICATION, TestStatus::Started);
    let started = invitation(InvitationState::Started);
    let decided = |invitation: &Invitation, field, now| {
        decide(&StatusInput::new(invitation, field, SETTLE), at(now))
    };
    assert_eq!(decided(&started, Some(FIELD), 0), write);
    assert_eq!(decided(&started, None, 0), StatusDecision::Nothing);
    for state in [InvitationState::Received, InvitationState::Refused] {
        let own = invitation(state);
        assert_eq!(decided(&own, Some(FIELD), 0), StatusDecision::Nothing);
    }
    let mut shown = started.clone();
    shown.status_field.written = Some(holding(TestStatus::Started));
    assert_eq!(decided(&shown, Some(FIELD), 0), StatusDecision::Nothing);
    assert_eq!(decided(&shown, Some("other"), 0), write);

    let mut unsettled = started.clone();
    begin(&mut unsettled, at(0));
    let wait = StatusDecision::Wait(at(60));
    assert_eq!(decided(&unsettled, Some(FIELD), 59), wait);
    assert_eq!(decided(&unsettled, Some(FIELD), 60), write);
    assert_eq!(push_waits_until(&unsettled, SETTLE, at(59)), Some(at(60)));
    assert_eq!(push_waits_until(&unsettled, SETTLE, at(60)), None);
    assert_eq!(push_waits_until(&started, SETTLE, at(0)), None);
}

#[test]
fn nothing_is_written_once_the_application_or_the_candidate_is_gone() {
    let started = invitation(InvitationState::Started);
    let write = StatusDecision::Write(APPLICATION, TestStatus::Started);
    let of_link = |change: fn(&mut Link)| {
        let mut link = link();
        change(&mut link);
        let mut input = StatusInput::new(&started, Some(FIELD), SETTLE);
        input.link = Some(&link);
        decide(&input, at(0))
    };
    assert_eq!(of_link(|_| {}), write);
    let rejected = of_link(|link| link.state.status = crate::ApplicationStatus::Rejected);
    assert_eq!(rejected, write, "a rejected application keeps its test");
    assert_eq!(of_link(|link| link.erased = true), StatusDecision::Nothing);
    let deleted = of_link(|link| link.state.deleted = true);
    assert_eq!(deleted, StatusDecision::Nothing);

    let of_history = |change: fn(&mut CandidateHistory)| {
        let mut history = CandidateHistory::new(CandidateId::new(7), at(0));
        change(&mut history);
        let mut input = StatusInput::new(&started, Some(FIELD), SETTLE);
        input.history = Some(&history);
        decide(&input, at(0))
    };
    assert_eq!(of_history(|_| {}), write);
    for gone in [
        (|history| history.deleted_at = Some(at(0))) as fn(&mut CandidateHistory),
        |history| history.merged_into = Some(CandidateId::new(8)),
        |history| history.anonymize(None, at(0)),
    ] {
        assert_eq!(of_history(gone), StatusDecision::Nothing);
    }
}

#[test]
fn a_status_is_not_written_beside_a_push_of_the_application() {
    let waits = |change: &dyn Fn(&mut Push)| {
        let mut push = push();
        change(&mut push);
        wait_for_pushes(&[push], APPLICATION, SETTLE, at(100))
    };
    let journal = |push: &mut Push, mark, second| {
        push.state = PushState::Done;
        let line = JournalEntry::new(PushStep::ApplicationFields, mark, at(second));
        push.journal.push(line);
    };
    let failure = PushFailure::new(None, crate::Text::new("code", "text"));
    let soon = Some(at(110));
    assert_eq!(waits(&|_| {}), soon);
    let running = |until| {
        move |push: &mut Push| {
            let lease_until = at(until);
            push.state = PushState::Running { lease_until };
        }
    };
    assert_eq!(waits(&running(101)), soon);
    assert_eq!(waits(&running(100)), None);
    assert_eq!(waits(&|push| push.state = PushState::Done), None);
    let failed = PushState::Failed(failure.clone());
    assert_eq!(waits(&|push| push.state = failed.clone()), None);
    assert_eq!(
        waits(&|push| push.application = Some(ApplicationId::new(32))),
        None
    );
    let waiting = |second| {
        let wait = PushWait::new(None, at(0), at(second), &failure);
        move |push: &mut Push| push.wait = Some(wait.clone())
    };
    assert_eq!(waits(&waiting(160)), soon);
    assert_eq!(waits(&waiting(161)), None);
    for (mark, second, until) in [
        (
            JournalMark::Done {
                id: 31,
                found: false,
            },
            90,
            Some(at(150)),
        ),
        (
            JournalMark::Done {
                id: 31,
                found: false,
            },
            40,
            None,
        ),
        (
            JournalMark::Done {
                id: 31,
                found: true,
            },
            90,
            None,
        ),
        (
            JournalMark::Done {
                id: 32,
                found: false,
            },
            90,
            None,
        ),
        (JournalMark::Begun, 90, Some(at(150))),
        (JournalMark::NotDone, 90, None),
    ] {
        assert_eq!(
            waits(&|push| journal(push, mark.clone(), second)),
            until,
            "{mark:?} at {second}"
        );
    }
}

/// What happens to a write.
#[derive(Debug, Clone, Copy)]
enum End {
    Written,
    /// Greenhouse carries the write out, and the host does not learn it.
    Lost,
    /// Greenhouse does not carry the write out, and the host does not learn it.
    Unsent,
}

proptest! {
    /// Whatever the changes and the faults are, the field ends with the last status. Without
    /// faults, all changes within a window take at most two writes.
    #[test]
    fn the_field_ends_with_the_last_status(
        changes in prop::collection::vec((0..90_i64, 0..SHOWN.len()), 1..40),
        ends in prop::collection::vec(
            prop_oneof![Just(End::Written), Just(End::Lost), Just(End::Unsent)], 0..6),
    ) {
        let mut own = invitation(InvitationState::Received);
        let (mut field, mut due, mut writes) = (None, None, 0);
        let mut ends = ends.into_iter();
        let (mut shown, mut second, mut faults) = (None, 0, 0);
        let mut changes = changes.into_iter().peekable();
        let mut last = 0;
        let mut next = changes.next();
        loop {
            if let Some((wait, state)) = next
                && second >= last + wait
            {
                own.state = SHOWN[state];
                shown = status_of(own.state);
                let mut commit = Changes::none();
                enqueue(&mut commit, &mut own, FIELD, at(second));
                prop_assert!(commit.due.is_empty() || due.is_none(), "two tasks at once");
                due = commit.due.first().map(|task| task.due_at).or(due);
                last = second;
                next = changes.next();
                continue;
            }
            if next.is_none() && due.is_none() {
                break;
            }
            second += 1;
            let now = at(second);
            if due.is_none_or(|due| now < due) {
                continue;
            }
            match decide(&StatusInput::new(&own, Some(FIELD), SETTLE), now) {
                StatusDecision::Nothing => {
                    dropped(&mut own);
                    due = None;
                }
                StatusDecision::Wait(until) => due = Some(until),
                StatusDecision::Write(_, status) => {
                    begin(&mut own, now);
                    writes += 1;
                    match ends.next().unwrap_or(End::Written) {
                        End::Written => {
                            field = Some(status);
                            let settled = written(&mut own, holding(status), now);
                            due = match settled {
                                Settlement::Again(at) => Some(at),
                                _ => None,
                            };
                        }
                        End::Lost => {
                            field = Some(status);
                            faults += 1;
                            due = Some(now);
                        }
                        End::Unsent => {
                            faults += 1;
                            due = Some(now);
                        }
                    }
                }
            }
        }
        prop_assert_eq!(field, shown);
        prop_assert!(!own.status_field.is_due);
        prop_assert!(own.status_field.begun_at.is_none());
        let windows = second / 60 + 1;
        prop_assert!(writes <= windows + faults, "{writes} writes in {windows} windows");
    }
}
