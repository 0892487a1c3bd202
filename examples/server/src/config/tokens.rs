use greenhouse_harvest::TokenConfig;
use serde::{Deserialize, Deserializer, de};

use super::section::{Span, format_duration, section};

section! {
    /// The section `[tokens]`: deadlines for Harvest token requests.
    TokensSection for TokenConfig {
        deadline: Span => deadline,
        lease: Span => lease,
    }
}

pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<TokenConfig, D::Error> {
    let config = TokensSection::deserialize(deserializer)?.over_defaults();
    if config.lease < config.deadline.saturating_mul(2) {
        return Err(de::Error::custom(format_args!(
            "lease ({}) must be at least twice deadline ({}), because a request must end before \
             its lease expires",
            format_duration(config.lease),
            format_duration(config.deadline)
        )));
    }
    Ok(config)
}
