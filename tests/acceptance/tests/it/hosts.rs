//! One test suite for every host: over real HTTP, on a real database file, against the mock
//! Greenhouse. The suite runs with all directions enabled, and with each direction alone.

mod adapters;
mod alike;
mod bad_input;
mod burst;
mod causes;
mod connection;
mod console;
mod directions;
mod http;
mod hyper;
mod managed_hooks;
mod missed;
mod openapi;
mod operation;
mod panics;
mod push;
mod repeated;
mod report_links;
mod settings;
mod setup;
mod slow;
mod stage_test;
mod stops;
mod story;
mod wire;

/// The tests of one host.
macro_rules! on_host {
    ($host:ident, $framework:expr) => {
        mod $host {
            on_host! { @with all ALL $framework;
                bad_input:
                    invalid_push_requests_are_refused
                    invalid_send_test_requests_are_refused
                    unauthentic_webhooks_are_refused
                    operator_endpoints_require_a_token
                    invalid_thresholds_and_scores_are_refused;
                burst:
                    a_burst_loses_no_invitation;
                causes:
                    the_log_has_the_cause_of_each_503;
                connection:
                    an_account_is_connected_in_the_console
                    a_consent_begun_in_greenhouse_is_confirmed_in_the_console
                    a_consent_is_completed_on_another_host;
                console:
                    the_console_opens_with_the_operator_token
                    the_demo_that_keeps_running_has_pushes_in_every_state;
                managed_hooks:
                    webhooks_are_created_repaired_and_removed
                    a_missing_scope_leaves_the_checklist_and_names_the_remedy;
                missed:
                    events_of_a_disabled_hook_are_found_by_reconciliation;
                repeated:
                    one_body_under_many_ids_is_read_once;
                operation:
                    probes_report_liveness_and_readiness
                    metrics_count_work_and_contain_no_personal_data
                    valid_request_ids_are_kept_and_others_replaced;
                openapi:
                    responses_match_the_document;
                panics:
                    a_panicking_product_stops_no_other_task;
                push:
                    a_failed_automatic_push_waits_for_a_persons_choice;
                settings:
                    settings_and_keys_take_effect_at_once
                    an_account_is_switched_off_and_removed
                    the_set_up_of_the_push_is_shown;
                report_links:
                    revoked_report_links_return_gone_and_new_ones_work;
                slow:
                    head_size_and_header_count_are_limited
                    idle_connections_are_kept_alive
                    slow_clients_are_disconnected
                    the_longest_idle_connection_is_closed_for_a_new_one;
                stops:
                    a_slow_client_delays_the_stop_until_the_deadline
                    accepted_requests_are_answered_during_a_stop;
                stage_test:
                    an_entry_into_a_stage_invites_once_and_the_result_returns;
                story:
                    the_demo_plays_to_its_end_within_15_seconds;
            }
            on_host! { @with assessments_alone ASSESSMENTS $framework;
                bad_input:
                    invalid_send_test_requests_are_refused
                    operator_endpoints_require_a_token
                    invalid_thresholds_and_scores_are_refused;
                directions:
                    disabled_directions_are_absent_and_not_reported;
                report_links:
                    revoked_report_links_return_gone_and_new_ones_work;
                story:
                    the_demo_plays_to_its_end_within_15_seconds;
            }
            on_host! { @with push_alone PUSH $framework;
                bad_input:
                    invalid_push_requests_are_refused
                    operator_endpoints_require_a_token
                    invalid_thresholds_and_scores_are_refused;
                directions:
                    disabled_directions_are_absent_and_not_reported;
                push:
                    a_failed_automatic_push_waits_for_a_persons_choice;
                settings:
                    assessments_are_set_up_with_the_endpoints
                    the_set_up_of_the_push_is_shown;
                story:
                    the_demo_plays_to_its_end_within_15_seconds;
            }
            on_host! { @with sync_off WITHOUT_SYNC $framework;
                bad_input:
                    invalid_push_requests_are_refused
                    invalid_send_test_requests_are_refused;
                directions:
                    disabled_directions_are_absent_and_not_reported;
                push:
                    a_failed_automatic_push_waits_for_a_persons_choice;
                story:
                    the_demo_plays_to_its_end_within_15_seconds;
            }
        }
    };
    (@with $mode:ident $directions:ident $framework:expr; $($module:ident: $($check:ident)+;)+) => {
        mod $mode {
            use crate::hosts::setup::{Setup, $directions};

            $($(
                #[tokio::test(flavor = "multi_thread")]
                async fn $check() {
                    let setup = Setup::new($framework, $directions);
                    crate::hosts::$module::$check(setup).await;
                }
            )+)+
        }
    };
}

on_host!(axum, &axum_host::Axum);
on_host!(warp, &warp_host::Warp);
