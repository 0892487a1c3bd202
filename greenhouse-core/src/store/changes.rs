use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    AccountRecord, CandidateHistory, Delivery, DeliverySource, DueTask, Invitation, Link, LogEntry,
    PersonKey, Push, ReportAccess, Settled, TaskId,
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

/// Erase what is stored of one person, in every table: names and addresses in invitations, keys that were made of an
/// address in invitations and pushes, and every kept body that is known to name them. Ids and links stay; the links are
/// marked, so that nothing erased is kept again.
///
/// The body of a delivery that could not be read names nobody that is known: it goes with the retention time alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Erasure {
    /// Whose data.
    pub person: Erased,
    /// Which of it, in the words of `candidate_anonymized`; none for all of it.
    pub fields: Option<BTreeSet<String>>,
}

/// Whose data is erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Erased {
    /// Everything about this candidate.
    Candidate(CandidateId),
    /// Everything about whoever has this e-mail address, and about the candidates that they are in Greenhouse as far as
    /// an invitation or a push tells.
    Person(PersonKey),
}

impl Erasure {
    /// Erase everything that is stored of this candidate.
    pub fn everything(candidate: CandidateId) -> Self {
        Self {
            person: Erased::Candidate(candidate),
            fields: None,
        }
    }

    /// Erase only these fields.
    pub fn fields(candidate: CandidateId, fields: BTreeSet<String>) -> Self {
        Self {
            person: Erased::Candidate(candidate),
            fields: Some(fields),
        }
    }

    /// Erase everything that is stored of whoever has this e-mail address.
    pub fn everything_of(person: PersonKey) -> Self {
        Self {
            person: Erased::Person(person),
            fields: None,
        }
    }

    /// Whether the names of a person are to go.
    pub fn takes_name(&self) -> bool {
        self.takes(&["full_name", "first_name", "last_name", "preferred_name"])
    }

    /// Whether the e-mail addresses are to go.
    pub fn takes_email(&self) -> bool {
        self.takes(&["email_addresses", "emails"])
    }

    fn takes(&self, names: &[&str]) -> bool {
        self.fields
            .as_ref()
            .is_none_or(|fields| names.iter().any(|name| fields.contains(*name)))
    }
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
