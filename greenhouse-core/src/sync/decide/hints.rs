//! Hints, confirmed by a reader if there is one.

use super::Facts;
use crate::{
    store::{Changes, DueTask, Hint, Hinted, Link, LogKey, LogStatus, Task},
    sync::apply::{Report, apply_report, entry},
};

pub(super) fn hint(changes: &mut Changes, link: &Link, report: &Report<'_>, known: &Facts) {
    if !known.reader {
        if !apply_report(changes, link, report, known.now, ARRIVAL, None) {
            let text = format!("Greenhouse reported no change{ARRIVAL}.");
            let said = entry(link, known.now, LogStatus::Done, text);
            changes.log.push(said);
        }
        return;
    }
    let stage = report.stage.and_then(|stage| stage.name.as_deref());
    let (what, name) = match (report.status, stage) {
        (Some(status), _) if *status != link.state.status => ("status ", status.as_str()),
        (_, Some(stage)) => ("stage ", stage),
        _ => ("a change", ""),
    };
    let text = [
        "Greenhouse reported ",
        what,
        name,
        "; its present state is being read.",
    ]
    .concat();
    let says = Hinted::State {
        status: report.status.cloned(),
        stage: report.stage.cloned(),
    };
    request_read(changes, link, says, text, known);
}

/// Queues a read of the true state, and logs that it is pending.
pub(super) fn request_read(
    changes: &mut Changes,
    link: &Link,
    says: Hinted,
    text: String,
    known: &Facts,
) {
    let hint = Hint::new(link.application, says, known.now);
    let key = LogKey::hint(&link.assessment, &hint);
    let said = entry(link, known.now, LogStatus::Pending, text);
    changes.log.push(said.keyed(key));
    // Several links to one application share one read.
    let asked = changes.due.iter_mut().find_map(|due| match &mut due.task {
        Task::ReadApplication { hint: asked, .. }
            if (asked.application, &asked.says) == (hint.application, &hint.says) =>
        {
            Some(asked)
        }
        _ => None,
    });
    if let Some(asked) = asked {
        asked.assessments.push(link.assessment.clone());
        return;
    }
    let task = Task::ReadApplication {
        hint: hint.awaited_by(link.assessment.clone()),
        contradicted: false,
    };
    changes.due.push(DueTask::new(task, known.now));
}

const ARRIVAL: &str = " (taken in the order of arrival)";
