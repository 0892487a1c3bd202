//! Tests on PostgreSQL: on a private cluster, or on the server at `TEST_DATABASE_URL`. If neither
//! is available, the tests are ignored, or fail if `REQUIRE_POSTGRES` is set. Runs a seeded sample
//! of the tests, and all with `ACCEPTANCE=full`. A filter selects from all tests.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::process::ExitCode;

use greenhouse_core::testing::Sample;
use libtest_mimic::{Arguments, Trial};

mod at_rest;
#[path = "../shared/beside.rs"]
mod beside;
mod beside_applications;
#[path = "../shared/busy.rs"]
mod busy;
mod busy_account;
mod cluster;
mod conflicts;
mod conformance;
mod dropped;
#[path = "../shared/ended_sessions.rs"]
mod ended_sessions;
#[path = "../shared/erasure.rs"]
mod erasure;
mod log_counts;
mod opening;
mod plans;
#[path = "../shared/read_only.rs"]
mod read_only;
#[path = "../shared/sealed.rs"]
mod sealed;
mod server;
#[path = "../shared/test_database.rs"]
mod test_database;
mod tls;
#[path = "../shared/upgrade.rs"]
mod upgrade;

fn main() -> ExitCode {
    if cluster::is_to_be_killed() {
        return cluster::wait_to_be_killed();
    }
    let tests = [
        beside_applications::tests(),
        busy_account::tests(),
        conformance::tests(),
        conflicts::tests(),
        at_rest::tests(),
        cluster::tests(),
        dropped::tests(),
        log_counts::tests(),
        opening::tests(),
        plans::tests(),
        tls::tests(),
    ];
    let trials = server::trials(tests.into_iter().flatten());
    let arguments = Arguments::from_args();
    let trials = sampled(&arguments, trials);
    // The server stops with the last test, or at the end of the process.
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Ignores all tests except a sample, unless there is a filter.
fn sampled(arguments: &Arguments, trials: Vec<Trial>) -> Vec<Trial> {
    if arguments.filter.is_some() || arguments.list {
        return trials;
    }
    let all = (0..trials.len()).collect();
    let drawn = Sample::from_env().draw("tests on PostgreSQL", all, SAMPLE);
    let trials = trials.into_iter().enumerate();
    trials
        .map(|(index, trial)| trial.with_ignored_flag(!drawn.contains(&index)))
        .collect()
}

/// Number of tests without `ACCEPTANCE=full`.
const SAMPLE: usize = 40;
