//! A reader for JSON whose shape may have drifted.
//!
//! No schema of Greenhouse's answers and webhooks has a `required` list, types differ between description and observation,
//! and members are added at any time (official description; observed live). So a value never fails here: it is read as
//! far as possible, and the rest is dropped or kept.
//!
//! | to read | use |
//! |---|---|
//! | a few members of a large body, without copies | [`Lenient`], [`fill`], [`skip`] |
//! | a value in any of its spellings, keeping what could not be read | [`Tolerant`], [`Read`], [`Leaf`] |
//! | an object with members that may each be absent | [`Members`], [`row`], [`part`] |

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
    /// The unreadable part, unchanged: the whole value, or the elements of an array that could not be read.
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
    /// The deserializer's, if the input is not JSON.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Read<Self>, D::Error>;
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
