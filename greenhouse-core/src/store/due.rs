use std::{fmt, time::Duration};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Hint;
use crate::{AccountId, AssessmentId, CandidateId, InvitationId, JobId, platform::Outcome};

/// Something that must still be done outside our database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "work")]
#[non_exhaustive]
pub enum Task {
    /// Have the product invite a candidate.
    Invite {
        /// The invitation.
        invitation: InvitationId,
    },
    /// Tell Greenhouse that an invitation has ended.
    Notify {
        /// The invitation.
        invitation: InvitationId,
    },
    /// Tell the product what became of a pushed candidate.
    TellProduct {
        /// The assessment.
        assessment: AssessmentId,
        /// What is now true.
        outcome: Outcome,
        /// Orders what is told: a lower one changes nothing.
        revision: u64,
    },
    /// Read the true state of a linked application, because an event could only hint at it.
    ReadApplication {
        /// What the event hinted at.
        hint: Hint,
        /// Whether a reader has contradicted the hint already.
        contradicted: bool,
    },
    /// Find the application that took the place of a deleted one when its candidate was merged.
    FindSuccessor {
        /// Whose link it is.
        assessment: AssessmentId,
        /// The candidate that remained.
        candidate: CandidateId,
        /// The job to look on.
        job: JobId,
    },
    /// Give effect to what Greenhouse told of a link before there was this link: a webhook can overtake our own push.
    ReplayIgnored {
        /// Whose link it is.
        assessment: AssessmentId,
        /// What was received before this is of no concern: what was linked was read or made after it.
        since: DateTime<Utc>,
        /// Whether it is the second look, for what was being ignored at the moment of the first.
        again: bool,
    },
    /// Compare links with Greenhouse, a batch at a time, and apply what was missed.
    Reconcile {
        /// The assessment of the last link that was compared; none at the beginning.
        after: Option<AssessmentId>,
    },
    /// Push an assessment. Started once: claimed a second time, it has failed.
    Push {
        /// The assessment.
        assessment: AssessmentId,
    },
}

impl Task {
    /// The first look at what was told of a new link, or of one that has another candidate or application now.
    pub fn look_back(assessment: &AssessmentId, since: DateTime<Utc>) -> Self {
        Self::ReplayIgnored {
            assessment: assessment.clone(),
            since,
            again: false,
        }
    }

    /// Which kind of work it is.
    pub fn kind(&self) -> TaskKind {
        match self {
            Self::Invite { .. } => TaskKind::Invite,
            Self::Notify { .. } => TaskKind::Notify,
            Self::TellProduct { .. } => TaskKind::TellProduct,
            Self::ReadApplication { .. } => TaskKind::ReadApplication,
            Self::FindSuccessor { .. } => TaskKind::FindSuccessor,
            Self::ReplayIgnored { .. } => TaskKind::ReplayIgnored,
            Self::Reconcile { .. } => TaskKind::Reconcile,
            Self::Push { .. } => TaskKind::Push,
        }
    }
}

/// The kinds of [`Task`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum TaskKind {
    /// [`Task::Invite`].
    Invite,
    /// [`Task::Notify`].
    Notify,
    /// [`Task::TellProduct`].
    TellProduct,
    /// [`Task::ReadApplication`].
    ReadApplication,
    /// [`Task::FindSuccessor`].
    FindSuccessor,
    /// [`Task::ReplayIgnored`].
    ReplayIgnored,
    /// [`Task::Reconcile`].
    Reconcile,
    /// [`Task::Push`].
    Push,
}

impl TaskKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Invite,
        Self::Notify,
        Self::TellProduct,
        Self::ReadApplication,
        Self::FindSuccessor,
        Self::ReplayIgnored,
        Self::Reconcile,
        Self::Push,
    ];

    /// The word for stores and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invite => "invite",
            Self::Notify => "notify",
            Self::TellProduct => "tell_product",
            Self::ReadApplication => "read_application",
            Self::FindSuccessor => "find_successor",
            Self::ReplayIgnored => "look_back",
            Self::Reconcile => "reconcile",
            Self::Push => "push",
        }
    }
}

/// Work to be stored, in the commit of the state that causes it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DueTask {
    /// What to do.
    pub work: Task,
    /// Not before this time.
    pub due_at: DateTime<Utc>,
}

impl DueTask {
    /// Work that is due from `due_at` on.
    pub fn new(work: Task, due_at: DateTime<Utc>) -> Self {
        Self { work, due_at }
    }
}

/// Names stored work. Given by the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TaskId(i64);

