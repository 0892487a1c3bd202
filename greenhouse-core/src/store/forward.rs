use std::sync::Arc;

/// Implements store ports by forwarding every method, so that a wrapper does not change when a port
/// gains a method.
///
/// The arguments are the ports, the type, and one of two ways to forward:
///
/// - `=> around(inner)` calls the method of the field `inner`. It passes the method name, as
///   `"Port::method"`, and the future to the wrapper's async method `around`. For wrappers that
///   count, measure or fail calls. `close` is forwarded directly.
///   [`StoreWriter`](crate::store::StoreWriter) is not supported, because such a wrapper inspects
///   the changes.
/// - `=> inherent` calls the type's own method of the same name. For a store that splits its
///   queries over several files.
///
/// ```
/// use std::sync::Arc;
///
/// use greenhouse_core::store::{Store, StoreError};
///
/// #[derive(Debug)]
/// struct Traced {
///     inner: Arc<dyn Store>,
/// }
///
/// impl Traced {
///     async fn trace<T>(
///         &self,
///         method: &'static str,
///         call: impl Future<Output = Result<T, StoreError>>,
///     ) -> Result<T, StoreError> {
///         eprintln!("{method}");
///         call.await
///     }
/// }
///
/// greenhouse_core::forward_store!(
///     Records, TaskQueue, SyncLog, Shared, Housekeeping for Traced => trace(inner)
/// );
/// ```
#[macro_export]
macro_rules! forward_store {
    ($($port:ident),+ for $type:ty => $around:ident($inner:ident)) => {
        $($crate::__store_port! { $port (via $inner $around) [$type] })+
    };
    ($($port:ident),+ for $type:ty => inherent) => {
        $($crate::__store_port! { $port (inherent) [$type] })+
    };
    ($($port:ident),+ for every $type:ty) => {
        $($crate::__store_port! { $port (every) [$type] })+
    };
    (@implement (via $inner:ident $around:ident) [$type:ty]
        $port:ident { $(fn $name:ident($($argument:ident: $kind:ty),*) -> $answer:ty;)* } $($last:ident)?) => {
        #[$crate::__private::async_trait]
        impl $crate::store::$port for $type {
            $(async fn $name(&self, $($argument: $kind),*) -> Result<$answer, $crate::store::StoreError> {
                let method = concat!(stringify!($port), "::", stringify!($name));
                self.$around(method, self.$inner.$name($($argument),*)).await
            })*

            $(async fn $last(&self) {
                self.$inner.$last().await;
            })?
        }
    };
    (@implement (inherent) [$type:ty]
        $port:ident { $(fn $name:ident($($argument:ident: $kind:ty),*) -> $answer:ty;)* } $($last:ident)?) => {
        #[$crate::__private::async_trait]
        impl $crate::store::$port for $type {
            $(async fn $name(&self, $($argument: $kind),*) -> Result<$answer, $crate::store::StoreError> {
                <$type>::$name(self, $($argument),*).await
            })*

            $(async fn $last(&self) {
                <$type>::$last(self).await;
            })?
        }
    };
    (@implement (every) [$type:ty]
        $port:ident { $(fn $name:ident($($argument:ident: $kind:ty),*) -> $answer:ty;)* } $($last:ident)?) => {
        #[$crate::__private::async_trait]
        impl<T: $crate::store::$port + ?Sized> $crate::store::$port for $type {
            $(async fn $name(&self, $($argument: $kind),*) -> Result<$answer, $crate::store::StoreError> {
                (**self).$name($($argument),*).await
            })*

            $(async fn $last(&self) {
                (**self).$last().await;
            })?
        }
    };
    (@implement (names) []
        $port:ident { $(fn $name:ident($($argument:ident: $kind:ty),*) -> $answer:ty;)* } $($last:ident)?) => {
        &[$(concat!(stringify!($port), "::", stringify!($name))),*]
    };
}

