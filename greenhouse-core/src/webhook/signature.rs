//! The check that a body was sent by Greenhouse: HMAC-SHA256 under the hook's secret, over the bytes as they came.

use std::fmt;

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};
use thiserror::Error;

use crate::Secret;

mod header;

pub use header::MalformedSignature;

/// Checks the `Signature` header of webhook deliveries against the secrets of a hook.
///
/// Several secrets let a hook's secret change without an outage. The key schedule of each is prepared once, so that a
/// check hashes the body and little more.
#[derive(Clone)]
pub struct SignatureVerifier {
    keys: Vec<Hmac<Sha256>>,
}

impl SignatureVerifier {
    /// Prepares the check for these secrets; put the one in use first, since they are tried in this order.
    ///
    /// # Errors
    /// Without a secret everything would have to be refused or everything accepted; with an empty one anybody could
    /// sign: both are refused.
    pub fn new(secrets: impl IntoIterator<Item = Secret>) -> Result<Self, VerifierError> {
        let mut keys = Vec::new();
        for (index, secret) in secrets.into_iter().enumerate() {
            if secret.is_empty() {
                return Err(VerifierError::EmptySecret { index });
            }
            let key = Hmac::new_from_slice(secret.expose().as_bytes())
                .map_err(|_| VerifierError::UnusableSecret { index })?;
            keys.push(key);
        }
        if keys.is_empty() {
            return Err(VerifierError::NoSecrets);
        }
        Ok(Self { keys })
    }

    /// Checks the header against the body, which must be the bytes exactly as they came over the wire.
    ///
    /// The header's form is `sha256 <64 hex digits>`, all in lower case (documented, and observed live). It is taken in no
    /// other spelling, but for blanks around the parts. Digests are compared in constant time; only which of
    /// several secrets matched can be told from the time taken.
    ///
    /// # Errors
    /// Every error means the same to the sender, 401; the kinds are for the person who reads the log.
    pub fn verify(
        &self,
        header: Option<&[u8]>,
        body: Bytes,
    ) -> Result<VerifiedDelivery, SignatureError> {
        let claimed = header::parse(header.ok_or(SignatureError::Missing)?)?;
        let signatures = self.keys.iter().map(|key| {
            let mut mac = key.clone();
            mac.update(&body);
            BodyHash(mac.finalize().into_bytes().into())
        });
        let signatures: Vec<BodyHash> = signatures.collect();
        let secret_index = signatures
            .iter()
            .position(|signature| bool::from(equal(&signature.0, &claimed)))
            .ok_or(SignatureError::Mismatch)?;
        Ok(VerifiedDelivery {
            digest: BodyHash(Sha256::digest(&body).into()),
            body,
            signatures,
            secret_index,
        })
    }
}

/// Compares in constant time, by words: subtle guards each step against the optimizer, which costs most by bytes.
fn equal(left: &[u8; 32], right: &[u8; 32]) -> Choice {
    let words = left.as_chunks::<8>().0.iter().zip(right.as_chunks::<8>().0);
    words.fold(Choice::from(1), |equal, (left, right)| {
        equal & u64::from_ne_bytes(*left).ct_eq(&u64::from_ne_bytes(*right))
    })
}

impl fmt::Debug for SignatureVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignatureVerifier")
            .field("secrets", &self.keys.len())
            .finish()
    }
}

/// A body whose signature was checked. Only [`SignatureVerifier::verify`] builds one.
#[derive(Clone)]
pub struct VerifiedDelivery {
    body: Bytes,
    digest: BodyHash,
    signatures: Vec<BodyHash>,
    secret_index: usize,
}

impl VerifiedDelivery {
    /// The body, byte for byte as it was signed.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The SHA-256 of the body. Two deliveries with the same bytes have the same, whichever secret signed them.
    pub fn digest(&self) -> &BodyHash {
        &self.digest
    }

    /// The HMAC of the body under each of the verifier's secrets. Earlier versions stored one of them as the digest.
    pub fn signatures(&self) -> &[BodyHash] {
        &self.signatures
    }

    /// Which of the verifier's secrets matched, counted from zero in the order they were given: above zero tells that
    /// Greenhouse still signs with an older one.
    pub fn secret_index(&self) -> usize {
        self.secret_index
    }
}

impl fmt::Debug for VerifiedDelivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedDelivery")
            .field("bytes", &self.body.len())
            .field("secret_index", &self.secret_index)
            .finish_non_exhaustive()
    }
}

/// A digest of a body: its SHA-256, or its HMAC-SHA256 under a secret. It shows as 64 lower-case hex digits.
///
/// An HMAC is also the signature of the body, so it belongs in a store and not in a log: Debug does not show it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BodyHash([u8; 32]);

impl BodyHash {
    /// Takes the bytes of a digest that was stored.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes of the digest.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for BodyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for BodyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BodyHash(..)")
    }
}

/// Why a verifier could not be made of these secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum VerifierError {
    /// There is no secret to check with.
    #[error("no webhook secret is set")]
    NoSecrets,
    /// A secret has no text.
    #[error("webhook secret {index} is empty")]
    EmptySecret {
        /// Which one, counted from zero.
        index: usize,
    },
    /// A secret cannot be a key.
    #[error("webhook secret {index} cannot be used as a key")]
    UnusableSecret {
        /// Which one, counted from zero.
        index: usize,
    },
}

/// Why a delivery is not taken for Greenhouse's. Neither secret, digest nor header is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// The request has no `Signature` header: the hook has no secret, or the request is not from Greenhouse.
    #[error("the request is not signed")]
    Missing,
    /// The header is not of the form `sha256 <64 hex digits>`.
    #[error("the signature header is malformed")]
    Malformed(#[source] MalformedSignature),
    /// The header names a scheme other than `sha256`.
    #[error("the signature is of another scheme than sha256")]
    UnsupportedScheme,
    /// The header is well formed, and none of the secrets made it: another secret, or a changed body.
    #[error("the signature matches none of the secrets")]
    Mismatch,
}

#[cfg(test)]
mod tests;
