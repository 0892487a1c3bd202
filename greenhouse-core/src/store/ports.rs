mod sync_log;

use std::{collections::BTreeMap, fmt, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};

use super::{
    AccountKey, AccountPage, AccountRecord, Applied, Backfill, BackfillKind, Backlog, BudgetClaim,
    BudgetReport, BudgetShare, CandidateHistory, Changes, Claim, ClaimedTask, Delivery,
    DeliverySource, DeliveryStatus, Invitation, LastSeen, Link, ParkedTask, PersonKey, Purge, Push,
    ReportAccess, RequestKey, RuleDay, StoreError, StoredToken, TaskKind, TokenKey, TokenLock,
    TriggerDecision,
};
use crate::{
    AccountId, ApplicationId, AssessmentId, CandidateId, InvitationId,
    webhook::{BodyHash, Event},
};

pub use self::sync_log::SyncLog;

/// Writes the changes of decisions.
#[async_trait]
pub trait StoreWriter: fmt::Debug + Send + Sync {
    /// Applies `changes` whole and durably, or not at all. Conflicts and repeats are not errors;
    /// see [`Applied`].
    ///
    /// [`decide_and_apply`](super::decide_and_apply) calls this, and decides again after a
    /// conflict.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store fails. After
    /// [`StoreErrorKind::Unavailable`](super::StoreErrorKind::Unavailable), it is unknown whether
    /// the changes were applied. Read and decide again.
    async fn apply(&self, account: &AccountId, changes: Changes) -> Result<Applied, StoreError>;
}

/// Reads accounts and their records. Each query reads only one account, except
/// [`accounts`](Self::accounts) and [`account_with_key`](Self::account_with_key). Queries for one
/// record return `None` if it is not stored. All queries fail only if the store does.
#[async_trait]
pub trait Records: fmt::Debug + Send + Sync {
    /// The record of an account. `None` if the account is unknown.
    async fn account(&self, account: &AccountId) -> Result<Option<AccountRecord>, StoreError>;

    /// The accounts after `after`, ordered by the bytes of their ids. Returns at most `limit` of
    /// them, with `limit` clamped to the range from 1 to [`AccountPage::MAX_LIMIT`].
    async fn accounts(
        &self,
        after: Option<&AccountId>,
        limit: usize,
    ) -> Result<AccountPage, StoreError>;

    /// The account that has this key, with its record.
    async fn account_with_key(
        &self,
        key: &AccountKey,
    ) -> Result<Option<(AccountId, AccountRecord)>, StoreError>;

    /// The link of an assessment. `None` if it has none, because it was not pushed.
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

    /// The links after `after`, ordered by the bytes of their assessment ids. Returns at most
    /// `limit`.
    async fn links_after(
        &self,
        account: &AccountId,
        after: Option<&AssessmentId>,
        limit: usize,
    ) -> Result<Vec<Link>, StoreError>;

    /// The invitation with this id.
    async fn invitation(
        &self,
        account: &AccountId,
        id: &InvitationId,
    ) -> Result<Option<Invitation>, StoreError>;

    /// The invitation that a `send_test` request created.
    async fn invitation_by_request(
        &self,
        account: &AccountId,
        request: &RequestKey,
    ) -> Result<Option<Invitation>, StoreError>;

