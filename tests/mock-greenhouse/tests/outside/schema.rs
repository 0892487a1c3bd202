//! The part of JSON Schema that Harvest's description uses. Validates values, and generates valid
//! and invalid values.

use serde_json::{Map, Value, json};

/// Returns `true` if the value is valid.
pub(crate) fn accepts(schema: &Value, value: &Value) -> bool {
    let branches = |name: &str| schema[name].as_array().into_iter().flatten();
    let one_of = branches("oneOf").filter(|one| accepts(one, value)).count();
    let nullable = schema["nullable"] == true && value.is_null();
    (nullable || types(schema).is_none_or(|types| types.iter().any(|name| is(name, value))))
        && (schema["oneOf"].is_null() || one_of == 1)
        && (schema["anyOf"].is_null() || branches("anyOf").any(|one| accepts(one, value)))
        && (schema["enum"].is_null() || branches("enum").any(|one| one == value))
        && text_is_good(schema, value)
        && value.as_array().is_none_or(|items| {
            items
                .iter()
                .all(|item| schema["items"].is_null() || accepts(&schema["items"], item))
        })
        && value
            .as_object()
            .is_none_or(|members| members_are_good(schema, members))
}

/// Returns valid values: every branch, each optional member alone with the required members, and
/// all members together.
pub(crate) fn good(schema: &Value) -> Vec<Value> {
    let made = if schema["properties"].is_object() {
        let forms = schema["oneOf"].as_array().cloned().unwrap_or_default();
        let required: Vec<Value> = forms.iter().map(|form| form["required"].clone()).collect();
        if required.is_empty() {
            objects(schema, &schema["required"])
        } else {
            required
                .iter()
                .flat_map(|required| objects(schema, required))
                .collect()
        }
    } else if let Some(branches) = schema["oneOf"].as_array() {
        let typed = branches.iter().map(|branch| {
            let mut branch = branch.clone();
            if branch["type"].is_null() {
                branch["type"] = schema["type"].clone();
            }
            branch
        });
        typed.flat_map(|branch| good(&branch)).collect()
    } else {
        plain(schema)
    };
    made.into_iter()
        .filter(|value| accepts(schema, value))
        .collect()
}

/// Returns invalid values: a missing required member, an additional member, a member of the wrong
/// type, and invalid nested values.
pub(crate) fn bad(schema: &Value) -> Vec<Value> {
    let mut made = vec![
        json!([[]]),
        json!("nonsense"),
        json!(1.5),
        json!(true),
        json!({ "nonsense": 1 }),
    ];
    if !schema["properties"].is_object() {
        made.push(Value::Null);
    }
    if let Some(length) = schema["maxLength"].as_u64() {
        made.push(json!("x".repeat(usize::try_from(length).unwrap() + 1)));
    }
    if schema["format"] == "date-time" {
        made.push(json!("2026-05-01"));
    }
    if schema["items"].is_object() {
        made.extend(bad(&schema["items"]).into_iter().map(|item| json!([item])));
    }
    for branch in schema["oneOf"].as_array().into_iter().flatten() {
        made.extend(bad(branch));
    }
    if let Some(members) = schema["properties"].as_object() {
        for whole in good(schema) {
            let whole = whole.as_object().unwrap();
            for name in whole.keys() {
                let mut less = whole.clone();
                less.remove(name);
                made.push(Value::Object(less));
            }
            made.push(with(whole, "nonsense", json!(1)));
        }
        for base in smallest(schema) {
            for (name, member) in members {
                made.extend(
                    bad(member)
                        .into_iter()
                        .map(|value| with(&base, name, value)),
                );
            }
        }
    }
    made.retain(|value| !accepts(schema, value));
    made
}

fn with(members: &Map<String, Value>, name: &str, value: Value) -> Value {
    let mut members = members.clone();
    members.insert(name.to_owned(), value);
    Value::Object(members)
}

/// Returns the valid objects with the fewest members.
fn smallest(schema: &Value) -> Vec<Map<String, Value>> {
    let all: Vec<_> = good(schema)
        .iter()
        .filter_map(|value| value.as_object().cloned())
        .collect();
    let least = all.iter().map(Map::len).min().unwrap_or_default();
    all.into_iter()
        .filter(|members| members.len() == least)
        .collect()
}

fn objects(schema: &Value, required: &Value) -> Vec<Value> {
    let properties = schema["properties"].as_object().unwrap();
    let first = |name: &str| good(&properties[name]).into_iter().next();
    let base: Map<String, Value> = required
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .filter_map(|name| Some((name.to_owned(), first(name)?)))
        .collect();
    let mut made = vec![Value::Object(base.clone())];
    let mut all = base.clone();
    for (name, member) in properties {
        made.extend(
            good(member)
                .into_iter()
                .map(|value| with(&base, name, value)),
        );
        if let Some(value) = first(name) {
            let fuller = with(&all, name, value);
            if accepts(schema, &fuller) {
                all = fuller.as_object().unwrap().clone();
            }
        }
    }
    made.push(Value::Object(all));
    made
}

fn plain(schema: &Value) -> Vec<Value> {
    let mut made = Vec::new();
    for name in types(schema).unwrap_or_default() {
        match name.as_str() {
            "integer" => made.push(json!(7)),
            "number" => made.extend([json!(7), json!(7.5)]),
            "boolean" => made.extend([json!(true), json!(false)]),
            "null" => made.push(Value::Null),
            "object" => made.push(json!({})),
            "array" => match schema["oneOf"].as_array() {
                Some(branches) => made.extend(branches.iter().flat_map(|branch| {
                    good(&branch["items"])
                        .into_iter()
                        .take(1)
                        .map(|item| json!([item]))
                })),
                None => made.extend(good(&schema["items"]).into_iter().map(|item| json!([item]))),
            },
            _ => made.push(match schema["format"].as_str() {
                Some("date-time") => json!("2026-05-01T10:00:00.000Z"),
                Some("date") => json!("2026-05-01"),
                _ => json!("abc"),
            }),
        }
    }
    if schema["nullable"] == true {
        made.push(Value::Null);
    }
    made
}

fn members_are_good(schema: &Value, members: &Map<String, Value>) -> bool {
    let required = schema["required"].as_array().into_iter().flatten();
    let known = schema["properties"].as_object();
    required
        .filter_map(Value::as_str)
        .all(|name| members.contains_key(name))
        && members.iter().all(
            |(name, value)| match known.and_then(|known| known.get(name)) {
                Some(member) => accepts(member, value),
                None => match &schema["additionalProperties"] {
                    Value::Bool(open) => *open,
                    Value::Null => true,
                    member => accepts(member, value),
                },
            },
        )
}

fn text_is_good(schema: &Value, value: &Value) -> bool {
    let Some(text) = value.as_str() else {
        return true;
    };
    let short = schema["maxLength"]
        .as_u64()
        .is_none_or(|length| text.chars().count() as u64 <= length);
    let formed = match schema["format"].as_str() {
        Some("date-time") => chrono::DateTime::parse_from_rfc3339(text).is_ok(),
        Some("date") => text.parse::<chrono::NaiveDate>().is_ok(),
        _ => true,
    };
    short && formed
}

fn types(schema: &Value) -> Option<Vec<String>> {
    match &schema["type"] {
        Value::String(name) => Some(vec![name.clone()]),
        Value::Array(names) => Some(
            names
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
        ),
        _ => None,
    }
}

fn is(name: &str, value: &Value) -> bool {
    match name {
        "integer" => value.is_i64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "object" => value.is_object(),
        "array" => value.is_array(),
        _ => value.is_string(),
    }
}
