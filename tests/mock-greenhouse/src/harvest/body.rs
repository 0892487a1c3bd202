use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Map, Value, json};

use crate::time;
use crate::wire::{Answer, Call};

/// A closed request body. Members are read by name. One 422 response rejects all members that are
/// unknown, are missing, or have the wrong type (observed live; the texts are made up).
pub(crate) struct ClosedBody {
    members: Map<String, Value>,
    problems: Vec<Value>,
    /// Prefix of member names in problems, for nested objects.
    prefix: String,
}

impl ClosedBody {
    /// Parses the body of a call. An empty body is an empty object.
    ///
    /// # Errors
    ///
    /// A 422 response if the content type is not JSON or the body is not a JSON object.
    pub(crate) fn read(call: &Call) -> Result<Self, Answer> {
        if !call.body.is_empty() && !call.has_content_type("application/json") {
            return Err(Answer::refused("Content-Type must be application/json"));
        }
        let value = if call.body.is_empty() {
            Ok(json!({}))
        } else {
            serde_json::from_slice(&call.body)
        };
        match value {
            Ok(Value::Object(members)) => Ok(Self {
                members,
                problems: Vec::new(),
                prefix: String::new(),
            }),
            _ => Err(Answer::refused("The request body is not a JSON object")),
        }
    }

    /// Rejects the members that were not read.
    ///
    /// # Errors
    ///
    /// A 422 response that lists every problem with the body.
    pub(crate) fn finish(mut self) -> Result<(), Answer> {
        self.refuse_rest();
        if self.problems.is_empty() {
            Ok(())
        } else {
            Err(Answer::unprocessable(self.problems))
        }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    pub(crate) fn problem(&mut self, name: &str, text: impl Into<String>) {
        self.problems
            .push(json!({ format!("{}{name}", self.prefix): text.into() }));
    }

    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        self.take(name, "is not a string", |value| {
            value.as_str().map(str::to_owned)
        })
    }

    /// Reads a string or null. Returns `Some(None)` for null, and `None` if the member is missing.
    pub(crate) fn text_or_null(&mut self, name: &str) -> Option<Option<String>> {
        self.take(name, "is not a string or null", |value| match value {
            Value::Null => Some(None),
            Value::String(text) => Some(Some(text.clone())),
            _ => None,
        })
    }

    pub(crate) fn integer(&mut self, name: &str) -> Option<i64> {
        self.take(name, "is not an integer", Value::as_i64)
    }

    /// Reads a number, which can have a fraction.
    pub(crate) fn number(&mut self, name: &str) -> Option<f64> {
        self.take(name, "is not a number", Value::as_f64)
    }

    pub(crate) fn flag(&mut self, name: &str) -> Option<bool> {
        self.take(name, "is not a boolean", Value::as_bool)
    }

    pub(crate) fn time(&mut self, name: &str) -> Option<DateTime<Utc>> {
        self.take(name, "is not a date-time", |value| {
            value.as_str().and_then(time::parse)
        })
    }

    /// Reads a `YYYY-MM-DD` day as midnight UTC.
    pub(crate) fn date(&mut self, name: &str) -> Option<DateTime<Utc>> {
        self.take(name, "is not a date", |value| {
            value.as_str().and_then(time::parse_day)
        })
    }

    /// Reads the day of a date-time.
    pub(crate) fn day(&mut self, name: &str) -> Option<NaiveDate> {
        self.time(name).map(|at| at.date_naive())
    }

    pub(crate) fn texts(&mut self, name: &str) -> Option<Vec<String>> {
        self.take(name, "is not an array of strings", |value| {
            value
                .as_array()?
                .iter()
                .map(|item| item.as_str().map(str::to_owned))
                .collect()
        })
    }

    pub(crate) fn integers(&mut self, name: &str) -> Option<Vec<i64>> {
        self.take(name, "is not an array of integers", |value| {
            value.as_array()?.iter().map(Value::as_i64).collect()
        })
    }

    /// Reads a string from a closed set, case-sensitively.
    pub(crate) fn one_of(&mut self, name: &str, known: &[&str]) -> Option<String> {
        let text = self.text(name)?;
        if !known.contains(&text.as_str()) {
            self.problem(
                name,
                format!("`{text}` is not one of: {}", known.join(", ")),
            );
        }
        Some(text)
    }

    pub(crate) fn required_text(&mut self, name: &str) -> String {
        self.require(name);
        self.text(name).unwrap_or_default()
    }

    pub(crate) fn required_integer(&mut self, name: &str) -> i64 {
        self.require(name);
        self.integer(name).unwrap_or_default()
    }

    pub(crate) fn required_texts(&mut self, name: &str) -> Vec<String> {
        self.require(name);
        self.texts(name).unwrap_or_default()
    }

    pub(crate) fn required_one_of(&mut self, name: &str, known: &[&str]) -> String {
        self.require(name);
        self.one_of(name, known).unwrap_or_default()
    }

    pub(crate) fn value(&mut self, name: &str) -> Option<Value> {
        self.members.remove(name)
    }

    /// Reads a closed object.
    pub(crate) fn object<T>(&mut self, name: &str, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        match self.members.remove(name)? {
            Value::Object(members) => {
                let prefix = format!("{}{name}.", self.prefix);
                Some(self.nested(prefix, members, read))
            }
            _ => {
                self.problem(name, "is not an object");
                None
            }
        }
    }

    /// Reads an array of closed objects.
    pub(crate) fn objects<T>(
        &mut self,
        name: &str,
        mut read: impl FnMut(&mut Self) -> T,
    ) -> Option<Vec<T>> {
        let Value::Array(items) = self.members.remove(name)? else {
            self.problem(name, "is not an array");
            return None;
        };
        let mut read_items = Vec::new();
        for (index, item) in items.into_iter().enumerate() {
            match item {
                Value::Object(members) => read_items.push(self.nested(
                    format!("{}{name}[{index}].", self.prefix),
                    members,
                    &mut read,
                )),
                _ => self.problem(name, "has an item that is not an object"),
            }
        }
        Some(read_items)
    }

    fn nested<T>(
        &mut self,
        prefix: String,
        members: Map<String, Value>,
        read: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let mut nested = Self {
            members,
            problems: Vec::new(),
            prefix,
        };
        let value = read(&mut nested);
        nested.refuse_rest();
        self.problems.append(&mut nested.problems);
        value
    }

    pub(crate) fn require(&mut self, name: &str) {
        if !self.has(name) {
            self.problem(name, "is missing");
        }
    }

    fn refuse_rest(&mut self) {
        for name in std::mem::take(&mut self.members).keys() {
            self.problem(name, "is not a permitted member");
        }
    }

    fn take<T>(
        &mut self,
        name: &str,
        wrong: &str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Option<T> {
        let value = self.members.remove(name)?;
        let read = read(&value);
        if read.is_none() {
            self.problem(name, wrong);
        }
        read
    }
}
