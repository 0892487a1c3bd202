//! Reading JSON that may have drifted: a value of the wrong type reads as nothing, and never ends the reading.

use std::{borrow::Cow, fmt, marker::PhantomData};

use chrono::{DateTime, SubsecRound, Utc};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// What a kind of JSON value means to a reader; by default nothing.
pub(super) trait Lenient<'de>: Default {
    fn number(_: i64) -> Self {
        Self::default()
    }

    fn text(_: Cow<'de, str>) -> Self {
        Self::default()
    }

    /// A value that is there and is none of the others: a boolean, or a number that is no 64-bit integer.
    fn other() -> Self {
        Self::default()
    }

    fn list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Self::default())
    }

    fn object<A: MapAccess<'de>>(mut members: A) -> Result<Self, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self::default())
    }
}

/// An object of which some members are wanted. The last of several members with one name counts.
pub(super) trait Members<'de>: Default {
    /// Takes the value of a member, which must be read even where it is not wanted: see [`skip`].
    fn member<A: MapAccess<'de>>(&mut self, name: &str, members: &mut A) -> Result<(), A::Error>;
}

/// Reads the next value as `T`.
pub(super) fn next<'de, T: Lenient<'de>, A: MapAccess<'de>>(
    members: &mut A,
) -> Result<T, A::Error> {
    members.next_value::<Read<T>>().map(|read| read.0)
}

/// Passes over the next value without keeping any of it.
pub(super) fn skip<'de, A: MapAccess<'de>>(members: &mut A) -> Result<(), A::Error> {
    members.next_value::<IgnoredAny>().map(|_| ())
}

/// Makes a [`Lenient`] reading known to serde.
pub(super) struct Read<T>(pub(super) T);

impl<'de, T: Lenient<'de>> Deserialize<'de> for Read<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer
            .deserialize_any(AnyValue(PhantomData))
            .map(Self)
    }
}

/// An object's wanted members, if it was an object at all.
#[derive(Default)]
pub(super) struct Object<T>(pub(super) Option<T>);

impl<'de, T: Members<'de>> Lenient<'de> for Object<T> {
    fn object<A: MapAccess<'de>>(mut members: A) -> Result<Self, A::Error> {
        let mut object = T::default();
        while let Some(Name(name)) = members.next_key()? {
            object.member(&name, &mut members)?;
        }
        Ok(Self(Some(object)))
    }
}

/// An id: a number, or the same as text.
#[derive(Default, Clone, Copy)]
pub(super) struct Id(pub(super) Option<i64>);

impl<'de> Lenient<'de> for Id {
    fn number(number: i64) -> Self {
        Self(Some(number))
    }

    fn text(text: Cow<'de, str>) -> Self {
        Self(text.trim().parse().ok())
    }
}

/// The id of a thing: under `id` where the thing is an object, or the value itself.
///
/// Things are most of a body, and their id stands at their head. So they are taken as raw text, which serde_json passes
/// over faster than over members one by one, and read no further than to the id.
#[derive(Default, Clone, Copy)]
pub(super) struct IdOf(pub(super) Option<i64>);

impl<'de> Deserialize<'de> for IdOf {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let thing = <&RawValue>::deserialize(deserializer)?.get();
        Ok(Self(id_at_head(thing).or_else(|| id_anywhere(thing))))
    }
}

fn id_at_head(object: &str) -> Option<i64> {
    let name = object.strip_prefix('{')?.trim_ascii_start();
    let colon = name.strip_prefix("\"id\"")?.trim_ascii_start();
    let value = colon.strip_prefix(':')?.trim_ascii_start();
    let (digits, rest) = value.split_at(value.bytes().position(|byte| !byte.is_ascii_digit())?);
    // What follows a plain number is the next member or the end, not a fraction.
    if rest.trim_ascii_start().starts_with([',', '}']) {
        digits.parse().ok()
    } else {
        None
    }
}

fn id_anywhere(thing: &str) -> Option<i64> {
    if thing.starts_with('{') {
        let Read(Object(object)) = serde_json::from_str::<Read<Object<Thing>>>(thing).ok()?;
        object?.id.0
    } else {
        serde_json::from_str::<Read<Id>>(thing).ok()?.0.0
    }
}

#[derive(Default)]
struct Thing {
    id: Id,
}

impl<'de> Members<'de> for Thing {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, members: &mut A) -> Result<(), A::Error> {
        match name {
            "id" => self.id = next(members)?,
            _ => skip(members)?,
        }
        Ok(())
    }
}

