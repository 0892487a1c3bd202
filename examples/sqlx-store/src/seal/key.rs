use std::{fmt, str::FromStr};

use greenhouse_core::Secret;
use secrecy::{
    ExposeSecret, SecretBox,
    zeroize::{Zeroize, Zeroizing},
};
use sha2::{Digest, Sha256};

/// Key of 32 random bytes that encrypts the secrets in the database.
///
/// The text form is `ghmk_` and 64 hex digits. `Debug` shows only the id. The bytes are wiped on
/// drop.
///
/// The key and a copy of the database together reveal every secret. If the key is lost, the secrets
/// cannot be recovered.
#[derive(Clone)]
pub struct MasterKey {
    bytes: SecretBox<KeyBytes>,
    id: KeyId,
}

impl MasterKey {
    /// Generates a key from the operating system's random bytes.
    ///
    /// # Errors
    ///
    /// [`NoRandomness`] if the operating system provides no random bytes.
    pub fn generate() -> Result<Self, NoRandomness> {
        let bytes = SecretBox::try_init_with(|| {
            let mut bytes = KeyBytes::default();
            getrandom::fill(&mut bytes.0).map_err(|_| NoRandomness)?;
            Ok(bytes)
        })?;
        Ok(Self::new(bytes))
    }

    /// Returns the key as text.
    pub fn expose(&self) -> Secret {
        let mut text = Zeroizing::new(String::with_capacity(PREFIX.len() + 64));
        text.push_str(PREFIX);
        push_hex(&mut text, self.bytes());
        Secret::new(text.as_str())
    }

    /// Returns the key's id, which is derived from the key and is not secret.
    pub fn id(&self) -> KeyId {
        self.id
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.bytes.expose_secret().0
    }

    fn new(bytes: SecretBox<KeyBytes>) -> Self {
        let id = KeyId::of(&bytes.expose_secret().0);
        Self { bytes, id }
    }
}

/// Parses the text form. The hex digits can be upper-case or lower-case.
impl FromStr for MasterKey {
    type Err = MasterKeyError;

    fn from_str(text: &str) -> Result<Self, MasterKeyError> {
        let hex = text.strip_prefix(PREFIX).ok_or(MasterKeyError)?;
        let bytes = SecretBox::try_init_with(|| {
            let mut bytes = KeyBytes::default();
            read_hex(hex, &mut bytes.0).ok_or(MasterKeyError)?;
            Ok(bytes)
        })?;
        Ok(Self::new(bytes))
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({})", self.id)
    }
}

/// Id of a master key: 8 bytes, shown as 16 hex digits. Not secret.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 8]);

impl KeyId {
    pub(crate) const LENGTH: usize = 8;

    pub(crate) fn to_bytes(self) -> [u8; 8] {
        self.0
    }

    pub(crate) fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }

    /// Parses the `Display` form. Returns `None` if the text is not 16 hex digits.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 8];
        read_hex(text, &mut bytes)?;
        Some(Self(bytes))
    }

    fn of(key: &[u8; 32]) -> Self {
        let digest: [u8; 32] = Sha256::new()
            .chain_update(ID_DOMAIN)
            .chain_update(key)
            .finalize()
            .into();
        let mut id = [0; 8];
        id.copy_from_slice(&digest[..8]);
        Self(id)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

/// Error from parsing a master key. Does not contain the parsed text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a master key: `{PREFIX}` followed by 64 hex digits")]
pub struct MasterKeyError;

/// Error from the operating system's random number generator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("could not get random bytes from the operating system")]
pub struct NoRandomness;

#[derive(Clone, Default)]
struct KeyBytes([u8; 32]);

impl Zeroize for KeyBytes {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

impl secrecy::CloneableSecret for KeyBytes {}

fn push_hex(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        for nibble in [byte >> 4, byte & 0x0f] {
            text.push(char::from(match nibble {
                0..=9 => b'0' + nibble,
                _ => b'a' + (nibble - 10),
            }));
        }
    }
}

/// Reads the hex digits into `bytes`. Returns `None` unless the text has exactly two digits per
/// byte.
fn read_hex(text: &str, bytes: &mut [u8]) -> Option<()> {
    let digits = text.as_bytes();
    if digits.len() != bytes.len() * 2 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = match pair {
            [high, low] => nibble(*high)? << 4 | nibble(*low)?,
            _ => return None,
        };
    }
    Some(())
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

const PREFIX: &str = "ghmk_";

/// Domain separation from other digests of the key.
const ID_DOMAIN: &[u8] = b"greenhouse sqlx-store: id of a master key, 1\0";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_round_trips_through_text() {
        let key = MasterKey::generate().unwrap();
        let text = key.expose();
        let read: MasterKey = text.expose().parse().unwrap();
        assert_eq!(read.bytes(), key.bytes());
        assert_eq!(read.id(), key.id());
        assert_eq!(KeyId::parse(&key.id().to_string()), Some(key.id()));
        let upper = format!("{PREFIX}{}", text.expose()[PREFIX.len()..].to_uppercase());
        assert_eq!(upper.parse::<MasterKey>().unwrap().bytes(), key.bytes());
    }

    #[test]
    fn the_id_of_a_key_stays_the_same() {
        let key: MasterKey = format!("{PREFIX}{}", "07".repeat(32)).parse().unwrap();
        assert_eq!(key.id().to_string(), "1f34518a1a6d6542");
    }

    #[test]
    fn invalid_keys_are_rejected_without_quoting_them() {
        let digits = "a7".repeat(32);
        for text in [
            String::new(),
            digits.clone(),
            PREFIX.to_owned(),
            format!("ghmk-{digits}"),
            format!("GHMK_{digits}"),
            format!(" {PREFIX}{digits}"),
            format!("{PREFIX}{digits} "),
            format!("{PREFIX}{}", &digits[1..]),
            format!("{PREFIX}{digits}0"),
            format!("{PREFIX}{digits}00"),
            format!("{PREFIX}g{}", &digits[1..]),
            format!("{PREFIX}+{}", &digits[1..]),
            format!("{PREFIX}é{}", &digits[2..]),
        ] {
            let error = text.parse::<MasterKey>().unwrap_err();
            assert!(!format!("{error} {error:?}").contains("a7a7"), "{error}");
        }
    }

    #[test]
    fn keys_differ_and_debug_hides_them() {
        let (one, two) = (
            MasterKey::generate().unwrap(),
            MasterKey::generate().unwrap(),
        );
        assert_ne!(one.bytes(), two.bytes());
        assert_ne!(one.id(), two.id());
        let shown = format!("{one:?} {:?}", one.expose());
        assert_eq!(shown, format!("MasterKey({}) Secret(..)", one.id()));
    }
}
