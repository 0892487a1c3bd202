//! State changes of a linked application.

use chrono::{DateTime, SubsecRound, Utc};

use crate::{
    ApplicationStatus, JobId, Stage, Text,
    platform::Outcome,
    store::{
        Changes, Direction, DueTask, Link, LogEntry, LogKey, LogStatus, LogSubject, Task, Write,
    },
    texts::sync as texts,
};

/// Reported state of an application, from a full event or a reader.
pub(super) struct Report<'a> {
    pub(super) status: Option<&'a ApplicationStatus>,
    pub(super) stage: Option<&'a Stage>,
    /// Job of the application. `None` if the report names none or several, as for a prospect.
    pub(super) job: Option<JobId>,
    /// `last_activity_at`.
    pub(super) at: Option<DateTime<Utc>>,
}

/// Relation of a report to the last applied state.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// The report is newer.
    Newer,
    /// The report contains no change.
    Unchanged,
    /// The report is older.
    Stale,
    /// The report differs, and it is unknown which state is later.
    Hint,
}

impl Report<'_> {
    /// Compares whole seconds, because events have no fractions (documented) but Harvest has
    /// milliseconds.
    pub(super) fn standing(&self, link: &Link) -> Standing {
        let agrees = self.agrees(link);
        match (self.at.map(whole_seconds), link.state.as_of) {
            (Some(at), Some(as_of)) if at < as_of => Standing::Stale,
            (Some(at), Some(as_of)) if at > as_of => Standing::Newer,
            (Some(_), None) => Standing::Newer,
            _ if agrees => Standing::Unchanged,
            _ => Standing::Hint,
        }
    }

    /// Returns `true` if status, stage and time are present. Otherwise, a change or its time may be
    /// missing.
    pub(super) fn is_whole(&self) -> bool {
        self.status.is_some() && self.stage.is_some() && self.at.is_some()
    }

    fn agrees(&self, link: &Link) -> bool {
        let status = self
            .status
            .is_none_or(|status| *status == link.state.status);
        let stage = match (self.stage, &link.state.stage) {
            (Some(reported), Some(known)) => reported.is_same(known),
            (Some(_), None) => false,
            (None, _) => true,
        };
        let job = self
            .job
            .is_none_or(|job| link.job.is_none_or(|known| job == known));
        status && stage && job
    }
}

pub(super) fn whole_seconds(at: DateTime<Utc>) -> DateTime<Utc> {
    at.trunc_subsecs(0)
}

/// Applies a report to a link: writes the new state and a log entry, and reports a changed outcome
/// to the product. Returns `true` if it logged a change.
///
/// `evidence` is a sentence that ends the log text. Empty if the report has a time.
pub(super) fn apply_report(
    changes: &mut Changes,
    link: &Link,
    report: &Report<'_>,
    now: DateTime<Utc>,
    evidence: &str,
    key: Option<LogKey>,
) -> bool {
    let mut updated = link.clone();
    let known = link.state.stage.as_ref();
    let moved = report
        .stage
        .is_some_and(|stage| !known.is_some_and(|known| stage.is_same(known)));
    if let Some(stage) = report.stage {
        updated.state.stage = Some(stage.clone());
    }
    if let Some(status) = report.status {
        updated.state.status = status.clone();
    }
    // A report without a status must not make a later one with a status stale.
    if report.status.is_some() {
        updated.state.as_of = report.at.map(whole_seconds).max(link.state.as_of);
    }
    let status_changed = updated.state.status != link.state.status;
    // A transfer keeps the id of the application and changes job and stage (reported).
    updated.job = report.job.or(link.job);
    let transferred = link.job.is_some() && updated.job != link.job;

    if status_changed && let Some(outcome) = outcome(&updated.state.status) {
        updated.outcome_revision = link.outcome_revision.saturating_add(1);
        let task = Task::NotifyProduct {
            assessment: link.assessment.clone(),
            outcome,
            revision: updated.outcome_revision,
        };
        changes.due.push(DueTask::new(task, now));
    }
    let logged = status_changed || moved || transferred;
    if logged {
        let stage = updated.state.stage.as_ref();
        let what = match updated.job.filter(|_| transferred) {
            _ if status_changed => status_text(&updated),
            Some(job) => texts::application_transferred(job).and(&texts::at_stage(stage)),
            None => texts::stage_changed(&stage.map(texts::stage).unwrap_or_default()),
        };
        let said = entry(link, now, LogStatus::Done, what.and(evidence));
        changes.log.push(LogEntry { key, ..said });
    }
    if updated != *link {
        changes.links.push(Write::Put(updated));
    }
    logged
}

/// Outcome for the product. `None` if the status implies none.
fn outcome(status: &ApplicationStatus) -> Option<Outcome> {
    match status {
        ApplicationStatus::Active => Some(Outcome::Active),
        ApplicationStatus::Rejected => Some(Outcome::Rejected),
        ApplicationStatus::Hired => Some(Outcome::Hired),
        ApplicationStatus::Converted | ApplicationStatus::Other(_) => None,
    }
}

pub(super) fn entry(link: &Link, now: DateTime<Utc>, status: LogStatus, text: Text) -> LogEntry {
    let (direction, subject) = (Direction::FromGreenhouse, LogSubject::Event);
    LogEntry::new(now, direction, subject, status, text)
        .about_assessment(link.assessment.clone())
        .about_application(link.application)
}

fn status_text(link: &Link) -> Text {
    let at_stage = texts::at_stage(link.state.stage.as_ref());
    match &link.state.status {
        ApplicationStatus::Rejected => texts::application_rejected().and(&at_stage),
        ApplicationStatus::Hired => texts::application_hired(),
        ApplicationStatus::Active => texts::application_active().and(&at_stage),
        other => texts::application_status(other.as_str()),
    }
}