    /// The invitation of an assessment. `None` if Greenhouse did not request the assessment.
    async fn invitation_of_assessment(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<Invitation>, StoreError>;

    /// All invitations of a candidate, ordered by the bytes of their ids.
    async fn invitations_of_candidate(
        &self,
        account: &AccountId,
        candidate: CandidateId,
    ) -> Result<Vec<Invitation>, StoreError>;

    /// The push of an assessment. `None` if no push was requested.
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

    /// Version of an assessment's valid report links. `None` if its links were never revoked.
    async fn report_access(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<ReportAccess>, StoreError>;

    /// Decision of the account's trigger on an assessment. `None` if the trigger has not decided.
    /// Unlike entries of the sync log, decisions are never removed.
    async fn trigger_decision(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<TriggerDecision>, StoreError>;

    /// Use of the account's rules on a day (UTC). `None` if no rule has acted on that day.
    async fn rule_day(
        &self,
        account: &AccountId,
        day: NaiveDate,
    ) -> Result<Option<RuleDay>, StoreError>;

    /// The last backfill of this kind. `None` if none was started.
    async fn backfill(
        &self,
        account: &AccountId,
        kind: BackfillKind,
    ) -> Result<Option<Backfill>, StoreError>;

    /// Merges, deletions and anonymizations of a candidate. `None` if there were none.
    async fn candidate_history(
        &self,
        account: &AccountId,
        candidate: CandidateId,
    ) -> Result<Option<CandidateHistory>, StoreError>;

    /// Time at which the last webhook delivery arrived. `None` if none is stored.
    async fn last_delivery_at(
        &self,
        account: &AccountId,
    ) -> Result<Option<DateTime<Utc>>, StoreError>;

    /// Status of a delivery, and every link to an application or candidate that its event names,
    /// each once. The status is not final, because another host may store the same delivery at the
    /// same time. [`StoreWriter::apply`] checks it again.
    async fn delivery_status(
        &self,
        account: &AccountId,
        source: &DeliverySource,
        event: Option<&Event>,
    ) -> Result<(DeliveryStatus, Vec<Link>), StoreError>;

    /// SHA-256 of the body of the latest delivery about the same application as this event, or
    /// about the same candidate if the event names no application. If the event names several
    /// applications, only the first is considered. `None` if there is no such delivery, or if the
    /// latest one was not [effective](super::Verdict::Effective).
    async fn latest_body(
        &self,
        account: &AccountId,
        event: &Event,
    ) -> Result<Option<BodyHash>, StoreError>;

    /// The ignored deliveries that name this candidate or this application, in order of arrival.
    /// Returns the latest 1,000.
    async fn ignored_deliveries(
        &self,
        account: &AccountId,
        candidate: CandidateId,
        application: ApplicationId,
    ) -> Result<Vec<Delivery>, StoreError>;
}

/// Queue of outbound tasks. Methods fail only if the store does.
#[async_trait]
pub trait TaskQueue: fmt::Debug + Send + Sync {
    /// Claims due tasks of all accounts, longest due first.
    ///
    /// A claim is valid until its lease ends. Then the task can be claimed again under a higher
    /// generation. After that, settling the earlier claim returns [`Applied::LeaseLost`]. A task
    /// that another host claims or settles at the same time may be skipped.
    async fn claim_due(&self, claim: &Claim) -> Result<Vec<ClaimedTask>, StoreError>;

    /// Earliest time at which a task of these kinds can be claimed: its due time or, if it is
    /// claimed, the end of its lease. `None` if there is no such task.
    async fn next_due(&self, kinds: &[TaskKind]) -> Result<Option<DateTime<Utc>>, StoreError>;

    /// Unsettled tasks of these kinds in an account, including claimed ones, and the number of
    /// parked tasks.
    async fn backlog(&self, account: &AccountId, kinds: &[TaskKind])
    -> Result<Backlog, StoreError>;

    /// Backlog of overdue tasks by kind, across all accounts, for metrics. Includes unsettled tasks
    /// that first became due by `now`, even if they are claimed or deferred, and the number of
    /// parked tasks. Omits kinds without such tasks.
    ///
    /// Examines only the `most` tasks of each kind that can be claimed next. A count of `most`
    /// means that there may be more tasks, including older ones.
    async fn overdue(
        &self,
        kinds: &[TaskKind],
        now: DateTime<Utc>,
        most: usize,
    ) -> Result<BTreeMap<TaskKind, Backlog>, StoreError>;

    /// The parked tasks of an account, ordered by id. Returns at most `limit` of them.
    async fn parked(
        &self,
        account: &AccountId,
        limit: usize,
    ) -> Result<Vec<ParkedTask>, StoreError>;
}

/// Access tokens and rate budgets, shared by all hosts. Neither is part of [`Changes`], because no
/// decision depends on them. Methods fail only if the store does.
///
/// To renew a token, lock it, read it again in case another host has renewed it, request a new
/// token and save that.
#[async_trait]
pub trait Shared: fmt::Debug + Send + Sync {
    /// The token that was saved last. `None` if none was saved.
    async fn token(
        &self,
        account: &AccountId,
        key: &TokenKey,
    ) -> Result<Option<StoredToken>, StoreError>;

    /// Locks a token for `lease` if its lock is free at `now`. A lock whose lease has ended is
    /// free. The generation increases with every lock and never repeats, even if the account is
    /// removed and created again.
    async fn lock_token(
        &self,
        account: &AccountId,
        key: &TokenKey,
        now: DateTime<Utc>,
        lease: Duration,
    ) -> Result<TokenLock, StoreError>;

    /// Saves a token and releases its lock, in one commit. Returns [`Applied::LeaseLost`] and saves
    /// nothing if the lock has since been released, or acquired by another host, which may already
    /// have saved a newer token.
    async fn save_token(
        &self,
        account: &AccountId,
        key: &TokenKey,
        generation: u64,
        token: StoredToken,
    ) -> Result<Applied, StoreError>;

    /// Releases the lock of a token. Does nothing if the lock has another generation or is free.
    async fn unlock_token(
        &self,
        account: &AccountId,
        key: &TokenKey,
        generation: u64,
    ) -> Result<(), StoreError>;

    /// Grants requests in a rate limit window, at most [`BudgetClaim::wanted`]. All hosts together
    /// are never granted more than the window allows.
    ///
    /// A window that begins later than the counted one is counted from zero. Nothing is granted in
    /// an earlier window or before the end of a hold. While the limit is unknown, one request per
    /// window is granted. If Greenhouse reports requests that no host counted, one request is
    /// granted at a time, and a sixteenth of the limit is left for the other clients.
    async fn take_budget(
        &self,
        account: &AccountId,
        client_id: &str,
        claim: BudgetClaim,
    ) -> Result<BudgetShare, StoreError>;

    /// Returns requests that were granted in the window that begins at `window` and were not sent.
    /// Does nothing if the store already counts another window.
    async fn return_budget(
        &self,
        account: &AccountId,
        client_id: &str,
        window: DateTime<Utc>,
        unused: u32,
    ) -> Result<(), StoreError>;

    /// Records the rate limit that a response reported. A report about the window before the
    /// counted one changes only the limit and the hold. A report about an even earlier window means
    /// that a clock is ahead, so the count restarts from the report.
    async fn note_budget(
        &self,
        account: &AccountId,
        client_id: &str,
        window: DateTime<Utc>,
        report: BudgetReport,
    ) -> Result<(), StoreError>;
}

/// Maintenance of the store itself. Not part of [`Changes`]; increments no record's version.
/// Methods fail only if the store does.
#[async_trait]
pub trait Housekeeping: fmt::Debug + Send + Sync {
    /// Time of the store's own clock. `None` if the store uses the host's clock, because it runs in
    /// the host's process or on the same machine.
    async fn time(&self) -> Result<Option<DateTime<Utc>>, StoreError>;

    /// Latest time of the host's clock that retention has accepted as plausible. Before the first
    /// run of retention, the time of the newest delivery or log entry, or `None` if there is
    /// neither.
    async fn accepted_time(&self) -> Result<Option<DateTime<Utc>>, StoreError>;

    /// Replaces [`accepted_time`](Self::accepted_time).
    async fn accept_time(&self, at: DateTime<Utc>) -> Result<(), StoreError>;

    /// Removes at most `limit` rows older than `before`, across all accounts and oldest first, in
    /// one short commit. Returns the number removed. Fewer than `limit` means that no older rows
    /// are left.
    async fn purge(
        &self,
        what: Purge,
        before: DateTime<Utc>,
        limit: usize,
    ) -> Result<usize, StoreError>;

    /// Records that `what` was seen at `at`, unless the stored time is later or less than `every`
    /// before `at`. Does nothing if the account or its partner key does not exist. The stored time
    /// is deleted with the key or the account.
    async fn note_last_seen(
        &self,
        account: &AccountId,
        what: &LastSeen,
        at: DateTime<Utc>,
        every: Duration,
    ) -> Result<(), StoreError>;

    /// Times of last use of an account's keys, hooks and polls. Omits items that were never used.
    async fn last_seen(
        &self,
        account: &AccountId,
    ) -> Result<BTreeMap<LastSeen, DateTime<Utc>>, StoreError>;

    /// Reseals at most `limit` rows (at least one) with the current master key, in one short
    /// commit. Returns the number of rows resealed. Zero means that no rows are left and that no
    /// older key is needed. A store that seals nothing returns zero. Any number of hosts may call
    /// this at the same time.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Unavailable`](super::StoreErrorKind::Unavailable) while other hosts have
    /// locked the remaining rows; call again.
    /// [`StoreErrorKind::Corrupt`](super::StoreErrorKind::Corrupt) if none of the remaining rows
    /// can be unsealed.
    async fn reseal(&self, limit: usize) -> Result<usize, StoreError>;

    /// Closes the store. Returns when all connections are closed; later calls fail.
    async fn close(&self);
}

/// All ports of a store. Implemented automatically for every type that implements the six ports.
pub trait Store: StoreWriter + Records + TaskQueue + SyncLog + Shared + Housekeeping {}

impl<T> Store for T where
    T: StoreWriter + Records + TaskQueue + SyncLog + Shared + Housekeeping + ?Sized
{
}
