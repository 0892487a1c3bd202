use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Hint;
use crate::{
    ApplicationId, AssessmentId, CandidateId, InvitationId, JobId, StageId, platform::Outcome,
};

/// Outbound task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "work")]
#[non_exhaustive]
pub enum Task {
    /// Ask the product to invite a candidate.
    Invite {
        /// Id of the invitation.
        invitation: InvitationId,
    },
    /// Notify Greenhouse that an invitation has ended.
    Notify {
        /// Id of the invitation.
        invitation: InvitationId,
    },
    /// Report the outcome of a pushed candidate to the product.
    #[serde(rename = "tell_product")]
    NotifyProduct {
        /// Id of the assessment.
        assessment: AssessmentId,
        /// Current outcome.
        outcome: Outcome,
        /// Number that orders the reports. The product ignores a report with a lower revision.
        revision: u64,
    },
    /// Read the state of a linked application after an unreliable event.
    ReadApplication {
        /// Hint from the event.
        hint: Hint,
        /// `true` for the second read, after a first read contradicted the hint or a comparison
        /// found a difference. The second read decides.
        contradicted: bool,
    },
    /// Find the successor of a linked application that was deleted in a merge of its candidate.
    FindSuccessor {
        /// Assessment of the link.
        assessment: AssessmentId,
        /// Candidate that remained after the merge.
        candidate: CandidateId,
        /// Job of the deleted application, on which to search.
        job: JobId,
    },
    /// Replay ignored deliveries for a new link. A webhook can arrive before the push that it
    /// concerns has stored its link.
    ReplayIgnored {
        /// Assessment of the link.
        assessment: AssessmentId,
        /// Earliest arrival of a delivery to replay. Older deliveries arrived before the linked
        /// application was read or created.
        since: DateTime<Utc>,
        /// `true` for the second pass, which finds deliveries that were being stored as ignored
        /// during the first pass.
        again: bool,
    },
    /// Compare links with Greenhouse in batches and apply missed changes.
    Reconcile {
        /// Assessment of the last compared link. `None` to begin with the first link.
        after: Option<AssessmentId>,
    },
    /// Push an assessment. If the push is still running when the task is claimed again, its host
    /// has stopped, and the push fails.
    Push {
        /// Id of the assessment.
        assessment: AssessmentId,
    },
    /// Continue the account's backfill.
    Backfill {
        /// Number of the start that queued the task. The task ends if the backfill was started or
        /// resumed since.
        start: u32,
    },
    /// Read an application that entered a stage, and invite its candidate to the
    /// [test of the stage](crate::stage_test).
    StageTest {
        /// Application that entered a stage.
        application: ApplicationId,
        /// Stage that the webhook reported. `None` if it reported none.
        stage: Option<StageId>,
    },
    /// Write the status of an invitation's test to a custom field of its application. The task
    /// reads the status when it runs, so an invitation has at most one such task.
    WriteStatus {
        /// Id of the invitation.
        invitation: InvitationId,
    },
}

impl Task {
    /// Creates the first replay for a new link, or for a link with a new candidate or application.
    pub fn replay_ignored(assessment: &AssessmentId, since: DateTime<Utc>) -> Self {
        Self::ReplayIgnored {
            assessment: assessment.clone(),
            since,
            again: false,
        }
    }

    /// Kind of the task.
    pub fn kind(&self) -> TaskKind {
        match self {
            Self::Invite { .. } => TaskKind::Invite,
            Self::Notify { .. } => TaskKind::Notify,
            Self::NotifyProduct { .. } => TaskKind::NotifyProduct,
            Self::ReadApplication { .. } => TaskKind::ReadApplication,
            Self::FindSuccessor { .. } => TaskKind::FindSuccessor,
            Self::ReplayIgnored { .. } => TaskKind::ReplayIgnored,
            Self::Reconcile { .. } => TaskKind::Reconcile,
            Self::Push { .. } => TaskKind::Push,
            Self::Backfill { .. } => TaskKind::Backfill,
            Self::StageTest { .. } => TaskKind::StageTest,
            Self::WriteStatus { .. } => TaskKind::WriteStatus,
        }
    }
}

/// Kind of a [`Task`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum TaskKind {
    /// [`Task::Invite`].
    Invite,
    /// [`Task::Notify`].
    Notify,
    /// [`Task::NotifyProduct`].
    NotifyProduct,
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
    /// [`Task::Backfill`].
    Backfill,
    /// [`Task::StageTest`].
    StageTest,
    /// [`Task::WriteStatus`].
    WriteStatus,
}

impl TaskKind {
    /// All kinds.
    pub const ALL: [Self; 11] = [
        Self::Invite,
        Self::Notify,
        Self::NotifyProduct,
        Self::ReadApplication,
        Self::FindSuccessor,
        Self::ReplayIgnored,
        Self::Reconcile,
        Self::Push,
        Self::Backfill,
        Self::StageTest,
        Self::WriteStatus,
    ];

    /// Name for stores and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invite => "invite",
            Self::Notify => "notify",
            Self::NotifyProduct => "tell_product",
            Self::ReadApplication => "read_application",
            Self::FindSuccessor => "find_successor",
            Self::ReplayIgnored => "look_back",
            Self::Reconcile => "reconcile",
            Self::Push => "push",
            Self::Backfill => "backfill",
            Self::StageTest => "stage_test",
            Self::WriteStatus => "write_status",
        }
    }
}

/// Task to store in the same commit as the state that causes it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DueTask {
    /// The task.
    pub task: Task,
    /// Earliest time to run it.
    pub due_at: DateTime<Utc>,
}

impl DueTask {
    /// Creates a task that is due from `due_at` on.
    pub fn new(task: Task, due_at: DateTime<Utc>) -> Self {
        Self { task, due_at }
    }
}

/// Id of a stored task, assigned by the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TaskId(i64);

impl TaskId {
    /// Wraps a number that the store assigned.
    pub const fn new(id: i64) -> Self {
        Self(id)
    }

    /// The number that the store assigned.
    pub const fn value(self) -> i64 {
        self.0
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Number and age of waiting tasks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Backlog {
    /// Number of tasks.
    pub count: u64,
    /// Time at which the oldest waiting task first became due. `None` if no task is waiting.
    pub oldest: Option<DateTime<Utc>>,
    /// Number of parked tasks, which `count` and `oldest` do not include.
    pub parked: u64,
}

impl Backlog {
    /// Sets the number of parked tasks.
    #[must_use]
    pub fn with_parked(self, parked: u64) -> Self {
        Self { parked, ..self }
    }

    /// Creates a backlog of `count` tasks, the oldest due since `oldest`.
    pub fn new(count: u64, oldest: Option<DateTime<Utc>>) -> Self {
        Self {
            count,
            oldest,
            parked: 0,
        }
    }
}

/// Task that was parked after repeated panics and waits for a person to retry it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParkedTask {
    /// Id of the task.
    pub id: TaskId,
    /// The task.
    pub task: Task,
    /// Time at which the task first became due.
    pub since: DateTime<Utc>,
    /// Number of panics before the task was parked.
    pub panics: u32,
}

impl ParkedTask {
    /// Creates a parked task. For stores.
    pub fn new(id: TaskId, task: Task, since: DateTime<Utc>, panics: u32) -> Self {
        Self {
            id,
            task,
            since,
            panics,
        }
    }
}
