//! Pages in a real browser: Chromium, driven through chromedriver. If Chromium, chromedriver or
//! axe-core is not available, the tests are ignored, or fail if `REQUIRE_BROWSER` is set.
//!
//! Runs a seeded sample of the tests, and all with `ACCEPTANCE=full` or with a filter. `SEED=7`
//! selects another sample.
//!
//! Screenshots and the log of chromedriver are in `target/browser`.

// The futures of tests on a real server are deep.
#![recursion_limit = "256"]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod attacks;
mod axe_core;
mod chromedriver;
mod embed;
mod flows;
mod foreign;
mod look;
mod operator;
mod page;
mod pool;
mod self_test;
mod session;
mod site;
mod stage;
mod wait;

use std::{process::ExitCode, sync::Arc};

use libtest_mimic::Arguments;

use self::pool::BrowserPool;

fn main() -> ExitCode {
    let pool = Arc::new(BrowserPool::new());
    let mut trials = self_test::trials(&pool);
    trials.extend(look::trials(&pool));
    trials.extend(embed::trials(&pool));
    trials.extend(attacks::trials(&pool));
    trials.extend(flows::trials(&pool));
    let arguments = Arguments::from_args();
    let trials = acceptance::sampled(&arguments, "tests in the browser", trials, SAMPLE);
    let ended = libtest_mimic::run(&arguments, trials);
    pool.stop();
    ended.exit_code()
}

/// Number of tests without `ACCEPTANCE=full`.
const SAMPLE: usize = 2;
