use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::store::{CandidateHistory, Link};

/// What is known when an event is decided on.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Every link to an application or a candidate that the event names, or that one of the fates is of; deleted ones
    /// included.
    pub links: Vec<Link>,
    /// What became of the candidates that the event, or what was read, [is about](super::people_in), and of whomever they
    /// were merged into; as [`histories_of`](crate::store::histories_of) reads them.
    pub fates: Vec<CandidateHistory>,
    /// Whether the true state can be read. Without a reader hints are applied in the order of arrival.
    pub reader: bool,
    /// The present time.
    pub now: DateTime<Utc>,
    /// How long after a change Greenhouse may still answer the earlier state. Default of the services: 60 s.
    pub settle_time: Duration,
}

/// Greenhouse repeats a delivery for some 15 hours (documented): what was told in the wrong order came within them.
pub(super) const LATEST: Duration = Duration::from_secs(24 * 60 * 60);
