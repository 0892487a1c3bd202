//! One suite, unchanged on every host: over real HTTP, on a real database file, against the mock Greenhouse. It runs with
//! everything switched on, and with each direction alone.

mod alike;
mod bad_input;
mod burst;
mod directions;
mod ground;
mod http;
mod hyper;
mod missed;
mod operation;
mod push;
mod report_links;
mod settings;
mod slow;
mod stops;
mod story;
mod wire;

/// The tests of one host.
macro_rules! on_host {
    ($host:ident, $framework:expr) => {
        mod $host {
            on_host! { @with all ALL $framework;
                bad_input:
                    a_push_that_cannot_be_is_refused
                    a_send_test_that_cannot_be_is_refused
                    a_webhook_that_cannot_be_believed_is_refused
                    operators_without_a_token_see_nothing
                    thresholds_and_scores_that_cannot_be_are_refused;
                burst:
                    a_burst_of_500_is_taken_without_loss;
                missed:
                    what_happened_while_a_hook_was_gone_is_found_by_comparing;
                operation:
                    the_host_says_whether_it_lives_and_is_ready
                    the_metrics_tell_what_was_done_and_of_nobody
                    a_request_has_one_name_in_the_log_and_in_its_answer;
                push:
                    a_failed_automatic_push_waits_for_a_person_and_takes_the_persons_choice;
                settings:
                    settings_and_keys_hold_at_once;
                report_links:
                    revoked_report_links_are_gone_and_new_ones_open;
                slow:
                    a_head_has_its_bounds
                    connections_are_kept_between_two_requests
                    slow_clients_are_cut_off
                    the_longest_idle_goes_for_a_new_one;
                stops:
                    a_slow_client_does_not_keep_the_host
                    what_was_accepted_is_answered;
                story:
                    the_demo_plays_to_its_end_within_15_seconds;
            }
            on_host! { @with assessments_alone ASSESSMENTS $framework;
                bad_input:
                    a_send_test_that_cannot_be_is_refused
                    operators_without_a_token_see_nothing
                    thresholds_and_scores_that_cannot_be_are_refused;
                directions:
                    what_is_off_is_not_there_and_not_missed;
                report_links:
                    revoked_report_links_are_gone_and_new_ones_open;
                story:
                    the_demo_plays_to_its_end_within_15_seconds;
            }
            on_host! { @with push_alone PUSH $framework;
                bad_input:
                    a_push_that_cannot_be_is_refused
                    operators_without_a_token_see_nothing
                    thresholds_and_scores_that_cannot_be_are_refused;
                directions:
                    what_is_off_is_not_there_and_not_missed;
                push:
                    a_failed_automatic_push_waits_for_a_person_and_takes_the_persons_choice;
                settings:
                    assessments_are_set_up_by_the_endpoints;
                story:
                    the_demo_plays_to_its_end_within_15_seconds;
            }
            on_host! { @with sync_off WITHOUT_SYNC $framework;
                bad_input:
                    a_push_that_cannot_be_is_refused
                    a_send_test_that_cannot_be_is_refused;
                directions:
                    what_is_off_is_not_there_and_not_missed;
                push:
                    a_failed_automatic_push_waits_for_a_person_and_takes_the_persons_choice;
                story:
                    the_demo_plays_to_its_end_within_15_seconds;
            }
        }
    };
    (@with $mode:ident $directions:ident $framework:expr; $($module:ident: $($check:ident)+;)+) => {
        mod $mode {
            use crate::hosts::ground::{Ground, $directions};

            $($(
                #[tokio::test(flavor = "multi_thread")]
                async fn $check() {
                    let ground = Ground::new($framework, $directions);
                    crate::hosts::$module::$check(ground).await;
                }
            )+)+
        }
    };
}

on_host!(axum, &axum_host::Axum);
on_host!(warp, &warp_host::Warp);
