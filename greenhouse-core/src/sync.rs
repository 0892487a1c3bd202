//! Sync rules: the effect of each inbound event. Pure functions, used by the webhook endpoint and
//! by the comparison with Greenhouse.
//!
//! Events arrive late, twice and out of order, and some carry no time. The rules distinguish three
//! kinds of evidence:
//!
//! - A *snapshot with a time* (most events) is applied if it is newer than the last applied one,
//!   and is stale if older.
//! - A *hint* (a hire, an event without a time, a conflict at the same time) reports a possible
//!   change. With a reader, it causes a task that reads the true state. Without a reader, it is
//!   applied in order of arrival, and the log states this. A snapshot with a time but without a
//!   status or stage is both: it is applied, and the missing part is treated as a hint.
//! - A *fact without a time* (merge, deletion with ids, anonymization) is applied on arrival. The
//!   [histories](Facts::histories) of candidates are stored, so that an earlier fact that arrives last
//!   still takes effect.

mod apply;
mod decide;
mod facts;
mod histories;
mod reading;
mod reconcile;

pub use self::{
    decide::{Decision, decide},
    facts::Facts,
    histories::{people_in, people_seen},
    reading::{Reading, Successors, resolve, succeed, unread},
    reconcile::{as_sibling, reconcile},
};

#[cfg(test)]
mod tests;
