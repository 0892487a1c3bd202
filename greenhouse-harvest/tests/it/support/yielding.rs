//! A store whose every call lets others go first, so that two hosts in one thread meet between any two calls.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, ApplicationId, AssessmentId, CandidateId, InvitationId,
    store::{
        AccountKey, AccountPage, AccountRecord, Accounts, Applied, Backlog, BudgetNews,
        BudgetShare, BudgetWindow, Changes, ClaimedWork, Deliveries, Invitation, Invitations, Link,
        Links, LogFilter, LogId, LogKey, LogPage, LoggedEntry, PersonKey, Purge, Push, Pushes,
        RateBudgets, ReportAccess, ReportAccesses, RequestKey, Retention, StoreError, StoredToken,
        SyncLog, TokenKey, TokenLock, Tokens, WorkKind, WorkQueue, WriteDoor, memory::MemoryStore,
    },
};

#[derive(Debug)]
pub(crate) struct Yielding(pub(crate) Arc<MemoryStore>);

macro_rules! yielding {
    ($($port:ident { $($name:ident($($arg:ident: $kind:ty),*) -> $answer:ty;)* })*) => {$(
        #[async_trait]
        impl $port for Yielding {
            $(async fn $name(&self, $($arg: $kind),*) -> Result<$answer, StoreError> {
                tokio::task::yield_now().await;
                self.0.$name($($arg),*).await
            })*
        }
    )*};
}

yielding! {
    WriteDoor {
        apply(account: &AccountId, changes: Changes) -> Applied;
    }
    Accounts {
        account(account: &AccountId) -> Option<AccountRecord>;
        accounts(after: Option<&AccountId>, limit: usize) -> AccountPage;
        account_of_key(key: &AccountKey) -> Option<AccountId>;
    }
    Links {
        link(account: &AccountId, assessment: &AssessmentId) -> Option<Link>;
        links_to_application(account: &AccountId, application: ApplicationId) -> Vec<Link>;
        links_to_candidate(account: &AccountId, candidate: CandidateId) -> Vec<Link>;
    }
    Invitations {
        invitation(account: &AccountId, id: &InvitationId) -> Option<Invitation>;
        invitation_by_request(account: &AccountId, request: &RequestKey) -> Option<Invitation>;
        invitation_of_assessment(account: &AccountId, assessment: &AssessmentId) -> Option<Invitation>;
    }
    Pushes {
        push(account: &AccountId, assessment: &AssessmentId) -> Option<Push>;
        pushes_of_person(account: &AccountId, person: &PersonKey) -> Vec<Push>;
    }
    ReportAccesses {
        report_access(account: &AccountId, assessment: &AssessmentId) -> Option<ReportAccess>;
    }
    Deliveries {
        last_delivery_at(account: &AccountId) -> Option<DateTime<Utc>>;
    }
    WorkQueue {
        claim_due(kinds: &[WorkKind], now: DateTime<Utc>, lease: Duration, limit: usize) -> Vec<ClaimedWork>;
        next_due(kinds: &[WorkKind]) -> Option<DateTime<Utc>>;
        backlog(account: &AccountId, kinds: &[WorkKind]) -> Backlog;
    }
    SyncLog {
        log_page(account: &AccountId, filter: &LogFilter) -> LogPage;
        log_entry(account: &AccountId, id: LogId) -> Option<LoggedEntry>;
        keyed_log_entry(account: &AccountId, key: &LogKey) -> Option<LoggedEntry>;
    }
    Tokens {
        token(account: &AccountId, key: &TokenKey) -> Option<StoredToken>;
        lock_token(account: &AccountId, key: &TokenKey, now: DateTime<Utc>, lease: Duration) -> TokenLock;
        save_token(account: &AccountId, key: &TokenKey, generation: u64, token: StoredToken) -> Applied;
        unlock_token(account: &AccountId, key: &TokenKey, generation: u64) -> ();
    }
    RateBudgets {
        take_budget(account: &AccountId, client_id: &str, window: BudgetWindow, wanted: u32, now: DateTime<Utc>) -> BudgetShare;
        return_budget(account: &AccountId, client_id: &str, window: DateTime<Utc>, unused: u32) -> ();
        note_budget(account: &AccountId, client_id: &str, window: DateTime<Utc>, news: BudgetNews) -> ();
    }
    Retention {
        purge(what: Purge, before: DateTime<Utc>, limit: usize) -> usize;
    }
}
