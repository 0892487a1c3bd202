//! Tables: the members and filters of lists whose rows have no special behaviour.

use serde_json::{Map, Value, json};

use crate::time;

mod attribution;
mod custom_fields;
mod interviews;
mod rejections;
mod scorecards;
mod tags;
mod users;

/// Every table.
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
    &users::JOB_PERMISSIONS,
    &users::ROLES,
];

/// The definition of a list.
#[derive(Debug)]
pub(crate) struct Table {
    /// The last segment of the path.
    pub(crate) name: &'static str,
    /// Name of one row in error messages.
    pub(crate) singular: &'static str,
    pub(crate) path: &'static str,
    /// Members other than `id`, `created_at` and `updated_at`.
    pub(crate) members: &'static [Member],
    /// The name of each filter, and the member that it compares.
    pub(crate) filters: &'static [(&'static str, &'static str)],
}

impl Table {
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        TABLES.iter().copied().find(|table| table.name == name)
    }
}

/// Member of a row other than `id`, `created_at` and `updated_at`.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    default: MemberDefault,
}

/// Type of a member's value.
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

/// Value of a member that a seed does not contain.
#[derive(Debug, Clone, Copy)]
enum MemberDefault {
    Required,
    Null,
    Integer(i64),
    Flag(bool),
    Text(&'static str),
}

impl Member {
    const fn new(name: &'static str, shape: Shape, default: MemberDefault) -> Self {
        Self {
            name,
            shape,
            default,
        }
    }

    /// Makes the member nullable, with null as its default.
    const fn or_null(mut self) -> Self {
        self.default = MemberDefault::Null;
        self
    }
}

impl Table {
    /// Returns the members of a row that is seeded with these values. The error describes the first
    /// problem.
    pub(crate) fn members(&self, given: Map<String, Value>) -> Result<Map<String, Value>, String> {
        let mut given = given;
        let mut members = Map::new();
        for member in self.members {
            let value = given.remove(member.name).unwrap_or(match member.default {
                MemberDefault::Required | MemberDefault::Null => Value::Null,
                MemberDefault::Integer(number) => json!(number),
                MemberDefault::Flag(flag) => json!(flag),
                MemberDefault::Text(text) => json!(text),
            });
            if !member.accepts(&value) {
                return Err(format!(
                    "{} of {} is missing or has the wrong type",
                    member.name, self.name
                ));
            }
            members.insert(member.name.to_owned(), value);
        }
        match given.keys().next() {
            Some(unknown) => Err(format!("rows of {} have no member {unknown}", self.name)),
            None => Ok(members),
        }
    }
}

impl Member {
    fn accepts(&self, value: &Value) -> bool {
        match self.shape {
            _ if value.is_null() => matches!(self.default, MemberDefault::Null),
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
    Member::new(name, Shape::Integer, MemberDefault::Required)
}

const fn number(name: &'static str, default: i64) -> Member {
    Member::new(name, Shape::Integer, MemberDefault::Integer(default))
}

const fn flag(name: &'static str, default: bool) -> Member {
    Member::new(name, Shape::Flag, MemberDefault::Flag(default))
}

const fn text(name: &'static str) -> Member {
    Member::new(name, Shape::Text, MemberDefault::Required)
}

/// Creates a member with a closed set of values. The default is the first value.
const fn one_of(name: &'static str, words: &'static [&'static str]) -> Member {
    let default = match words {
        [first, ..] => MemberDefault::Text(first),
        [] => MemberDefault::Required,
    };
    Member::new(name, Shape::OneOf(words), default)
}

const fn time(name: &'static str) -> Member {
    Member::new(name, Shape::Time, MemberDefault::Null)
}

const fn day(name: &'static str) -> Member {
    Member::new(name, Shape::Day, MemberDefault::Null)
}

const fn object(name: &'static str) -> Member {
    Member::new(name, Shape::Object, MemberDefault::Required)
}

/// Creates a [`Table`], for example `table!("sources", "Source", members, filters)`.
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
