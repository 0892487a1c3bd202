//! The store, split into six ports. Decisions are written as a whole, and records are read by
//! narrow queries.
//!
//! A decision is a value, [`Changes`]. [`StoreWriter::apply`] writes it whole or not at all, so
//! that a delivery and its effect, a journal entry and its link, or a state and the tasks it causes
//! can never be separated. A query about an account reads only that account. Only a few methods
//! span accounts: they list accounts, find the account of a key, claim due tasks and remove old
//! rows.
//!
//! | port | what it does |
//! |---|---|
//! | [`StoreWriter`] | applies [`Changes`] |
//! | [`Records`] | reads accounts, links, invitations, pushes and all other records |
//! | [`TaskQueue`] | claims and counts due tasks |
//! | [`SyncLog`] | reads the sync log for recruiters and operators |
//! | [`Shared`] | access tokens and rate budgets, shared by all hosts |
//! | [`Housekeeping`] | retention, last use of keys and hooks, resealing, closing |
//!
//! Services accept an `Arc<dyn Store>`. A wrapper implements the ports with
//! [`forward_store!`](crate::forward_store).

mod account;
mod anonymized_words;
mod backfill;
mod budget;
mod candidate_history;
mod changes;
mod claim;
mod decide;
mod delivery;
mod due;
mod erasure;
mod error;
mod forward;
mod hint;
mod histories;
mod invitation;
mod last_seen;
mod link;
mod log;
mod log_filter;
mod log_summary;
pub mod memory;
mod person_key;
mod ports;
mod purge;
mod push;
mod report_access;
mod request_key;
mod rule_day;
mod status_record;
mod token;
mod trigger_decision;

pub(crate) use self::candidate_history::union_of_fields;
pub use self::{
    account::{AccountKey, AccountPage, AccountRecord},
    anonymized_words::ErasedPart,
    backfill::{
        Backfill, BackfillCounts, BackfillKind, BackfillMode, BackfillScope, BackfillSkip,
        BackfillState, OpenPush,
    },
    budget::{BudgetClaim, BudgetCount, BudgetReport, BudgetShare, RATE_WINDOW},
    candidate_history::{Anonymized, CandidateHistory},
    changes::{Applied, Changes, Merge, Write},
    claim::{Claim, ClaimedTask, Settled, Settlement},
    decide::{Decided, Proposal, decide_and_apply},
    delivery::{BodyKept, Delivery, DeliverySource, DeliveryStatus, Verdict},
    due::{Backlog, DueTask, ParkedTask, Task, TaskId, TaskKind},
    erasure::{Erased, Erasure},
    error::{StoreError, StoreErrorKind},
    forward::METHODS,
    hint::{Hint, Hinted},
    histories::histories_of,
    invitation::{Invitation, InvitationState, InvitedPerson, NoticeState},
    last_seen::{HookRefusal, LastSeen},
    link::{Link, LinkState},
    log::{Direction, LogEntry, LogId, LogKey, LogStatus, LogSubject, LoggedEntry},
    log_filter::{LogFilter, LogPage},
    log_summary::{LogGroup, LogSummary, OpenOperations},
    person_key::PersonKey,
    ports::{Housekeeping, Records, Shared, Store, StoreWriter, SyncLog, TaskQueue},
    purge::Purge,
    push::{
        JournalEntry, JournalMark, Push, PushFailure, PushOrigin, PushRemark, PushState, PushStep,
        PushWait,
    },
    report_access::ReportAccess,
    request_key::RequestKey,
    rule_day::RuleDay,
    status_record::{StatusRecord, TestStatus, WrittenStatus},
    token::{StoredToken, TokenKey, TokenLock},
    trigger_decision::TriggerDecision,
};