/// A list of ids. Elements that hold none are passed over; after [`MAX_IDS`] no more are kept.
#[derive(Default)]
pub(super) struct Ids {
    pub(super) ids: Vec<i64>,
    pub(super) cut: bool,
}

impl<'de> Lenient<'de> for Ids {
    fn list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        let mut read = Self::default();
        while let Some(IdOf(id)) = list.next_element()? {
            if let Some(id) = id {
                if read.ids.len() == MAX_IDS {
                    read.cut = true;
                    break;
                }
                read.ids.push(id);
            }
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(read)
    }
}

/// A text, without blanks around it and cut to [`MAX_TEXT`] bytes; nothing if that leaves nothing.
#[derive(Default)]
pub(super) struct Text<'de>(pub(super) Option<Cow<'de, str>>);

impl<'de> Lenient<'de> for Text<'de> {
    fn text(text: Cow<'de, str>) -> Self {
        let kept = match text {
            Cow::Borrowed(text) => Cow::Borrowed(cut(text)),
            Cow::Owned(text) => Cow::Owned(cut(&text).to_owned()),
        };
        Self(Some(kept).filter(|text| !text.is_empty()))
    }
}

impl Text<'_> {
    pub(super) fn into_owned(self) -> Option<String> {
        self.0.map(Cow::into_owned)
    }
}

/// A list of words. One that is no text is kept as an empty one, so that it is not lost; after [`MAX_WORDS`] no more
/// are kept.
#[derive(Default)]
pub(super) struct Words {
    pub(super) words: Vec<String>,
    pub(super) cut: bool,
}

impl<'de> Lenient<'de> for Words {
    fn number(_: i64) -> Self {
        Self::other()
    }

    fn text(text: Cow<'de, str>) -> Self {
        Self {
            words: vec![cut(&text).to_owned()],
            cut: false,
        }
    }

    fn other() -> Self {
        Self {
            words: vec![String::new()],
            cut: false,
        }
    }

    fn list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        let mut read = Self::default();
        while let Some(Read(text)) = list.next_element::<Read<Text<'de>>>()? {
            if read.words.len() == MAX_WORDS {
                read.cut = true;
                break;
            }
            read.words.push(text.into_owned().unwrap_or_default());
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(read)
    }

    fn object<A: MapAccess<'de>>(mut members: A) -> Result<Self, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self::other())
    }
}

/// A time, in whole seconds: application bodies have no fractions, and Harvest's must compare with them.
#[derive(Default)]
pub(super) struct Time(pub(super) Option<DateTime<Utc>>);

impl<'de> Lenient<'de> for Time {
    fn text(text: Cow<'de, str>) -> Self {
        let time = DateTime::parse_from_rfc3339(text.trim()).ok();
        Self(time.map(|time| time.to_utc().trunc_subsecs(0)))
    }
}

/// The text without blanks around it, at most [`MAX_TEXT`] bytes of it.
fn cut(text: &str) -> &str {
    let text = text.trim();
    if text.len() <= MAX_TEXT {
        return text;
    }
    (0..=MAX_TEXT)
        .rev()
        .find_map(|end| text.get(..end))
        .unwrap_or_default()
}

/// A member's name.
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
        Ok(Name(Cow::Owned(cut(name).to_owned())))
    }
}

struct AnyValue<T>(PhantomData<T>);

impl<'de, T: Lenient<'de>> Visitor<'de> for AnyValue<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_bool<E>(self, _: bool) -> Result<T, E> {
        Ok(T::other())
    }

    fn visit_i64<E>(self, number: i64) -> Result<T, E> {
        Ok(T::number(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<T, E> {
        Ok(i64::try_from(number).map_or_else(|_| T::other(), T::number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<T, E> {
        let whole = number.fract() == 0.0 && number.abs() < EXACT_FLOATS;
        #[expect(clippy::cast_possible_truncation, reason = "whole and in range")]
        Ok(if whole {
            T::number(number as i64)
        } else {
            T::other()
        })
    }

    fn visit_str<E>(self, text: &str) -> Result<T, E> {
        Ok(T::text(Cow::Owned(cut(text).to_owned())))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<T, E> {
        Ok(T::text(Cow::Borrowed(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<T, A::Error> {
        T::list(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
        T::object(members)
    }
}

/// How many ids of one list are kept. A person with more applications has not been seen.
pub(super) const MAX_IDS: usize = 10_000;

/// How many words of one list are kept; about 40 are documented.
pub(super) const MAX_WORDS: usize = 1_000;

/// How many bytes of a text are kept: names of stages and of fields are shorter.
const MAX_TEXT: usize = 255;

/// From here on a float can stand for several integers.
const EXACT_FLOATS: f64 = 9_007_199_254_740_992.0;
