//! Decisions on readings.

use chrono::{DateTime, Utc};

use super::{
    Facts,
    apply::{Report, Standing, apply_report, entry, is_recent},
    decide::{drop_link, find_successor, replay_ignored},
    histories::{Chain, Followed, follow_seen},
};
use crate::{
    ApplicationSnapshot,
    clock::later,
    store::{
        Changes, Direction, DueTask, Hint, Hinted, Link, LogEntry, LogKey, LogStatus, LogSubject,
        Task, Write,
    },
    texts::sync as texts,
};

/// Result of reading an application's state after a hint.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Hint that caused the reading.
    pub hint: Hint,
    /// State of the application. `None` if it does not exist.
    pub snapshot: Option<ApplicationSnapshot>,
    /// `true` if an earlier reading contradicted the hint.
    pub contradicted: bool,
}

impl Reading {
    /// Returns `true` if the reading differs from the hint, or shows another candidate than the
    /// link.
    fn contradicts(&self, link: &Link) -> bool {
        let Some(snapshot) = &self.snapshot else {
            return self.hint.says != Hinted::Deleted;
        };
        let elsewhere = snapshot
            .candidate
            .is_some_and(|candidate| candidate != link.candidate);
        let otherwise = match &self.hint.says {
            Hinted::Deleted => true,
            Hinted::State { status, stage } => {
                let status = status.as_ref();
                let stages = stage.as_ref().zip(snapshot.stage.as_ref());
                status.is_some_and(|status| *status != snapshot.status)
                    || stages.is_some_and(|(hinted, read)| !hinted.is_same(read))
            }
        };
        elsewhere || otherwise
    }
}

/// Decides how a reading changes the links to its application.
///
/// A reading that contradicts the hint or the link, or is older than the stored state, may be older
/// than the event, because reads can lag behind. Such a reading is repeated once after the settle
/// time. The repeated reading wins over the stored time, unless the stored time is still recent.
pub fn resolve(reading: &Reading, known: &Facts) -> Changes {
    let mut changes = Changes::none();
    let links: Vec<_> = open_links(&reading.hint, known).collect();
    let is_stale = |link: &Link| {
        let read = reading.snapshot.as_ref();
        let report = read.map(|snapshot| Report::of_snapshot(snapshot, known.now));
        report
            .is_some_and(|report| report.standing(link) == Standing::Stale && !report.agrees(link))
    };
    let doubtful = |link: &&Link| reading.contradicts(link) || is_stale(link);
    if !reading.contradicted && links.iter().any(doubtful) {
        let task = Task::ReadApplication {
            hint: reading.hint.clone(),
            contradicted: true,
        };
        let due_at = later(known.now, known.settle_time);
        changes.due.push(DueTask::new(task, due_at));
        return changes;
    }
    for link in links {
        match &reading.snapshot {
            Some(snapshot) => found(&mut changes, link, snapshot, reading, known),
            None => {
                let key = LogKey::hint(&link.assessment, &reading.hint);
                drop_link(&mut changes, link, known.now, Some(key));
                if link.merged {
                    find_successor(&mut changes, link, link.candidate, known);
                }
            }
        }
    }
    end_pending_entries(&mut changes, &reading.hint, known);
    changes
}

/// Decides on a hint that cannot be confirmed, because the read failed with `error`. Applies a
/// state that an event reported. A deletion, or a hint from a comparison, is only logged.
pub fn unread(hint: &Hint, error: &str, known: &Facts) -> Changes {
    let mut changes = Changes::none();
    for link in open_links(hint, known) {
        let key = LogKey::hint(&link.assessment, hint);
        if hint.compared {
            let text = texts::comparison_unread(error);
            let said = entry(link, known.now, LogStatus::Skipped, text);
            changes.log.push(said.keyed(key));
            continue;
        }
        let Hinted::State { status, stage } = &hint.says else {
            let text = texts::candidate_gone_unread(error);
            let said = entry(link, known.now, LogStatus::Done, text);
            changes.log.push(said.keyed(key));
            continue;
        };
        let report = Report::new(status.as_ref(), stage.as_ref(), None, None, known.now);
        let evidence = texts::unconfirmed(error);
        if !apply_report(
            &mut changes,
            link,
            &report,
            known.now,
            &evidence,
            Some(key.clone()),
        ) {
            let text = texts::nothing_changed().and(&evidence);
            let said = entry(link, known.now, LogStatus::Done, text);
            changes.log.push(said.keyed(key));
        }
    }
    end_pending_entries(&mut changes, hint, known);
    changes
}

