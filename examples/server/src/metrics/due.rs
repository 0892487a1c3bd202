//! The work that is due, over all hosts.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use greenhouse_core::store::{Backlog, TaskKind};
use prometheus::{Error, IntGauge, IntGaugeVec};

use super::make::Make;

#[derive(Debug)]
pub(super) struct DueMetrics {
    count: IntGaugeVec,
    oldest: IntGaugeVec,
    known: IntGauge,
}

impl DueMetrics {
    pub(super) fn new(make: &Make<'_>) -> Result<Self, Error> {
        Ok(Self {
            count: make.gauges(
                "greenhouse_due_work",
                "Tasks that are due and not settled, over all hosts; 10000 stands for that many or more",
                &["kind"],
            )?,
            oldest: make.gauges(
                "greenhouse_due_work_oldest_seconds",
                "How long the oldest work has been due, over all hosts",
                &["kind"],
            )?,
            known: make.gauge(
                "greenhouse_due_work_known",
                "1 where the database told of the due work, 0 where it did not",
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

    /// What was known is not shown any more: it would look like peace.
    pub(super) fn unknown(&self) {
        self.count.reset();
        self.oldest.reset();
        self.known.set(0);
    }
}

/// No more of a kind is looked at for one answer.
pub(super) const MOST: usize = 10_000;
