//! Visitor shared by all readers.

use std::{borrow::Cow, fmt};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Target for a JSON value. Each method receives one kind of value. By default, it ignores the
/// value and leaves the target unchanged.
pub trait Lenient<'de> {
    /// Receives a boolean.
    fn boolean(&mut self, _: bool) {}

    /// Receives a whole number.
    fn integer(&mut self, _: i64) {}

    /// Receives a number with a fraction or an exponent.
    fn float(&mut self, _: f64) {}

    /// Receives a whole number above the range of `i64`.
    fn unsigned(&mut self, _: u64) {}

    /// Receives a string.
    fn text(&mut self, _: &str) {}

    /// Receives a string that borrows from the input.
    fn borrowed_text(&mut self, text: &'de str) {
        self.text(text);
    }

    /// Receives an array.
    ///
    /// # Errors
    ///
    /// The deserializer's error.
    fn list<A: SeqAccess<'de>>(&mut self, list: A) -> Result<(), A::Error> {
        drain(list)
    }

    /// Receives an object. By default, passes each member to [`member`](Self::member).
    ///
    /// # Errors
    ///
    /// The deserializer's error.
    fn object<A: MapAccess<'de>>(&mut self, mut members: A) -> Result<(), A::Error> {
        while let Some(name) = members.next_key_seed(Name)? {
            self.member(&name, &mut members)?;
        }
        Ok(())
    }

    /// Receives the value of an object's member. The value must be read with [`fill`] or [`skip`].
    ///
    /// # Errors
    ///
    /// The deserializer's error.
    fn member<A: MapAccess<'de>>(&mut self, _: &str, members: &mut A) -> Result<(), A::Error> {
        skip(members)
    }
}

/// Reads a member's value into the target.
///
/// # Errors
///
/// The deserializer's error.
pub fn fill<'de, A: MapAccess<'de>>(
    target: &mut impl Lenient<'de>,
    members: &mut A,
) -> Result<(), A::Error> {
    members.next_value_seed(Fill(target))
}

/// Skips a member's value without keeping any of it.
///
/// # Errors
///
/// The deserializer's error.
pub fn skip<'de, A: MapAccess<'de>>(members: &mut A) -> Result<(), A::Error> {
    members.next_value::<IgnoredAny>().map(|_| ())
}

/// Skips the remaining elements of an array.
///
/// # Errors
///
/// The deserializer's error.
pub fn drain<'de, A: SeqAccess<'de>>(mut list: A) -> Result<(), A::Error> {
    while list.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

/// Name of a member, borrowed if it contains no escapes.
pub(super) struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}

/// A serde seed that reads any value into a [`Lenient`] target.
#[derive(Debug)]
pub struct Fill<'a, T>(pub &'a mut T);

impl<'de, T: Lenient<'de>> DeserializeSeed<'de> for Fill<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Lenient<'de>> Visitor<'de> for Fill<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.0.boolean(value);
        Ok(())
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.0.integer(number);
        Ok(())
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        match i64::try_from(number) {
            Ok(number) => self.0.integer(number),
            Err(_) => self.0.unsigned(number),
        }
        Ok(())
    }

    fn visit_f64<E>(self, number: f64) -> Result<(), E> {
        self.0.float(number);
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.0.text(text);
        Ok(())
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<(), E> {
        self.0.borrowed_text(text);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<(), A::Error> {
        self.0.list(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<(), A::Error> {
        self.0.object(members)
    }
}
