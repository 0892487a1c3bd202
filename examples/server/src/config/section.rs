//! What the sections of the configuration have in common.

use std::time::Duration;

use serde::{Deserialize, Deserializer, de};

/// Declares a section of the configuration file: each setting, how it is read, and the member of the library's configuration
/// that it replaces. Settings behind `besides` are read and left to the section's own code.
macro_rules! section {
    (
        $(#[$doc:meta])*
        $name:ident for $config:ty {
            $($setting:ident: $kind:ty => $member:ident,)*
        }
        $(besides { $($other:ident: $other_kind:ty,)* })?
    ) => {
        $(#[$doc])*
        #[derive(Default, serde::Deserialize)]
        #[serde(deny_unknown_fields, default)]
        struct $name {
            $($setting: $kind,)*
            $($($other: $other_kind,)*)?
        }

        impl $name {
            /// The defaults, replaced by what the section names.
            fn over_defaults(&self) -> $config {
                let mut config = <$config>::default();
                $($crate::config::section::Setting::put(&self.$setting, &mut config.$member);)*
                config
            }
        }

        /// Every setting of the section.
        pub(super) const SETTINGS: &[&str] = &[
            $(stringify!($setting),)*
            $($(stringify!($other),)*)?
        ];
    };
}
pub(super) use section;

/// A setting that may be left out.
pub(super) trait Setting<T> {
    /// Replaces the default if the file names the setting.
    fn put(&self, default: &mut T);
}

impl<T: Copy> Setting<T> for Option<T> {
    fn put(&self, default: &mut T) {
        if let Some(value) = *self {
            *default = value;
        }
    }
}

/// A duration such as `"30s"` or `"2h 30m"`: above 0 and up to `MOST` seconds.
#[derive(Default)]
pub(super) struct Span<const MOST: u64 = DAY>(Option<Duration>);

impl<const MOST: u64> Setting<Duration> for Span<MOST> {
    fn put(&self, default: &mut Duration) {
        self.0.put(default);
    }
}

impl<'de, const MOST: u64> Deserialize<'de> for Span<MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let time: Duration = humantime_serde::deserialize(deserializer)?;
        if time.is_zero() || time > Duration::from_secs(MOST) {
            return Err(de::Error::custom(format_args!(
                "expected a duration above 0 and up to {} days, got {}",
                MOST / DAY,
                shown(time)
            )));
        }
        Ok(Self(Some(time)))
    }
}

/// A whole number from `LEAST` to `MOST`. The environment names it as text.
#[derive(Default)]
pub(super) struct Number<const LEAST: usize, const MOST: usize>(Option<usize>);

impl<const LEAST: usize, const MOST: usize> Setting<usize> for Number<LEAST, MOST> {
    fn put(&self, default: &mut usize) {
        self.0.put(default);
    }
}

impl<'de, const LEAST: usize, const MOST: usize> Deserialize<'de> for Number<LEAST, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = match toml::Value::deserialize(deserializer)? {
            toml::Value::Integer(number) => usize::try_from(number).ok(),
            toml::Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        match number.filter(|number| (LEAST..=MOST).contains(number)) {
            Some(number) => Ok(Self(Some(number))),
            None => Err(de::Error::custom(format_args!(
                "expected a whole number from {LEAST} to {MOST}"
            ))),
        }
    }
}

/// A duration as it is written in the configuration.
pub(super) fn shown(time: Duration) -> String {
    match time.as_secs() {
        days if time.subsec_nanos() == 0 && days > 0 && days % DAY == 0 => {
            format!("{}d", days / DAY)
        }
        _ => humantime::format_duration(time).to_string(),
    }
}

/// The longest duration by default: what is longer was meant in another unit.
pub(super) const DAY: u64 = 24 * 3600;
pub(super) const WEEK: u64 = 7 * DAY;
pub(super) const QUARTER: u64 = 90 * DAY;
pub(super) const DECADE: u64 = 3650 * DAY;
