//! State changes of a linked application.

use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};

use super::facts::Facts;
use crate::{
    ApplicationSnapshot, ApplicationStatus, JobId, Stage, Text,
    clock::later,
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
    /// `last_activity_at`. `None` if it is absent or too far in the future; see [`believed`].
    at: Option<DateTime<Utc>>,
    /// Current time.
    now: DateTime<Utc>,
    /// `true` if Greenhouse confirmed the report after the settle time. It then wins over any
    /// stored time.
    confirmed: bool,
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

impl<'a> Report<'a> {
    /// Creates a report from an event or a reader, with its `last_activity_at`.
    pub(super) fn new(
        status: Option<&'a ApplicationStatus>,
        stage: Option<&'a Stage>,
        job: Option<JobId>,
        at: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            status,
            stage,
            job,
            at: at.and_then(|at| believed(at, now)).map(whole_seconds),
            now,
            confirmed: false,
        }
    }

    /// Creates a report from a reader.
    pub(super) fn of_snapshot(snapshot: &'a ApplicationSnapshot, now: DateTime<Utc>) -> Self {
        Self::new(
            Some(&snapshot.status),
            snapshot.stage.as_ref(),
            snapshot.job,
            snapshot.last_activity_at,
            now,
        )
    }

    /// Marks the report as confirmed by Greenhouse after the settle time.
    pub(super) fn confirmed(self) -> Self {
        Self {
            confirmed: true,
            ..self
        }
    }

    /// Compares the report with the link's last applied state. Compares times in whole seconds,
    /// because events have no fractions (documented) but Harvest has milliseconds.
    pub(super) fn standing(&self, link: &Link) -> Standing {
        let agrees = self.agrees(link);
        match (self.at, self.as_of(link)) {
            (Some(at), Some(as_of)) if at < as_of && self.confirmed && !agrees => Standing::Newer,
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

    /// Time of the last applied state, if it is believed.
    fn as_of(&self, link: &Link) -> Option<DateTime<Utc>> {
        link.state.as_of.and_then(|at| believed(at, self.now))
    }

    pub(super) fn agrees(&self, link: &Link) -> bool {
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

/// Returns the time, or `None` if it is more than [`FUTURE`] after `now`. Such a time would make
/// every later report stale.
pub(super) fn believed(at: DateTime<Utc>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    (at <= later(now, FUTURE)).then_some(at)
}

/// Returns `true` if a read may still return an earlier state than the last applied one.
pub(super) fn is_recent(link: &Link, known: &Facts) -> bool {
    let as_of = link.state.as_of.and_then(|at| believed(at, known.now));
    as_of.is_some_and(|as_of| later(as_of, known.settle_time) > known.now)
}

/// Maximum difference between two synchronized clocks, with a wide margin.
const FUTURE: Duration = Duration::from_secs(5 * 60);

pub(super) fn whole_seconds(at: DateTime<Utc>) -> DateTime<Utc> {
    at.trunc_subsecs(0)
}

/// Applies a report to a link: writes the new state and a log entry, and reports a changed outcome
/// to the product. Returns `true` if it logged a change.
///
/// `evidence` is a sentence to append to the log text, such as the source of the report. May be
/// empty.
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
        updated.state.as_of = match report.at {
            Some(at) if report.confirmed => Some(at),
            at => at.max(report.as_of(link)),
        };
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
        .about_candidate(link.candidate)
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
