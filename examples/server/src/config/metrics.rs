use greenhouse_core::Secret;
use serde::{Deserialize, Deserializer, de};

use crate::MetricsConfig;

/// Reads the section `[metrics]`: access to the metrics.
pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<MetricsConfig, D::Error> {
    let section = MetricsSection::deserialize(deserializer)?;
    let mut config = MetricsConfig::default();
    if let Some(token) = section.token {
        let length = token.expose().trim().chars().count();
        if length < Secret::SAFE_LENGTH {
            return Err(de::Error::custom(format_args!(
                "expected a random token of at least {} characters, got {length}; create one with \
                 `openssl rand -hex 32`",
                Secret::SAFE_LENGTH
            )));
        }
        token.check().map_err(de::Error::custom)?;
        config.token = Some(token);
    }
    Ok(config)
}

/// Settings of the section.
pub(super) const SETTINGS: &[&str] = &["token"];

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct MetricsSection {
    token: Option<Secret>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_token_is_rejected_and_not_shown() {
        let read = |text: &str| read(toml::Deserializer::parse(text).unwrap());
        assert_eq!(read("").unwrap().token, None);
        let token = read("token = 'canary-canary-16'").unwrap().token;
        assert_eq!(token.unwrap().expose(), "canary-canary-16");
        for short in ["", "                    ", "canary-canary-1"] {
            let error = read(&format!("token = '{short}'")).unwrap_err().to_string();
            assert!(error.contains("at least 16 characters"), "{error}");
            assert!(!error.contains("canary"), "{error}");
        }
        for (pasted, expected) in [
            (" canary-canary-16", "begins or ends with a space"),
            ("canary-canary-16\\n", "line break"),
            ("canary-canary-16\u{200b}", "an invisible character"),
            ("\u{202e}canary-canary-16", "an invisible character"),
        ] {
            let error = read(&format!("token = \"{pasted}\""))
                .unwrap_err()
                .to_string();
            assert!(error.contains(expected), "{error}");
            assert!(!error.contains("canary"), "{error}");
        }
    }
}
