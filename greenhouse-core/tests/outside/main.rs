//! Tests with payloads that Greenhouse published or sent. The payloads are not part of the
//! repository; the environment variable `GREENHOUSE_PAYLOADS` contains the path of their folder.
//! Without it, the tests are ignored.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::{
    env,
    path::{Path, PathBuf},
    process::ExitCode,
};

use libtest_mimic::{Arguments, Failed, Trial};

mod signatures;
mod webhooks;

fn main() -> ExitCode {
    let folder = env::var_os("GREENHOUSE_PAYLOADS").map(PathBuf::from);
    let checks: [(&str, Check); 5] = [
        (
            "signatures::published_vectors_verify",
            signatures::published_vectors_verify,
        ),
        (
            "signatures::a_flipped_bit_invalidates_a_published_vector",
            signatures::a_flipped_bit_invalidates_a_published_vector,
        ),
        (
            "webhooks::every_action_with_a_rule_has_a_body",
            webhooks::every_action_with_a_rule_has_a_body,
        ),
        (
            "webhooks::every_body_parses_as_its_event",
            webhooks::every_body_parses_as_its_event,
        ),
        (
            "webhooks::leading_organization_members_change_nothing",
            webhooks::leading_organization_members_change_nothing,
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
