/// Returns random bytes from the operating system.
///
/// # Errors
///
/// [`MintError`] if the operating system returns no random bytes.
pub fn random_bytes<const N: usize>() -> Result<[u8; N], MintError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| MintError)?;
    Ok(bytes)
}

/// Returns 256 random bits as 64 hex digits.
pub(crate) fn random_hex() -> Result<String, MintError> {
    Ok(hex::encode(random_bytes::<32>()?))
}

/// Error of the operating system's random number generator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("could not get random bytes from the operating system")]
pub struct MintError;
