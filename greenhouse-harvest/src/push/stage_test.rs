//! Invites a candidate whose application entered a stage with a test. Writes nothing to Greenhouse.

mod read;

use std::time::Duration;

use chrono::{DateTime, Utc};
use greenhouse_core::{
    Backoff, InvitationId, Text, later,
    parking::{TaskError, supervise},
    random_bytes,
    stage_test::{EarlierTest, Held, Invited, SkipReason, StageEntry, StageTest, earlier},
    store::{
        CandidateHistory, Changes, ClaimedTask, Direction, DueTask, Invitation, InvitationState,
        InvitedPerson, LogEntry, LogKey, LogStatus, LogSubject, Proposal, RequestKey, Settlement,
        StoreError, Task, Write, decide_and_apply,
    },
    within,
};

use self::read::{Found, read};
use super::{
    StepError,
    engine::Engine,
    texts::{reason, sync_log::stage_tests as texts, time},
};

/// Runs the task. If it panics, the task is retried, and parked after the fifth panic.
pub(super) async fn run(
    engine: &Engine,
    task: &ClaimedTask,
    entry: StageEntry,
) -> Result<(), StoreError> {
    let left = task.lease_until.signed_duration_since(engine.now());
    let left = left.to_std().unwrap_or_default();
    let decided = async {
        let decision = decide_and_apply(engine.store(), &task.account, || {
            propose(engine, task, &entry)
        });
        match within(&**engine.ports.clock(), left, decision).await {
            Some(Err(error)) if !error.is_contended() => Err(TaskError::from(error)),
            // Otherwise, the task is claimed again when its lease ends.
            _ => Ok(()),
        }
    };
    let clock = engine.ports.clock();
    supervise(engine.store(), &**clock, &[task], decided).await
}

