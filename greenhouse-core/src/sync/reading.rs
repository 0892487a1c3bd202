//! From what a reader saw to a decision.

use chrono::{DateTime, Utc};

use super::{
    decide::{Known, drop_link},
    state::{Report, Standing, entry, take_over},
};
use crate::{
    ApplicationId, ApplicationSnapshot, ApplicationStatus,
    clock::later,
    store::{Changes, DueWork, Link, LogKey, LogStatus, Work, Write},
};

/// What a reader saw, after an event hinted at something.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The application that was looked for.
    pub application: ApplicationId,
    /// What was found; none where it does not exist.
    pub snapshot: Option<ApplicationSnapshot>,
    /// What the event had hinted at; none for a deletion.
    pub hint: Option<ApplicationStatus>,
    /// Whether an earlier reading contradicted the hint already.
    pub contradicted: bool,
}

impl Reading {
    fn contradicts(&self) -> bool {
        match (&self.hint, &self.snapshot) {
            (Some(hint), Some(snapshot)) => *hint != snapshot.status,
            (Some(_), None) => true,
            (None, snapshot) => snapshot.is_some(),
        }
    }
}

/// Decides what a reading does to the links of its application.
///
/// A reading that contradicts the hint may be older than the event: reads can lag behind. So it is repeated once after
/// the settle time before the hint is dropped.
pub fn resolve(reading: &Reading, known: &Known) -> Changes {
    let mut changes = Changes::none();
    let contradicts = reading.contradicts();
    let mut open = false;
    for link in known
        .links
        .iter()
        .filter(|link| link.application == reading.application && !link.state.deleted)
    {
        open = true;
        if contradicts && !reading.contradicted {
            continue;
        }
        match &reading.snapshot {
            Some(snapshot) => found(&mut changes, link, snapshot, contradicts, known.now),
            None => {
                changes.log.push(settled(
                    link,
                    known.now,
                    "The application is no longer in Greenhouse.",
                ));
                drop_link(&mut changes, link, known.now);
            }
        }
    }
    if open && contradicts && !reading.contradicted {
        let work = Work::ReadApplication {
            application: reading.application,
            hint: reading.hint.clone(),
            contradicted: true,
        };
        changes
            .due
            .push(DueWork::new(work, later(known.now, known.settle_time)));
    }
    changes
}

fn found(
    changes: &mut Changes,
    link: &Link,
    snapshot: &ApplicationSnapshot,
    contradicted: bool,
    now: DateTime<Utc>,
) {
    let mut link = link.clone();
    let candidate = snapshot.candidate.unwrap_or(link.candidate);
    let follows = candidate != link.candidate;
    link.merged |= follows;
    link.candidate = candidate;
    let report = Report {
        status: Some(&snapshot.status),
        stage: snapshot.stage.as_ref(),
        at: snapshot.last_activity_at,
    };
    let before = changes.links.len();
    match report.standing(&link) {
        Standing::Stale | Standing::Known => {}
        // A reader is asked after the event, so what it says on a tie is the later word.
        Standing::News | Standing::Hint => take_over(changes, &link, &report, now, ""),
    }
    if follows && changes.links.len() == before {
        changes.links.push(Write::Put(link.clone()));
    }
    let text = match (follows, contradicted) {
        (true, _) => format!(
            "The candidate was merged in Greenhouse into candidate {candidate}; the link follows."
        ),
        (false, true) => format!(
            "Greenhouse says {:?}; the reported change was dropped.",
            snapshot.status.as_str()
        ),
        (false, false) => format!(
            "Greenhouse was asked and says {:?}.",
            snapshot.status.as_str()
        ),
    };
    changes.log.push(settled(&link, now, text));
}

fn settled(link: &Link, now: DateTime<Utc>, text: impl Into<String>) -> crate::store::LogEntry {
    entry(link, now, LogStatus::Done, text.into())
        .keyed(LogKey::hint(&link.assessment, link.application))
}

/// What a reader saw when asked for the winner's applications on the job of a deleted one.
#[derive(Debug, Clone)]
pub struct Successors {
    /// The link whose application was deleted.
    pub link: Link,
    /// The winner's applications on that job.
    pub applications: Vec<ApplicationSnapshot>,
}

/// Moves the link to the winner's application, if there is exactly one it can be.
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
    moved.state.status = link.state.status.clone();
    moved.outcome_revision = link.outcome_revision;
    moved.version = link.version;
    let text = format!(
        "After the merge in Greenhouse the link moved to application {}.",
        successor.application
    );
    changes.log.push(entry(&moved, now, LogStatus::Done, text));
    let report = Report {
        status: Some(&successor.status),
        stage: successor.stage.as_ref(),
        at: successor.last_activity_at,
    };
    let before = changes.links.len();
    take_over(&mut changes, &moved, &report, now, "");
    if changes.links.len() == before {
        changes.links.push(Write::Put(moved));
    }
    changes
}
