//! The store, as ports: one door for writes, narrow reads beside it.
//!
//! A decision is a value, [`Changes`]. [`WriteDoor::apply`] takes it whole or not at all, so that a seen mark and its
//! effect, a journal entry and its link, a state and the work it causes can never come apart. Every method belongs to
//! one account; what belongs to another account is as if it did not exist.

mod changes;
mod delivery;
mod due;
mod error;
mod invitation;
mod link;
mod log;
pub mod memory;
mod push;
mod report_access;

use std::{fmt, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{AccountId, ApplicationId, AssessmentId, CandidateId, InvitationId};

pub use self::{
    changes::{Applied, Changes, Erasure, Merge, Write},
    delivery::{BodyKept, Delivery, DeliverySource, Verdict},
    due::{ClaimedWork, DueWork, Hint, Hinted, Settled, Settlement, Work, WorkId, WorkKind},
    error::{StoreError, StoreErrorKind},
    invitation::{Invitation, InvitationState, InvitedPerson, NoticeState, RequestKey},
    link::{Link, LinkState},
    log::{
        Direction, LogEntry, LogFilter, LogId, LogKey, LogPage, LogStatus, LogSubject, LoggedEntry,
    },
    push::{
        JournalEntry, JournalMark, PersonKey, Push, PushFailure, PushOrigin, PushState, PushStep,
    },
    report_access::ReportAccess,
};

/// The one door for writes.
#[async_trait]
pub trait WriteDoor: fmt::Debug + Send + Sync {
    /// Applies `changes` whole, durably, or not at all; see [`Applied`] for the outcomes that are not errors.
    ///
    /// # Errors
    ///
    /// A [`StoreError`]; after [`StoreErrorKind::Unavailable`] it is unknown whether the changes were applied, and
    /// the decision is made again from fresh reads.
    async fn apply(&self, account: &AccountId, changes: Changes) -> Result<Applied, StoreError>;
}

/// Which applications assessments were pushed to.
#[async_trait]
pub trait Links: Send + Sync {
    /// The link of one assessment.
    async fn link(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<Link>, StoreError>;

    /// All links to one application.
    async fn links_to_application(
        &self,
        account: &AccountId,
        application: ApplicationId,
    ) -> Result<Vec<Link>, StoreError>;

    /// All links to applications of one candidate.
    async fn links_to_candidate(
        &self,
        account: &AccountId,
        candidate: CandidateId,
    ) -> Result<Vec<Link>, StoreError>;
}

/// What Greenhouse sent for assessment.
#[async_trait]
pub trait Invitations: Send + Sync {
    /// One invitation.
    async fn invitation(
        &self,
        account: &AccountId,
        id: &InvitationId,
    ) -> Result<Option<Invitation>, StoreError>;

    /// The invitation that a `send_test` request made, by what names the request.
    async fn invitation_by_request(
        &self,
        account: &AccountId,
        request: &RequestKey,
    ) -> Result<Option<Invitation>, StoreError>;

    /// The invitation that an assessment came in through.
    async fn invitation_of_assessment(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<Invitation>, StoreError>;
}

/// How far pushes are.
#[async_trait]
pub trait Pushes: Send + Sync {
    /// The push of one assessment.
    async fn push(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<Push>, StoreError>;

    /// All pushes of one person, oldest first.
    async fn pushes_of_person(
        &self,
        account: &AccountId,
        person: &PersonKey,
    ) -> Result<Vec<Push>, StoreError>;
}

/// Which links into the product are valid.
#[async_trait]
pub trait ReportAccesses: Send + Sync {
    /// How report links of one assessment stand; none where nothing was ever revoked.
    async fn report_access(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<ReportAccess>, StoreError>;
}

/// Which webhook requests came in.
#[async_trait]
pub trait Deliveries: Send + Sync {
    /// When the last delivery came in, whatever it said.
    async fn last_delivery_at(
        &self,
        account: &AccountId,
    ) -> Result<Option<DateTime<Utc>>, StoreError>;
}

/// The work that must still be done outside the database.
#[async_trait]
pub trait WorkQueue: Send + Sync {
    /// Claims due work of these kinds, of all accounts, longest due first, for the time of `lease`.
    ///
    /// Claimed work is nobody else's until its lease ends; then it can be claimed again, under a higher generation,
    /// and a settlement of the earlier generation is answered with [`Applied::LeaseLost`].
    async fn claim_due(
        &self,
        kinds: &[WorkKind],
        now: DateTime<Utc>,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<ClaimedWork>, StoreError>;

    /// When the next work of these kinds can be claimed, claimed work at the end of its lease; none if there is none.
    async fn next_due(&self, kinds: &[WorkKind]) -> Result<Option<DateTime<Utc>>, StoreError>;

    /// How much work of these kinds waits in this account, claimed work included.
    async fn backlog(&self, account: &AccountId, kinds: &[WorkKind]) -> Result<u64, StoreError>;
}

/// What a recruiter or operator reads.
#[async_trait]
pub trait SyncLog: Send + Sync {
    /// One page, newest first. Its cost does not grow with the log.
    async fn log_page(
        &self,
        account: &AccountId,
        filter: &LogFilter,
    ) -> Result<LogPage, StoreError>;

    /// One entry.
    async fn log_entry(
        &self,
        account: &AccountId,
        id: LogId,
    ) -> Result<Option<LoggedEntry>, StoreError>;
}

/// Everything that a service needs of a store. Implemented by whatever implements its parts.
pub trait Store:
    WriteDoor + Links + Invitations + Pushes + ReportAccesses + Deliveries + WorkQueue + SyncLog
{
}

impl<T> Store for T where
    T: WriteDoor
        + Links
        + Invitations
        + Pushes
        + ReportAccesses
        + Deliveries
        + WorkQueue
        + SyncLog
        + ?Sized
{
}
