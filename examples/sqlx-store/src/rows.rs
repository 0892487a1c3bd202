//! Conversion between values and columns.

use chrono::{DateTime, Utc};
use greenhouse_core::store::{
    Backfill, CandidateHistory, DeliverySource, Invitation, Link, Push, ReportAccess, RuleDay,
    StoreError, TriggerDecision,
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    error::{corrupt, out_of_range},
    session::Row,
};

/// A record that is stored as JSON with a version.
pub(crate) trait Record: Serialize + DeserializeOwned {
    /// Name of the table.
    const TABLE: &'static str;

    fn version(&self) -> u64;

    fn at_version(self, version: u64) -> Self;
}

macro_rules! records {
    ($($record:ty => $table:literal,)*) => {$(
        impl Record for $record {
            const TABLE: &'static str = $table;

            fn version(&self) -> u64 {
                self.version
            }

            fn at_version(mut self, version: u64) -> Self {
                self.version = version;
                self
            }
        }
    )*};
}

records! {
    Link => "links",
    Invitation => "invitations",
    Push => "pushes",
    ReportAccess => "report_access",
    TriggerDecision => "trigger_decisions",
    RuleDay => "rule_days",
    Backfill => "backfills",
    CandidateHistory => "fates",
}

/// Reads a record from the columns `record` and `version`.
pub(crate) fn read_record<R: Record>(row: &Row) -> Result<R, StoreError> {
    let record: R = read_json(R::TABLE, &row.text(0)?)?;
    let version = u64::try_from(row.number(1)?).map_err(|_| out_of_range(R::TABLE))?;
    Ok(record.at_version(version))
}

pub(crate) fn read_records<R: Record>(rows: &[Row]) -> Result<Vec<R>, StoreError> {
    rows.iter().map(read_record).collect()
}

pub(crate) fn read_json<T: DeserializeOwned>(
    table: &'static str,
    json: &str,
) -> Result<T, StoreError> {
    serde_json::from_str(json).map_err(|error| corrupt(table, &error))
}

pub(crate) fn write_json<T: Serialize>(
    table: &'static str,
    value: &T,
) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| corrupt(table, &error))
}

/// Returns the microseconds since 1970.
pub(crate) fn micros(at: DateTime<Utc>) -> i64 {
    at.timestamp_micros()
}

pub(crate) fn read_micros(table: &'static str, micros: i64) -> Result<DateTime<Utc>, StoreError> {
    DateTime::from_timestamp_micros(micros).ok_or_else(|| out_of_range(table))
}

/// Returns the digests that a stored delivery with this body can have: the SHA-256 of the body, and
/// its HMACs, which versions up to 0.1 stored. Each group of three, padded with `None`, is for
/// one statement.
pub(crate) fn digests(source: &DeliverySource) -> impl Iterator<Item = [Option<Vec<u8>>; 3]> {
    let digests: Vec<_> = source
        .digests()
        .map(|digest| digest.as_bytes().to_vec())
        .collect();
    let sets = digests.chunks(3).map(|set| {
        let mut set = set.iter().cloned();
        [set.next(), set.next(), set.next()]
    });
    sets.collect::<Vec<_>>().into_iter()
}
