//! Format of the `Signature` header.

use thiserror::Error;

use super::SignatureError;

/// Format error of a `Signature` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MalformedSignature {
    /// The header is empty.
    #[error("the header is empty")]
    Empty,
    /// `sha256=...`, as other services write it. Greenhouse writes a space instead.
    #[error("expected a space after sha256, got an equals sign")]
    EqualsSign,
    /// The digest is missing.
    #[error("the digest is missing")]
    NoDigest,
    /// The digest does not have 64 characters.
    #[error("expected a digest of 64 hex digits")]
    Length,
    /// The digest has a character that is not a lower-case hex digit.
    #[error("expected a digest in lowercase hex digits")]
    NotHex,
}

/// Parses the header and returns the digest.
pub(super) fn parse(header: &[u8]) -> Result<[u8; 32], SignatureError> {
    let header = header.trim_ascii();
    let end = header
        .iter()
        .position(|byte| byte.is_ascii_whitespace() || *byte == b'=');
    let (scheme, rest) = header.split_at(end.unwrap_or(header.len()));
    if header.is_empty() {
        return Err(SignatureError::Malformed(MalformedSignature::Empty));
    }
    if scheme != b"sha256" {
        return Err(SignatureError::UnsupportedScheme);
    }
    let digest = rest.trim_ascii_start();
    match digest.first() {
        None => Err(SignatureError::Malformed(MalformedSignature::NoDigest)),
        Some(b'=') => Err(SignatureError::Malformed(MalformedSignature::EqualsSign)),
        Some(_) => decode(digest).map_err(SignatureError::Malformed),
    }
}

fn decode(digits: &[u8]) -> Result<[u8; 32], MalformedSignature> {
    let (pairs, rest) = digits.as_chunks::<2>();
    if pairs.len() != 32 || !rest.is_empty() {
        return Err(MalformedSignature::Length);
    }
    let mut digest = [0; 32];
    let mut seen = 0;
    for (byte, [high, low]) in digest.iter_mut().zip(pairs) {
        let (high, low) = (VALUES[usize::from(*high)], VALUES[usize::from(*low)]);
        seen |= high | low;
        *byte = high << 4 | low & 0xf;
    }
    if seen < 0x10 {
        Ok(digest)
    } else {
        Err(MalformedSignature::NotHex)
    }
}

/// Value of each byte as a hex digit, or above 15 if it is not one. Greenhouse writes lower case
/// only. The digits come from the sender and are no secret, so the lookup need not be constant
/// time.
const VALUES: [u8; 256] = {
    let mut values = [u8::MAX; 256];
    let mut value = 0;
    while value < 16 {
        values[b"0123456789abcdef"[value] as usize] = value as u8;
        value += 1;
    }
    values
};
