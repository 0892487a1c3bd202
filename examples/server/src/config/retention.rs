//! How long what is kept for a time is kept.

use std::time::Duration;

use greenhouse_core::retention::RetentionConfig;
use serde::{Deserialize, Deserializer, de};

use super::times::{SHORTEST_PERIOD, Seconds, seconds};
use crate::document::Variable;

/// The section `[retention]`. Whatever it does not name is [`RetentionConfig`]'s default.
pub(super) fn retention<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<RetentionConfig, D::Error> {
    let section = RetentionSection::deserialize(deserializer)?;
    let mut config = RetentionConfig::default();
    section.bodies_days.put(&mut config.bodies);
    section.deliveries_days.put(&mut config.deliveries);
    section.log_days.put(&mut config.log);
    section.every_seconds.put(&mut config.every);
    if config.deliveries < DAY {
        return Err(de::Error::custom(format_args!(
            "deliveries_days ({}) must be at least 1: Greenhouse repeats a webhook for some 15 hours, and one that is not \
             remembered by then takes effect a second time",
            days(config.deliveries)
        )));
    }
    if config.bodies > config.deliveries {
        return Err(de::Error::custom(format_args!(
            "bodies_days ({}) must not be above deliveries_days ({}): a body goes with what is remembered of its webhook",
            days(config.bodies),
            days(config.deliveries)
        )));
    }
    if config.log < DAY {
        return Err(de::Error::custom(format_args!(
            "log_days ({}) must be at least 1: health tells what failed within a day",
            days(config.log)
        )));
    }
    if config.every < SHORTEST_PERIOD {
        return Err(de::Error::custom(format_args!(
            "every_seconds ({}) must be at least {}: every time searches the database",
            config.every.as_secs_f64(),
            SHORTEST_PERIOD.as_secs()
        )));
    }
    Ok(config)
}

/// The environment variables of the section, and where each goes.
pub(super) const VARIABLES: [Variable; 4] = [
    seconds(
        "GREENHOUSE_RETENTION_BODIES_DAYS",
        &["retention", "bodies_days"],
    ),
    seconds(
        "GREENHOUSE_RETENTION_DELIVERIES_DAYS",
        &["retention", "deliveries_days"],
    ),
    seconds("GREENHOUSE_RETENTION_LOG_DAYS", &["retention", "log_days"]),
    seconds(
        "GREENHOUSE_RETENTION_EVERY_SECONDS",
        &["retention", "every_seconds"],
    ),
];

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RetentionSection {
    bodies_days: Days,
    deliveries_days: Days,
    log_days: Days,
    every_seconds: Seconds,
}

/// A time in days that may be left out; decimals allowed.
#[derive(Default)]
struct Days(Option<Duration>);

impl Days {
    /// Puts it in the place of the default.
    fn put(self, default: &mut Duration) {
        if let Some(time) = self.0 {
            *default = time;
        }
    }
}

impl<'de> Deserialize<'de> for Days {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let days = f64::deserialize(deserializer)?;
        let time = Duration::try_from_secs_f64(days * DAY.as_secs_f64()).ok();
        match time.filter(|time| !time.is_zero() && *time <= LONGEST) {
            Some(time) => Ok(Self(Some(time))),
            None => Err(de::Error::custom(format_args!(
                "{days} is not a time to keep something: a number of days above 0 and up to {} is expected",
                LONGEST.as_secs() / DAY.as_secs()
            ))),
        }
    }
}

fn days(time: Duration) -> f64 {
    time.as_secs_f64() / DAY.as_secs_f64()
}

const DAY: Duration = Duration::from_secs(24 * 3600);
/// What is longer was meant in another unit.
const LONGEST: Duration = Duration::from_secs(3650 * 24 * 3600);

#[cfg(test)]
mod tests;
