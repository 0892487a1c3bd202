//! The kinds of values that an event is made of.

use std::{borrow::Cow, mem};

use chrono::{DateTime, SubsecRound, Utc};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess};
use serde_json::value::RawValue;

use super::{Fill, Lenient, drain, fill, skip};

/// An id: a number, or the same as text.
#[derive(Default, Clone, Copy)]
pub(in crate::webhook) struct Id(pub(in crate::webhook) Option<i64>);

impl<'de> Lenient<'de> for Id {
    fn number(&mut self, number: i64) {
        self.0 = Some(number);
    }

    fn text(&mut self, text: Cow<'de, str>) {
        self.0 = text.trim().parse().ok();
    }
}

/// The id of a thing: under `id` where the thing is an object, or the value itself.
///
/// Things are most of a body, and their id stands at their head. So they are taken as raw text, which serde_json passes
/// over faster than over members one by one, and read no further than to the id.
#[derive(Default, Clone, Copy)]
pub(in crate::webhook) struct IdOf(pub(in crate::webhook) Option<i64>);

impl<'de> Deserialize<'de> for IdOf {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let thing = <&RawValue>::deserialize(deserializer)?.get();
        Ok(Self(id_at_head(thing).or_else(|| id_anywhere(thing))))
    }
}

impl IdOf {
    pub(in crate::webhook) fn fill<'de, A: MapAccess<'de>>(
        &mut self,
        members: &mut A,
    ) -> Result<(), A::Error> {
        *self = members.next_value()?;
        Ok(())
    }
}

/// The id of an object in Greenhouse's own form: compact, and the id first.
fn id_at_head(thing: &str) -> Option<i64> {
    let value = thing.strip_prefix(r#"{"id":"#)?;
    let (digits, rest) = value.split_at(value.bytes().position(|byte| !byte.is_ascii_digit())?);
    // What follows a whole number is the next member or the end.
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
    fn number(&mut self, number: i64) {
        self.id.number(number);
    }

    fn text(&mut self, text: Cow<'de, str>) {
        self.id.text(text);
    }

    fn member<A: MapAccess<'de>>(&mut self, name: &str, members: &mut A) -> Result<(), A::Error> {
        match name {
            "id" => fill(&mut self.id, members),
            _ => skip(members),
        }
    }
}

/// A list of ids. Elements that hold none are passed over; after [`MAX_IDS`] no more are kept.
#[derive(Default)]
pub(in crate::webhook) struct Ids {
    pub(in crate::webhook) ids: Vec<i64>,
    pub(in crate::webhook) cut: bool,
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

/// A text, without blanks around it and cut to [`MAX_TEXT`] bytes; nothing if that leaves nothing.
#[derive(Default)]
pub(in crate::webhook) struct Text<'de>(pub(in crate::webhook) Option<Cow<'de, str>>);

impl<'de> Lenient<'de> for Text<'de> {
    fn text(&mut self, text: Cow<'de, str>) {
        let kept = match text {
            Cow::Borrowed(text) => Cow::Borrowed(cut(text)),
            Cow::Owned(text) => Cow::Owned(cut(&text).to_owned()),
        };
        self.0 = Some(kept).filter(|text| !text.is_empty());
    }
}

impl Text<'_> {
    pub(in crate::webhook) fn into_owned(self) -> Option<String> {
        self.0.map(Cow::into_owned)
    }
}

/// A list of words. One that is no text is kept as an empty one, so that it is not lost; after [`MAX_WORDS`] no more
/// are kept.
#[derive(Default)]
pub(in crate::webhook) struct Words {
    pub(in crate::webhook) words: Vec<String>,
    pub(in crate::webhook) cut: bool,
}

impl<'de> Lenient<'de> for Words {
    fn number(&mut self, _: i64) {
        self.other();
    }

    fn text(&mut self, text: Cow<'de, str>) {
        self.words = vec![cut(&text).to_owned()];
    }

    fn other(&mut self) {
        self.words = vec![String::new()];
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
        self.other();
        Ok(())
    }
}

/// A time, in whole seconds: application bodies have no fractions, and Harvest's must compare with them.
#[derive(Default)]
pub(in crate::webhook) struct Time(pub(in crate::webhook) Option<DateTime<Utc>>);

impl<'de> Lenient<'de> for Time {
    fn text(&mut self, text: Cow<'de, str>) {
        let time = DateTime::parse_from_rfc3339(text.trim()).ok();
        self.0 = time.map(|time| time.to_utc().trunc_subsecs(0));
    }
}

/// The text without blanks around it, at most [`MAX_TEXT`] bytes of it.
pub(super) fn cut(text: &str) -> &str {
    let text = text.trim();
    if text.len() <= MAX_TEXT {
        return text;
    }
    (0..=MAX_TEXT)
        .rev()
        .find_map(|end| text.get(..end))
        .unwrap_or_default()
}

/// How many ids of one list are kept. A person with more applications has not been seen.
pub(in crate::webhook) const MAX_IDS: usize = 1_000;

/// How many words of one list are kept; about 40 are documented.
pub(in crate::webhook) const MAX_WORDS: usize = 1_000;

/// How many bytes of a text are kept: names of stages and of fields are shorter.
const MAX_TEXT: usize = 255;
