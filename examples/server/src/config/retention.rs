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
            "deliveries ({deliveries}) must be at least 1d: Greenhouse repeats a webhook for about 15 hours, \
             and a repeated webhook takes effect twice if its delivery is deleted"
        )));
    }
    if config.bodies > config.deliveries {
        return Err(de::Error::custom(format_args!(
            "bodies ({bodies}) must not be above deliveries ({deliveries}): a body is deleted with its delivery"
        )));
    }
    if config.log < DAY {
        return Err(de::Error::custom(format_args!(
            "log ({}) must be at least 1d: health reports the failures of the last day",
            format_duration(config.log)
        )));
    }
    if config.every < MIN_PERIOD {
        return Err(de::Error::custom(format_args!(
            "every ({}) must be at least {}: each run searches the database",
            format_duration(config.every),
            format_duration(MIN_PERIOD)
        )));
    }
    Ok(config)
}

const DAY: Duration = Duration::from_secs(section::DAY);
const MIN_PERIOD: Duration = Duration::from_secs(60);
