//! The form of the `Signature` header.

use thiserror::Error;

use super::SignatureError;

/// What is wrong with the form of a `Signature` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MalformedSignature {
    /// The header is there, and has no text.
    #[error("it is empty")]
    Empty,
    /// `sha256=...`, as other services write it. Greenhouse puts a blank there.
    #[error("sha256 is followed by an equals sign instead of a blank")]
    EqualsSign,
    /// The scheme stands alone.
    #[error("it has no digest")]
    NoDigest,
    /// The digest does not have 64 characters.
    #[error("its digest does not have 64 digits")]
    Length,
    /// The digest has 64 characters, and not all are hex digits.
    #[error("its digest is not hexadecimal")]
    NotHex,
}

/// Reads the digest out of a header.
pub(super) fn parse(header: &[u8]) -> Result<[u8; 32], SignatureError> {
    let header = header.trim_ascii();
    let end = header
        .iter()
        .position(|byte| byte.is_ascii_whitespace() || *byte == b'=');
    let (scheme, rest) = header.split_at(end.unwrap_or(header.len()));
    if header.is_empty() {
        return Err(SignatureError::Malformed(MalformedSignature::Empty));
    }
    if !scheme.eq_ignore_ascii_case(b"sha256") {
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
    let (pairs, []) = digits.as_chunks::<2>() else {
        return Err(MalformedSignature::Length);
    };
    if pairs.len() != 32 {
        return Err(MalformedSignature::Length);
    }
    let mut digest = [0; 32];
    for (byte, [high, low]) in digest.iter_mut().zip(pairs) {
        let high = nibble(*high).ok_or(MalformedSignature::NotHex)?;
        let low = nibble(*low).ok_or(MalformedSignature::NotHex)?;
        *byte = high << 4 | low;
    }
    Ok(digest)
}

/// The digits belong to the claim, which the sender knows anyway: this need not take constant time.
fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}
