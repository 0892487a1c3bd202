use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, ApplicationId, AssessmentId, CandidateId, InvitationId,
    store::{
        Applied, Changes, ClaimedWork, Deliveries, Invitation, Invitations, Link, Links, LogFilter,
        LogId, LogPage, LoggedEntry, PersonKey, Push, Pushes, ReportAccess, ReportAccesses,
        RequestKey, StoreError, SyncLog, WorkKind, WorkQueue, Write, WriteDoor,
        memory::MemoryStore,
    },
};

/// The store in memory behind a door that can stick.
#[derive(Debug)]
pub(crate) struct FaultyStore {
    inner: Arc<MemoryStore>,
    faults: Mutex<VecDeque<Fault>>,
}

/// What happens to the next write.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    /// Nothing is written, since a record changed meanwhile.
    Conflict,
    /// Nothing is written, and the store says that it is down.
    Down,
    /// It is written, and the store says that it is down.
    DownAfterwards,
    /// Another host writes the same request first, under an id of its own: `faster`.
    Faster,
    /// Another host took the work over.
    LeaseLost,
}

impl FaultyStore {
    pub(crate) fn around(inner: Arc<MemoryStore>) -> Self {
        Self {
            inner,
            faults: Mutex::default(),
        }
    }

    pub(crate) fn next(&self, faults: impl IntoIterator<Item = Fault>) {
        self.faults.lock().unwrap().extend(faults);
    }
}

#[async_trait]
impl WriteDoor for FaultyStore {
    async fn apply(&self, account: &AccountId, changes: Changes) -> Result<Applied, StoreError> {
        let fault = self.faults.lock().unwrap().pop_front();
        match fault {
            None => self.inner.apply(account, changes).await,
            Some(Fault::Conflict) => Ok(Applied::Conflict),
            Some(Fault::LeaseLost) => Ok(Applied::LeaseLost),
            Some(Fault::Down) => Err(StoreError::unavailable("down")),
            Some(Fault::DownAfterwards) => {
                assert_eq!(
                    self.inner.apply(account, changes).await.unwrap(),
                    Applied::Applied
                );
                Err(StoreError::unavailable("down"))
            }
            Some(Fault::Faster) => {
                let mut other = Changes::none();
                for write in &changes.invitations {
                    if let Write::Put(invitation) = write {
                        let mut faster = invitation.clone();
                        faster.id = InvitationId::new("faster");
                        other.invitations.push(Write::Put(faster));
                    }
                }
                assert_eq!(
                    self.inner.apply(account, other).await.unwrap(),
                    Applied::Applied
                );
                self.inner.apply(account, changes).await
            }
        }
    }
}

/// Everything but the door is passed on.
macro_rules! passes_on {
    ($($port:ident { $(fn $name:ident($($argument:ident: $type:ty),*) -> $answer:ty;)* })*) => {$(
        #[async_trait]
        impl $port for FaultyStore {
            $(async fn $name(&self, $($argument: $type),*) -> Result<$answer, StoreError> {
                self.inner.$name($($argument),*).await
            })*
        }
    )*};
}

passes_on! {
    Links {
        fn link(account: &AccountId, assessment: &AssessmentId) -> Option<Link>;
        fn links_to_application(account: &AccountId, application: ApplicationId) -> Vec<Link>;
        fn links_to_candidate(account: &AccountId, candidate: CandidateId) -> Vec<Link>;
    }
    Invitations {
        fn invitation(account: &AccountId, id: &InvitationId) -> Option<Invitation>;
        fn invitation_by_request(account: &AccountId, request: &RequestKey) -> Option<Invitation>;
        fn invitation_of_assessment(account: &AccountId, assessment: &AssessmentId) -> Option<Invitation>;
    }
    Pushes {
        fn push(account: &AccountId, assessment: &AssessmentId) -> Option<Push>;
        fn pushes_of_person(account: &AccountId, person: &PersonKey) -> Vec<Push>;
    }
    ReportAccesses {
        fn report_access(account: &AccountId, assessment: &AssessmentId) -> Option<ReportAccess>;
    }
    Deliveries {
        fn last_delivery_at(account: &AccountId) -> Option<DateTime<Utc>>;
    }
    WorkQueue {
        fn claim_due(kinds: &[WorkKind], now: DateTime<Utc>, lease: Duration, limit: usize) -> Vec<ClaimedWork>;
        fn next_due(kinds: &[WorkKind]) -> Option<DateTime<Utc>>;
        fn backlog(account: &AccountId, kinds: &[WorkKind]) -> u64;
    }
    SyncLog {
        fn log_page(account: &AccountId, filter: &LogFilter) -> LogPage;
        fn log_entry(account: &AccountId, id: LogId) -> Option<LoggedEntry>;
    }
}
