use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::webhook::{BodyHash, Event, VerifiedDelivery};

/// Processed webhook request. The event id and the body digest form its key, so the same id with
/// another body is another delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delivery {
    /// Identity of the request.
    pub source: DeliverySource,
    /// Event with ids, status and times only. `None` if the body was unreadable.
    pub event: Option<Event>,
    /// Result of processing.
    pub verdict: Verdict,
    /// Time of arrival.
    pub received_at: DateTime<Utc>,
    /// Raw body, if kept.
    pub body: BodyKept,
}

impl Delivery {
    /// Creates a processed delivery.
    pub fn new(
        source: DeliverySource,
        event: Option<Event>,
        verdict: Verdict,
        received_at: DateTime<Utc>,
    ) -> Self {
        Self {
            source,
            event,
            verdict,
            received_at,
            body: BodyKept::No,
        }
    }
}

/// Identity of a webhook request: its event id and the SHA-256 of its body.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeliverySource {
    /// `Greenhouse-Event-ID`, unique to the delivery (documented). Empty if the header is absent.
    pub event_id: String,
    /// SHA-256 of the body.
    pub digest: BodyHash,
    /// HMAC of the body under each secret of the hook. Versions up to 0.1 stored the HMAC under the
    /// signing secret as the digest, so a stored delivery with one of these digests is the same
    /// delivery. Not stored, so empty for a delivery that was read from a store.
    pub signatures: Vec<BodyHash>,
}

impl DeliverySource {
    /// Creates a source without signatures, for a delivery that was read from a store.
    pub fn new(event_id: impl Into<String>, digest: BodyHash) -> Self {
        Self {
            event_id: event_id.into(),
            digest,
            signatures: Vec::new(),
        }
    }

    /// Creates the source of an incoming delivery.
    pub fn of(event_id: impl Into<String>, delivery: &VerifiedDelivery) -> Self {
        Self {
            event_id: event_id.into(),
            digest: *delivery.digest(),
            signatures: delivery.signatures().to_vec(),
        }
    }

    /// All digests that a stored delivery with this body can have.
    pub fn digests(&self) -> impl Iterator<Item = &BodyHash> {
        std::iter::once(&self.digest).chain(&self.signatures)
    }
}

/// Status of a delivery before a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeliveryStatus {
    /// Not processed yet.
    New,
    /// Already processed.
    Duplicate,
    /// Not processed yet, but a delivery with the same event id and a different body was. Worth
    /// logging, because event ids are unique to a delivery (documented).
    BodyDiffers,
}

/// Result of processing a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Verdict {
    /// The delivery concerned a pushed application.
    Effective,
    /// The delivery concerned no pushed application. Its body is not kept.
    Ignored,
    /// The delivery was signed but unreadable.
    Unreadable,
}

impl Verdict {
    /// Name for stores and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Effective => "effective",
            Self::Ignored => "ignored",
            Self::Unreadable => "unreadable",
        }
    }
}

/// Raw body of a delivery, if kept. It contains personal data, so it is not kept for an ignored
/// delivery.
#[derive(Clone, PartialEq, Eq)]
pub enum BodyKept {
    /// The body is not kept.
    No,
    /// The bytes as received.
    Yes(Bytes),
}

impl std::fmt::Debug for BodyKept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::No => f.write_str("No"),
            Self::Yes(body) => write!(f, "Yes({} bytes)", body.len()),
        }
    }
}
