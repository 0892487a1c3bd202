use std::{collections::BTreeMap, fmt, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::{
    AccountKey, AccountPage, AccountRecord, Applied, Backlog, BudgetClaim, BudgetNews, BudgetShare,
    CandidateHistory, Changes, Claim, ClaimedTask, Delivery, DeliverySource, DeliveryStatus,
    Invitation, LastSeen, Link, LogFilter, LogId, LogKey, LogPage, LoggedEntry, ParkedTask,
    PersonKey, Purge, Push, ReportAccess, RequestKey, StoreError, StoredToken, TaskKind, TokenKey,
    TokenLock,
};
use crate::{AccountId, ApplicationId, AssessmentId, CandidateId, InvitationId, webhook::Event};

/// Writes decisions.
#[async_trait]
pub trait StoreWriter: fmt::Debug + Send + Sync {
    /// Applies `changes` whole and durably, or not at all. [`Applied`] lists the outcomes that are not errors.
    ///
    /// [`decide_and_apply`](super::decide_and_apply) calls this, and decides again after a conflict.
    ///
    /// # Errors
    ///
    /// A [`StoreError`]. After [`StoreErrorKind::Unavailable`](super::StoreErrorKind::Unavailable) it is unknown
    /// whether the changes were applied. Read again and make the decision again.
    async fn apply(&self, account: &AccountId, changes: Changes) -> Result<Applied, StoreError>;
}

/// Reads accounts and what is stored of them. Each query reads one account alone, except
/// [`accounts`](Self::accounts) and [`account_with_key`](Self::account_with_key).
#[async_trait]
pub trait Records: fmt::Debug + Send + Sync {
    /// The record of an account.
    async fn account(&self, account: &AccountId) -> Result<Option<AccountRecord>, StoreError>;

    /// The accounts after `after`, in the order of the bytes of their ids. Returns at most `limit` of them, from 1
    /// to [`AccountPage::MAX_LIMIT`].
    async fn accounts(
        &self,
        after: Option<&AccountId>,
        limit: usize,
    ) -> Result<AccountPage, StoreError>;

    /// The account that a key names, with its record.
    async fn account_with_key(
        &self,
        key: &AccountKey,
    ) -> Result<Option<(AccountId, AccountRecord)>, StoreError>;

    /// The link of an assessment.
    async fn link(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<Link>, StoreError>;

    /// All links to an application.
    async fn links_to_application(
        &self,
        account: &AccountId,
        application: ApplicationId,
    ) -> Result<Vec<Link>, StoreError>;

    /// All links to applications of a candidate.
    async fn links_to_candidate(
        &self,
        account: &AccountId,
        candidate: CandidateId,
    ) -> Result<Vec<Link>, StoreError>;

    /// The links after `after`, in the order of the bytes of their assessment ids. Returns at most `limit` of them.
    async fn links_after(
        &self,
        account: &AccountId,
        after: Option<&AssessmentId>,
        limit: usize,
    ) -> Result<Vec<Link>, StoreError>;

    /// An invitation.
    async fn invitation(
        &self,
        account: &AccountId,
        id: &InvitationId,
    ) -> Result<Option<Invitation>, StoreError>;

    /// The invitation that a `send_test` request made.
    async fn invitation_by_request(
        &self,
        account: &AccountId,
        request: &RequestKey,
    ) -> Result<Option<Invitation>, StoreError>;

    /// The invitation of an assessment. `None` if the assessment was not invited by Greenhouse.
    async fn invitation_of_assessment(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<Invitation>, StoreError>;

    /// The push of an assessment.
    async fn push(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<Push>, StoreError>;

    /// All pushes of a person, oldest first.
    async fn pushes_of_person(
        &self,
        account: &AccountId,
        person: &PersonKey,
    ) -> Result<Vec<Push>, StoreError>;

    /// Which report links of an assessment are valid. `None` if none was ever revoked.
    async fn report_access(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<ReportAccess>, StoreError>;

    /// Merges, deletions and anonymizations of a candidate. `None` if there were none.
    async fn candidate_history(
        &self,
        account: &AccountId,
        candidate: CandidateId,
    ) -> Result<Option<CandidateHistory>, StoreError>;

    /// Time of the last delivery, whatever it contained.
    async fn last_delivery_at(
        &self,
        account: &AccountId,
    ) -> Result<Option<DateTime<Utc>>, StoreError>;

    /// Whether a delivery is known, and every link to an application or a candidate that its event names, each once.
    ///
    /// The status is a hint that saves work: another host may store the same delivery at the same time, and
    /// [`StoreWriter::apply`] checks it again.
    async fn delivery_status(
        &self,
        account: &AccountId,
        source: &DeliverySource,
        event: Option<&Event>,
    ) -> Result<(DeliveryStatus, Vec<Link>), StoreError>;

    /// The ignored deliveries that name this candidate or this application, in the order of their arrival. Returns
    /// the latest 1,000.
    async fn ignored_deliveries(
        &self,
        account: &AccountId,
        candidate: CandidateId,
        application: ApplicationId,
    ) -> Result<Vec<Delivery>, StoreError>;
}

/// Tasks that must still be done outside the database.
#[async_trait]
pub trait TaskQueue: fmt::Debug + Send + Sync {
    /// Claims due tasks of all accounts, longest due first.
    ///
    /// A claimed task belongs to the claimer until its lease ends. Then it can be claimed again, under a higher
    /// generation, and a settlement of the earlier generation returns [`Applied::LeaseLost`]. A task that another
    /// host claims or settles at this moment may be passed over.
    async fn claim_due(&self, claim: &Claim) -> Result<Vec<ClaimedTask>, StoreError>;

    /// The time at which the next task of these kinds can be claimed: when it is due, or when its lease ends.
    async fn next_due(&self, kinds: &[TaskKind]) -> Result<Option<DateTime<Utc>>, StoreError>;

    /// The tasks of these kinds that wait in an account, claimed ones included, and how many are parked.
    async fn backlog(&self, account: &AccountId, kinds: &[TaskKind])
    -> Result<Backlog, StoreError>;

    /// The tasks of each kind that were due at `now` and are not settled, of all accounts, claimed and deferred ones
    /// included, and how many are parked. Leaves out a kind without any.
    ///
    /// For metrics. It looks at no more than `most` tasks of a kind, those that can be claimed next. A count of `most`
    /// therefore means that there may be more, and older ones.
    async fn overdue(
        &self,
        kinds: &[TaskKind],
        now: DateTime<Utc>,
        most: usize,
    ) -> Result<BTreeMap<TaskKind, Backlog>, StoreError>;

    /// The parked tasks of an account, in the order of their ids. Returns at most `limit` of them.
    async fn parked(
        &self,
        account: &AccountId,
        limit: usize,
    ) -> Result<Vec<ParkedTask>, StoreError>;
}

/// The entries that recruiters and operators read.
#[async_trait]
pub trait SyncLog: fmt::Debug + Send + Sync {
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

/// Access tokens and rate budgets, shared by all hosts. Neither is part of [`Changes`]: no decision depends on one.
///
/// To renew a token: take its lock, read it again in case another host has renewed it, request a new one, save it.
#[async_trait]
pub trait Shared: fmt::Debug + Send + Sync {
    /// The token that was saved last.
    async fn token(
        &self,
        account: &AccountId,
        key: &TokenKey,
    ) -> Result<Option<StoredToken>, StoreError>;

    /// Takes the lock of a token for `lease`, if it is free at `now`. A lock whose lease has ended is free.
    /// Generations rise and never repeat, even if the account was removed in between.
    async fn lock_token(
        &self,
        account: &AccountId,
        key: &TokenKey,
        now: DateTime<Utc>,
        lease: Duration,
    ) -> Result<TokenLock, StoreError>;

    /// Saves a token and releases its lock, in one commit. Returns [`Applied::LeaseLost`] and saves nothing if the
    /// lock was released or taken by another host since: that host may be using what this token replaces.
    async fn save_token(
        &self,
        account: &AccountId,
        key: &TokenKey,
        generation: u64,
        token: StoredToken,
    ) -> Result<Applied, StoreError>;

    /// Releases the lock of a token. Does nothing if it is not held under this generation.
    async fn unlock_token(
        &self,
        account: &AccountId,
        key: &TokenKey,
        generation: u64,
    ) -> Result<(), StoreError>;

    /// Takes up to as many requests of a rate limit window as the claim wants. All hosts together are never granted
    /// more than the window allows.
    ///
    /// A window that begins later than the counted one is counted from zero. Nothing is granted of an earlier window,
    /// nor before the end of a hold. While the limit is unknown, one request of a window is granted. If requests are
    /// seen that no host counted, one is granted at a time, and a sixteenth of the limit is left to their sender.
    async fn take_budget(
        &self,
        account: &AccountId,
        client_id: &str,
        claim: BudgetClaim,
    ) -> Result<BudgetShare, StoreError>;

    /// Returns requests that were granted in the window that begins at `window` and were not sent. Does nothing if
    /// another window is counted.
    async fn return_budget(
        &self,
        account: &AccountId,
        client_id: &str,
        window: DateTime<Utc>,
        unused: u32,
    ) -> Result<(), StoreError>;

    /// Notes what a response said about the rate limit. News of the window before the counted one change limit and
    /// hold only. If the window is two or more before the counted one, a clock is ahead, and the count starts again
    /// with the news.
    async fn note_budget(
        &self,
        account: &AccountId,
        client_id: &str,
        window: DateTime<Utc>,
        news: BudgetNews,
    ) -> Result<(), StoreError>;
}

/// Upkeep of the store itself. None of it is part of [`Changes`], and no record's version rises.
#[async_trait]
pub trait Housekeeping: fmt::Debug + Send + Sync {
    /// Removes what is older than `before`, of all accounts, oldest first and at most `limit` rows in one short
    /// commit. Returns how many were removed; fewer than `limit` means that nothing older is left.
    async fn purge(
        &self,
        what: Purge,
        before: DateTime<Utc>,
        limit: usize,
    ) -> Result<usize, StoreError>;

    /// Notes that `what` was seen at `at`, unless it was seen later than `every` before that. Does nothing if the
    /// account or its partner key does not exist. What is noted goes with the key, and with the account.
    async fn note_last_seen(
        &self,
        account: &AccountId,
        what: &LastSeen,
        at: DateTime<Utc>,
        every: Duration,
    ) -> Result<(), StoreError>;

    /// The last time that each key and hook of an account was seen. Leaves out those that never were.
    async fn last_seen(
        &self,
        account: &AccountId,
    ) -> Result<BTreeMap<LastSeen, DateTime<Utc>>, StoreError>;

    /// Seals with the current master key what is not, at most `limit` rows (at least one) in one short commit.
    /// Returns how many rows were sealed. Zero means that nothing is left and that no older key is needed any more.
    /// A store that seals nothing returns zero. Any number of hosts may call this at once.
    ///
    /// # Errors
    ///
    /// Unavailable while other hosts hold what is left: call again. Corrupt if all that is left cannot be opened.
    async fn reseal(&self, limit: usize) -> Result<usize, StoreError>;

    /// Closes the store. Returns when all connections are closed; later calls fail.
    async fn close(&self);
}

/// All ports of a store. Implemented by every type that implements the six ports.
pub trait Store: StoreWriter + Records + TaskQueue + SyncLog + Shared + Housekeeping {}

impl<T> Store for T where
    T: StoreWriter + Records + TaskQueue + SyncLog + Shared + Housekeeping + ?Sized
{
}
