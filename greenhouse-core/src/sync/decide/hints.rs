//! What is read before it is believed, where it can be read.

use super::Facts;
use crate::{
    store::{Changes, DueTask, Hint, Hinted, Link, LogKey, LogStatus, Task},
    sync::state::{Report, entry, take_over},
};

pub(super) fn hint(changes: &mut Changes, link: &Link, report: &Report<'_>, known: &Facts) {
    if !known.reader {
        if !take_over(changes, link, report, known.now, ARRIVAL, None) {
            let text = format!("Greenhouse reported what was known, as far as it said{ARRIVAL}.");
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
    ask(changes, link, says, text, known);
}

/// Has the true state read, and says so until it is.
pub(super) fn ask(changes: &mut Changes, link: &Link, says: Hinted, text: String, known: &Facts) {
    let hint = Hint::new(link.application, says, known.now);
    let key = LogKey::hint(&link.assessment, &hint);
    let said = entry(link, known.now, LogStatus::Pending, text);
    changes.log.push(said.keyed(key));
    // Several links to one application want it read once.
    let asked = changes.due.iter_mut().find_map(|due| match &mut due.work {
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
    let work = Task::ReadApplication {
        hint: hint.awaited_by(link.assessment.clone()),
        contradicted: false,
    };
    changes.due.push(DueTask::new(work, known.now));
}

const ARRIVAL: &str = " (taken in the order of arrival)";
