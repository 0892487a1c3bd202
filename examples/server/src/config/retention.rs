use std::time::Duration;

use greenhouse_core::retention::RetentionConfig;
use serde::{Deserialize, Deserializer, de};

use super::section::{self, DECADE, Span, section, shown};

section! {
    /// The section `[retention]`: how long data is kept.
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
    let (bodies, deliveries) = (shown(config.bodies), shown(config.deliveries));
    if config.deliveries < DAY {
        return Err(de::Error::custom(format_args!(
            "deliveries ({deliveries}) must be at least 1d: Greenhouse repeats a webhook for about 15 hours, and one that \
             is forgotten by then takes effect twice"
        )));
    }
    if config.bodies > config.deliveries {
        return Err(de::Error::custom(format_args!(
            "bodies ({bodies}) must not be above deliveries ({deliveries}): a body is deleted with its delivery"
        )));
    }
    if config.log < DAY {
        return Err(de::Error::custom(format_args!(
            "log ({}) must be at least 1d: health reports the failures of a day",
            shown(config.log)
        )));
    }
    if config.every < SHORTEST_PERIOD {
        return Err(de::Error::custom(format_args!(
            "every ({}) must be at least {}: each run searches the database",
            shown(config.every),
            shown(SHORTEST_PERIOD)
        )));
    }
    Ok(config)
}

const DAY: Duration = Duration::from_secs(section::DAY);
const SHORTEST_PERIOD: Duration = Duration::from_secs(60);
