use std::time::Duration;

use greenhouse_core::{
    AccountId, earlier,
    health::Check,
    store::{StoreError, TaskKind},
};

use super::{Checks, time};

impl Checks {
    /// Warns if tasks have been due for long. Their number alone says nothing: a burst is done
    /// within minutes.
    pub(super) async fn backlog(&self, account: &AccountId) -> Result<Check, StoreError> {
        let now = self.clock.now();
        let (mut waiting, mut late) = (Vec::new(), Vec::new());
        for kind in self.kinds {
            let backlog = self.store.backlog(account, &[*kind]).await?;
            if backlog.count == 0 {
                continue;
            }
            let text = format!("{} {}", backlog.count, name(*kind));
            if let Some(since) = backlog.oldest.filter(|since| *since < earlier(now, LONG)) {
                late.push(format!("{text}, the oldest due since {}", time(since)));
            } else {
                waiting.push(text);
            }
        }
        if !late.is_empty() {
            return Ok(Check::warning(
                "backlog",
                format!("Tasks wait for long: {}.", late.join("; ")),
                "Check whether the product and Greenhouse answer, and whether a host runs its background tasks.",
            ));
        }
        Ok(Check::ok(
            "backlog",
            match waiting.join(", ") {
                none if none.is_empty() => "Nothing waits.".to_owned(),
                waiting => format!("Waiting: {waiting}."),
            },
        ))
    }
}

fn name(kind: TaskKind) -> &'static str {
    match kind {
        TaskKind::Invite => "invitations",
        TaskKind::Notify => "completion notices",
        TaskKind::TellProduct => "outcomes for the product",
        TaskKind::ReadApplication => "applications to read",
        TaskKind::FindSuccessor => "merged applications to find",
        TaskKind::ReplayIgnored => "new links whose earlier webhooks are to be checked",
        _ => "others",
    }
}

/// Longer than a burst takes, and than a few attempts.
const LONG: Duration = Duration::from_secs(15 * 60);
