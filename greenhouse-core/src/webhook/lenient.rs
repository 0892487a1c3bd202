//! Reading JSON that may have drifted: a value of the wrong type reads as nothing, and never ends the reading.

use std::{borrow::Cow, fmt};

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

mod values;

pub(super) use values::{Id, IdOf, Ids, MAX_IDS, MAX_WORDS, Text, Time, Words};

/// What a value can be read into. Each method takes one kind of JSON value; what is not taken leaves the target as it
/// was, so that it stays empty.
pub(super) trait Lenient<'de> {
    fn number(&mut self, _: i64) {}

    fn text(&mut self, _: Cow<'de, str>) {}

    /// A value that is there and is none of the others: a boolean, or a number that is no 64-bit integer.
    fn other(&mut self) {}

    fn list<A: SeqAccess<'de>>(&mut self, list: A) -> Result<(), A::Error> {
        drain(list)
    }

    fn object<A: MapAccess<'de>>(&mut self, mut members: A) -> Result<(), A::Error> {
        while let Some(Name(name)) = members.next_key()? {
            self.member(&name, &mut members)?;
        }
        Ok(())
    }

    /// Takes the value of an object's member, or passes over it with [`skip`].
    fn member<A: MapAccess<'de>>(&mut self, _: &str, members: &mut A) -> Result<(), A::Error> {
        skip(members)
    }
}

/// Reads a member's value into the target.
pub(super) fn fill<'de, A: MapAccess<'de>>(
    target: &mut impl Lenient<'de>,
    members: &mut A,
) -> Result<(), A::Error> {
    members.next_value_seed(Fill(target))
}

/// Passes over a member's value without keeping any of it.
pub(super) fn skip<'de, A: MapAccess<'de>>(members: &mut A) -> Result<(), A::Error> {
    members.next_value::<IgnoredAny>().map(|_| ())
}

fn drain<'de, A: SeqAccess<'de>>(mut list: A) -> Result<(), A::Error> {
    while list.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

/// A member's name. One without escapes, as all known encoders write the wanted ones, is not copied.
struct Name<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_identifier(NameVisitor)
    }
}

struct NameVisitor;

impl<'de> Visitor<'de> for NameVisitor {
    type Value = Name<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Borrowed(name)))
    }

    fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
        // The wanted names are short.
        Ok(Name(Cow::Owned(values::cut(name).to_owned())))
    }
}

/// Makes a [`Lenient`] target known to serde.
pub(super) struct Fill<'a, T>(pub(super) &'a mut T);

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

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        self.0.other();
        Ok(())
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.0.number(number);
        Ok(())
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        match i64::try_from(number) {
            Ok(number) => self.0.number(number),
            Err(_) => self.0.other(),
        }
        Ok(())
    }

    fn visit_f64<E>(self, number: f64) -> Result<(), E> {
        if number.fract() == 0.0 && number.abs() < EXACT_FLOATS {
            self.0.number(number as i64);
        } else {
            self.0.other();
        }
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.0.text(Cow::Owned(values::cut(text).to_owned()));
        Ok(())
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<(), E> {
        self.0.text(Cow::Borrowed(text));
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<(), A::Error> {
        self.0.list(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<(), A::Error> {
        self.0.object(members)
    }
}

/// From here on a float can stand for several integers.
const EXACT_FLOATS: f64 = 9_007_199_254_740_992.0;
