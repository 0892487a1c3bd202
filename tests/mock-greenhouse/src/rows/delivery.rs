use std::fmt;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};

use crate::time::{as_millis, as_millis_or_null};

/// One event for one hook. `Debug` does not show the body.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Delivery {
    /// Number of the delivery, counted from 1 across all deliveries of a mock.
    pub number: u64,
    /// Id of the hook.
    pub hook_id: i64,
    /// Action of the event, for example `reject_candidate`.
    pub action: String,
    /// The `Greenhouse-Event-ID` header of the last attempt.
    pub event_id: String,
    /// URL to which the event is delivered.
    pub url: String,
    /// The request body, over which the signature is computed.
    #[serde(serialize_with = "as_text")]
    pub body: Bytes,
    /// The attempts in order.
    pub attempts: Vec<Attempt>,
    /// Maximum number of attempts; 1 for a ping.
    pub max_attempts: u32,
    /// Time of the next attempt on the mock's clock. `None` if no further attempt is planned, for
    /// example after a successful attempt.
    #[serde(serialize_with = "as_millis_or_null")]
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// Number of attempts made on the schedule, without attempts by `redeliver`.
    #[serde(skip)]
    pub(crate) scheduled: u32,
}

impl Delivery {
    /// Returns `true` if the response to the last attempt was 200, the only status that counts
    /// (documented).
    #[must_use]
    pub fn is_delivered(&self) -> bool {
        self.attempts
            .last()
            .is_some_and(|attempt| attempt.status == Some(200))
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("number", &self.number)
            .field("action", &self.action)
            .field("event_id", &self.event_id)
            .field("url", &self.url)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

/// One delivery attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Attempt {
    /// Time of the attempt on the mock's clock.
    #[serde(serialize_with = "as_millis")]
    pub at: DateTime<Utc>,
    /// The `Greenhouse-Event-ID` header.
    pub event_id: String,
    /// The status of the response. `None` without a response.
    pub status: Option<u16>,
    /// The error, if there was no response.
    pub error: Option<String>,
}

fn as_text<S: Serializer>(body: &Bytes, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&String::from_utf8_lossy(body))
}
