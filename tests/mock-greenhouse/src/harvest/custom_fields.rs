use serde_json::Value;

use crate::harvest::members::Members;

/// Takes `custom_fields` in its write form: closed items with exactly one of `name_key` and `custom_field_id`, and a `value` of a
/// documented form (official specification). This Greenhouse has no custom fields yet, so that a well-formed item names an unknown one.
pub(super) fn refuse(body: &mut Members, ranges: bool) {
    let items = body.objects("custom_fields", |item| {
        let (key, id) = (item.text("name_key"), item.integer("custom_field_id"));
        if key.is_some() == id.is_some() {
            item.problem(
                "name_key",
                "exactly one of name_key and custom_field_id is needed",
            );
        }
        if key.as_ref().is_some_and(|key| key.chars().count() > 255) {
            item.problem("name_key", "is longer than 255");
        }
        if item
            .value("value")
            .is_some_and(|value| !well_formed(&value, ranges))
        {
            item.problem("value", "is not of a permitted form");
        }
        key.or_else(|| id.map(|id| id.to_string()))
    });
    for name in items.into_iter().flatten().flatten() {
        body.problem(
            "custom_fields",
            format!("`{name}` is not a custom field of this organization"),
        );
    }
}

fn well_formed(value: &Value, ranges: bool) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
        Value::Array(items) => {
            items.iter().all(Value::is_string) || items.iter().all(Value::is_number)
        }
        Value::Object(members) => {
            let is = |names: &[&str]| {
                members.len() == names.len() && names.iter().all(|name| members.contains_key(*name))
            };
            let numbers = members
                .iter()
                .filter(|(name, _)| *name != "currency_code")
                .all(|(_, value)| value.is_number());
            let code = members
                .get("currency_code")
                .is_none_or(|code| code.as_str().is_some_and(|code| code.chars().count() <= 3));
            let form = is(&["amount", "currency_code"])
                || ranges
                    && (is(&["min_amount", "max_amount", "currency_code"])
                        || is(&["min_value", "max_value"]));
            form && numbers && code
        }
    }
}
