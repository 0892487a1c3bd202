//! Texts for recruiters, admins and operators, one file per page or use.

pub(crate) mod health;
pub(crate) mod hooks;
pub(crate) mod keys;
pub(crate) mod refusal;
pub(crate) mod report_page;
pub(crate) mod set_up;
pub(crate) mod settings;
pub(crate) mod sync_log;
pub(crate) mod test_status;

use std::{fmt, time::Duration};

use chrono::{DateTime, SecondsFormat, Utc};

/// Formats a time to the second: `2026-11-23T10:00:00Z`.
pub(crate) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Formats a duration in the largest unit that divides it: `7 days`.
pub(crate) fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    for (unit, length) in [("day", DAY), ("hour", HOUR), ("minute", 60)] {
        if seconds >= length && seconds.is_multiple_of(length) {
            return counted(seconds / length, unit);
        }
    }
    format!("{} seconds", time.as_secs_f64())
}

/// Formats a number with its noun: `1 key`, `2 keys`.
pub(crate) fn counted(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// Formats a reason for the middle of a sentence, without its full stop.
pub(crate) fn reason(reason: &impl fmt::Display) -> String {
    let reason = reason.to_string();
    reason.trim_end().trim_end_matches('.').to_owned()
}

const HOUR: u64 = 60 * 60;
const DAY: u64 = 24 * HOUR;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_unique() {
        let codes = [hooks::CODES, sync_log::CODES, set_up::CODES].concat();
        let unique: BTreeSet<_> = codes.iter().collect();
        assert_eq!(unique.len(), codes.len(), "{codes:?}");
    }

    #[test]
    fn formats_durations_in_the_largest_unit() {
        for (seconds, text) in [
            (60, "1 minute"),
            (7200, "2 hours"),
            (7 * DAY, "7 days"),
            (DAY + HOUR, "25 hours"),
        ] {
            assert_eq!(duration(Duration::from_secs(seconds)), text);
        }
        assert_eq!(duration(Duration::from_millis(1500)), "1.5 seconds");
    }
}
