use chrono::{DateTime, NaiveDate, Utc};
use serde::{
    Deserialize, Deserializer,
    de::{
        DeserializeSeed, MapAccess, SeqAccess,
        value::{MapAccessDeserializer, SeqAccessDeserializer},
    },
};
use serde_json::Value;

use super::{Fill, Lenient, Read, Tolerant};

/// A scalar type that can be read from several JSON types. Each method returns `None` if it cannot
/// read the value.
pub trait Leaf: Sized {
    /// Reads a string.
    fn of_text(text: &str) -> Option<Self>;

    /// Reads a whole number.
    fn of_integer(_: i64) -> Option<Self> {
        None
    }

    /// Reads a number with a fraction or an exponent.
    fn of_float(_: f64) -> Option<Self> {
        None
    }

    /// Reads a boolean.
    fn of_bool(_: bool) -> Option<Self> {
        None
    }
}

impl<T: Leaf> Tolerant for T {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Read<Self>, D::Error> {
        let mut read = LeafTarget(Read::default());
        Fill(&mut read).deserialize(deserializer)?;
        Ok(read.0)
    }
}

struct LeafTarget<T>(Read<T>);

impl<T> LeafTarget<T> {
    fn take(&mut self, value: Option<T>, rest: impl Into<Value>) {
        self.0.rest = value.is_none().then(|| rest.into());
        self.0.value = value;
    }
}

impl<'de, T: Leaf> Lenient<'de> for LeafTarget<T> {
    fn boolean(&mut self, value: bool) {
        self.take(T::of_bool(value), value);
    }

    fn integer(&mut self, value: i64) {
        self.take(T::of_integer(value), value);
    }

    fn unsigned(&mut self, value: u64) {
        self.take(None, value);
    }

    fn float(&mut self, value: f64) {
        self.take(T::of_float(value), value);
    }

    fn text(&mut self, text: &str) {
        self.take(T::of_text(text), text);
    }

    fn list<A: SeqAccess<'de>>(&mut self, list: A) -> Result<(), A::Error> {
        self.0.rest = Some(Value::deserialize(SeqAccessDeserializer::new(list))?);
        Ok(())
    }

    fn object<A: MapAccess<'de>>(&mut self, members: A) -> Result<(), A::Error> {
        self.0.rest = Some(Value::deserialize(MapAccessDeserializer::new(members))?);
        Ok(())
    }
}

impl Leaf for String {
    fn of_text(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }

    fn of_integer(value: i64) -> Option<Self> {
        Some(value.to_string())
    }

    fn of_float(value: f64) -> Option<Self> {
        Some(value.to_string())
    }

    fn of_bool(value: bool) -> Option<Self> {
        Some(value.to_string())
    }
}

impl Leaf for bool {
    fn of_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn of_integer(value: i64) -> Option<Self> {
        match value {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    fn of_bool(value: bool) -> Option<Self> {
        Some(value)
    }
}

impl Leaf for i64 {
    fn of_text(text: &str) -> Option<Self> {
        text.trim().parse().ok()
    }

    fn of_integer(value: i64) -> Option<Self> {
        Some(value)
    }

    /// Reads a whole number that the float represents exactly.
    fn of_float(value: f64) -> Option<Self> {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "whole, and below 2 to the 53"
        )]
        let whole = value as i64;
        (value.fract() == 0.0 && value.abs() < EXACT_FLOATS).then_some(whole)
    }
}

impl Leaf for f64 {
    fn of_text(text: &str) -> Option<Self> {
        text.parse().ok().filter(|value: &f64| value.is_finite())
    }

    fn of_integer(value: i64) -> Option<Self> {
        #[expect(clippy::cast_precision_loss, reason = "the target type is a float")]
        Some(value as f64)
    }

    fn of_float(value: f64) -> Option<Self> {
        Some(value)
    }
}

impl Leaf for DateTime<Utc> {
    fn of_text(text: &str) -> Option<Self> {
        let time = DateTime::parse_from_rfc3339(text.trim()).ok()?;
        Some(time.with_timezone(&Utc))
    }
}

impl Leaf for NaiveDate {
    /// Reads a date, optionally followed by a time.
    fn of_text(text: &str) -> Option<Self> {
        let day = text.split_once('T').map_or(text, |(day, _)| day);
        day.parse().ok()
    }
}

/// From 2^53 on, one float represents several integers.
const EXACT_FLOATS: f64 = 9_007_199_254_740_992.0;
