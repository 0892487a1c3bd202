//! Metrics of the due tasks of all hosts.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use greenhouse_core::store::{Backlog, TaskKind};
use prometheus::{Error, IntGauge, IntGaugeVec};

use super::registration::Registrar;

#[derive(Debug)]
pub(super) struct DueTaskMetrics {
    count: IntGaugeVec,
    oldest: IntGaugeVec,
    known: IntGauge,
}

impl DueTaskMetrics {
    pub(super) fn new(registrar: &Registrar<'_>) -> Result<Self, Error> {
        Ok(Self {
            count: registrar.gauges(
                "greenhouse_due_tasks",
                "Unfinished due tasks of all hosts, at most 10000 of each kind",
                &["kind"],
            )?,
            oldest: registrar.gauges(
                "greenhouse_due_tasks_oldest_seconds",
                "Time since the oldest due task became due",
                &["kind"],
            )?,
            known: registrar.gauge(
                "greenhouse_due_tasks_known",
                "1 if the due tasks were read from the database, else 0",
            )?,
        })
    }

    pub(super) fn set(&self, overdue: &BTreeMap<TaskKind, Backlog>, now: DateTime<Utc>) {
        for kind in TaskKind::ALL {
            let Backlog { count, oldest, .. } = overdue.get(&kind).copied().unwrap_or_default();
            let age = oldest.map_or(0, |oldest| (now - oldest).num_seconds().max(0));
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            self.count.with_label_values(&[kind.as_str()]).set(count);
            self.oldest.with_label_values(&[kind.as_str()]).set(age);
        }
        self.known.set(1);
    }

    /// Clears stale values, so that an outage does not look like an empty queue.
    pub(super) fn clear(&self) {
        self.count.reset();
        self.oldest.reset();
        self.known.set(0);
    }
}

/// Maximum number of due tasks of each kind that are counted.
pub(super) const MAX_COUNT: usize = 10_000;
