//! From an event to a decision.

mod ends;
mod hints;
mod merges;
mod people;
mod snapshots;

use std::time::Duration;

use chrono::{DateTime, Utc};

use self::{
    ends::applications_deleted,
    merges::merged,
    people::{anonymized, candidate_deleted},
    snapshots::{application, hired},
};
pub(super) use self::{
    ends::{LATEST, drop_link, find_successor, look_back, unknown_end},
    merges::ERASED_AROUND_MERGE,
};
use crate::{
    ApplicationStatus,
    store::{CandidateHistory, Changes, Link, Verdict},
    webhook::Event,
};

/// What is known when an event is decided on.
#[derive(Debug, Clone)]
pub struct Known {
    /// Every link to an application or a candidate that the event names, or that one of the fates is of; deleted ones
    /// included.
    pub links: Vec<Link>,
    /// What became of the candidates that the event, or what was read, [is about](super::people_in), and of whomever they
    /// were merged into; as [`histories_of`](crate::store::histories_of) reads them.
    pub fates: Vec<CandidateHistory>,
    /// Whether the true state can be read. Without a reader hints are applied in the order of arrival.
    pub reader: bool,
    /// The present time.
    pub now: DateTime<Utc>,
    /// How long after a change Greenhouse may still answer the earlier state. Default of the services: 60 s.
    pub settle_time: Duration,
}

/// What is to be done about an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// What to write. The seen mark is left to the caller, who knows the delivery.
    pub changes: Changes,
    /// Whether the event concerned anything that was pushed from here.
    pub verdict: Verdict,
    /// Whether the body may be kept: it had an effect, and nobody it names was erased.
    pub keeps_body: bool,
}

/// Decides what an event does.
///
/// An event about an application that was not pushed from here changes nothing and is
/// [`Verdict::Ignored`]; so is one that has no rule.
pub fn decide(event: &Event, known: &Known) -> Decision {
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
    let erased = !changes.erasures.is_empty() || known.links.iter().any(|link| link.erased);
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
