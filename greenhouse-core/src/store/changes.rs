use serde::{Deserialize, Serialize};

use super::{
    AccountRecord, CandidateHistory, Delivery, DeliverySource, DueTask, Erasure, Invitation, Link,
    LogEntry, Push, ReportAccess, Settled, TaskId,
};
use crate::CandidateId;

/// A decision, as a value: everything that is to be written, with the versions it was decided on.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Changes {
    /// The webhook request that is herewith dealt with.
    pub seen: Option<Delivery>,
    /// A delivery that was ignored and now has its effect: herewith it is effective. [`Applied::AlreadySeen`] where it is not
    /// an ignored one, or no more.
    pub overtaken: Option<DeliverySource>,
    /// The account itself, with the version that was read. A key that another account has is a conflict, too. Removing
    /// it takes its tokens, their locks and its budgets along, and nothing else; generations of locks go on where they were.
    pub account: Option<Write<AccountRecord>>,
    /// Links, each with the version that was read.
    pub links: Vec<Write<Link>>,
    /// Invitations, each with the version that was read.
    pub invitations: Vec<Write<Invitation>>,
    /// Pushes, each with the version that was read.
    pub pushes: Vec<Write<Push>>,
    /// Validity of report links, each with the version that was read.
    pub report_access: Vec<Write<ReportAccess>>,
    /// What became of candidates, each with the version that was read.
    pub fates: Vec<Write<CandidateHistory>>,
    /// People who became one, applied before the erasures. Links are not touched: they are written like any other.
    pub merges: Vec<Merge>,
    /// People whose data is to be erased.
    pub erasures: Vec<Erasure>,
    /// New entries of the sync log, in order; one with a key takes the place of the earlier one with that key.
    pub log: Vec<LogEntry>,
    /// Work that these changes cause.
    pub due: Vec<DueTask>,
    /// The claimed work that is herewith dealt with.
    pub settled: Option<Settled>,
    /// A parked task that is to be tried again: it is due at once, with no panics counted. [`Applied::Conflict`] if
    /// it is not parked.
    pub unparked: Option<TaskId>,
}

impl Changes {
    /// No changes.
    pub fn none() -> Self {
        Self::default()
    }

    /// Whom the delivery is about, so that an erasure finds its body later: the candidate that it names, else the one of a
    /// link that is written with it and that it names the application of.
    pub fn seen_candidate(&self) -> Option<CandidateId> {
        let event = self.seen.as_ref()?.event.as_ref()?;
        event.candidate().or_else(|| {
            let applications = event.applications();
            let mut links = self.links.iter().map(|write| match write {
                Write::Put(link) | Write::Remove(link) => link,
            });
            links
                .find(|link| applications.contains(&link.application))
                .map(|link| link.candidate)
        })
    }

    /// Whether applying would write nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// One record to write. A record's `version` is the one that was read; zero for a record that is not stored yet.
/// The store raises it by one on writing, and answers [`Applied::Conflict`] where it holds another version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write<T> {
    /// Store this record in the place of the version that was read.
    Put(T),
    /// Remove the record, if it still has the version that was read.
    Remove(T),
}

/// Two candidates became one in Greenhouse: invitations, pushes and kept bodies of the loser are the winner's from now on, so
/// that an erasure finds them. The versions of invitations and pushes rise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merge {
    /// Who is gone.
    pub loser: CandidateId,
    /// Who remains.
    pub winner: CandidateId,
}

/// What became of [`Changes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Applied {
    /// All of it is durable.
    Applied,
    /// Nothing was written: a record is not at the version that was read. Read and decide again.
    Conflict,
    /// Nothing was written: this delivery was dealt with before.
    AlreadySeen,
    /// Nothing was written: the claimed work was claimed by another since, or settled before.
    LeaseLost,
}
