//! Lenient JSON reader for input that may differ from its documented schema.
//!
//! Greenhouse's schemas for responses and webhooks have no `required` list, observed types differ
//! from the described ones, and Greenhouse adds members at any time (official description; observed
//! live). So reading never fails because of a value. The readable part is used, and the unreadable
//! part is dropped or kept.
//!
//! | task | items |
//! |---|---|
//! | read a few members of a large body, without copies | [`Lenient`], [`fill`], [`skip`] |
//! | read a value from any JSON type, and keep the unreadable part | [`Tolerant`], [`Read`], [`Leaf`] |
//! | read an object whose members may be absent | [`Members`], [`row`], [`part`] |

mod leaf;
mod lenient;
mod members;
mod nested;

use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer};
use serde_json::Value;

pub use self::{
    leaf::Leaf,
    lenient::{Fill, Lenient, drain, fill, skip},
    members::{Member, Members, part, row},
};

/// The result of reading one value. Both members are `None` for null.
#[derive(Debug, PartialEq)]
pub struct Read<T> {
    /// The value, if it could be read.
    pub value: Option<T>,
    /// The unreadable part, unchanged: the whole value, or the unreadable elements of an array or
    /// members of an object.
    pub rest: Option<Value>,
}

impl<T> Default for Read<T> {
    fn default() -> Self {
        Self {
            value: None,
            rest: None,
        }
    }
}

/// A type that can be read from any JSON value. Only text that is not JSON is an error.
pub trait Tolerant: Sized {
    /// Reads one value.
    ///
    /// # Errors
    ///
    /// The deserializer's error if the input is not JSON.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Read<Self>, D::Error>;

    /// Reads a value that is already parsed. Returns `None` if the value is absent or unreadable.
    fn of(value: Option<&Value>) -> Option<Self> {
        Self::read(value?).ok()?.value
    }
}

/// A serde seed that reads a [`Tolerant`] type.
#[derive(Debug)]
pub struct Seed<T>(PhantomData<fn() -> T>);

impl<T> Default for Seed<T> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T: Tolerant> DeserializeSeed<'de> for Seed<T> {
    type Value = Read<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Read<T>, D::Error> {
        T::read(deserializer)
    }
}
