//! Sample values for a schema.

use serde_json::{Map, Value, json};

/// Value of this schema with every possible member.
pub(crate) fn full(schema: &Value) -> Value {
    if let Some(word) = words(schema).first() {
        return json!(word);
    }
    if let Some(branch) = schema["anyOf"].as_array().and_then(|all| all.first()) {
        return full(branch);
    }
    match kind(schema) {
        "integer" => json!(7_310_442_002_i64),
        "number" => json!(7.5),
        "boolean" => json!(true),
        "array" if schema["items"].is_object() => json!([full(&schema["items"])]),
        "array" => json!([1]),
        "object" => Value::Object(members(schema)),
        _ => match schema["format"].as_str() {
            Some("date-time") => json!("2026-06-02T08:11:40.118Z"),
            Some("date") => json!("2026-06-02"),
            _ => json!("abc"),
        },
    }
}

fn members(schema: &Value) -> Map<String, Value> {
    if let Some(properties) = schema["properties"].as_object() {
        let pairs = properties.iter();
        return pairs.map(|(name, one)| (name.clone(), full(one))).collect();
    }
    let each = &schema["additionalProperties"];
    let value = if each.is_object() {
        full(each)
    } else {
        json!(1)
    };
    Map::from_iter([("any".to_owned(), value)])
}

/// Text that is not a value of this schema, if the schema does not accept any text.
pub(crate) fn nonsense(schema: &Value) -> Option<Value> {
    let timed = schema["format"] == "date-time" || schema["format"] == "date";
    match kind(schema) {
        "integer" | "number" | "boolean" => Some(json!("nonsense")),
        "string" if timed => Some(json!("nonsense")),
        "array" => nonsense(&schema["items"]).map(|item| json!([item])),
        "object" if schema["properties"].is_object() => Some(json!("nonsense")),
        _ => None,
    }
}

/// Returns a copy of the value for each member of an object in it, without that member, and the
/// name of the member.
pub(crate) fn each_without_one(schema: &Value, value: &Value) -> Vec<(String, Value)> {
    match value {
        Value::Array(items) => items
            .iter()
            .flat_map(|item| each_without_one(&schema["items"], item))
            .map(|(name, item)| (name, json!([item])))
            .collect(),
        Value::Object(members) if schema["properties"].is_object() => members
            .keys()
            .map(|name| (name.clone(), without(members, name)))
            .collect(),
        Value::Object(members) if schema["additionalProperties"].is_object() => members
            .iter()
            .flat_map(|(key, one)| {
                each_without_one(&schema["additionalProperties"], one)
                    .into_iter()
                    .map(|(name, one)| (name, json!({ key: one })))
            })
            .collect(),
        _ => Vec::new(),
    }
}

pub(crate) fn without(members: &Map<String, Value>, name: &str) -> Value {
    let mut members = members.clone();
    members.remove(name);
    Value::Object(members)
}

pub(crate) fn is_nullable(schema: &Value) -> bool {
    types(schema).contains(&"null")
}

/// Words of a closed list.
pub(crate) fn words(schema: &Value) -> Vec<&str> {
    let words = schema["enum"].as_array().into_iter().flatten();
    words.filter_map(Value::as_str).collect()
}

fn kind(schema: &Value) -> &str {
    let types = types(schema);
    let mut kinds = types.into_iter().filter(|name| *name != "null");
    kinds.next().unwrap_or_default()
}

fn types(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}
