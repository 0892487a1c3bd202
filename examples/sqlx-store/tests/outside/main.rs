//! What needs a PostgreSQL server: a private cluster, or the one that `TEST_DATABASE_URL` names. Where neither is to be had
//! these tests show as ignored; with `REQUIRE_POSTGRES` set they fail.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::process::ExitCode;

use libtest_mimic::Arguments;

mod at_rest;
#[path = "../shared/beside.rs"]
mod beside;
mod beside_applications;
mod cluster;
mod conflicts;
mod conformance;
mod dropped;
#[path = "../shared/erasure.rs"]
mod erasure;
#[path = "../shared/ground.rs"]
mod ground;
#[path = "../shared/looked_at.rs"]
mod looked_at;
mod opening;
mod plans;
#[path = "../shared/sealed.rs"]
mod sealed;
mod server;
mod tls;
#[path = "../shared/upgrade.rs"]
mod upgrade;

fn main() -> ExitCode {
    if cluster::is_to_be_killed() {
        return cluster::wait_to_be_killed();
    }
    let tests = [
        beside_applications::tests(),
        conformance::tests(),
        conflicts::tests(),
        at_rest::tests(),
        cluster::tests(),
        dropped::tests(),
        opening::tests(),
        plans::tests(),
        tls::tests(),
    ];
    let trials = server::trials(tests.into_iter().flatten());
    // The server is stopped with the last test, and by the end of the process at the latest.
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
