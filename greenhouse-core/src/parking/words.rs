use crate::store::TaskKind;

/// Name of the task, as the subject of a sentence.
pub(super) fn sentence(kind: TaskKind) -> &'static str {
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

/// Number and name of the tasks of a kind.
pub(super) fn counted(kind: TaskKind, count: u64) -> String {
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
