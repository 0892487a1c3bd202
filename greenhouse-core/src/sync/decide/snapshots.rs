//! Events with the state of an application.

use super::{Facts, hints::hint};
use crate::{
    ApplicationId, ApplicationStatus,
    store::{Changes, Link, LogStatus},
    sync::apply::{Report, Standing, apply_report, entry},
    texts::sync as texts,
    webhook::ApplicationEvent,
};

pub(super) fn application(
    changes: &mut Changes,
    event: &ApplicationEvent,
    status: Option<&ApplicationStatus>,
    known: &Facts,
) -> bool {
    let job = match event.jobs.as_slice() {
        [job] => Some(*job),
        _ => None,
    };
    let stage = event.stage.as_ref();
    let report = Report::new(status, stage, job, event.last_activity_at, known.now);
    let mut concerned = false;
    for link in links_to(known, event.application) {
        concerned = true;
        match report.standing(link) {
            Standing::Newer => {
                let whole = report.is_whole();
                let incomplete = texts::incomplete(status.is_some(), report.stage.is_some());
                if !apply_report(changes, link, &report, known.now, incomplete, None) {
                    let evidence = if whole { texts::UNCHANGED } else { incomplete };
                    let text = texts::application_updated().and(evidence);
                    let said = entry(link, known.now, LogStatus::Done, text);
                    changes.log.push(said);
                }
                if !whole && known.reader {
                    hint(changes, link, &report, known);
                }
            }
            Standing::Unchanged if report.is_whole() => {}
            Standing::Unchanged => hint(changes, link, &report, known),
            Standing::Stale => {
                let text = texts::webhook_outdated();
                changes
                    .log
                    .push(entry(link, known.now, LogStatus::Skipped, text));
            }
            Standing::Hint => hint(changes, link, &report, known),
        }
    }
    concerned
}

/// A hire carries neither status nor time (documented), so the action determines the status. It is
/// always a hint, even if the link is already hired, because this may be a second hire, and the
/// event that undid the first may still be on its way.
pub(super) fn hired(changes: &mut Changes, application: ApplicationId, known: &Facts) -> bool {
    let report = Report::new(Some(&ApplicationStatus::Hired), None, None, None, known.now);
    let mut concerned = false;
    for link in links_to(known, application) {
        concerned = true;
        hint(changes, link, &report, known);
    }
    concerned
}

fn links_to(known: &Facts, application: ApplicationId) -> impl Iterator<Item = &Link> {
    known
        .links
        .iter()
        .filter(move |link| link.application == application && !link.state.deleted)
}
