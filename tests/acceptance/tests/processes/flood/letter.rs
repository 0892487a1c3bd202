//! A delivery as sent, and its duplicates.

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderValue};
use mock_greenhouse::{Delivery, MockGreenhouse};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::fixture::HOOK_SECRET;
use crate::chance::Chance;

/// Identity of a delivery: event id and body.
pub(crate) type Name = (String, [u8; 32]);

#[derive(Clone)]
pub(crate) struct Letter {
    pub(crate) name: Name,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Deliveries to send after this delivery was accepted.
    pub(crate) next: Vec<Letter>,
}

/// The requests for Greenhouse's deliveries, with duplicates.
#[derive(Default)]
pub(crate) struct Letters {
    /// Every sent delivery, without exact duplicates.
    pub(crate) all: Vec<Sent>,
    /// Number of exact duplicates.
    pub(crate) repeated: usize,
}

/// A sent delivery, from which the verdict derives the expected effect.
pub(crate) struct Sent {
    pub(crate) name: Name,
    pub(crate) body: Value,
    /// A delivery with the same event id and another body was accepted before.
    pub(crate) another_body: bool,
}

impl Letters {
    pub(crate) fn write(
        &mut self,
        greenhouse: &MockGreenhouse,
        deliveries: &[Delivery],
        chance: &mut Chance,
    ) -> Vec<Letter> {
        let mut letters = Vec::new();
        for delivery in deliveries {
            let request = greenhouse.delivery_request(delivery).unwrap();
            let mut letter = Letter::new(request.headers().clone(), delivery.body.clone());
            self.remember(&letter, false);
            match chance.below(50) {
                0 => letter.next.push(self.with_another_body(&letter)),
                1 => letters.push(self.with_another_id(&letter, chance)),
                2..10 => letter.next.push(self.again(&letter)),
                10..18 => letters.push(self.again(&letter)),
                18 => {
                    letters.push(self.again(&letter));
                    letter.next.push(self.again(&letter));
                    letter.next.push(self.again(&letter));
                }
                _ => {}
            }
            letters.push(letter);
        }
        letters
    }

    fn remember(&mut self, letter: &Letter, another_body: bool) {
        self.all.push(Sent {
            name: letter.name.clone(),
            body: serde_json::from_slice(&letter.body).unwrap(),
            another_body,
        });
    }

    fn again(&mut self, letter: &Letter) -> Letter {
        self.repeated += 1;
        Letter {
            next: Vec::new(),
            ..letter.clone()
        }
    }

    /// Returns a delivery with the same event id and another body.
    fn with_another_body(&mut self, letter: &Letter) -> Letter {
        let body = Bytes::from([&letter.body[..], b" "].concat());
        let mut headers = letter.headers.clone();
        headers.insert("signature", signature(&body));
        let other = Letter::new(headers, body);
        self.remember(&other, true);
        other
    }

    fn with_another_id(&mut self, letter: &Letter, chance: &mut Chance) -> Letter {
        let mut headers = letter.headers.clone();
        let id = format!(
            "{:08x}-{:08x}",
            chance.below(1 << 32),
            chance.below(1 << 32)
        );
        headers.insert(EVENT_ID, HeaderValue::try_from(id).unwrap());
        let other = Letter::new(headers, letter.body.clone());
        self.remember(&other, false);
        other
    }
}

impl Letter {
    fn new(headers: HeaderMap, body: Bytes) -> Self {
        let id = headers[EVENT_ID].to_str().unwrap().to_owned();
        Self {
            name: (id, digest(&body)),
            headers,
            body,
            next: Vec::new(),
        }
    }
}

/// Returns the SHA-256 of a body.
pub(crate) fn digest(body: &[u8]) -> [u8; 32] {
    Sha256::digest(body).into()
}

fn signature(body: &[u8]) -> HeaderValue {
    let mut mac = Hmac::<Sha256>::new_from_slice(HOOK_SECRET.as_bytes()).unwrap();
    mac.update(body);
    let hex: String = mac
        .finalize()
        .into_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    HeaderValue::try_from(format!("sha256 {hex}")).unwrap()
}

const EVENT_ID: &str = "greenhouse-event-id";
