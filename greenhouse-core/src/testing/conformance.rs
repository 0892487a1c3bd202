//! The conformance suite: what every store promises, as checks on an `Arc<dyn Store>`.
//!
//! [`store_conformance!`](crate::store_conformance) makes each check a test of its own for one store; [`CHECKS`] is the same
//! list for a harness of one's own. A check fails by panicking; it needs no runtime but the one of the store.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a check is a test, and fails as one"
)]

mod account_records;
mod accounts;
mod atomicity;
mod budgets;
mod concurrent;
mod deliveries;
mod dropped;
mod erasure;
mod fates;
mod fixtures;
mod last_seen;
mod log;
mod parking;
mod reads;
mod requests;
mod retention;
mod tokens;
mod versions;
mod work;

use std::{fmt, pin::Pin, sync::Arc};

use crate::store::Store;

/// One promise of every store, and how it is checked.
#[derive(Clone, Copy)]
pub struct Check {
    name: &'static str,
    run: fn(Arc<dyn Store>) -> Running,
}

impl Check {
    /// The promise, as the name of a test.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Checks it on a store that is fresh and empty.
    ///
    /// # Panics
    ///
    /// Where the store does not keep the promise.
    pub async fn run(&self, store: Arc<dyn Store>) {
        (self.run)(store).await;
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Check").field(&self.name).finish()
    }
}

/// Every check of the suite.
pub const CHECKS: &[Check] = crate::store_conformance!(@list);

/// Makes every check of the suite a named test for one store.
///
/// The first argument is the test attribute of the runtime that the store needs. The second is an expression that makes a
/// fresh, empty store in the body of an async function: a pair of an `Arc` of the store and whatever must live as long as
/// it, such as its folder.
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
            check.expect("it is on the list").run(store).await;
        }
    )+)+};
    (@list () $($module:ident: $($check:ident)+;)+) => {
        &[$($(Check { name: stringify!($check), run: |store| Box::pin($module::$check(store)) }),+),+]
    };
    // The one list. A check that is not on it is reported as dead code.
    (@checks $to:ident $arguments:tt) => {
        $crate::store_conformance! { @$to $arguments
            account_records:
                a_key_names_one_account
                a_key_taken_at_once_is_one_accounts
                a_key_that_was_given_up_is_free
                a_removed_account_takes_tokens_and_budgets_along
                a_token_of_before_a_removal_is_not_saved
                accounts_are_paged_in_the_order_of_their_ids
                an_account_comes_back_as_it_was
                an_account_is_written_only_at_the_version_that_was_read
                one_of_several_saves_of_an_account_holds;
            accounts:
                accounts_are_separate;
            atomicity:
                changes_are_applied_whole
                no_changes_are_applied
                nothing_is_written_for_a_lost_lease
                nothing_is_written_for_a_seen_delivery
                nothing_is_written_on_a_conflict
                seen_comes_before_a_lost_lease_and_that_before_a_conflict;
            budgets:
                a_budget_is_counted_like_its_reference
                a_hold_is_respected_by_all
                budget_returned_at_once_is_taken_once
                budgets_are_separate
                takers_at_once_send_one_request_to_find_out
                takers_at_once_share_one_window;
            concurrent:
                a_claim_settled_at_once_is_settled_once
                a_keyed_entry_written_at_once_stays_one
                a_late_settlement_meets_a_claim_and_one_of_them_holds
                an_erasure_meets_writes_and_takes_what_they_leave
                entries_logged_at_once_are_all_there
                overlapping_changes_at_once_hold_for_one;
            deliveries:
                a_delivery_is_dealt_with_once
                a_delivery_is_its_id_and_its_body
                a_delivery_of_an_earlier_version_is_known
                the_last_delivery_is_the_one_received_last
                the_same_delivery_at_once_has_one_effect
                what_was_heard_is_known
                links_are_known_with_what_names_them
                what_was_ignored_is_found_until_it_has_its_effect;
            dropped:
                a_dropped_claim_loses_no_work
                a_dropped_lock_or_save_holds_nobody_up
                a_dropped_read_is_read_again
                a_dropped_write_leaves_nothing_or_everything;
            erasure:
                a_merge_hands_over_what_an_erasure_takes
                a_person_is_erased_by_address
                an_erasure_marks_links
                an_erasure_takes_everything_by_default
                an_erasure_takes_what_came_in_before_its_link_moved
                an_erasure_takes_only_what_it_names
                an_erasure_takes_unplaced_pushes_of_the_person
                an_erasure_takes_the_bodies_that_name_the_person
                erased_data_is_not_written_back
                only_the_person_is_erased;
            fates:
                a_fate_comes_back_as_it_was
                one_of_several_first_words_of_a_candidate_holds;
            last_seen:
                a_heard_hook_goes_with_its_account
                a_heard_hook_is_noted_once_in_a_time
                a_heard_hook_raises_no_version
                a_use_goes_with_its_key
                a_use_is_noted_once_in_a_time
                a_use_raises_no_version
                keys_and_hooks_are_told_apart;
            log:
                a_keyed_entry_is_replaced_in_its_place
                a_page_holds_what_the_filter_takes
                a_page_is_never_empty_nor_endless
                an_entry_is_found_by_its_key
                pages_cover_the_log_once_newest_first
                pages_stay_while_the_log_grows;
            parking:
                a_parked_task_is_due_again_once_a_person_retries_it
                a_parked_task_is_never_claimed
                panics_of_a_task_are_counted;
            reads:
                links_are_found_by_application_and_by_candidate
                links_are_read_on_in_order
                pushes_of_a_person_come_oldest_first
                records_come_back_as_they_were;
            requests:
                a_request_makes_one_invitation
                the_same_request_at_once_makes_one_invitation;
            retention:
                a_purged_entry_leaves_its_key_free_and_its_id_unused
                old_bodies_go_and_deliveries_stay
                old_deliveries_go_but_for_the_last
                old_entries_go_oldest_first
                old_fates_go_oldest_first
                what_is_purged_at_once_goes_once;
            tokens:
                a_late_save_meets_a_lock_and_one_of_them_holds
                a_late_token_is_not_saved
                a_saved_token_gives_its_lock_back
                a_token_comes_back_as_it_was
                a_token_lock_is_one_hosts_until_its_lease_ends
                an_unlocked_token_is_free
                one_of_several_lockers_has_the_lock;
            versions:
                a_record_is_removed_only_at_the_version_that_was_read
                a_record_is_written_once_in_one_change
                a_record_is_written_only_at_the_version_that_was_read
                one_of_two_decisions_on_the_same_version_holds;
            work:
                a_claim_is_settled_once
                a_late_settlement_changes_nothing
                an_ended_lease_is_claimed_again_under_a_higher_generation
                claimed_work_is_nobody_elses_until_its_lease_ends
                every_claimed_work_counts_as_backlog
                only_due_work_of_the_kinds_is_claimed
                the_backlog_tells_since_when_its_oldest_waits
                overdue_work_is_counted_over_all_accounts
                skipped_accounts_are_not_claimed
                two_claimers_never_hold_the_same_work
                work_is_claimed_longest_due_first
                work_of_every_account_is_claimed
                work_to_be_tried_again_comes_back;
        }
    };
}

type Running = Pin<Box<dyn Future<Output = ()> + Send>>;
