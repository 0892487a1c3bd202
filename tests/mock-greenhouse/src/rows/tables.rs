//! The lists whose rows are plain data: one table each says what a row holds and how it is filtered.

use serde_json::{Map, Value, json};

use crate::time;

mod attribution;
mod custom_fields;
mod interviews;
mod rejections;
mod scorecards;
mod tags;
mod users;

/// Every such list.
pub(crate) const TABLES: &[&Table] = &[
    &attribution::SOURCES,
    &attribution::REFERRERS,
    &custom_fields::FIELDS,
    &custom_fields::OPTIONS,
    &interviews::JOB_INTERVIEWS,
    &interviews::KITS,
    &interviews::INTERVIEWS,
    &interviews::INTERVIEWERS,
    &rejections::DETAILS,
    &scorecards::SCORECARDS,
    &scorecards::ATTRIBUTES,
    &scorecards::JOB_ATTRIBUTES,
    &scorecards::ATTRIBUTE_TYPES,
    &scorecards::FOCUS_ATTRIBUTES,
    &scorecards::QUESTIONS,
    &scorecards::ANSWERS,
    &scorecards::OPTIONS,
    &scorecards::ANSWER_OPTIONS,
    &tags::TAGS,
    &tags::APPLIED,
    &users::EMAILS,
    &users::ROLES,
];

/// The shape of a list.
#[derive(Debug)]
pub(crate) struct Table {
    /// The last part of its path.
    pub(crate) name: &'static str,
    /// What an error calls one row.
    pub(crate) singular: &'static str,
    pub(crate) path: &'static str,
    /// Besides `id` and the times.
    pub(crate) members: &'static [Member],
    /// The name of each filter and the member that it looks at.
    pub(crate) filters: &'static [(&'static str, &'static str)],
}

impl Table {
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        TABLES.iter().copied().find(|table| table.name == name)
    }
}

/// One member of a row besides `id` and the times.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    unsaid: Unsaid,
}

/// What a member holds where it is not null.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape {
    Integer,
    Flag,
    Text,
    OneOf(&'static [&'static str]),
    Time,
    Day,
    Object,
}

/// What a member holds where the seed does not say.
#[derive(Debug, Clone, Copy)]
enum Unsaid {
    Refused,
    Null,
    Integer(i64),
    Flag(bool),
    Text(&'static str),
}

impl Member {
    const fn new(name: &'static str, shape: Shape, unsaid: Unsaid) -> Self {
        Self {
            name,
            shape,
            unsaid,
        }
    }

    /// May be null, and is where the seed does not say.
    const fn or_null(mut self) -> Self {
        self.unsaid = Unsaid::Null;
        self
    }
}

impl Table {
    /// The members of a row from what a seed says; the text names the first thing that is wrong.
    pub(crate) fn members(&self, said: Map<String, Value>) -> Result<Map<String, Value>, String> {
        let mut said = said;
        let mut members = Map::new();
        for member in self.members {
            let value = said.remove(member.name).unwrap_or(match member.unsaid {
                Unsaid::Refused | Unsaid::Null => Value::Null,
                Unsaid::Integer(number) => json!(number),
                Unsaid::Flag(flag) => json!(flag),
                Unsaid::Text(text) => json!(text),
            });
            if !member.takes(&value) {
                return Err(format!(
                    "{} of {} is missing or of a wrong form",
                    member.name, self.name
                ));
            }
            members.insert(member.name.to_owned(), value);
        }
        match said.keys().next() {
            Some(unknown) => Err(format!("{} have no {unknown}", self.name)),
            None => Ok(members),
        }
    }
}

impl Member {
    fn takes(&self, value: &Value) -> bool {
        match self.shape {
            _ if value.is_null() => matches!(self.unsaid, Unsaid::Null),
            Shape::Integer => value.is_i64(),
            Shape::Flag => value.is_boolean(),
            Shape::Text => value.is_string(),
            Shape::OneOf(words) => value.as_str().is_some_and(|word| words.contains(&word)),
            Shape::Time => value.as_str().and_then(time::parse).is_some(),
            Shape::Day => value.as_str().and_then(time::parse_day).is_some(),
            Shape::Object => value.is_object(),
        }
    }
}

const fn id(name: &'static str) -> Member {
    Member::new(name, Shape::Integer, Unsaid::Refused)
}

const fn number(name: &'static str, unsaid: i64) -> Member {
    Member::new(name, Shape::Integer, Unsaid::Integer(unsaid))
}

const fn flag(name: &'static str, unsaid: bool) -> Member {
    Member::new(name, Shape::Flag, Unsaid::Flag(unsaid))
}

const fn text(name: &'static str) -> Member {
    Member::new(name, Shape::Text, Unsaid::Refused)
}

/// Says the first word where the seed does not say.
const fn one_of(name: &'static str, words: &'static [&'static str]) -> Member {
    let unsaid = match words {
        [first, ..] => Unsaid::Text(first),
        [] => Unsaid::Refused,
    };
    Member::new(name, Shape::OneOf(words), unsaid)
}

const fn time(name: &'static str) -> Member {
    Member::new(name, Shape::Time, Unsaid::Null)
}

const fn day(name: &'static str) -> Member {
    Member::new(name, Shape::Day, Unsaid::Null)
}

const fn object(name: &'static str) -> Member {
    Member::new(name, Shape::Object, Unsaid::Refused)
}

/// `table!("sources", "Source", members, filters)`.
macro_rules! table {
    ($name:literal, $singular:literal, $members:expr, $filters:expr $(,)?) => {
        crate::rows::tables::Table {
            name: $name,
            singular: $singular,
            path: concat!("/v3/", $name),
            members: $members,
            filters: $filters,
        }
    };
}

use table;
