use crate::{busy, ended_sessions, erasure, read_only, sealed, support::Place, upgrade};

macro_rules! checks {
    ($($module:ident::$check:ident,)*) => {$(
        #[tokio::test]
        async fn $check() {
            $module::$check(Place::new()).await;
        }
    )*};
}

checks! {
    busy::skipped_accounts_change_no_order,
    ended_sessions::an_ended_session_stays_ended,
    ended_sessions::ends_are_removed_after_the_sessions_have_expired,
    sealed::sealed_values_are_not_readable_in_the_database,
    sealed::moved_values_do_not_open,
    sealed::a_database_is_not_opened_without_its_key,
    sealed::a_reseal_replaces_the_key_in_small_steps,
    sealed::a_retired_key_is_listed_again,
    sealed::a_damaged_row_delays_no_other,
    sealed::many_damaged_rows_delay_no_other,
    erasure::erased_data_is_removed_from_the_whole_database,
    erasure::a_person_is_erased_by_email,
    upgrade::a_delivery_of_an_earlier_version_is_recognized,
    upgrade::a_failed_migration_changes_nothing,
    read_only::a_read_only_store_reads_and_changes_nothing,
}

#[tokio::test]
async fn a_database_of_an_earlier_schema_is_migrated() {
    upgrade::a_database_of_an_earlier_schema_is_migrated(async || Place::new()).await;
}

#[tokio::test]
async fn a_read_only_open_reports_unusable_databases() {
    read_only::a_read_only_open_reports_unusable_databases(async || Place::new()).await;
}