impl TaskId {
    /// Takes the number that the store gave.
    pub const fn new(id: i64) -> Self {
        Self(id)
    }

    /// The number that the store gave.
    pub const fn value(self) -> i64 {
        self.0
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Which tasks [`TaskQueue::claim_due`](super::TaskQueue::claim_due) claims.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claim {
    /// Kinds of tasks. Nothing is claimed if empty.
    pub kinds: Vec<TaskKind>,
    /// Claims tasks that are due at this time.
    pub now: DateTime<Utc>,
    /// The claim ends this long after `now`, unless the task is settled before.
    pub lease: Duration,
    /// Most tasks to claim.
    pub limit: usize,
    /// Accounts that have their share of tasks in hand. None of their tasks is claimed, so that they delay no other
    /// account. [`TaskQueue::next_due`](super::TaskQueue::next_due) counts them nevertheless.
    pub skip: Vec<AccountId>,
}

impl Claim {
    /// A claim of up to `limit` tasks of all accounts.
    pub fn new(kinds: &[TaskKind], now: DateTime<Utc>, lease: Duration, limit: usize) -> Self {
        Self {
            kinds: kinds.to_vec(),
            now,
            lease,
            limit,
            skip: Vec::new(),
        }
    }

    /// The claim without the tasks of these accounts.
    #[must_use]
    pub fn skipping(self, skip: Vec<AccountId>) -> Self {
        Self { skip, ..self }
    }
}

/// Work that is ours until its lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClaimedTask {
    /// Names the work.
    pub id: TaskId,
    /// Whose it is.
    pub account: AccountId,
    /// What to do.
    pub work: Task,
    /// How often it was claimed before.
    pub attempts: u32,
    /// How often it ended in a panic since it was stored or retried by a person.
    pub panics: u32,
    /// Raised with every claim.
    pub generation: u64,
    /// When it first became due.
    pub since: DateTime<Utc>,
    /// When the claim ends by itself.
    pub lease_until: DateTime<Utc>,
}

impl ClaimedTask {
    /// Claimed work, as a store found it.
    pub fn new(
        id: TaskId,
        account: AccountId,
        work: Task,
        attempts: u32,
        generation: u64,
        since: DateTime<Utc>,
        lease_until: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            account,
            work,
            attempts,
            panics: 0,
            generation,
            since,
            lease_until,
        }
    }

    /// The claimed task with this count of panics.
    #[must_use]
    pub fn after_panics(self, panics: u32) -> Self {
        Self { panics, ..self }
    }

    /// The settlement of this claim.
    pub fn settle(&self, how: Settlement) -> Settled {
        Settled {
            work: self.id,
            generation: self.generation,
            how,
        }
    }
}

/// Claimed work that is dealt with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// The work.
    pub work: TaskId,
    /// The claim it is settled under.
    pub generation: u64,
    /// How it ended.
    pub how: Settlement,
}

/// How claimed work ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settlement {
    /// Nothing of it is left to do, whether it went well or not.
    Done,
    /// It is to be tried again, not before this time.
    Again(DateTime<Utc>),
    /// It ended in a panic, which is counted. It is to be tried again, not before `retry_at`.
    Panicked {
        /// When it is due again.
        retry_at: DateTime<Utc>,
    },
    /// It stays stored and is never claimed again, until [`Changes::unparked`](super::Changes::unparked) names it.
    Parked,
}

/// Work that waits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Backlog {
    /// How much.
    pub count: u64,
    /// When the longest waiting of it first became due; none if there is none.
    pub oldest: Option<DateTime<Utc>>,
    /// Parked tasks. They are not in `count` and `oldest`.
    pub parked: u64,
}

impl Backlog {
    /// The backlog with so many parked tasks.
    #[must_use]
    pub fn with_parked(self, parked: u64) -> Self {
        Self { parked, ..self }
    }

    /// So much work, the oldest of it since then.
    pub fn new(count: u64, oldest: Option<DateTime<Utc>>) -> Self {
        Self {
            count,
            oldest,
            parked: 0,
        }
    }
}

/// A task that waits for a person, because it ended in panics.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParkedTask {
    /// Id of the task.
    pub id: TaskId,
    /// What to do.
    pub task: Task,
    /// When it first became due.
    pub since: DateTime<Utc>,
    /// How often it ended in a panic before it was parked.
    pub panics: u32,
}

impl ParkedTask {
    /// A parked task, as a store found it.
    pub fn new(id: TaskId, task: Task, since: DateTime<Utc>, panics: u32) -> Self {
        Self {
            id,
            task,
            since,
            panics,
        }
    }
}