/// Ends the pending log entries of links that were deleted or have another application now.
fn end_pending_entries(changes: &mut Changes, hint: &Hint, known: &Facts) {
    for assessment in &hint.assessments {
        if open_links(hint, known).any(|link| link.assessment == *assessment) {
            continue;
        }
        let said = LogEntry::new(
            known.now,
            Direction::FromGreenhouse,
            LogSubject::Event,
            LogStatus::Skipped,
            texts::link_removed(),
        );
        let said = said
            .about_assessment(assessment.clone())
            .about_application(hint.application);
        changes.log.push(said.keyed(LogKey::hint(assessment, hint)));
    }
}

fn open_links<'a>(hint: &Hint, known: &'a Facts) -> impl Iterator<Item = &'a Link> {
    let application = hint.application;
    known
        .links
        .iter()
        .filter(move |link| link.application == application && !link.state.deleted)
}

fn found(
    changes: &mut Changes,
    link: &Link,
    snapshot: &ApplicationSnapshot,
    reading: &Reading,
    known: &Facts,
) {
    let now = known.now;
    let key = LogKey::hint(&link.assessment, &reading.hint);
    let contradicts = reading.contradicts(link);
    let mut report = Report::of_snapshot(snapshot, now);
    // An older reading may show the candidate from before a merge.
    let is_older = report.standing(link) == Standing::Stale;
    if reading.contradicted && !is_recent(link, known) {
        report = report.confirmed();
    }
    let standing = report.standing(link);
    let mut link = link.clone();
    let candidate = match snapshot.candidate {
        // Reads can lag behind the next merge of a chain.
        Some(candidate) if !is_older => Chain::of(known).end(candidate),
        _ => link.candidate,
    };
    let loser = link.candidate;
    let follows = candidate != loser;
    if follows {
        let Followed { end, erasure, .. } = follow_seen(changes, loser, candidate, known);
        let text = texts::candidate_merged(candidate);
        let said = entry(&link, now, LogStatus::Done, text);
        changes.log.push(said.keyed(key.clone()));
        if erasure.is_some_and(|erasure| link.erase(&erasure)) {
            let text = texts::anonymized_around_merge();
            changes.log.push(entry(&link, now, LogStatus::Done, text));
        }
        link.merged = true;
        link.candidate = end;
        replay_ignored(changes, &link, now);
    }
    let written = changes.links.len();
    let logged = match standing {
        Standing::Stale | Standing::Unchanged => false,
        // The reader was called after the event, so on a tie its answer is newer.
        Standing::Newer | Standing::Hint => {
            let key = (!follows).then(|| key.clone());
            apply_report(changes, &link, &report, now, "", key)
        }
    };
    if follows && changes.links.len() == written {
        changes.links.push(Write::Put(link.clone()));
    }
    if !logged && !follows {
        let status = snapshot.status.as_str();
        let text = if contradicts {
            texts::change_contradicted(status).and(&texts::at_stage(snapshot.stage.as_ref()))
        } else {
            texts::status_confirmed(status)
        };
        let said = entry(&link, now, LogStatus::Done, text);
        changes.log.push(said.keyed(key));
    }
}

/// Applications that can replace an application that was deleted in a merge.
#[derive(Debug, Clone)]
pub struct Successors {
    /// Link to the deleted application.
    pub link: Link,
    /// Applications of the merge's winner on the job of the deleted application.
    pub applications: Vec<ApplicationSnapshot>,
}

/// Moves the link to the winner's application if exactly one can be the successor.
pub fn succeed(successors: &Successors, now: DateTime<Utc>) -> Changes {
    let mut changes = Changes::none();
    let link = &successors.link;
    let mut others = successors
        .applications
        .iter()
        .filter(|found| found.application != link.application);
    let (Some(successor), None) = (others.next(), others.next()) else {
        return changes;
    };
    if !link.state.deleted {
        return changes;
    }
    let mut moved = Link::new(
        link.assessment.clone(),
        successor.candidate.unwrap_or(link.candidate),
        successor.application,
        successor.job.or(link.job),
    );
    moved.merged = true;
    moved.erased = link.erased;
    moved.bodies_erased = link.bodies_erased;
    moved.state.status = link.state.status.clone();
    moved.outcome_revision = link.outcome_revision;
    moved.version = link.version;
    let text = texts::application_replaced(successor.application);
    changes.log.push(entry(&moved, now, LogStatus::Done, text));
    replay_ignored(&mut changes, &moved, now);
    let report = Report::of_snapshot(successor, now);
    let before = changes.links.len();
    apply_report(&mut changes, &moved, &report, now, "", None);
    if changes.links.len() == before {
        changes.links.push(Write::Put(moved));
    }
    changes
}
