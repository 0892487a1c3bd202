use crate::{erasure, looked_at, sealed, support::Place, upgrade};

macro_rules! checks {
    ($($module:ident::$check:ident,)*) => {$(
        #[tokio::test]
        async fn $check() {
            $module::$check(Place::new()).await;
        }
    )*};
}

checks! {
    sealed::what_is_sealed_cannot_be_read_in_the_database,
    sealed::what_is_put_elsewhere_does_not_open,
    sealed::a_database_is_not_opened_without_its_key,
    sealed::a_new_key_takes_over_in_small_steps,
    sealed::a_key_that_was_given_up_is_listed_again,
    sealed::a_row_that_does_not_open_holds_up_no_other,
    sealed::many_damaged_rows_hold_up_no_other,
    erasure::erased_data_is_nowhere,
    erasure::a_person_is_erased_by_their_address,
    upgrade::a_delivery_of_an_earlier_version_stays_known,
    upgrade::what_cannot_be_migrated_stays_as_it_was,
    looked_at::whoever_looks_reads_and_changes_nothing,
}

#[tokio::test]
async fn a_database_of_an_earlier_schema_is_brought_up_to_date() {
    upgrade::a_database_of_an_earlier_schema_is_brought_up_to_date(async || Place::new()).await;
}

#[tokio::test]
async fn whoever_looks_is_told_what_cannot_be_used() {
    looked_at::whoever_looks_is_told_what_cannot_be_used(async || Place::new()).await;
}
