//! Sync log and health: tasks that crashed or wait too long.

use crate::{health::Check, texts};

texts! {
    /// Sync log: the task crashed too often and is parked until a person retries it.
    pub(crate) fn task_parked(task: &str, crashes: u32) =
        "{task} crashed {crashes} times and is parked. Search the server's log for \"panicked\", fix \
         the cause, then retry this entry.";

    /// A retry of a task that is not parked.
    pub(crate) fn not_parked() = "the task is no longer parked";

    /// Sync log: a person retried a parked task.
    pub(crate) fn task_retried() = "A retry was requested. The task runs again shortly.";
}

pub(crate) fn nothing_parked() -> Check {
    Check::ok("parked_tasks", "No task is parked.")
}

pub(crate) fn parked_tasks(tasks: &str) -> Check {
    Check::problem(
        "parked_tasks",
        format!("Parked after crashes: {tasks}."),
        "Search the server's log for \"panicked\" and fix the cause. Then retry the failed tasks in \
         the sync log.",
    )
}

pub(crate) fn nothing_waiting() -> Check {
    Check::ok("backlog", "No task is waiting.")
}

pub(crate) fn backlog(tasks: &str) -> Check {
    Check::ok("backlog", format!("Waiting: {tasks}."))
}

pub(crate) fn late_backlog(since: &str, tasks: &str) -> Check {
    Check::warning(
        "backlog",
        format!("Waiting since {since}: {tasks}."),
        "Check that a server runs the background tasks, and that the product and Greenhouse respond.",
    )
}

pub(crate) fn store_failed(error: &str) -> Check {
    Check::problem(
        "backlog",
        format!("The database failed: {error}."),
        "Check the database.",
    )
}

/// Names for the tasks of one kind.
pub(crate) struct TaskWords {
    /// A task as the subject of a sentence.
    pub(crate) subject: &'static str,
    one: &'static str,
    many: &'static str,
}

impl TaskWords {
    /// Formats a number of tasks with their name: `2 invitations`.
    pub(crate) fn counted(&self, count: u64) -> String {
        let name = if count == 1 { self.one } else { self.many };
        format!("{count} {name}")
    }
}

pub(crate) const INVITE: TaskWords = TaskWords {
    subject: "The invitation of a candidate",
    one: "invitation",
    many: "invitations",
};
pub(crate) const NOTIFY: TaskWords = TaskWords {
    subject: "The completion notice to Greenhouse",
    one: "completion notice",
    many: "completion notices",
};
pub(crate) const NOTIFY_PRODUCT: TaskWords = TaskWords {
    subject: "The report of an outcome to the product",
    one: "outcome for the product",
    many: "outcomes for the product",
};
pub(crate) const READ_APPLICATION: TaskWords = TaskWords {
    subject: "The check of an application in Greenhouse",
    one: "application to check",
    many: "applications to check",
};
pub(crate) const FIND_SUCCESSOR: TaskWords = TaskWords {
    subject: "The search for a replacement application",
    one: "search for a replacement application",
    many: "searches for replacement applications",
};
pub(crate) const REPLAY_IGNORED: TaskWords = TaskWords {
    subject: "The check of earlier webhooks",
    one: "check of earlier webhooks",
    many: "checks of earlier webhooks",
};
pub(crate) const RECONCILE: TaskWords = TaskWords {
    subject: "The comparison with Greenhouse",
    one: "comparison with Greenhouse",
    many: "comparisons with Greenhouse",
};
pub(crate) const PUSH: TaskWords = TaskWords {
    subject: "The push of an assessment",
    one: "push",
    many: "pushes",
};
pub(crate) const BACKFILL: TaskWords = TaskWords {
    subject: "The backfill of past results",
    one: "backfill of past results",
    many: "backfills of past results",
};
pub(crate) const STAGE_TEST: TaskWords = TaskWords {
    subject: "The test of a stage",
    one: "test of a stage",
    many: "tests of stages",
};
pub(crate) const WRITE_STATUS: TaskWords = TaskWords {
    subject: "The write of a test's status to a custom field",
    one: "status of a test",
    many: "statuses of tests",
};
