//! Applications that are gone, and where a link goes on.

use chrono::{DateTime, Utc};

use super::Facts;
use crate::{
    ApplicationId, CandidateId,
    clock::{earlier, later},
    store::{Changes, DueTask, Link, LogEntry, LogKey, LogStatus, Task, Write},
    sync::{facts::LATEST, state::entry},
};

/// Deleted is final; only a merge can name a successor.
pub(super) fn applications_deleted(
    changes: &mut Changes,
    applications: &[ApplicationId],
    known: &Facts,
) -> bool {
    let mut concerned = false;
    for link in known
        .links
        .iter()
        .filter(|link| applications.contains(&link.application) && !link.state.deleted)
    {
        concerned = true;
        drop_link(changes, link, known.now, None);
        if link.merged {
            find_successor(changes, link, link.candidate, known);
        }
    }
    concerned
}

pub(in crate::sync) fn find_successor(
    changes: &mut Changes,
    link: &Link,
    candidate: CandidateId,
    known: &Facts,
) {
    if let (true, Some(job)) = (known.reader, link.job) {
        let work = Task::FindSuccessor {
            assessment: link.assessment.clone(),
            candidate,
            job,
        };
        changes
            .due
            .push(DueTask::new(work, later(known.now, known.settle_time)));
    }
}

/// What was told of the candidate or application that a link has now was ignored until now.
pub(in crate::sync) fn look_back(changes: &mut Changes, link: &Link, now: DateTime<Utc>) {
    let work = Task::look_back(&link.assessment, earlier(now, LATEST));
    changes.due.push(DueTask::new(work, now));
}

pub(in crate::sync) fn drop_link(
    changes: &mut Changes,
    link: &Link,
    now: DateTime<Utc>,
    key: Option<LogKey>,
) {
    let mut dropped = link.clone();
    dropped.state.deleted = true;
    let text = "The application was deleted in Greenhouse; later events about it are ignored.";
    let said = entry(link, now, LogStatus::Done, text.to_owned());
    changes.log.push(LogEntry { key, ..said });
    changes.links.push(Write::Put(dropped));
}

/// The candidate is gone, and nobody can say whether the application lives on under another.
pub(in crate::sync) fn unknown_end(link: &Link, now: DateTime<Utc>, why: &str) -> LogEntry {
    let text =
        format!("The candidate was deleted or merged in Greenhouse; {why}, so the link stays.");
    entry(link, now, LogStatus::Done, text)
}
