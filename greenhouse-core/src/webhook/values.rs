//! Value types of an event.

use std::{borrow::Cow, mem};

use chrono::{DateTime, SubsecRound, Utc};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess};
use serde_json::value::RawValue;

use crate::json::{Fill, Leaf, Lenient, drain, fill, skip};

/// Id, as a number or as text.
#[derive(Default, Clone, Copy)]
pub(super) struct Id(pub(super) Option<i64>);

impl<'de> Lenient<'de> for Id {
    fn integer(&mut self, number: i64) {
        self.0 = Some(number);
    }

    fn float(&mut self, number: f64) {
        self.0 = i64::of_float(number);
    }

    fn text(&mut self, text: &str) {
        self.0 = i64::of_text(text);
    }
}

/// Id of an object: its member `id`, or the value itself.
///
/// Such objects make up most of a body, and their id comes first. So they are read only as far as
/// the id, as raw text, which serde_json skips faster than single members.
#[derive(Default, Clone, Copy)]
pub(super) struct IdOf(pub(super) Option<i64>);

impl<'de> Deserialize<'de> for IdOf {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let thing = <&RawValue>::deserialize(deserializer)?.get();
        Ok(Self(id_at_head(thing).or_else(|| id_anywhere(thing))))
    }
}

impl IdOf {
    pub(super) fn fill<'de, A: MapAccess<'de>>(&mut self, members: &mut A) -> Result<(), A::Error> {
        *self = members.next_value()?;
        Ok(())
    }
}

/// The id of an object in Greenhouse's own format: compact, with the id first.
fn id_at_head(thing: &str) -> Option<i64> {
    let value = thing.strip_prefix(r#"{"id":"#)?;
    let (digits, rest) = value.split_at(value.bytes().position(|byte| !byte.is_ascii_digit())?);
    // A whole number is followed by the next member or the end.
    if rest.starts_with([',', '}']) {
        digits.parse().ok()
    } else {
        None
    }
}

fn id_anywhere(thing: &str) -> Option<i64> {
    let mut read = Thing::default();
    Fill(&mut read)
        .deserialize(&mut serde_json::Deserializer::from_str(thing))
        .ok()?;
    read.id.0
}

#[derive(Default)]
struct Thing {
    id: Id,
}

impl<'de> Lenient<'de> for Thing {
    fn integer(&mut self, number: i64) {
        self.id.integer(number);
    }

    fn float(&mut self, number: f64) {
        self.id.float(number);
    }

    fn text(&mut self, text: &str) {
        self.id.text(text);
    }

    fn member<A: MapAccess<'de>>(&mut self, name: &str, members: &mut A) -> Result<(), A::Error> {
        match name {
            "id" => fill(&mut self.id, members),
            _ => skip(members),
        }
    }
}

/// List of ids. Skips elements without an id, and keeps at most [`MAX_IDS`].
#[derive(Default)]
pub(super) struct Ids {
    pub(super) ids: Vec<i64>,
    pub(super) cut: bool,
}

impl<'de> Lenient<'de> for Ids {
    fn list<A: SeqAccess<'de>>(&mut self, mut list: A) -> Result<(), A::Error> {
        while let Some(IdOf(id)) = list.next_element()? {
            let Some(id) = id else { continue };
            if self.ids.len() == MAX_IDS {
                self.cut = true;
                return drain(list);
            }
            self.ids.push(id);
        }
        Ok(())
    }
}

/// Text without surrounding white space, cut to [`MAX_TEXT`] bytes. `None` if empty.
#[derive(Default)]
pub(super) struct Text<'de>(pub(super) Option<Cow<'de, str>>);

impl<'de> Lenient<'de> for Text<'de> {
    fn text(&mut self, text: &str) {
        self.0 = Some(cut(text).to_owned().into()).filter(|text: &Cow<'_, str>| !text.is_empty());
    }

    fn borrowed_text(&mut self, text: &'de str) {
        self.0 = Some(cut(text).into()).filter(|text: &Cow<'_, str>| !text.is_empty());
    }
}

impl Text<'_> {
    pub(super) fn into_owned(self) -> Option<String> {
        self.0.map(Cow::into_owned)
    }
}

/// List of words. An element that is not text becomes an empty word, so that it is not lost. Keeps
/// at most [`MAX_WORDS`].
#[derive(Default)]
pub(super) struct Words {
    pub(super) words: Vec<String>,
    pub(super) cut: bool,
}

impl<'de> Lenient<'de> for Words {
    fn boolean(&mut self, _: bool) {
        self.no_text();
    }

    fn integer(&mut self, _: i64) {
        self.no_text();
    }

    fn unsigned(&mut self, _: u64) {
        self.no_text();
    }

    fn float(&mut self, _: f64) {
        self.no_text();
    }

    fn text(&mut self, text: &str) {
        self.words = vec![cut(text).to_owned()];
    }

    fn list<A: SeqAccess<'de>>(&mut self, mut list: A) -> Result<(), A::Error> {
        let mut word = Text::default();
        while list.next_element_seed(Fill(&mut word))?.is_some() {
            if self.words.len() == MAX_WORDS {
                self.cut = true;
                return drain(list);
            }
            self.words
                .push(mem::take(&mut word).into_owned().unwrap_or_default());
        }
        Ok(())
    }

    fn object<A: MapAccess<'de>>(&mut self, mut members: A) -> Result<(), A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        self.no_text();
        Ok(())
    }
}

impl Words {
    fn no_text(&mut self) {
        self.words = vec![String::new()];
    }
}

/// Time in whole seconds. Application bodies have no fractions, and Harvest's times must compare
/// with them.
#[derive(Default)]
pub(super) struct Time(pub(super) Option<DateTime<Utc>>);

impl<'de> Lenient<'de> for Time {
    fn text(&mut self, text: &str) {
        self.0 = DateTime::<Utc>::of_text(text).map(|time| time.trunc_subsecs(0));
    }
}

/// Removes surrounding white space and cuts the text to [`MAX_TEXT`] bytes.
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

/// Maximum number of ids in a list. No candidate with more applications has been observed.
pub(super) const MAX_IDS: usize = 1_000;

/// Maximum number of words in a list; about 40 are documented.
pub(super) const MAX_WORDS: usize = 1_000;

/// Maximum length of a text in bytes. Names of stages and fields are shorter.
const MAX_TEXT: usize = 255;
