//! Findings about the clock.

use crate::doctor::{
    Finding,
    codes::{self, Code},
};

pub(in crate::doctor) fn clock_unknown() -> Finding {
    Finding::ok(
        codes::CLOCK,
        "The clock was not compared with Greenhouse, because Greenhouse was not called or sent no \
         time.",
    )
}

pub(in crate::doctor) fn clock_ok(code: Code, other: &str) -> Finding {
    Finding::ok(
        code,
        format!("This host's clock agrees with the clock of {other}."),
    )
}

pub(in crate::doctor) fn clock_doubtful(code: Code, other: &str, seconds_ahead: i64) -> Finding {
    Finding::warning(code, difference(other, seconds_ahead), REMEDY)
}

pub(in crate::doctor) fn clock_wrong(code: Code, other: &str, seconds_ahead: i64) -> Finding {
    Finding::problem(code, difference(other, seconds_ahead), REMEDY)
}

fn difference(other: &str, seconds_ahead: i64) -> String {
    let seconds = seconds_ahead.unsigned_abs();
    let direction = if seconds_ahead > 0 {
        "ahead of"
    } else {
        "behind"
    };
    format!("This host's clock is {seconds} seconds {direction} the clock of {other}.")
}

const REMEDY: &str = "Synchronize this machine's clock with a time server; `timedatectl` shows whether it is \
     synchronized. Leases, retention and the times in the sync log depend on the clock.";
