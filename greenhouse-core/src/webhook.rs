//! Webhook deliveries: signature check and parsing.
//!
//! A request becomes an event in two steps, neither of which can be skipped:
//! [`SignatureVerifier::verify`] turns header and raw body into a [`VerifiedDelivery`], which
//! cannot be created in any other way, and [`parse()`] accepts only a [`VerifiedDelivery`].
//!
//! ```
//! use bytes::Bytes;
//! use greenhouse_core::Secret;
//! use greenhouse_core::webhook::{self, Event, SignatureError, SignatureVerifier};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let verifier = SignatureVerifier::new([Secret::new("the hook's secret")])?;
//! let body = Bytes::from_static(br#"{"action":"ping","payload":{}}"#);
//!
//! let unsigned = verifier.verify(None, body.clone());
//! assert_eq!(unsigned.unwrap_err(), SignatureError::Missing);
//!
//! let header = b"sha256 c319718bd95d5e59369cfb832a8e0c51727c39b95f3dc866c7ca98a2416031a8";
//! let delivery = verifier.verify(Some(header), body)?;
//! assert_eq!(webhook::parse(&delivery)?.event, Event::Ping { hook: None, event: None });
//! # Ok(())
//! # }
//! ```

mod action;
mod body;
mod claimed;
mod event;
mod parse;
mod signature;
mod values;

pub use action::HookEvent;
pub use claimed::claimed_action;
pub use event::{ApplicationEvent, Event, HireEvent};
pub use parse::{EventError, ReceivedEvent, parse};
pub use signature::{
    BodyHash, MalformedSignature, SignatureError, SignatureVerifier, VerifiedDelivery,
    VerifierError,
};
