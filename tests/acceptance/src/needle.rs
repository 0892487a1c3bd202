//! What must not be found.

use base64::{Engine, engine::general_purpose::STANDARD};

/// What is searched for: as it is, and in every form that a database, a dump, a header or a URL gives it.
#[derive(Debug)]
pub struct Needle {
    /// What it is, for a failure that does not show it.
    pub what: String,
    forms: Vec<String>,
}

impl Needle {
    /// These bytes.
    pub fn new(what: impl Into<String>, bytes: impl AsRef<[u8]>) -> Self {
        let bytes = bytes.as_ref();
        assert!(bytes.len() >= 5, "too short to be told from chance");
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

    /// Whether it is in this text, of a character for each byte.
    pub fn is_in(&self, text: &str) -> bool {
        self.forms.iter().any(|form| text.contains(form))
    }
}

/// A character for each byte: the search for a text is fast even where nothing is optimised.
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

/// The characters that these bytes give wherever they are in a text, `ahead` bytes behind a multiple of three.
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
