use std::{borrow::Cow, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor, value::SeqAccessDeserializer},
};
use serde_json::{Map, Value};

use super::{Read, nested::hand_back_what_is_not_nested};

/// A type that is read member by member; written by [`row!`](crate::row) and [`part!`](crate::row).
pub(crate) trait Members: Sized {
    /// Nothing read yet.
    fn empty() -> Self;

    /// Reads the value of the member of this name, where there is one.
    fn member<'de, A: MapAccess<'de>>(
        &mut self,
        name: &str,
        map: &mut A,
    ) -> Result<Member, A::Error>;

    /// Where the others are kept.
    fn unknown(&mut self) -> &mut Map<String, Value>;
}

/// What became of one member.
pub(crate) enum Member {
    /// There is none of this name; nothing was read.
    Unknown,
    /// It was read, as far as it could be.
    Known,
    /// It was read, and says which row it is.
    Id,
}

/// Reads a row, which has to have its id.
pub(crate) fn row<'de, T: Members, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_map(RowVisitor(PhantomData))
}

/// Reads a part of a row. What is no object is handed back.
pub(crate) fn part<'de, T: Members, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Read<T>, D::Error> {
    deserializer.deserialize_any(PartVisitor(PhantomData))
}

struct RowVisitor<T>(PhantomData<fn() -> T>);

impl<'de, T: Members> Visitor<'de> for RowVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        match members(map)? {
            (row, true) => Ok(row),
            (_, false) => Err(A::Error::missing_field("id")),
        }
    }
}

struct PartVisitor<T>(PhantomData<fn() -> T>);

impl<'de, T: Members> Visitor<'de> for PartVisitor<T> {
    type Value = Read<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Read<T>, A::Error> {
        members(map).map(|(part, _)| Read::value(part))
    }

    hand_back_what_is_not_nested!();

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Read<T>, A::Error> {
        Value::deserialize(SeqAccessDeserializer::new(seq)).map(Read::rest)
    }
}

/// What was read, and whether its id was among it.
fn members<'de, T: Members, A: MapAccess<'de>>(mut map: A) -> Result<(T, bool), A::Error> {
    let (mut read, mut has_id) = (T::empty(), false);
    while let Some(name) = map.next_key_seed(Name)? {
        match read.member(&name, &mut map)? {
            Member::Id => has_id = true,
            Member::Known => {}
            Member::Unknown => {
                let value = map.next_value()?;
                read.unknown().insert(name.into_owned(), value);
            }
        }
    }
    Ok((read, has_id))
}

/// The name of a member, without a copy where the text has no escapes.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
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
