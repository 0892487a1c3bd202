//! Hints, confirmed by a reader if there is one.

use super::Facts;
use crate::{
    Text,
    store::{Changes, DueTask, Hint, Hinted, Link, LogKey, LogStatus, Task},
    sync::apply::{Report, apply_report, entry},
    texts::sync as texts,
};

pub(super) fn hint(changes: &mut Changes, link: &Link, report: &Report<'_>, known: &Facts) {
    if !known.reader {
        let evidence = texts::ORDER_OF_ARRIVAL;
        if !apply_report(changes, link, report, known.now, evidence, None) {
            let text = texts::nothing_changed().and(evidence);
            let said = entry(link, known.now, LogStatus::Done, text);
            changes.log.push(said);
        }
        return;
    }
    let text = match (report.status, report.stage) {
        (Some(status), _) if *status != link.state.status => {
            texts::status_reported(status.as_str())
        }
        (_, Some(stage)) => texts::stage_reported(&texts::stage(stage)),
        _ => texts::change_reported(),
    };
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
    text: Text,
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
