use greenhouse_core::Secret;
use serde::{Deserialize, Deserializer, de};

use crate::MetricsConfig;

/// The section `[metrics]`: access to the metrics.
pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<MetricsConfig, D::Error> {
    let section = MetricsSection::deserialize(deserializer)?;
    let mut config = MetricsConfig::default();
    if let Some(token) = section.token {
        let token = token.expose().trim();
        if token.len() < SHORTEST {
            return Err(de::Error::custom(format_args!(
                "expected a token of at least {SHORTEST} characters that cannot be guessed"
            )));
        }
        config.token = Some(Secret::new(token));
    }
    Ok(config)
}

/// Every setting of the section.
pub(super) const SETTINGS: &[&str] = &["token"];

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct MetricsSection {
    token: Option<Secret>,
}

const SHORTEST: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_that_could_be_guessed_is_refused_and_not_shown() {
        let read = |text: &str| read(toml::Deserializer::parse(text).unwrap());
        assert_eq!(read("").unwrap().token, None);
        let token = read("token = ' canary-canary-16 '").unwrap().token;
        assert_eq!(token.unwrap().expose(), "canary-canary-16");
        for short in ["", "                    ", "canary-canary-1"] {
            let error = read(&format!("token = '{short}'")).unwrap_err().to_string();
            assert!(error.contains("at least 16 characters"), "{error}");
            assert!(!error.contains("canary"), "{error}");
        }
    }
}
