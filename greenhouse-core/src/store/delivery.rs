use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::webhook::{BodyHash, Event, VerifiedDelivery};

/// One webhook request that was dealt with. Its key is event id and body digest together: the same id with another
/// body is another delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delivery {
    /// What names the request.
    pub source: DeliverySource,
    /// What it said, ids, status and times only; none where it could not be read.
    pub event: Option<Event>,
    /// What was made of it.
    pub verdict: Verdict,
    /// When it came in.
    pub received_at: DateTime<Utc>,
    /// The raw body, kept where the verdict says so.
    pub body: BodyKept,
}

impl Delivery {
    /// A delivery with what was made of it.
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
    /// `Greenhouse-Event-ID`; unique to the delivery (documented), empty where the header was absent.
    pub event_id: String,
    /// The SHA-256 of the body.
    pub digest: BodyHash,
    /// The HMAC of the body under each secret of the hook. Versions up to 0.1 stored the one that signed it as the
    /// digest, so a stored delivery with one of these digests is the same. Not stored, and empty for a delivery that
    /// was read from a store.
    pub signatures: Vec<BodyHash>,
}

impl DeliverySource {
    /// The source of a delivery that this version stored.
    pub fn new(event_id: impl Into<String>, digest: BodyHash) -> Self {
        Self {
            event_id: event_id.into(),
            digest,
            signatures: Vec::new(),
        }
    }

    /// The source of a delivery that has arrived.
    pub fn of(event_id: impl Into<String>, delivery: &VerifiedDelivery) -> Self {
        Self {
            event_id: event_id.into(),
            digest: *delivery.digest(),
            signatures: delivery.signatures().to_vec(),
        }
    }

    /// Every digest that a stored delivery with this body can have.
    pub fn digests(&self) -> impl Iterator<Item = &BodyHash> {
        std::iter::once(&self.digest).chain(&self.signatures)
    }
}

/// What is known of a delivery before it is decided on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeliveryStatus {
    /// Nothing: it is new.
    New,
    /// It was dealt with.
    Duplicate,
    /// One with its event id was dealt with, and had another body. So it is new, which is worth a note: ids are unique to the
    /// delivery (documented).
    BodyDiffers,
}

/// What was made of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Verdict {
    /// It concerned something that was pushed from here.
    Effective,
    /// It concerned nothing that was pushed from here; of its body nothing stays.
    Ignored,
    /// It was signed, and could not be read.
    Unreadable,
}

impl Verdict {
    /// The word for stores and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Effective => "effective",
            Self::Ignored => "ignored",
            Self::Unreadable => "unreadable",
        }
    }
}

/// Whether the raw body stays. It holds personal data, so an ignored delivery leaves none.
#[derive(Clone, PartialEq, Eq)]
pub enum BodyKept {
    /// Nothing is kept.
    No,
    /// The bytes as they came.
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
