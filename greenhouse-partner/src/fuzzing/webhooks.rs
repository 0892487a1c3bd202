//! Properties that hold for every webhook.

use bytes::Bytes;
use greenhouse_core::{
    CandidateId, Secret,
    webhook::{self, Event, EventError, SignatureVerifier, VerifiedDelivery},
};
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderValue};
use serde::de::IgnoredAny;
use sha2::Sha256;

use crate::webhooks::{event_id, signature};

/// Checks `Signature` headers, one per line. Only a single header with the exact digest is
/// accepted, and a refusal does not contain the input. The first line is also checked as an event
/// id.
pub fn webhook_header(input: &[u8]) {
    let lines = input.split(|byte| *byte == b'\n');
    let values: Vec<HeaderValue> = lines
        .filter_map(|line| HeaderValue::from_bytes(line).ok())
        .collect();
    let mut headers = HeaderMap::new();
    for value in &values {
        headers.append("signature", value.clone());
        headers.append("greenhouse-event-id", value.clone());
    }
    let id = event_id(&headers);
    assert!(id.len() <= 255 && id.trim() == id, "{id:?}");

    let claimed = signature(&headers);
    assert_eq!(claimed.is_some(), values.len() == 1);
    let Some(verifier) = verifier() else { return };
    // The input is also the body, so that a seed can be signed.
    for body in [input, BODY] {
        let signed = sign(body);
        match verifier.verify(claimed, Bytes::copy_from_slice(body)) {
            Ok(delivery) => {
                let claimed = claimed.unwrap_or_default().trim_ascii();
                let mut parts = claimed
                    .split(u8::is_ascii_whitespace)
                    .filter(|part| !part.is_empty());
                assert_eq!(parts.next(), Some(&b"sha256"[..]));
                assert_eq!(parts.next(), signed.split(' ').nth(1).map(str::as_bytes));
                assert_eq!(parts.next(), None);
                assert_eq!(delivery.body(), body);
            }
            Err(error) => assert!(error.to_string().len() <= 60, "{error}"),
        }
        assert!(
            verifier
                .verify(Some(signed.as_bytes()), Bytes::copy_from_slice(body))
                .is_ok()
        );
    }
}

/// Checks the body of a signed webhook. The body is either parsed as an event that can be stored
/// and read again, or refused for the right reason. The stored body is unchanged.
pub fn webhook_body(input: &[u8]) {
    let Some(delivery) = sign_and_verify(input) else {
        return;
    };
    let is_json =
        str::from_utf8(input).is_ok_and(|text| serde_json::from_str::<IgnoredAny>(text).is_ok());
    let received = match webhook::parse(&delivery) {
        Ok(received) => received,
        Err(error) => {
            assert_eq!(
                matches!(error, EventError::NotJson { .. }),
                !is_json,
                "{error}"
            );
            assert!(error.to_string().len() <= 120, "{error}");
            return;
        }
    };
    assert!(is_json);
    assert_eq!(received.raw, input);
    check(&received.event);

    // Greenhouse may add members at any time.
    let longer = String::from_utf8_lossy(input).replacen('{', r#"{"and more":{"a":[null]},"#, 1);
    let again = sign_and_verify(longer.as_bytes()).map(|delivery| webhook::parse(&delivery));
    let again = again.and_then(Result::ok).map(|received| received.event);
    assert_eq!(again.as_ref(), Some(&received.event));
}

fn check(event: &Event) {
    assert!(event.action().len() <= 255);
    assert!(event.applications().len() <= 1000);
    let stored = serde_json::to_string(event).unwrap_or_default();
    let read = serde_json::from_str::<Event>(&stored);
    assert_eq!(read.ok().as_ref(), Some(event), "{stored}");
    if let Event::CandidateMerged { loser, .. } = event {
        assert_eq!(event.candidate(), Some(CandidateId::new(loser.value())));
    }
}

fn sign_and_verify(body: &[u8]) -> Option<VerifiedDelivery> {
    let header = sign(body);
    let body = Bytes::copy_from_slice(body);
    verifier()?.verify(Some(header.as_bytes()), body).ok()
}

fn verifier() -> Option<SignatureVerifier> {
    SignatureVerifier::new([Secret::new(SECRET)]).ok()
}

fn sign(body: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()) else {
        return String::new();
    };
    mac.update(body);
    let digest: [u8; 32] = mac.finalize().into_bytes().into();
    format!("sha256 {}", webhook::BodyHash::from_bytes(digest))
}

const SECRET: &str = "a webhook secret";
const BODY: &[u8] = br#"{"action":"ping","payload":{}}"#;