/// Methods of each port, for [`forward_store!`](crate::forward_store). A new method needs a line
/// here.
#[doc(hidden)]
#[macro_export]
macro_rules! __store_port {
    (StoreWriter $how:tt $to:tt) => {
        $crate::forward_store! { @implement $how $to StoreWriter {
            fn apply(account: &$crate::AccountId, changes: $crate::store::Changes) -> $crate::store::Applied;
        } }
    };
    (Records $how:tt $to:tt) => {
        $crate::forward_store! { @implement $how $to Records {
            fn account(account: &$crate::AccountId) -> Option<$crate::store::AccountRecord>;
            fn accounts(after: Option<&$crate::AccountId>, limit: usize) -> $crate::store::AccountPage;
            fn account_with_key(key: &$crate::store::AccountKey) -> Option<($crate::AccountId, $crate::store::AccountRecord)>;
            fn link(account: &$crate::AccountId, assessment: &$crate::AssessmentId) -> Option<$crate::store::Link>;
            fn links_to_application(account: &$crate::AccountId, application: $crate::ApplicationId) -> Vec<$crate::store::Link>;
            fn links_to_candidate(account: &$crate::AccountId, candidate: $crate::CandidateId) -> Vec<$crate::store::Link>;
            fn links_after(account: &$crate::AccountId, after: Option<&$crate::AssessmentId>, limit: usize) -> Vec<$crate::store::Link>;
            fn invitation(account: &$crate::AccountId, id: &$crate::InvitationId) -> Option<$crate::store::Invitation>;
            fn invitation_by_request(account: &$crate::AccountId, request: &$crate::store::RequestKey) -> Option<$crate::store::Invitation>;
            fn invitation_of_assessment(account: &$crate::AccountId, assessment: &$crate::AssessmentId) -> Option<$crate::store::Invitation>;
            fn invitations_of_candidate(account: &$crate::AccountId, candidate: $crate::CandidateId) -> Vec<$crate::store::Invitation>;
            fn push(account: &$crate::AccountId, assessment: &$crate::AssessmentId) -> Option<$crate::store::Push>;
            fn pushes_of_person(account: &$crate::AccountId, person: &$crate::store::PersonKey) -> Vec<$crate::store::Push>;
            fn report_access(account: &$crate::AccountId, assessment: &$crate::AssessmentId) -> Option<$crate::store::ReportAccess>;
            fn trigger_decision(account: &$crate::AccountId, assessment: &$crate::AssessmentId) -> Option<$crate::store::TriggerDecision>;
            fn backfill(account: &$crate::AccountId, kind: $crate::store::BackfillKind) -> Option<$crate::store::Backfill>;
            fn rule_day(account: &$crate::AccountId, day: $crate::__private::Date) -> Option<$crate::store::RuleDay>;
            fn candidate_history(account: &$crate::AccountId, candidate: $crate::CandidateId) -> Option<$crate::store::CandidateHistory>;
            fn last_delivery_at(account: &$crate::AccountId) -> Option<$crate::__private::Time>;
            fn delivery_status(account: &$crate::AccountId, source: &$crate::store::DeliverySource, event: Option<&$crate::webhook::Event>) -> ($crate::store::DeliveryStatus, Vec<$crate::store::Link>);
            fn latest_body(account: &$crate::AccountId, event: &$crate::webhook::Event) -> Option<$crate::webhook::BodyHash>;
            fn ignored_deliveries(account: &$crate::AccountId, candidate: $crate::CandidateId, application: $crate::ApplicationId) -> Vec<$crate::store::Delivery>;
        } }
    };
    (TaskQueue $how:tt $to:tt) => {
        $crate::forward_store! { @implement $how $to TaskQueue {
            fn claim_due(claim: &$crate::store::Claim) -> Vec<$crate::store::ClaimedTask>;
            fn next_due(kinds: &[$crate::store::TaskKind]) -> Option<$crate::__private::Time>;
            fn backlog(account: &$crate::AccountId, kinds: &[$crate::store::TaskKind]) -> $crate::store::Backlog;
            fn parked(account: &$crate::AccountId, limit: usize) -> Vec<$crate::store::ParkedTask>;
            fn overdue(kinds: &[$crate::store::TaskKind], now: $crate::__private::Time, most: usize) -> std::collections::BTreeMap<$crate::store::TaskKind, $crate::store::Backlog>;
        } }
    };
    (SyncLog $how:tt $to:tt) => {
        $crate::forward_store! { @implement $how $to SyncLog {
            fn log_page(account: &$crate::AccountId, filter: &$crate::store::LogFilter) -> $crate::store::LogPage;
            fn log_entry(account: &$crate::AccountId, id: $crate::store::LogId) -> Option<$crate::store::LoggedEntry>;
            fn keyed_log_entry(account: &$crate::AccountId, key: &$crate::store::LogKey) -> Option<$crate::store::LoggedEntry>;
            fn log_summary(account: &$crate::AccountId, days: std::ops::RangeInclusive<$crate::__private::Date>) -> $crate::store::LogSummary;
        } }
    };
    (Shared $how:tt $to:tt) => {
        $crate::forward_store! { @implement $how $to Shared {
            fn token(account: &$crate::AccountId, key: &$crate::store::TokenKey) -> Option<$crate::store::StoredToken>;
            fn lock_token(account: &$crate::AccountId, key: &$crate::store::TokenKey, now: $crate::__private::Time, lease: std::time::Duration) -> $crate::store::TokenLock;
            fn save_token(account: &$crate::AccountId, key: &$crate::store::TokenKey, generation: u64, token: $crate::store::StoredToken) -> $crate::store::Applied;
            fn unlock_token(account: &$crate::AccountId, key: &$crate::store::TokenKey, generation: u64) -> ();
            fn take_budget(account: &$crate::AccountId, client_id: &str, claim: $crate::store::BudgetClaim) -> $crate::store::BudgetShare;
            fn return_budget(account: &$crate::AccountId, client_id: &str, window: $crate::__private::Time, unused: u32) -> ();
            fn note_budget(account: &$crate::AccountId, client_id: &str, window: $crate::__private::Time, report: $crate::store::BudgetReport) -> ();
        } }
    };
    (Housekeeping $how:tt $to:tt) => {
        $crate::forward_store! { @implement $how $to Housekeeping {
            fn time() -> Option<$crate::__private::Time>;
            fn accepted_time() -> Option<$crate::__private::Time>;
            fn accept_time(at: $crate::__private::Time) -> ();
            fn purge(what: $crate::store::Purge, before: $crate::__private::Time, limit: usize) -> usize;
            fn note_last_seen(account: &$crate::AccountId, what: &$crate::store::LastSeen, at: $crate::__private::Time, every: std::time::Duration) -> ();
            fn last_seen(account: &$crate::AccountId) -> std::collections::BTreeMap<$crate::store::LastSeen, $crate::__private::Time>;
            fn reseal(limit: usize) -> usize;
        } close }
    };
}

forward_store!(StoreWriter, Records, TaskQueue, SyncLog, Shared, Housekeeping for every Arc<T>);
forward_store!(StoreWriter, Records, TaskQueue, SyncLog, Shared, Housekeeping for every &T);

/// Methods of every port, as `Port::method`.
pub const METHODS: [&[&str]; 6] = [
    __store_port! { StoreWriter (names) [] },
    __store_port! { Records (names) [] },
    __store_port! { TaskQueue (names) [] },
    __store_port! { SyncLog (names) [] },
    __store_port! { Shared (names) [] },
    __store_port! { Housekeeping (names) [] },
];
