//! Signature check: HMAC-SHA256 under the hook's secret, over the raw bytes.

use std::fmt;

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};
use thiserror::Error;

use crate::Secret;

mod header;

pub use header::MalformedSignature;

/// Verifies the `Signature` header of webhook deliveries against the secrets of a hook.
///
/// Several secrets allow a rotation without an outage. Each key schedule is prepared once, so that
/// a check costs little more than hashing the body.
#[derive(Clone)]
pub struct SignatureVerifier {
    keys: Vec<Hmac<Sha256>>,
}

impl SignatureVerifier {
    /// Creates a verifier. Secrets are compared in this order, so put the current secret first.
    ///
    /// # Errors
    ///
    /// [`VerifierError`] if there is no secret, or if a secret is empty, because anyone could sign
    /// with it.
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

    /// Checks the form of the header, before the body is read.
    ///
    /// ```
    /// use greenhouse_core::webhook::{SignatureError, SignatureVerifier};
    ///
    /// let unsigned = SignatureVerifier::check_header(None);
    /// assert_eq!(unsigned, Err(SignatureError::Missing));
    /// ```
    ///
    /// # Errors
    ///
    /// The [`SignatureError`] that [`verify`](Self::verify) returns for this header with any body.
    pub fn check_header(header: Option<&[u8]>) -> Result<(), SignatureError> {
        header::parse(header.ok_or(SignatureError::Missing)?).map(|_| ())
    }

    /// Verifies the header against the body, which must be the raw bytes of the request.
    ///
    /// The header has the form `sha256 <64 hex digits>` in lower case (documented, and observed
    /// live). Other spellings are rejected, except for white space around the parts. Digests are
    /// compared in constant time; timing reveals only which of several secrets matched.
    ///
    /// # Errors
    ///
    /// [`SignatureError`] if the header is missing or invalid, or no secret matches. Respond with
    /// 401 in each case; the variants are for the log.
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

/// Compares word by word in constant time. subtle guards each step against the optimizer, which
/// would be slow byte by byte.
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

/// Body with a valid signature. Only [`SignatureVerifier::verify`] creates one.
#[derive(Clone)]
pub struct VerifiedDelivery {
    body: Bytes,
    digest: BodyHash,
    signatures: Vec<BodyHash>,
    secret_index: usize,
}

impl VerifiedDelivery {
    /// The body, byte for byte as signed.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The SHA-256 of the body. Independent of the secret that signed it.
    pub fn digest(&self) -> &BodyHash {
        &self.digest
    }

    /// The HMAC of the body under each secret. Earlier versions stored one of them as the digest.
    pub fn signatures(&self) -> &[BodyHash] {
        &self.signatures
    }

    /// Index of the secret that matched, from zero, in the order passed to
    /// [`SignatureVerifier::new`]. A value above zero means that Greenhouse still signs with an
    /// older secret.
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

/// Digest of a body: its SHA-256, or its HMAC-SHA256 under a secret. Displayed as 64 lower-case hex
/// digits.
///
/// An HMAC is a valid signature of the body, so it must not appear in logs. Debug hides it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BodyHash([u8; 32]);

impl BodyHash {
    /// Wraps the bytes of a stored digest.
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

/// Error of [`SignatureVerifier::new`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum VerifierError {
    /// No secret was given.
    #[error("no webhook secret is set")]
    NoSecrets,
    /// A secret is empty.
    #[error("webhook secret {} is empty", index + 1)]
    EmptySecret {
        /// Index of the secret, from zero.
        index: usize,
    },
    /// A secret cannot be used as a key.
    #[error("webhook secret {} cannot be used as a key", index + 1)]
    UnusableSecret {
        /// Index of the secret, from zero.
        index: usize,
    },
}

/// Error of a signature check. Contains no secret, digest or header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// The `Signature` header is missing, because the hook has no secret or Greenhouse did not send
    /// the request.
    #[error("the request is not signed")]
    Missing,
    /// The header does not have the form `sha256 <64 hex digits>`.
    #[error("the signature header is malformed")]
    Malformed(#[source] MalformedSignature),
    /// The scheme is not `sha256`.
    #[error("unsupported signature scheme, expected sha256")]
    UnsupportedScheme,
    /// No secret matches, because Greenhouse uses another secret or the body was changed.
    #[error("the signature matches none of the secrets")]
    Mismatch,
}

#[cfg(test)]
mod tests;
