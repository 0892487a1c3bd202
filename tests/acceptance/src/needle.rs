//! Values that must not be stored.

use base64::{Engine, engine::general_purpose::STANDARD};
use memchr::memmem;

/// A value to search for, plain and in every encoding used by databases, dumps, headers and URLs.
#[derive(Debug)]
pub struct Needle {
    /// Description of the value, for failures that must not show it.
    pub what: String,
    forms: Vec<String>,
}

impl Needle {
    /// Creates a needle from bytes.
    pub fn new(what: impl Into<String>, bytes: impl AsRef<[u8]>) -> Self {
        let bytes = bytes.as_ref();
        assert!(bytes.len() >= 5, "too short for a reliable search");
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let in_url: String = bytes.iter().copied().map(in_url).collect();
        let in_form = in_url.replace("%20", "+");
        let mut forms = vec![as_text(bytes), hex.to_uppercase(), hex, in_url, in_form];
        forms.extend((0..3).map(|ahead| in_base64(bytes, ahead)));
        Self {
            what: what.into(),
            forms,
        }
    }

    /// Returns `true` if the text contains the value. The text has one character for each byte.
    pub fn is_in(&self, text: &str) -> bool {
        let mut forms = self.forms.iter();
        forms.any(|form| memmem::find(text.as_bytes(), form.as_bytes()).is_some())
    }
}

/// Converts bytes to text, one character per byte, so that a text search is fast in debug builds.
pub fn as_text(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

fn in_url(byte: u8) -> String {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        byte => format!("%{byte:02X}"),
    }
}

/// Returns the Base64 characters that depend only on these bytes, if the bytes start `ahead` bytes
/// after a multiple of three.
fn in_base64(bytes: &[u8], ahead: usize) -> String {
    let text = STANDARD.encode([&[0; 3][..ahead], bytes].concat());
    let (begin, end) = ((ahead * 8).div_ceil(6), (ahead + bytes.len()) * 8 / 6);
    text[begin..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_needle_is_found_in_every_form() {
        let needle = Needle::new("a secret", "hunter 2");
        for hidden in [
            "xhunter 2x".to_owned(),
            "\\x0068756e746572203200".to_owned(),
            "0068756E746572203200".to_owned(),
            "?s=hunter%202".to_owned(),
            "?s=hunter+2".to_owned(),
            STANDARD.encode("hunter 2"),
            STANDARD.encode("-hunter 2-"),
            STANDARD.encode("--hunter 2--"),
            STANDARD.encode("---hunter 2"),
        ] {
            assert!(needle.is_in(&hidden), "{hidden}");
        }
        for other in ["", "hunter 3", "hunter", "xhunte\0r 2"] {
            assert!(!needle.is_in(other), "{other}");
        }
    }
}
