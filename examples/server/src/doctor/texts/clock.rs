//! Findings about the clock.

use chrono::{DateTime, SecondsFormat, Utc};

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

/// The clock of this host is days ahead, and no other clock confirms it. Retention continues once
/// Greenhouse's clock confirms the time.
pub(in crate::doctor) fn clock_unconfirmed(accepted: DateTime<Utc>) -> Finding {
    let accepted = accepted.to_rfc3339_opts(SecondsFormat::Secs, true);
    Finding::warning(
        codes::DATABASE_CLOCK,
        format!(
            "The clock of this host is days ahead of the last time at which retention ran or a \
             webhook arrived ({accepted}). Retention is paused until a response from \
             Greenhouse confirms the clock."
        ),
        REMEDY,
    )
}

fn difference(other: &str, seconds_ahead: i64) -> String {
    let seconds = seconds_ahead.unsigned_abs();
    let direction = if seconds_ahead > 0 {
        "ahead of"
    } else {
        "behind"
    };
    let paused = if seconds > MAX_DIFFERENCE {
        " Retention is paused."
    } else {
        ""
    };
    format!("This host's clock is {seconds} seconds {direction} the clock of {other}.{paused}")
}

/// Retention pauses at a larger difference.
const MAX_DIFFERENCE: u64 = 60;
const REMEDY: &str = "Synchronize this machine's clock with a time server; `timedatectl` shows whether it is \
     synchronized. Leases, retention and the times in the sync log depend on the clock.";
