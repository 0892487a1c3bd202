//! Deleted applications and their successors.

use chrono::{DateTime, Utc};

use super::Facts;
use crate::{
    ApplicationId, CandidateId,
    clock::{earlier, later},
    store::{Changes, DueTask, Link, LogEntry, LogKey, LogStatus, Task, Write},
    sync::{apply::entry, facts::LATEST},
    texts::sync as texts,
};

/// Marks the links to these applications as deleted. After a merge, also queues a search for the
/// successor. Returns `true` if there was such a link.
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
        let task = Task::FindSuccessor {
            assessment: link.assessment.clone(),
            candidate,
            job,
        };
        changes
            .due
            .push(DueTask::new(task, later(known.now, known.settle_time)));
    }
}

/// Queues a replay, because events about the link's new candidate or application were ignored until
/// now.
pub(in crate::sync) fn replay_ignored(changes: &mut Changes, link: &Link, now: DateTime<Utc>) {
    let task = Task::replay_ignored(&link.assessment, earlier(now, LATEST));
    changes.due.push(DueTask::new(task, now));
}

pub(in crate::sync) fn drop_link(
    changes: &mut Changes,
    link: &Link,
    now: DateTime<Utc>,
    key: Option<LogKey>,
) {
    let mut dropped = link.clone();
    dropped.state.deleted = true;
    let said = entry(link, now, LogStatus::Done, texts::application_deleted());
    changes.log.push(LogEntry { key, ..said });
    changes.links.push(Write::Put(dropped));
}
