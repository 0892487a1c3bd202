use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::store::{CandidateHistory, Link};

/// Stored facts that a decision on an event depends on.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Every link to an application or candidate that the event names, or to a candidate in
    /// `histories`, including deleted links.
    pub links: Vec<Link>,
    /// Histories of the [candidates concerned](super::people_in) and of those they were merged
    /// into, as read by [`histories_of`](crate::store::histories_of).
    pub histories: Vec<CandidateHistory>,
    /// `true` if the current state can be read from Greenhouse. Otherwise, hints are applied in
    /// order of arrival.
    pub reader: bool,
    /// The current time.
    pub now: DateTime<Utc>,
    /// Time after a change during which Greenhouse may still return the earlier state. Default of
    /// the services: 60 s.
    pub settle_time: Duration,
}

/// Maximum delay of a delivery, with a margin. Greenhouse retries a delivery for about 15 hours
/// (documented), so events that are further apart arrive in order.
pub(super) const LATEST: Duration = Duration::from_secs(24 * 60 * 60);
