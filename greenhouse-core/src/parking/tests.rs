use chrono::{DateTime, Utc};

use super::*;
use crate::{
    AccountId, ApplicationId, AssessmentId, CandidateId, InvitationId, JobId,
    platform::Outcome,
    store::{Hint, Hinted, TaskId},
};

#[test]
fn parks_a_task_after_its_fifth_panic() {
    let now = at(1_000);
    let waits = [
        (0, Some(10)),
        (1, Some(20)),
        (2, Some(40)),
        (3, Some(80)),
        (4, None),
        (9, None),
    ];
    for (earlier, wait) in waits {
        match (after_panic(&task(push()), earlier, now), wait) {
            (AfterPanic::Again(due), Some(wait)) => assert_eq!(due, at(1_000 + wait)),
            (AfterPanic::Park(_), None) => {}
            other => panic!("{earlier}: {other:?}"),
        }
    }
}

#[test]
fn entry_of_a_parked_task_contains_the_remedy() {
    let id = AssessmentId::new("as-1");
    let invitation = InvitationId::new("inv-1");
    let hint = Hint::new(ApplicationId::new(7), Hinted::Deleted, at(0));
    let tasks = [
        (push(), Direction::ToGreenhouse),
        (
            Task::Notify {
                invitation: invitation.clone(),
            },
            Direction::ToGreenhouse,
        ),
        (
            Task::WriteStatus {
                invitation: invitation.clone(),
            },
            Direction::ToGreenhouse,
        ),
        (Task::Invite { invitation }, Direction::FromGreenhouse),
        (
            Task::NotifyProduct {
                assessment: id.clone(),
                outcome: Outcome::Rejected,
                revision: 3,
            },
            Direction::FromGreenhouse,
        ),
        (
            Task::ReadApplication {
                hint,
                contradicted: false,
            },
            Direction::FromGreenhouse,
        ),
        (
            Task::FindSuccessor {
                assessment: id.clone(),
                candidate: CandidateId::new(1),
                job: JobId::new(2),
            },
            Direction::FromGreenhouse,
        ),
        (Task::replay_ignored(&id, at(0)), Direction::FromGreenhouse),
        (Task::Reconcile { after: None }, Direction::FromGreenhouse),
        (Task::Backfill { start: 1 }, Direction::ToGreenhouse),
        (
            Task::StageTest {
                application: ApplicationId::new(31),
                stage: None,
            },
            Direction::FromGreenhouse,
        ),
    ];
    let mut texts = std::collections::BTreeSet::new();
    for (work, direction) in tasks {
        let AfterPanic::Park(entry) = after_panic(&task(work.clone()), 4, at(9)) else {
            panic!("{work:?}")
        };
        assert_eq!(entry.direction, direction, "{work:?}");
        assert_eq!(
            (entry.subject, entry.status),
            (LogSubject::Task, LogStatus::Failed)
        );
        assert!(entry.offers_retry() && entry.text.contains("retry this entry"));
        assert_eq!(
            entry.key.as_ref().and_then(LogKey::task_id),
            Some(TaskId::new(17))
        );
        let names =
            entry.assessment.is_some() || entry.invitation.is_some() || entry.application.is_some();
        let names_nothing = matches!(work, Task::Reconcile { .. } | Task::Backfill { .. });
        assert_eq!(names, !names_nothing, "{work:?}");
        texts.insert(entry.text);
    }
    assert_eq!(texts.len(), 11);
    assert_eq!(LogKey::push(&id).task_id(), None);
}

fn push() -> Task {
    Task::Push {
        assessment: AssessmentId::new("as-1"),
    }
}

fn task(work: Task) -> ClaimedTask {
    let id = TaskId::new(17);
    ClaimedTask::new(id, AccountId::new("acme"), work, 0, 1, at(0), at(60))
}

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(second, 0).unwrap()
}
