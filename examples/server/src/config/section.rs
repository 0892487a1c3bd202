//! Common parts of the configuration sections.

use std::time::Duration;

use serde::{Deserialize, Deserializer, de};

/// Declares a section of the configuration file: each setting, its type, and the member of the
/// library's configuration that it overrides. The section's own code handles settings after
/// `besides`.
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
            /// Returns the defaults, overridden by the section.
            fn over_defaults(&self) -> $config {
                let mut config = <$config>::default();
                $($crate::config::section::Setting::put(&self.$setting, &mut config.$member);)*
                config
            }
        }

        /// Settings of the section.
        pub(super) const SETTINGS: &[&str] = &[
            $(stringify!($setting),)*
            $($(stringify!($other),)*)?
        ];
    };
}
pub(super) use section;

/// Optional setting.
pub(super) trait Setting<T> {
    /// Replaces the default if the setting is present.
    fn put(&self, default: &mut T);
}

impl<T: Copy> Setting<T> for Option<T> {
    fn put(&self, default: &mut T) {
        if let Some(value) = *self {
            *default = value;
        }
    }
}

/// Duration such as `"30s"` or `"2h 30m"`, above 0 and up to `MOST` seconds.
#[derive(Default)]
pub(super) struct Span<const MOST: u64 = DAY>(Option<Duration>);

impl<const MOST: u64> Setting<Duration> for Span<MOST> {
    fn put(&self, default: &mut Duration) {
        self.0.put(default);
    }
}

impl<'de, const MOST: u64> Deserialize<'de> for Span<MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = toml::Value::deserialize(deserializer)?;
        let time = duration(&value)?;
        if time.is_zero() || time > Duration::from_secs(MOST) {
            let days = MOST / DAY;
            return Err(de::Error::custom(format_args!(
                "expected a duration above 0 and up to {days} day{}, got {}",
                if days == 1 { "" } else { "s" },
                format_duration(time)
            )));
        }
        Ok(Self(Some(time)))
    }
}

/// Duration from `"0s"` to a day.
#[derive(Default)]
pub(super) struct SpanOrZero(Option<Duration>);

impl Setting<Duration> for SpanOrZero {
    fn put(&self, default: &mut Duration) {
        self.0.put(default);
    }
}

impl<'de> Deserialize<'de> for SpanOrZero {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = toml::Value::deserialize(deserializer)?;
        let time = duration(&value)?;
        if time > Duration::from_secs(DAY) {
            return Err(de::Error::custom(format_args!(
                "expected a duration up to 1 day, got {}",
                format_duration(time)
            )));
        }
        Ok(Self(Some(time)))
    }
}

fn duration<E: de::Error>(value: &toml::Value) -> Result<Duration, E> {
    let time = match value {
        toml::Value::String(text) => humantime::parse_duration(text.trim()).ok(),
        _ => None,
    };
    time.ok_or_else(|| {
        E::custom(format_args!(
            "expected a duration with its unit, such as \"30s\" or \"2h 30m\", got {}",
            describe_value(value)
        ))
    })
}

/// Whole number from `LEAST` to `MOST`. Also accepts text, because environment variables are text.
#[derive(Default)]
pub(super) struct Number<const LEAST: usize, const MOST: usize>(Option<usize>);

impl<const LEAST: usize, const MOST: usize> Setting<usize> for Number<LEAST, MOST> {
    fn put(&self, default: &mut usize) {
        self.0.put(default);
    }
}

impl<'de, const LEAST: usize, const MOST: usize> Deserialize<'de> for Number<LEAST, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = toml::Value::deserialize(deserializer)?;
        let number = match &value {
            toml::Value::Integer(number) => usize::try_from(*number).ok(),
            toml::Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        match number.filter(|number| (LEAST..=MOST).contains(number)) {
            Some(number) => Ok(Self(Some(number))),
            None => Err(de::Error::custom(format_args!(
                "expected a whole number from {LEAST} to {MOST}, got {}",
                describe_value(&value)
            ))),
        }
    }
}

/// `true` or `false`.
#[derive(Default)]
pub(super) struct Switch(Option<bool>);

impl Setting<bool> for Switch {
    fn put(&self, default: &mut bool) {
        self.0.put(default);
    }
}

impl<'de> Deserialize<'de> for Switch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match toml::Value::deserialize(deserializer)? {
            toml::Value::Boolean(value) => Ok(Self(Some(value))),
            value => Err(de::Error::custom(format_args!(
                "expected true or false, got {}",
                describe_value(&value)
            ))),
        }
    }
}

/// Formats the value of a setting that is not a secret.
fn describe_value(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => format!("{text:?}"),
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Float(number) => number.to_string(),
        toml::Value::Boolean(value) => value.to_string(),
        toml::Value::Array(_) => "a list".to_owned(),
        toml::Value::Table(_) => "a table".to_owned(),
        toml::Value::Datetime(_) => "a date".to_owned(),
    }
}

/// Formats a duration as in the configuration.
pub(super) fn format_duration(time: Duration) -> String {
    match time.as_secs() {
        days if time.subsec_nanos() == 0 && days > 0 && days % DAY == 0 => {
            format!("{}d", days / DAY)
        }
        _ => humantime::format_duration(time).to_string(),
    }
}

/// Default maximum of a duration, in seconds. A longer duration probably has the wrong unit.
pub(super) const DAY: u64 = 24 * 3600;
pub(super) const WEEK: u64 = 7 * DAY;
pub(super) const QUARTER: u64 = 90 * DAY;
pub(super) const DECADE: u64 = 3650 * DAY;
