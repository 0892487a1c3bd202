use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor, value::SeqAccessDeserializer},
};
use serde_json::{Map, Value};

use super::{Fill, Lenient, Read, lenient::Name, nested::keep_scalars};

/// A type that is read member by member.
pub trait Members: Sized {
    /// Returns a value with no members.
    fn empty() -> Self;

    /// Reads the value of the member with this name. Returns [`Member::Unknown`], without reading
    /// the value, if the type has no such member.
    ///
    /// # Errors
    ///
    /// The deserializer's error.
    fn member<'de, A: MapAccess<'de>>(
        &mut self,
        name: &str,
        map: &mut A,
    ) -> Result<Member, A::Error>;

    /// Members whose names the type does not have.
    fn unknown(&mut self) -> &mut Map<String, Value>;
}

/// The result of reading one member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Member {
    /// The type has no member with this name. The value was not read.
    Unknown,
    /// The value was read as far as possible.
    Known,
    /// The value was read, and it is the id of the row.
    Id,
}

/// Reads a row: an object with an id.
///
/// # Errors
///
/// The deserializer's error, or an error if the member `id` is missing.
pub fn row<'de, T: Members, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_map(RowVisitor(PhantomData))
}

/// Reads an object inside a row. A value that is not an object is kept in [`Read::rest`].
///
/// # Errors
///
/// The deserializer's error.
pub fn part<'de, T: Members, D: Deserializer<'de>>(deserializer: D) -> Result<Read<T>, D::Error> {
    let mut part = PartTarget(Read::default());
    Fill(&mut part).deserialize(deserializer)?;
    Ok(part.0)
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

struct PartTarget<T>(Read<T>);

impl<'de, T: Members> Lenient<'de> for PartTarget<T> {
    keep_scalars!();

    fn list<A: SeqAccess<'de>>(&mut self, list: A) -> Result<(), A::Error> {
        self.0.rest = Some(Value::deserialize(SeqAccessDeserializer::new(list))?);
        Ok(())
    }

    fn object<A: MapAccess<'de>>(&mut self, map: A) -> Result<(), A::Error> {
        self.0.value = Some(members(map)?.0);
        Ok(())
    }
}

/// Reads all members. Also returns `true` if the id is among them.
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
