//! Queries for an account's records.

pub(crate) mod accounts;
pub(crate) mod backfill;
pub(crate) mod candidate_history;
pub(crate) mod deliveries;
pub(crate) mod invitations;
pub(crate) mod links;
pub(crate) mod log_summary;
pub(crate) mod pushes;
pub(crate) mod report_access;
pub(crate) mod rule_day;
pub(crate) mod sync_log;
pub(crate) mod trigger_decision;
