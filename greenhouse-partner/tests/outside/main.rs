//! Bodies and headers as published by Greenhouse. They are in the folder `GREENHOUSE_PAYLOADS`, not
//! in the repository. Without the folder, these tests are ignored.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::{
    env,
    path::{Path, PathBuf},
    process::ExitCode,
};

use libtest_mimic::{Arguments, Failed, Trial};

mod assessment;
#[path = "../shared/mutated.rs"]
mod mutated;
mod partner;
mod webhooks;

fn main() -> ExitCode {
    let folder = env::var_os("GREENHOUSE_PAYLOADS").map(PathBuf::from);
    let checks: [(&str, Check); 7] = [
        (
            "every_body_has_its_check",
            assessment::every_body_has_its_check,
        ),
        (
            "keys_are_read_out_of_published_headers",
            assessment::keys_are_read_from_published_headers,
        ),
        (
            "tests_are_listed_as_published",
            assessment::tests_are_listed_as_published,
        ),
        (
            "a_published_send_test_is_taken_whole",
            assessment::a_published_send_test_is_stored_completely,
        ),
        (
            "a_result_is_told_as_published",
            assessment::a_result_matches_the_published_form,
        ),
        (
            "a_published_error_is_taken",
            assessment::a_published_error_is_accepted,
        ),
        (
            "published_webhooks_in_every_shape",
            webhooks::published_webhooks_in_every_shape,
        ),
    ];
    let trials = checks.map(|(name, check)| {
        let folder = folder.clone();
        let ignored = folder.is_none();
        let run = move || check(&folder.ok_or("GREENHOUSE_PAYLOADS is not set")?);
        Trial::test(name, run).with_ignored_flag(ignored)
    });
    libtest_mimic::run(&Arguments::from_args(), trials.into()).exit_code()
}

type Check = fn(&Path) -> Result<(), Failed>;
