use std::time::Duration;

use greenhouse_core::retention::RetentionConfig;
use serde::{Deserialize, Deserializer, de};

use super::section::{self, DECADE, Span, format_duration, section};

section! {
    /// The section `[retention]`: retention of stored data.
    RetentionSection for RetentionConfig {
        bodies: Span<DECADE> => bodies,
        deliveries: Span<DECADE> => deliveries,
        log: Span<DECADE> => log,
        every: Span => every,
    }
}

pub(super) fn read<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<RetentionConfig, D::Error> {
    let config = RetentionSection::deserialize(deserializer)?.over_defaults();
    let (bodies, deliveries) = (
        format_duration(config.bodies),
        format_duration(config.deliveries),
    );
    if config.deliveries < DAY {
        return Err(de::Error::custom(format_args!(
            "deliveries ({deliveries}) must be at least 1d, because Greenhouse retries a webhook \
             for about 15 hours, and a retried webhook takes effect twice if its delivery has been \
             deleted"
        )));
    }
    if config.bodies > config.deliveries {
        return Err(de::Error::custom(format_args!(
            "bodies ({bodies}) must not exceed deliveries ({deliveries}), because a body is \
             deleted with its delivery"
        )));
    }
    if config.log < DAY {
        return Err(de::Error::custom(format_args!(
            "log ({}) must be at least 1d, because health reports the failures of the last day",
            format_duration(config.log)
        )));
    }
    if config.every < MIN_PERIOD {
        return Err(de::Error::custom(format_args!(
            "every ({}) must be at least {}, because each run searches the database",
            format_duration(config.every),
            format_duration(MIN_PERIOD)
        )));
    }
    Ok(config)
}

const DAY: Duration = Duration::from_secs(section::DAY);
const MIN_PERIOD: Duration = Duration::from_secs(60);
