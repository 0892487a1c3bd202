use serde::{Deserialize, Serialize};

use super::{
    AccountRecord, Backfill, CandidateHistory, Delivery, DeliverySource, DueTask, Erasure,
    Invitation, Link, LogEntry, Push, ReportAccess, RuleDay, Settled, TaskId, TriggerDecision,
};
use crate::CandidateId;

/// A decision as a value: everything to write, with the versions it was based on.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Changes {
    /// Webhook delivery that these changes process.
    pub seen: Option<Delivery>,
    /// Delivery that was stored as ignored, now takes effect, and is stored as effective. Applying
    /// returns [`Applied::AlreadySeen`] if the stored delivery is not ignored.
    pub replayed: Option<DeliverySource>,
    /// The account itself, with the version that was read. A key that belongs to another account is
    /// also a conflict. Removing the account removes its tokens, their locks and its budgets, and
    /// nothing else. Lock generations continue from the highest one used.
    pub account: Option<Write<AccountRecord>>,
    /// Links, each with the version that was read.
    pub links: Vec<Write<Link>>,
    /// Invitations, each with the version that was read.
    pub invitations: Vec<Write<Invitation>>,
    /// Pushes, each with the version that was read.
    pub pushes: Vec<Write<Push>>,
    /// Validity of report links, each with the version that was read.
    pub report_access: Vec<Write<ReportAccess>>,
    /// Decisions of the account's trigger, each with the version that was read.
    pub trigger_decisions: Vec<Write<TriggerDecision>>,
    /// Days of the account's rules, each with the version that was read.
    pub rule_days: Vec<Write<RuleDay>>,
    /// Backfills, each with the version that was read.
    pub backfills: Vec<Write<Backfill>>,
    /// Candidate histories, each with the version that was read.
    pub histories: Vec<Write<CandidateHistory>>,
    /// Merged candidates, applied before the erasures. A merge does not change links; they are
    /// written like any other record.
    pub merges: Vec<Merge>,
    /// People whose data is erased.
    pub erasures: Vec<Erasure>,
    /// New entries of the sync log, in order. An entry with a key replaces the earlier entry with
    /// that key.
    pub log: Vec<LogEntry>,
    /// Tasks to queue.
    pub due: Vec<DueTask>,
    /// Settlement of the claimed task that led to these changes.
    pub settled: Option<Settled>,
    /// Parked task to retry. The task becomes due immediately, with its count of panics reset.
    /// Applying returns [`Applied::Conflict`] if the task is not parked.
    pub unparked: Option<TaskId>,
}

impl Changes {
    /// Creates a value with no changes.
    pub fn none() -> Self {
        Self::default()
    }

    /// Candidate that the delivery concerns, so that a later erasure finds its body. This is the
    /// candidate that the event names, or else the candidate of a link in these changes whose
    /// application the event names.
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

    /// Returns `true` if applying would write nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// One record to write. A record's `version` is the one that was read, and zero for a record that
/// is not stored yet. The store increments it on writing, and returns [`Applied::Conflict`] if the
/// stored version differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write<T> {
    /// Store this record in place of the version that was read.
    Put(T),
    /// Remove the record, if it still has the version that was read.
    Remove(T),
}

/// Merge of two candidates in Greenhouse. Applying it moves the loser's invitations, pushes and
/// kept bodies to the winner, so that an erasure of the winner covers them. The versions of the
/// moved invitations and pushes are incremented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merge {
    /// Candidate that no longer exists.
    pub loser: CandidateId,
    /// Candidate that remains.
    pub winner: CandidateId,
}

/// Outcome of applying [`Changes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Applied {
    /// All changes are durable.
    Applied,
    /// Nothing was written, because a record is not at the version that was read, a key or request
    /// already belongs to another record, or the task to retry is not parked. Read and decide
    /// again.
    Conflict,
    /// Nothing was written, because the delivery was already processed.
    AlreadySeen,
    /// Nothing was written, because the task has since been claimed again or settled.
    LeaseLost,
}
