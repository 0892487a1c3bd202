//! Reading values that may be absent, null, or of another type than described.
//!
//! No read schema of Greenhouse has a `required` list, types differ between description and observation, and members are
//! added at any time (official description; observed live). So nothing that is read here fails for a value: what cannot be
//! read as expected is handed back as it came, and kept beside what could.

mod leaf;
mod members;
mod nested;

use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer};
use serde_json::Value;

pub(crate) use self::{
    leaf::Leaf,
    members::{Member, Members, part, row},
};

/// What was read of one value. Both are none for a null.
#[derive(Debug, PartialEq)]
pub(crate) struct Read<T> {
    /// The value, where it could be read.
    pub(crate) value: Option<T>,
    /// What could not be read, as it came: the whole of it, or the elements of an array that were different.
    pub(crate) rest: Option<Value>,
}

impl<T> Read<T> {
    fn null() -> Self {
        Self {
            value: None,
            rest: None,
        }
    }

    fn value(value: T) -> Self {
        Self {
            value: Some(value),
            rest: None,
        }
    }

    fn rest(rest: Value) -> Self {
        Self {
            value: None,
            rest: Some(rest),
        }
    }

    fn or_rest(value: Option<T>, rest: impl FnOnce() -> Value) -> Self {
        match value {
            Some(value) => Self::value(value),
            None => Self::rest(rest()),
        }
    }
}

/// A type that can be read from whatever came. Fails only where what came is no JSON.
pub(crate) trait Tolerant: Sized {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Read<Self>, D::Error>;
}

/// Reads a `T` where serde wants a seed.
pub(crate) struct Seed<T>(PhantomData<fn() -> T>);

impl<T> Seed<T> {
    pub(crate) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T: Tolerant> DeserializeSeed<'de> for Seed<T> {
    type Value = Read<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Read<T>, D::Error> {
        T::read(deserializer)
    }
}
