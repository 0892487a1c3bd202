//! From what a reader saw to a decision.

use chrono::{DateTime, Utc};

use super::{
    Facts,
    decide::{ERASED_AROUND_MERGE, drop_link, find_successor, look_back, unknown_end},
    fates::{Chain, Followed, follow_seen},
    state::{Report, Standing, entry, take_over},
};
use crate::{
    ApplicationSnapshot,
    clock::later,
    store::{
        Changes, Direction, DueTask, Hint, Hinted, Link, LogEntry, LogKey, LogStatus, LogSubject,
        Task, Write,
    },
};

/// What a reader saw, after an event hinted at something.
#[derive(Debug, Clone)]
pub struct Reading {
    /// What the event had hinted at.
    pub hint: Hint,
    /// What was found; none where the application does not exist.
    pub snapshot: Option<ApplicationSnapshot>,
    /// Whether an earlier reading contradicted the hint already.
    pub contradicted: bool,
}

impl Reading {
    /// Whether it does not show what the hint said, or shows the application with another candidate than the link.
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

/// Decides what a reading does to the links of its application.
///
/// A reading that contradicts the hint or the link may be older than the event: reads can lag behind. So it is repeated
/// once after the settle time before it is believed.
pub fn resolve(reading: &Reading, known: &Facts) -> Changes {
    let mut changes = Changes::none();
    let links: Vec<_> = open_links(&reading.hint, known).collect();
    if !reading.contradicted && links.iter().any(|link| reading.contradicts(link)) {
        let work = Task::ReadApplication {
            hint: reading.hint.clone(),
            contradicted: true,
        };
        let due_at = later(known.now, known.settle_time);
        changes.due.push(DueTask::new(work, due_at));
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
    end_of_waiting(&mut changes, &reading.hint, known);
    changes
}

/// Decides what a hint does that nobody can check: it is taken as it came, and the log says `why`.
pub fn unread(hint: &Hint, why: &str, known: &Facts) -> Changes {
    let mut changes = Changes::none();
    for link in open_links(hint, known) {
        let key = LogKey::hint(&link.assessment, hint);
        if hint.compared {
            let text =
                format!("Greenhouse could not be read once more ({why}), so nothing was changed.");
            let said = entry(link, known.now, LogStatus::Skipped, text);
            changes.log.push(said.keyed(key));
            continue;
        }
        let Hinted::State { status, stage } = &hint.says else {
            let why = format!("Greenhouse could not be asked which ({why})");
            let said = unknown_end(link, known.now, &why);
            changes.log.push(said.keyed(key));
            continue;
        };
        let report = Report {
            status: status.as_ref(),
            stage: stage.as_ref(),
            job: None,
            at: None,
        };
        let how = format!(" (taken as it came, since Greenhouse could not be asked: {why})");
        if !take_over(
            &mut changes,
            link,
            &report,
            known.now,
            &how,
            Some(key.clone()),
        ) {
            let text = "Greenhouse reported what was known already.".to_owned();
            let said = entry(link, known.now, LogStatus::Done, text);
            changes.log.push(said.keyed(key));
        }
    }
    end_of_waiting(&mut changes, hint, known);
    changes
}

/// Of a link that was deleted meanwhile, or has another application now, the log says that no reading is on its way any more.
fn end_of_waiting(changes: &mut Changes, hint: &Hint, known: &Facts) {
    for assessment in &hint.assessments {
        if open_links(hint, known).any(|link| link.assessment == *assessment) {
            continue;
        }
        let said = LogEntry::new(
            known.now,
            Direction::FromGreenhouse,
            LogSubject::Event,
            LogStatus::Skipped,
            "The application is not linked any more; the reported change was dropped.",
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
    let report = Report {
        status: Some(&snapshot.status),
        stage: snapshot.stage.as_ref(),
        job: snapshot.job,
        at: snapshot.last_activity_at,
    };
    let standing = report.standing(link);
    let mut link = link.clone();
    let candidate = match snapshot.candidate {
        // Reads can lag behind the next merge of a chain.
        Some(candidate) if standing != Standing::Stale => Chain::of(known).end(candidate),
        _ => link.candidate,
    };
    let loser = link.candidate;
    let follows = candidate != loser;
    if follows {
        let Followed { end, erased, .. } = follow_seen(changes, loser, candidate, known);
        let text = format!(
            "The candidate was merged in Greenhouse into candidate {candidate}; the link follows."
        );
        let said = entry(&link, now, LogStatus::Done, text);
        changes.log.push(said.keyed(key.clone()));
        if erased && !link.erased {
            let text = ERASED_AROUND_MERGE.to_owned();
            changes.log.push(entry(&link, now, LogStatus::Done, text));
        }
        link.merged = true;
        link.candidate = end;
        link.erased |= erased;
        look_back(changes, &link, now);
    }
    let written = changes.links.len();
    let logged = match standing {
        Standing::Stale | Standing::Facts => false,
        // A reader is asked after the event, so what it says on a tie is the later word.
        Standing::News | Standing::Hint => {
            let key = (!follows).then(|| key.clone());
            take_over(changes, &link, &report, now, "", key)
        }
    };
    if follows && changes.links.len() == written {
        changes.links.push(Write::Put(link.clone()));
    }
    if !logged && !follows {
        let status = snapshot.status.as_str();
        let text = if contradicts {
            format!("Greenhouse says {status:?}; the reported change was dropped.")
        } else {
            format!("Greenhouse was asked and says {status:?}, as was known.")
        };
        let said = entry(&link, now, LogStatus::Done, text);
        changes.log.push(said.keyed(key));
    }
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
    moved.erased = link.erased;
    moved.state.status = link.state.status.clone();
    moved.outcome_revision = link.outcome_revision;
    moved.version = link.version;
    let text = format!(
        "After the merge in Greenhouse the link moved to application {}.",
        successor.application
    );
    changes.log.push(entry(&moved, now, LogStatus::Done, text));
    look_back(&mut changes, &moved, now);
    let report = Report {
        status: Some(&successor.status),
        stage: successor.stage.as_ref(),
        job: successor.job,
        at: successor.last_activity_at,
    };
    let before = changes.links.len();
    take_over(&mut changes, &moved, &report, now, "", None);
    if changes.links.len() == before {
        changes.links.push(Write::Put(moved));
    }
    changes
}
