//! Health: the host's clock.

use chrono::{DateTime, SecondsFormat, Utc};

use crate::health::Check;

pub(crate) fn clock_differs(other: &str, seconds_ahead: i64) -> Check {
    let seconds = seconds_ahead.unsigned_abs();
    let direction = if seconds_ahead > 0 {
        "ahead of"
    } else {
        "behind"
    };
    Check::warning(
        NAME,
        format!(
            "Retention is paused: the clock of this host is {seconds} seconds {direction} that of \
             {other}."
        ),
        REMEDY,
    )
}

pub(crate) fn clock_unconfirmed(accepted: DateTime<Utc>) -> Check {
    let accepted = accepted.to_rfc3339_opts(SecondsFormat::Secs, true);
    Check::warning(
        NAME,
        format!(
            "Retention is paused: the clock of this host is days ahead of the last confirmed time \
             ({accepted}), and no other clock confirms it."
        ),
        REMEDY,
    )
}

const NAME: &str = "clock";
const REMEDY: &str = "Synchronize the clock of this host with a time server. Retention continues \
                      once a response from Greenhouse confirms the clock.";
