//! Payloads as Greenhouse publishes and sends them. They stay outside the repository, in the folder that
//! `GREENHOUSE_PAYLOADS` names; where it is not set these tests show as ignored.

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
            "signatures::no_flipped_bit_of_a_published_vector_verifies",
            signatures::no_flipped_bit_of_a_published_vector_verifies,
        ),
        (
            "webhooks::every_action_with_a_rule_is_there",
            webhooks::every_action_with_a_rule_is_there,
        ),
        (
            "webhooks::every_body_reads_as_its_event",
            webhooks::every_body_reads_as_its_event,
        ),
        (
            "webhooks::organisation_in_front_changes_nothing",
            webhooks::organisation_in_front_changes_nothing,
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
