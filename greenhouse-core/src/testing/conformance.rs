//! Conformance suite: the contract of every store, as checks on an `Arc<dyn Store>`.
//!
//! [`store_conformance!`](crate::store_conformance) turns each check into a test of a store.
//! [`CHECKS`] is the same list for a custom harness. A failed check panics. Checks need no runtime
//! except the one that the store needs.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a check is a test, and fails as one"
)]

mod account_records;
mod accounts;
mod anonymized_words;
mod atomicity;
mod budgets;
mod candidate_histories;
mod concurrent;
mod deliveries;
mod dropped;
mod erasure;
mod fixtures;
mod last_seen;
mod log;
mod log_dates;
mod log_summary;
mod parking;
mod reads;
mod requests;
mod retention;
mod tasks;
mod tokens;
mod versions;

use std::{fmt, pin::Pin, sync::Arc};

use crate::store::Store;

/// Check for one guarantee that every store must provide.
#[derive(Clone, Copy)]
pub struct Check {
    name: &'static str,
    run: fn(Arc<dyn Store>) -> Running,
}

impl Check {
    /// Name of the check, suitable as a test name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Runs the check on a new, empty store.
    ///
    /// # Panics
    ///
    /// Panics if the store violates the guarantee.
    pub async fn run(&self, store: Arc<dyn Store>) {
        (self.run)(store).await;
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Check").field(&self.name).finish()
    }
}

/// All checks of the suite.
pub const CHECKS: &[Check] = crate::store_conformance!(@list);