/// Reason why no test is sent now.
enum Stop {
    Held(Held),
    /// The push was switched off.
    Off,
    /// Greenhouse could not be read.
    Unread(StepError),
    Store(StoreError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<SkipReason> for Stop {
    fn from(reason: SkipReason) -> Self {
        Self::Held(Held::Skip(reason))
    }
}

/// Reads Greenhouse after the candidate's history, so that a merge or an anonymization during the
/// reads causes a conflict, and so does an invitation that another host sends to the candidate.
async fn propose(
    engine: &Engine,
    task: &ClaimedTask,
    entry: &StageEntry,
) -> Result<Proposal<()>, StoreError> {
    let now = engine.now();
    let mut changes = Changes::none();
    let stop = match examine(engine, task, entry).await {
        Ok(invited) => {
            invite(&mut changes, task, invited, now);
            changes.settled = Some(task.settle(Settlement::Done));
            return Ok(Proposal::Write(changes, ()));
        }
        Err(stop) => stop,
    };
    let log = |status, text| log_entry(task, entry, now, status, text);
    let how = match stop {
        Stop::Store(error) => return Err(error),
        Stop::Held(Held::Wait) => Settlement::Again(later(now, engine.config.settle_time)),
        // A webhook that names no stage may concern a stage without a test.
        Stop::Held(Held::Skip(SkipReason::Left)) if entry.stage.is_none() => Settlement::Done,
        Stop::Held(Held::Skip(reason)) => {
            changes.log.push(log(LogStatus::Skipped, skipped(&reason)));
            Settlement::Done
        }
        Stop::Off => {
            let text = texts::stage_test_push_off();
            changes.log.push(log(LogStatus::Skipped, text));
            Settlement::Done
        }
        Stop::Unread(error) => {
            let (text, wait) = cause(error)?;
            let retry_at = later(
                now,
                wait.max(Some(BACKOFF.after(task.attempts)))
                    .unwrap_or_default(),
            );
            if retry_at > later(task.since, PATIENCE) {
                let text = texts::stage_test_failed(reason(text.as_str()));
                changes.log.push(log(LogStatus::Failed, text));
                Settlement::Done
            } else {
                let text = texts::stage_test_waits(reason(text.as_str()), &time(retry_at));
                changes.log.push(log(LogStatus::Pending, text));
                Settlement::Again(retry_at)
            }
        }
    };
    changes.settled = Some(task.settle(how));
    Ok(Proposal::Write(changes, ()))
}

/// Returns the reason why Greenhouse could not be read, and the minimum wait that it requested.
fn cause(error: StepError) -> Result<(Text, Option<Duration>), StoreError> {
    match error {
        StepError::Failed(failure) => Ok((failure.to_text(), None)),
        StepError::NotNow(failure, wait) => Ok((failure.to_text(), wait)),
        StepError::Store(error) => Err(error),
        // Only a push returns the others.
        StepError::Lost | StepError::Again(..) | StepError::Panicked => {
            Err(StoreError::unavailable("the task was lost"))
        }
    }
}

/// An invitation to write, with the history that must not have changed.
struct ToInvite {
    invitation: Invitation,
    history: CandidateHistory,
    /// Name of the stage, or its id.
    stage: String,
}

async fn examine(
    engine: &Engine,
    task: &ClaimedTask,
    entry: &StageEntry,
) -> Result<ToInvite, Stop> {
    let (store, account, now) = (engine.store(), &task.account, engine.now());
    let Some(access) = engine.clients.access(account).await? else {
        return Err(Stop::Off);
    };
    let Found {
        test,
        candidate,
        person,
        history,
        stage,
    } = read(engine, task, entry, &access).await?;
    let request = RequestKey::of_stage(entry.application, test.stage);
    let own = store.invitation_by_request(account, &request).await?;
    let others = store.invitations_of_candidate(account, candidate).await?;
    let others: Vec<EarlierTest> = others
        .into_iter()
        .filter(|other| other.request != request)
        .map(|other| EarlierTest {
            scenario: other.scenario,
            is_open: !other.state.is_final(),
        })
        .collect();
    earlier(&test, own.as_ref().map(state_of), &others)?;
    let mut invitation = match own {
        Some(own) => own,
        None => new_invitation(request, &test, now)?,
    };
    invitation.scenario = test.scenario;
    invitation.person = person;
    invitation.candidate = Some(candidate);
    invitation.application = Some(entry.application);
    invitation.stage = Some(test.stage);
    invitation.state = InvitationState::Received;
    invitation.created_at = now;
    Ok(ToInvite {
        invitation,
        history,
        stage,
    })
}

fn state_of(own: &Invitation) -> Invited {
    match own.state {
        InvitationState::Refused if own.assessment.is_none() => Invited::Refused,
        _ => Invited::Sent,
    }
}

fn new_invitation(
    request: RequestKey,
    test: &StageTest,
    now: DateTime<Utc>,
) -> Result<Invitation, StoreError> {
    let id = random_bytes::<16>()
        .map_err(|_| StoreError::unavailable("the operating system returned no random bytes"))?;
    let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
    let (id, scenario) = (InvitationId::new(id), test.scenario.clone());
    let person = InvitedPerson::default();
    Ok(Invitation::new(id, request, scenario, person, now))
}

fn invite(changes: &mut Changes, task: &ClaimedTask, invited: ToInvite, now: DateTime<Utc>) {
    let ToInvite {
        invitation,
        history,
        stage,
    } = invited;
    let text = texts::stage_test_sent(&stage);
    let (direction, subject) = (Direction::FromGreenhouse, LogSubject::Invitation);
    let mut entry = LogEntry::new(now, direction, subject, LogStatus::Done, text)
        .keyed(LogKey::stage_test(task.id))
        .about_invitation(invitation.id.clone());
    entry.application = invitation.application;
    entry.candidate = invitation.candidate;
    changes.log.push(entry);
    let invite = Task::Invite {
        invitation: invitation.id.clone(),
    };
    changes.due.push(DueTask::new(invite, now));
    changes.invitations.push(Write::Put(invitation));
    changes.histories.push(Write::Put(history));
}

fn log_entry(
    task: &ClaimedTask,
    entry: &StageEntry,
    now: DateTime<Utc>,
    status: LogStatus,
    text: Text,
) -> LogEntry {
    let (direction, subject) = (Direction::FromGreenhouse, LogSubject::Invitation);
    LogEntry::new(now, direction, subject, status, text)
        .keyed(LogKey::stage_test(task.id))
        .about_application(entry.application)
}

fn skipped(reason: &SkipReason) -> Text {
    match reason {
        SkipReason::NotMapped => texts::stage_test_not_mapped(),
        SkipReason::NotListed => texts::stage_test_not_listed(),
        SkipReason::NotActive(status) => texts::stage_test_not_active(status.as_str()),
        SkipReason::Left => texts::stage_test_left(),
        SkipReason::CandidateNotListed => texts::stage_test_candidate_not_listed(),
        SkipReason::Private => texts::stage_test_private(),
        SkipReason::NoAddress => texts::stage_test_no_address(),
        SkipReason::InvalidAddress => texts::stage_test_invalid_address(),
        SkipReason::HasTest => texts::stage_test_open_elsewhere(),
        _ => texts::stage_test_sent_before(),
    }
}

/// Waits between attempts to read Greenhouse.
const BACKOFF: Backoff = Backoff::new(Duration::from_secs(30), Duration::from_secs(30 * 60));
/// Time after which a test that could not be sent is given up.
const PATIENCE: Duration = Duration::from_secs(3 * 24 * 60 * 60);
