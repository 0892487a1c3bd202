//! Decisions on events.

mod ends;
mod hints;
mod merges;
mod people;
mod snapshots;

pub(super) use self::ends::{drop_link, find_successor, replay_ignored};
use self::{
    ends::applications_deleted,
    merges::merged,
    people::{anonymized, candidate_deleted},
    snapshots::{application, hired},
};
use super::Facts;
use crate::{
    ApplicationStatus,
    store::{Changes, ErasedPart, LogStatus, Task, Verdict},
    webhook::Event,
};

/// Decision on an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// Changes to write. The caller adds the delivery.
    pub changes: Changes,
    /// [`Verdict::Effective`] if the event concerns a pushed application.
    pub verdict: Verdict,
    /// `true` if the body may be kept, because the event took effect and no data of the person has
    /// been erased that bodies can contain.
    pub keeps_body: bool,
}

impl Decision {
    /// Returns `true` if the changes queue a read of an application's state from Greenhouse.
    pub fn requests_reads(&self) -> bool {
        let mut due = self.changes.due.iter();
        due.any(|due| matches!(due.task, Task::ReadApplication { .. }))
    }

    /// Removes the reads from Greenhouse, and the log entries that wait for them. For an event
    /// whose body was received before under another event id: the earlier delivery has already
    /// requested the same reads.
    #[must_use]
    pub fn without_reads(mut self) -> Self {
        let Changes { due, log, .. } = &mut self.changes;
        due.retain(|due| !matches!(due.task, Task::ReadApplication { .. }));
        log.retain(|entry| entry.status != LogStatus::Pending);
        self
    }
}

/// Decides what an event does. An event about an application that was not pushed changes nothing
/// and is [`Verdict::Ignored`], as is an event without a rule.
pub fn decide(event: &Event, known: &Facts) -> Decision {
    let mut changes = Changes::none();
    let concerned = match event {
        Event::Rejected(event) => application(
            &mut changes,
            event,
            Some(&ApplicationStatus::Rejected),
            known,
        ),
        Event::Unrejected(event) | Event::Unhired(event) => {
            application(&mut changes, event, Some(&ApplicationStatus::Active), known)
        }
        Event::StageChanged(event) | Event::ApplicationUpdated(event) => {
            application(&mut changes, event, event.status.as_ref(), known)
        }
        Event::Hired(event) => hired(&mut changes, event.application, known),
        Event::ApplicationDeleted { application, .. } => {
            applications_deleted(&mut changes, &[*application], known)
        }
        Event::CandidateDeleted {
            candidate,
            applications,
        } => candidate_deleted(&mut changes, *candidate, applications, known),
        Event::CandidateMerged {
            loser,
            winner,
            deleted_applications,
        } => merged(&mut changes, *loser, *winner, deleted_applications, known),
        Event::CandidateAnonymized { candidate, fields } => {
            anonymized(&mut changes, *candidate, fields, known)
        }
        _ => false,
    };
    let erased = changes
        .erasures
        .iter()
        .any(|erasure| erasure.erases(ErasedPart::Bodies))
        || known.links.iter().any(|link| !link.keeps_bodies());
    Decision {
        changes,
        verdict: if concerned {
            Verdict::Effective
        } else {
            Verdict::Ignored
        },
        keeps_body: concerned && !erased,
    }
}