/// Defines each check of the suite as a test of a store.
///
/// The first argument is the test attribute of the runtime. The second is an expression, evaluated
/// in an async function, that creates a new, empty store. The expression returns a pair: an `Arc`
/// of the store, and a value to keep alive with the store, such as its temporary folder.
///
/// ```
/// use std::sync::Arc;
///
/// use greenhouse_core::store::memory::MemoryStore;
///
/// greenhouse_core::store_conformance!(#[tokio::test] (Arc::new(MemoryStore::new()), ()));
/// ```
#[macro_export]
macro_rules! store_conformance {
    (#[$test:meta] $store:expr) => {
        $crate::store_conformance! { @checks tests(#[$test] $store) }
    };
    (@list) => {
        $crate::store_conformance! { @checks list() }
    };
    (@tests (#[$test:meta] $store:expr) $($module:ident: $($check:ident)+;)+) => {$($(
        #[$test]
        async fn $check() {
            let (store, _held) = $store;
            let name = stringify!($check);
            let check = $crate::testing::conformance::CHECKS.iter().find(|check| check.name() == name);
            check.expect("listed check").run(store).await;
        }
    )+)+};
    (@list () $($module:ident: $($check:ident)+;)+) => {
        &[$($(Check { name: stringify!($check), run: |store| Box::pin($module::$check(store)) }),+),+]
    };
    // The only list. A check that is missing here is reported as dead code.
    (@checks $to:ident $arguments:tt) => {
        $crate::store_conformance! { @$to $arguments
            account_records:
                key_finds_one_account
                concurrent_use_of_a_key_succeeds_once
                removed_key_is_free
                removing_an_account_removes_tokens_and_budgets
                token_is_not_saved_after_a_removal
                accounts_are_paged_by_id
                account_round_trips
                account_write_checks_the_version
                concurrent_saves_of_an_account_conflict;
            accounts:
                accounts_are_separate;
            anonymized_words:
                every_word_erases_what_it_names
                words_add_up
                person_is_pushed_and_invited_again_after_words;
            atomicity:
                changes_are_applied_whole
                empty_changes_are_applied
                lost_lease_writes_nothing
                seen_delivery_writes_nothing
                conflict_writes_nothing
                results_have_a_fixed_precedence;
            budgets:
                budget_matches_the_reference
                hold_applies_to_all_hosts
                concurrently_returned_budget_is_granted_once
                budgets_are_separate
                unknown_limit_grants_one_concurrent_request
                concurrent_claims_share_a_window;
            concurrent:
                concurrent_settlements_have_one_effect
                concurrent_writes_of_a_keyed_entry_keep_one
                late_settlement_races_with_a_claim
                erasure_races_with_writes
                concurrent_entries_are_all_stored
                overlapping_changes_are_applied_once;
            deliveries:
                delivery_is_processed_once
                delivery_is_identified_by_id_and_body
                delivery_of_an_earlier_version_is_a_duplicate
                last_delivery_has_the_latest_arrival
                concurrent_deliveries_have_one_effect
                delivery_status_is_returned
                delivery_status_returns_named_links
                latest_body_is_found_by_application_or_candidate
                ignored_deliveries_are_found_until_effective;
            dropped:
                dropped_claim_loses_no_task
                dropped_lock_or_save_blocks_no_host
                dropped_read_can_be_repeated
                dropped_write_is_atomic;
            erasure:
                merge_moves_data_for_erasure
                erasure_by_address_covers_all_candidates
                erasure_marks_links
                erasure_covers_all_fields_by_default
                erasure_covers_deliveries_from_before_a_link_moved
                erasure_covers_only_named_fields
                erasure_covers_pushes_without_a_candidate
                erasure_covers_kept_bodies
                stale_decision_does_not_restore_erased_data
                erasure_covers_everyone
                erasure_keeps_other_people;
            candidate_histories:
                candidate_history_round_trips
                concurrent_first_histories_conflict;
            last_seen:
                last_use_of_a_hook_is_removed_with_its_account
                last_use_of_a_hook_is_throttled
                last_use_of_a_hook_raises_no_version
                last_use_is_removed_with_its_key
                last_use_of_a_key_is_throttled
                last_use_of_a_key_raises_no_version
                keys_and_hooks_are_distinct;
            log:
                keyed_entry_is_updated_in_place
                page_matches_the_filter
                page_size_is_bounded
                entry_is_found_by_key
                pages_cover_the_log_newest_first
                new_entries_do_not_shift_pages;
            log_dates:
                page_matches_a_range_of_times
                range_includes_its_start_only
                range_follows_an_update;
            log_summary:
                summary_equals_a_recount
                concurrent_writes_are_all_counted
                summary_covers_the_days_of_the_range
                summary_counts_open_operations;
            parking:
                unparked_task_is_due_at_once
                parked_task_is_never_claimed
                panics_are_counted;
            reads:
                invitations_are_found_by_candidate
                links_are_found_by_application_and_by_candidate
                links_are_paged_by_assessment
                pushes_of_a_person_are_sorted_by_age
                records_round_trip;
            requests:
                request_creates_one_invitation
                concurrent_requests_create_one_invitation;
            retention:
                accepted_time_is_kept
                purged_entry_frees_its_key_but_not_its_id
                purge_removes_bodies_and_keeps_deliveries
                purge_keeps_the_last_delivery
                purge_removes_old_entries_first
                purge_removes_old_histories_first
                concurrent_purges_remove_rows_once;
            tokens:
                late_save_races_with_a_lock
                late_token_is_not_saved
                save_releases_the_lock
                token_round_trips
                token_lock_holds_until_its_lease_ends
                unlocked_token_is_free
                concurrent_locks_succeed_once;
            versions:
                removal_checks_the_version
                record_is_written_once_per_change
                write_checks_the_version
                concurrent_decisions_conflict;
            tasks:
                claim_is_settled_once
                late_settlement_changes_nothing
                expired_lease_is_claimed_under_a_higher_generation
                claim_holds_until_its_lease_ends
                backlog_counts_unsettled_tasks
                only_due_tasks_of_the_kinds_are_claimed
                backlog_reports_its_oldest_task
                overdue_tasks_are_counted_over_all_accounts
                skipped_accounts_are_not_claimed
                concurrent_claims_never_share_a_task
                tasks_are_claimed_longest_due_first
                tasks_of_every_account_are_claimed
                deferred_task_is_claimed_again;
        }
    };
}

type Running = Pin<Box<dyn Future<Output = ()> + Send>>;
