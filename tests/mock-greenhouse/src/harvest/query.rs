use chrono::{DateTime, Utc};
use serde_json::{Value as Json, json};

use crate::time;
use crate::wire::Answer;

/// The values that a filter accepts.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// Comma-separated ids, at most 50.
    Ids,
    /// One id.
    Id,
    /// `true` or `false`.
    Flag,
    /// Any text.
    Text,
    /// Comma-separated texts, at most 50.
    Texts,
    /// A value from a closed set.
    OneOf(&'static [&'static str]),
    /// `gte|2026-01-01T00:00:00Z`, several such pairs separated by `|`, or the operator in brackets
    /// after the name.
    Time,
}

/// One parsed filter of a list call.
pub(super) struct Filter {
    pub(super) name: &'static str,
    value: Value,
}

enum Value {
    Ids(Vec<i64>),
    Flag(bool),
    Text(String),
    Texts(Vec<String>),
    /// Bounds, all of which apply.
    Time(Vec<(Operator, DateTime<Utc>)>),
}

#[derive(Clone, Copy)]
enum Operator {
    Gte,
    Lte,
    Gt,
    Lt,
}

impl Filter {
    /// Parses one parameter as a filter of the resource. Returns `Ok(None)` if the resource does
    /// not have the filter.
    pub(super) fn read(
        name: &str,
        text: &str,
        known: &[(&'static str, Kind)],
    ) -> Result<Option<Self>, Json> {
        let (base, bracket) = match name.split_once('[') {
            Some((base, rest)) => (base, rest.strip_suffix(']')),
            None => (name, None),
        };
        let Some((name, kind)) = known.iter().find(|(known, _)| *known == base) else {
            return Ok(None);
        };
        if bracket.is_some() && !matches!(kind, Kind::Time) {
            return Ok(None);
        }
        let value = match kind {
            Kind::Ids => Value::Ids(ids(name, text)?),
            Kind::Id => {
                Value::Ids(vec![text.parse().map_err(|_| {
                    problem(name, format!("`{text}` is not an integer"))
                })?])
            }
            Kind::Flag => Value::Flag(
                text.parse()
                    .map_err(|_| problem(name, format!("`{text}` is not a boolean")))?,
            ),
            Kind::Text => Value::Text(text.to_owned()),
            Kind::Texts => Value::Texts(fields(text)?),
            Kind::OneOf(words) if words.contains(&text) => Value::Text(text.to_owned()),
            Kind::OneOf(words) => {
                return Err(problem(
                    name,
                    format!("`{text}` is not one of: {}", words.join(", ")),
                ));
            }
            Kind::Time => {
                let bounds = match bracket {
                    Some(operator) => bound(operator, text).map(|bound| vec![bound]),
                    None => bounds(text),
                };
                Value::Time(bounds.ok_or_else(|| {
                    problem(name, "is not an operator and a date-time".to_owned())
                })?)
            }
        };
        Ok(Some(Self { name, value }))
    }

    pub(super) fn id(&self, id: Option<i64>) -> bool {
        matches!((&self.value, id), (Value::Ids(ids), Some(id)) if ids.contains(&id))
    }

    pub(super) fn any_id(&self, ids: &[i64]) -> bool {
        ids.iter().any(|id| self.id(Some(*id)))
    }

    /// Returns the ids in the filter, or none if it does not filter by id.
    pub(super) fn ids(&self) -> &[i64] {
        match &self.value {
            Value::Ids(ids) => ids,
            _ => &[],
        }
    }

    pub(super) fn flag(&self, flag: bool) -> bool {
        matches!(self.value, Value::Flag(wanted) if wanted == flag)
    }

    pub(super) fn text(&self, text: Option<&str>) -> bool {
        match (&self.value, text) {
            (Value::Text(wanted), Some(text)) => wanted == text,
            (Value::Texts(wanted), Some(text)) => wanted.iter().any(|wanted| wanted == text),
            _ => false,
        }
    }

    /// Returns `true` if the text equals the value, case-insensitively.
    pub(super) fn same_word(&self, text: &str) -> bool {
        let Value::Text(wanted) = &self.value else {
            return false;
        };
        // Avoids two allocations for each row of a large organisation.
        if wanted.is_ascii() && text.is_ascii() {
            return wanted.eq_ignore_ascii_case(text);
        }
        wanted.to_lowercase() == text.to_lowercase()
    }

    /// Returns `true` if the text contains the value, case-insensitively.
    pub(super) fn is_part_of(&self, text: &str) -> bool {
        matches!(&self.value, Value::Text(part) if text.to_lowercase().contains(&part.to_lowercase()))
    }

    pub(super) fn time(&self, at: Option<DateTime<Utc>>) -> bool {
        match (&self.value, at) {
            (Value::Time(bounds), Some(at)) => {
                bounds.iter().all(|(operator, bound)| match operator {
                    Operator::Gte => at >= *bound,
                    Operator::Lte => at <= *bound,
                    Operator::Gt => at > *bound,
                    Operator::Lt => at < *bound,
                })
            }
            _ => false,
        }
    }
}

impl Operator {
    fn read(text: &str) -> Option<Self> {
        match text {
            "gte" => Some(Self::Gte),
            "lte" => Some(Self::Lte),
            "gt" => Some(Self::Gt),
            "lt" => Some(Self::Lt),
            _ => None,
        }
    }
}

/// Parses one or more pairs of an operator and a time: `gte|...` or `gte|...|lte|...` (official
/// specification: an object, pipe-delimited).
fn bounds(text: &str) -> Option<Vec<(Operator, DateTime<Utc>)>> {
    let parts: Vec<&str> = text.split('|').collect();
    parts
        .chunks(2)
        .map(|pair| match pair {
            [operator, at] => bound(operator, at),
            _ => None,
        })
        .collect()
}

fn bound(operator: &str, at: &str) -> Option<(Operator, DateTime<Utc>)> {
    Some((Operator::read(operator)?, time::parse(at)?))
}

/// Parses a page size. The error has the documented text.
pub(super) fn per_page(text: &str) -> Result<usize, Answer> {
    let refused = |why: String| Err(Answer::unprocessable(vec![problem("per_page", why)]));
    match text.parse::<i64>() {
        Err(_) => refused(format!("`{text}` is not an integer")),
        Ok(number) if number > LARGEST_PAGE => {
            refused(format!("`{number}` number is greater than: {LARGEST_PAGE}"))
        }
        Ok(number) if number < 1 => refused(format!("`{number}` number is less than: 1")),
        Ok(number) => Ok(usize::try_from(number).unwrap_or(1)),
    }
}

/// Parses comma-separated names, at most 50.
pub(super) fn fields(text: &str) -> Result<Vec<String>, Json> {
    let names: Vec<String> = text.split(',').map(|name| name.trim().to_owned()).collect();
    if names.len() > LONGEST_LIST {
        Err(too_long("fields", names.len()))
    } else {
        Ok(names)
    }
}

fn ids(name: &str, text: &str) -> Result<Vec<i64>, Json> {
    let ids: Result<Vec<i64>, _> = text.split(',').map(|id| id.trim().parse()).collect();
    let ids = ids.map_err(|_| problem(name, format!("`{text}` is not a list of integers")))?;
    if ids.len() > LONGEST_LIST {
        Err(too_long(name, ids.len()))
    } else {
        Ok(ids)
    }
}

fn too_long(name: &str, length: usize) -> Json {
    problem(
        name,
        format!("`{length}` array size is greater than: {LONGEST_LIST}"),
    )
}

fn problem(name: &str, text: String) -> Json {
    json!({ name: text })
}

const LARGEST_PAGE: i64 = 500;
const LONGEST_LIST: usize = 50;
