//! Tests of the harness, on a site of its own and on the real server.

mod files;
mod pages;
mod servers;

use std::sync::Arc;

use axum_host::Axum;
use libtest_mimic::Trial;
use warp_host::Warp;

use crate::pool::BrowserPool;

pub(crate) fn trials(pool: &Arc<BrowserPool>) -> Vec<Trial> {
    let failing = Arc::clone(pool);
    vec![
        pool.trial(
            "self_test::axe_finds_violations",
            pages::axe_finds_violations,
        ),
        pool.trial(
            "self_test::elements_have_roles_and_names",
            pages::elements_have_roles_and_names,
        ),
        pool.trial("self_test::keys_move_the_focus", pages::keys_move_the_focus),
        pool.trial(
            "self_test::screenshots_are_stored",
            pages::screenshots_are_stored,
        ),
        pool.trial(
            "self_test::pages_work_without_scripts",
            pages::pages_work_without_scripts,
        ),
        pool.trial(
            "self_test::console_errors_are_seen",
            pages::console_errors_are_seen,
        ),
        pool.trial(
            "self_test::devices_are_emulated",
            pages::devices_are_emulated,
        ),
        pool.trial("self_test::tabs_are_switched", pages::tabs_are_switched),
        pool.trial("self_test::failed_tests_close_their_browser", move |page| {
            pages::failed_tests_close_their_browser(page, failing)
        }),
        pool.trial("self_test::an_account_is_set_up_on_axum", |page| {
            servers::an_account_is_set_up(page, &Axum)
        }),
        pool.trial("self_test::an_account_is_set_up_on_warp", |page| {
            servers::an_account_is_set_up(page, &Warp)
        }),
        pool.trial("self_test::greenhouse_is_controlled_on_axum", |page| {
            servers::greenhouse_is_controlled(page, &Axum)
        }),
        pool.trial("self_test::greenhouse_is_controlled_on_warp", |page| {
            servers::greenhouse_is_controlled(page, &Warp)
        }),
    ]
}
