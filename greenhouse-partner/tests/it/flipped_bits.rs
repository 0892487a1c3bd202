//! A single flipped bit invalidates a request.

use http::HeaderValue;

use crate::mutated::hook::{Delivered, Hook, SECRET, sign};

#[test]
fn one_flipped_bit_of_header_body_or_secret_is_refused() {
    let signature = sign(BODY);
    let hook = Hook::new();
    for other in flipped(signature.as_bytes()) {
        // Skips bytes that a header cannot contain.
        if HeaderValue::from_bytes(&other).is_ok() {
            refused(&hook.deliver_signed(&other, BODY), &other);
        }
    }
    for other in flipped(BODY) {
        refused(&hook.deliver_signed(signature.as_bytes(), &other), &other);
    }
    for other in flipped(SECRET.as_bytes()) {
        if let Ok(secret) = str::from_utf8(&other) {
            let hook = Hook::with_secret(secret);
            refused(&hook.deliver_signed(signature.as_bytes(), BODY), &other);
        }
    }
    assert_eq!(hook.deliver_signed(signature.as_bytes(), BODY).status, 200);
}

fn refused(delivered: &Delivered, other: &[u8]) {
    let shown = other.escape_ascii();
    assert_eq!(delivered.status, 401, "{shown}");
    assert_eq!(delivered.code.as_deref(), Some("bad_signature"), "{shown}");
    assert!(delivered.delivery.is_none(), "{shown}");
}

/// Returns the bytes with each bit flipped, one at a time.
fn flipped(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..bytes.len() * 8).map(|bit| {
        let mut other = bytes.to_vec();
        other[bit / 8] ^= 1 << (bit % 8);
        other
    })
}

const BODY: &[u8] =
    br#"{"action":"reject_candidate","payload":{"application":{"id":22,"candidate":{"id":11}}}}"#;
