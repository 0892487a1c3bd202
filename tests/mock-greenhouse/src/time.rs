//! Timestamps in the forms that Greenhouse uses.

use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat, Utc};
use serde::Serializer;

/// Formats a time as in Harvest rows, `2026-05-05T22:36:04.296Z` (observed live).
pub(crate) fn millis(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Formats a time without milliseconds, `2026-05-05T22:36:04Z`, as in webhook bodies and token
/// responses (documented, observed live).
pub(crate) fn seconds(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Formats a time as in the `Date` header, `Tue, 05 May 2026 22:36:04 GMT`.
pub(crate) fn http_date(at: DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

pub(crate) fn parse(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text)
        .ok()
        .map(|at| at.with_timezone(&Utc))
}

/// Parses a day such as `2026-05-05` as midnight UTC.
pub(crate) fn parse_day(text: &str) -> Option<DateTime<Utc>> {
    let day: NaiveDate = text.parse().ok()?;
    Some(day.and_time(NaiveTime::MIN).and_utc())
}

/// Parses a date-time, or a day as midnight UTC.
pub(crate) fn parse_any(text: &str) -> Option<DateTime<Utc>> {
    parse(text).or_else(|| parse_day(text))
}

/// Serializes a time with [`millis`].
pub(crate) fn as_millis<S: Serializer>(at: &DateTime<Utc>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&millis(*at))
}

/// Serializes a time with [`millis`], and `None` as null.
pub(crate) fn as_millis_or_null<S: Serializer>(
    at: &Option<DateTime<Utc>>,
    to: S,
) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => as_millis(at, to),
        None => to.serialize_none(),
    }
}
