//! The store, as ports: one door for writes, narrow reads beside it.
//!
//! A decision is a value, [`Changes`]. [`StoreWriter::apply`] takes it whole or not at all, so that a seen mark and its
//! effect, a journal entry and its link, a state and the work it causes can never come apart. What is asked about
//! an account is answered from that account alone; what belongs to another is as if it did not exist. Only what a host does
//! for all of them goes across: list them, find whose a key is, claim due work, remove what is old.

mod account;
mod budget;
mod changes;
mod delivery;
mod due;
mod error;
mod fate;
mod invitation;
mod link;
mod log;
pub mod memory;
mod push;
mod report_access;
mod token;

use std::{collections::BTreeMap, fmt, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{
    AccountId, ApplicationId, AssessmentId, CandidateId, InvitationId, settings::KeyDigest,
    webhook::Event,
};

pub(crate) use self::fate::together;
pub use self::{
    account::{AccountKey, AccountPage, AccountRecord},
    budget::{BudgetClaim, BudgetCount, BudgetNews, BudgetShare, RATE_WINDOW},
    changes::{Applied, Changes, Erased, Erasure, Merge, Write},
    delivery::{BodyKept, Delivery, DeliverySource, DeliveryStatus, Verdict},
    due::{
        Backlog, ClaimedTask, DueTask, Hint, Hinted, Settled, Settlement, Task, TaskId, TaskKind,
    },
    error::{StoreError, StoreErrorKind},
    fate::{Anonymized, CandidateHistory, fates_of},
    invitation::{Invitation, InvitationState, InvitedPerson, NoticeState, RequestKey},
    link::{Link, LinkState},
    log::{
        Direction, LogEntry, LogFilter, LogId, LogKey, LogPage, LogStatus, LogSubject, LoggedEntry,
    },
    push::{
        JournalEntry, JournalMark, PersonKey, Push, PushFailure, PushOrigin, PushState, PushStep,
    },
    report_access::ReportAccess,
    token::{StoredToken, TokenKey, TokenLock},
};

/// The one door for writes.
#[async_trait]
pub trait StoreWriter: fmt::Debug + Send + Sync {
    /// Applies `changes` whole, durably, or not at all; see [`Applied`] for the outcomes that are not errors.
    ///
    /// # Errors
    ///
    /// A [`StoreError`]; after [`StoreErrorKind::Unavailable`] it is unknown whether the changes were applied, and
    /// the decision is made again from fresh reads.
    async fn apply(&self, account: &AccountId, changes: Changes) -> Result<Applied, StoreError>;
}

/// Which accounts there are, and how they are set up.
#[async_trait]
pub trait Accounts: fmt::Debug + Send + Sync {
    /// One account.
    async fn account(&self, account: &AccountId) -> Result<Option<AccountRecord>, StoreError>;

    /// The accounts behind `after`, in the order of the bytes of their ids, at most `limit` of them, from 1 to
    /// [`AccountPage::MAX_LIMIT`].
    async fn accounts(
        &self,
        after: Option<&AccountId>,
        limit: usize,
    ) -> Result<AccountPage, StoreError>;

    /// Whose key this is.
    async fn account_of_key(&self, key: &AccountKey) -> Result<Option<AccountId>, StoreError>;

    /// Whose key this is, with how the account is set up.
    async fn account_with_key(
        &self,
        key: &AccountKey,
    ) -> Result<Option<(AccountId, AccountRecord)>, StoreError>;
}

/// When partner keys were last come in with.
///
/// Uses go past [`Changes`]: no decision is made on one, and no record's version rises.
#[async_trait]
pub trait KeyUses: fmt::Debug + Send + Sync {
    /// Notes that a key was come in with at `at`, unless a use is known that is later than `every` before that. Does nothing
    /// where the account has no such partner key; what is known of a key goes with the key.
    async fn note_key_use(
        &self,
        account: &AccountId,
        key: &KeyDigest,
        at: DateTime<Utc>,
        every: Duration,
    ) -> Result<(), StoreError>;

    /// The last known use of each partner key of the account that was ever come in with.
    async fn key_uses(
        &self,
        account: &AccountId,
    ) -> Result<BTreeMap<KeyDigest, DateTime<Utc>>, StoreError>;
}

/// When the hooks of accounts were last heard, by the action of what they sent.
///
/// Uses go past [`Changes`]: no decision is made on one, and no record's version rises.
#[async_trait]
pub trait HookUses: fmt::Debug + Send + Sync {
    /// Notes that something with this action came in at `at`, unless a use is known that is later than `every` before that.
    /// Does nothing where there is no such account; what is known goes with the account.
    async fn note_hook_use(
        &self,
        account: &AccountId,
        action: &str,
        at: DateTime<Utc>,
        every: Duration,
    ) -> Result<(), StoreError>;

    /// The last known use of each action of the account that was ever noted.
    async fn hook_uses(
        &self,
        account: &AccountId,
    ) -> Result<BTreeMap<String, DateTime<Utc>>, StoreError>;
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

    /// The links behind `after`, in the order of the bytes of their assessments' ids, at most `limit` of them.
    async fn links_behind(
        &self,
        account: &AccountId,
        after: Option<&AssessmentId>,
        limit: usize,
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

/// What became of candidates in Greenhouse.
#[async_trait]
pub trait Fates: Send + Sync {
    /// What became of one candidate; none where nothing is known of it.
    async fn fate(
        &self,
        account: &AccountId,
        candidate: CandidateId,
    ) -> Result<Option<CandidateHistory>, StoreError>;
}

/// Which webhook requests came in.
#[async_trait]
pub trait Deliveries: Send + Sync {
    /// When the last delivery came in, whatever it said.
    async fn last_delivery_at(
        &self,
        account: &AccountId,
    ) -> Result<Option<DateTime<Utc>>, StoreError>;

    /// What is known of a delivery, and every link to an application or a candidate that its event names, each once; none
    /// without an event. Nobody may rely on the first: whoever applies a delivery is told again whether it was seen.
    async fn heard(
        &self,
        account: &AccountId,
        source: &DeliverySource,
        event: Option<&Event>,
    ) -> Result<(DeliveryStatus, Vec<Link>), StoreError>;

    /// What was ignored and names this candidate or this application, in the order in which it came in; the latest 1,000
    /// of it.
    async fn ignored_deliveries(
        &self,
        account: &AccountId,
        candidate: CandidateId,
        application: ApplicationId,
    ) -> Result<Vec<Delivery>, StoreError>;
}

/// The work that must still be done outside the database.
#[async_trait]
pub trait TaskQueue: Send + Sync {
    /// Claims due work of these kinds, of all accounts, longest due first, for the time of `lease`.
    ///
    /// Claimed work is nobody else's until its lease ends; then it can be claimed again, under a higher generation,
    /// and a settlement of the earlier generation is answered with [`Applied::LeaseLost`]. Work that somebody is claiming or
    /// settling at this moment may be passed over.
    async fn claim_due(
        &self,
        kinds: &[TaskKind],
        now: DateTime<Utc>,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<ClaimedTask>, StoreError>;

    /// When the next work of these kinds can be claimed, claimed work at the end of its lease; none if there is none.
    async fn next_due(&self, kinds: &[TaskKind]) -> Result<Option<DateTime<Utc>>, StoreError>;

    /// What waits of these kinds in this account, claimed work included.
    async fn backlog(&self, account: &AccountId, kinds: &[TaskKind])
    -> Result<Backlog, StoreError>;

    /// What was due at `now` of each of these kinds and is not settled, of all accounts, claimed and put off work included;
    /// a kind without any is left out. For whoever watches a host: it looks at no more than `most` pieces of a kind, those
    /// that can be claimed next, so that where there are as many, there may be more, and older ones.
    async fn overdue(
        &self,
        kinds: &[TaskKind],
        now: DateTime<Utc>,
        most: usize,
    ) -> Result<BTreeMap<TaskKind, Backlog>, StoreError>;
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

    /// The entry with this key.
    async fn keyed_log_entry(
        &self,
        account: &AccountId,
        key: &LogKey,
    ) -> Result<Option<LoggedEntry>, StoreError>;
}

/// The access tokens of accounts, shared by every host, with a lock that all of them respect.
///
/// Whoever wants a new token takes the lock, looks whether a new one is there already, gets one, and saves it. Tokens go
/// past [`Changes`]: no decision is made on one.
#[async_trait]
pub trait Tokens: fmt::Debug + Send + Sync {
    /// The token that was saved last.
    async fn token(
        &self,
        account: &AccountId,
        key: &TokenKey,
    ) -> Result<Option<StoredToken>, StoreError>;

    /// Takes the lock for the time of `lease`, if it is nobody's at `now`. A lock whose lease has ended is nobody's.
    /// Generations rise and never repeat, also where the account was removed in between.
    async fn lock_token(
        &self,
        account: &AccountId,
        key: &TokenKey,
        now: DateTime<Utc>,
        lease: Duration,
    ) -> Result<TokenLock, StoreError>;

    /// Saves a token and gives the lock back, in one commit. [`Applied::LeaseLost`], and nothing is saved, where the lock
    /// was given to another since or given back: whoever has it now may be using what this token replaces.
    async fn save_token(
        &self,
        account: &AccountId,
        key: &TokenKey,
        generation: u64,
        token: StoredToken,
    ) -> Result<Applied, StoreError>;

    /// Gives the lock back; does nothing where it is not held under this generation.
    async fn unlock_token(
        &self,
        account: &AccountId,
        key: &TokenKey,
        generation: u64,
    ) -> Result<(), StoreError>;
}

/// The rate limits of credentials, shared by every host: in one window no more is granted, to all of them together, than
/// the window allows.
#[async_trait]
pub trait RateBudgets: fmt::Debug + Send + Sync {
    /// Takes up to as many requests of a window as the claim wants. A window that begins later than the one counted so far
    /// is counted from zero; of an earlier one nothing is granted, nor before the time of a hold. While the limit is not
    /// known, one request of a window is granted. Where somebody is seen to send who does not share the count, one is
    /// granted at a time, and a sixteenth of the limit to nobody.
    async fn take_budget(
        &self,
        account: &AccountId,
        client_id: &str,
        claim: BudgetClaim,
    ) -> Result<BudgetShare, StoreError>;

    /// Gives back requests that were granted in the window that begins at `window` and were not sent. Does nothing where
    /// another window is counted.
    async fn return_budget(
        &self,
        account: &AccountId,
        client_id: &str,
        window: DateTime<Utc>,
        unused: u32,
    ) -> Result<(), StoreError>;

    /// Takes in what an answer told. News of the window before the one counted give limit and hold only. Where the window
    /// is two or more before the one counted, somebody's clock is ahead, and the count begins anew with the news.
    async fn note_budget(
        &self,
        account: &AccountId,
        client_id: &str,
        window: DateTime<Utc>,
        news: BudgetNews,
    ) -> Result<(), StoreError>;
}

/// What is kept for a time, and then goes.
#[async_trait]
pub trait Retention: fmt::Debug + Send + Sync {
    /// Removes what is older than `before`, of all accounts, oldest first and at most `limit` rows in one short commit.
    /// Answers how many went; fewer than `limit` means that nothing older is left.
    async fn purge(
        &self,
        what: Purge,
        before: DateTime<Utc>,
        limit: usize,
    ) -> Result<usize, StoreError>;
}

/// What [`Retention::purge`] removes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purge {
    /// The raw bodies of deliveries, by when they came in. The deliveries stay.
    KeptBodies,
    /// Deliveries whole, by when they came in, but for the last one of each account, which says that its hook was alive.
    /// A delivery that comes again after that is new.
    Deliveries,
    /// What became of candidates, by when it was noted.
    Fates,
    /// Entries of the sync log, by when they happened.
    LogEntries,
}

/// Everything that a service needs of a store. Implemented by whatever implements its parts.
pub trait Store:
    StoreWriter
    + Accounts
    + KeyUses
    + HookUses
    + Links
    + Invitations
    + Pushes
    + ReportAccesses
    + Fates
    + Deliveries
    + TaskQueue
    + SyncLog
    + Tokens
    + RateBudgets
    + Retention
{
}

impl<T> Store for T where
    T: StoreWriter
        + Accounts
        + KeyUses
        + HookUses
        + Links
        + Invitations
        + Pushes
        + ReportAccesses
        + Fates
        + Deliveries
        + TaskQueue
        + SyncLog
        + Tokens
        + RateBudgets
        + Retention
        + ?Sized
{
}
