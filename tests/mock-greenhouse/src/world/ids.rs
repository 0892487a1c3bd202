use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

/// Generates opaque ids, such as request ids, event ids and parts of tokens. Ids are unique across
/// mocks.
#[derive(Debug)]
pub(crate) struct IdGenerator {
    seed: [u8; 32],
    generated: AtomicU64,
}

impl IdGenerator {
    pub(crate) fn new(seed: &str) -> Self {
        Self {
            seed: Sha256::digest(seed.as_bytes()).into(),
            generated: AtomicU64::new(0),
        }
    }

    /// Returns 32 lower-case hex digits.
    pub(crate) fn hex(&self) -> String {
        hex(&self.bytes()).chars().take(32).collect()
    }

    /// Returns an id in the 8-4-4-4-12 form of a UUID.
    pub(crate) fn uuid(&self) -> String {
        let hex = self.hex();
        let (a, rest) = hex.split_at(8);
        let (b, rest) = rest.split_at(4);
        let (c, rest) = rest.split_at(4);
        let (d, e) = rest.split_at(4);
        format!("{a}-{b}-{c}-{d}-{e}")
    }

    pub(crate) fn bytes(&self) -> [u8; 32] {
        let number = self.generated.fetch_add(1, Ordering::Relaxed);
        Sha256::new()
            .chain_update(self.seed)
            .chain_update(number.to_be_bytes())
            .finalize()
            .into()
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;

    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}
