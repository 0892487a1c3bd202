//! The sync rules: what an inbound event does. Pure, and used alike by the webhook endpoint and by reconcile.
//!
//! Events come late, twice and shuffled, and some carry no time at all. So the rules know three degrees of evidence:
//!
//! - A *snapshot with a time* (most events) is applied if it is newer than what was applied last, and is stale if older.
//! - A *hint* (a hire, an event without a time, a tie in conflict) says that something may have changed. With a reader
//!   it becomes the work to read the true state; without one it is applied in the order of arrival, and the log says so.
//!   A snapshot with a time that lacks a status or a stage is both: applied, and a hint at the rest.
//! - A *fact without a time* (merge, delete with ids, anonymize) is applied as it comes. What became of people is remembered as
//!   their [fates](Facts::fates), so that the earlier fact has its effect also where it is told last.

mod decide;
mod facts;
mod fates;
mod reading;
mod reconcile;
mod state;

pub use self::{
    decide::{Decision, decide},
    facts::Facts,
    fates::{people_in, people_seen},
    reading::{Reading, Successors, resolve, succeed, unread},
    reconcile::{as_sibling, reconcile},
};

#[cfg(test)]
mod tests;
