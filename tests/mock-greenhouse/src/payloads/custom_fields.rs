use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::rows::User;

/// Returns custom fields as webhooks show them. Some types have a different name or form than in
/// Harvest rows (published samples).
pub(super) fn webhook_form(fields: &Map<String, Value>, users: &BTreeMap<i64, User>) -> Value {
    let values: Map<String, Value> = fields
        .iter()
        .map(|(key, field)| (key.clone(), one(field, users)))
        .collect();
    Value::Object(values)
}

fn one(field: &Value, users: &BTreeMap<i64, User>) -> Value {
    let value = &field["value"];
    let (kind, value) = match field["type"].as_str() {
        Some("yes_no") => ("boolean", value.clone()),
        Some(kind) if value.is_null() => (kind, Value::Null),
        Some("currency") => (
            "currency",
            json!({ "amount": value["amount"], "unit": value["currency_code"] }),
        ),
        Some("currency_range") => (
            "currency_range",
            json!({
                "min_value": text(&value["min_amount"]),
                "max_value": text(&value["max_amount"]),
                "unit": value["currency_code"],
            }),
        ),
        Some("user") => ("user", user(value, users)),
        _ => return field.clone(),
    };
    json!({ "name": field["name"], "type": kind, "value": value })
}

/// Converts a bound of a currency range to a string.
fn text(number: &Value) -> Value {
    match number {
        Value::Number(number) => number.to_string().into(),
        other => other.clone(),
    }
}

/// Returns a user as webhooks show it, or null if the user does not exist (unknown).
fn user(id: &Value, users: &BTreeMap<i64, User>) -> Value {
    id.as_i64().and_then(|id| users.get(&id)).map_or(Value::Null, |user| {
        json!({ "user_id": user.id, "name": user.name, "email": user.primary_email, "employee_id": user.employee_id })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_and_flags_have_a_different_form_in_webhooks() {
        let cases = [
            (("yes_no", json!(true)), ("boolean", json!(true))),
            (
                ("currency", json!({ "amount": 5, "currency_code": "EUR" })),
                ("currency", json!({ "amount": 5, "unit": "EUR" })),
            ),
            (
                (
                    "currency_range",
                    json!({ "min_amount": 1, "max_amount": 2, "currency_code": "EUR" }),
                ),
                (
                    "currency_range",
                    json!({ "min_value": "1", "max_value": "2", "unit": "EUR" }),
                ),
            ),
            (("user", json!(7)), ("user", json!(null))),
            (("currency", json!(null)), ("currency", json!(null))),
            (("number", json!(85)), ("number", json!(85))),
        ];
        for ((kind, value), (wanted_kind, wanted_value)) in cases {
            let field = json!({ "name": "F", "type": kind, "value": value });
            let wanted = json!({ "name": "F", "type": wanted_kind, "value": wanted_value });
            assert_eq!(one(&field, &BTreeMap::new()), wanted);
        }
    }
}
