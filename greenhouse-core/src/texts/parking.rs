//! Sync log and health: tasks that crashed or wait too long.

use crate::{health::Check, store::TaskKind, texts};

texts! {
    /// Sync log: the task crashed for the last time and is not run any more.
    pub(crate) fn task_parked(task: &str, crashes: u32) =
        "{task} crashed {crashes} times and is parked. Search the server's log for \"panicked\", fix \
         the cause, then retry this entry.";

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
        format!("The store failed: {error}."),
        "Check the database.",
    )
}

/// Returns a task of this kind as the subject of a sentence.
pub(crate) fn subject(kind: TaskKind) -> &'static str {
    match kind {
        TaskKind::Invite => "The invitation of a candidate",
        TaskKind::Notify => "The completion notice to Greenhouse",
        TaskKind::TellProduct => "The report of an outcome to the product",
        TaskKind::ReadApplication => "The check of an application in Greenhouse",
        TaskKind::FindSuccessor => "The search for a merged application",
        TaskKind::ReplayIgnored => "The check of earlier webhooks",
        TaskKind::Reconcile => "The comparison with Greenhouse",
        TaskKind::Push => "The push of an assessment",
    }
}

/// Returns the number of tasks of this kind with their name: `2 invitations`.
pub(crate) fn counted(kind: TaskKind, count: u64) -> String {
    let (one, many) = match kind {
        TaskKind::Invite => ("invitation", "invitations"),
        TaskKind::Notify => ("completion notice", "completion notices"),
        TaskKind::TellProduct => ("outcome for the product", "outcomes for the product"),
        TaskKind::ReadApplication => ("application to check", "applications to check"),
        TaskKind::FindSuccessor => ("merged application to find", "merged applications to find"),
        TaskKind::ReplayIgnored => ("check of earlier webhooks", "checks of earlier webhooks"),
        TaskKind::Reconcile => ("comparison with Greenhouse", "comparisons with Greenhouse"),
        TaskKind::Push => ("push", "pushes"),
    };
    format!("{count} {}", if count == 1 { one } else { many })
}
