use serde_json::{Map, Value};

use crate::harvest::body::ClosedBody;
use crate::harvest::query::Filter;
use crate::rows::Record;
use crate::state::{FieldName, State, row_value};
use crate::switches::CustomFieldsUpdate;
use crate::time;

/// Reads `custom_fields` in its write form: closed items with either `name_key` or
/// `custom_field_id`, and a `value` in a documented form that suits the field (official
/// specification; several clients send these forms). A missing `value` counts as null (unknown).
/// Returns the values as rows show them, or `None` if the body has no `custom_fields`.
pub(super) fn read(
    body: &mut ClosedBody,
    state: &State,
    field_type: &str,
    ranges: bool,
) -> Option<Map<String, Value>> {
    let items = body.objects("custom_fields", |item| {
        let name = name(item);
        let value = item.value("value").unwrap_or_default();
        if !is_well_formed(&value, ranges) {
            item.problem("value", "has an unsupported form");
            return None;
        }
        let name = name?;
        let Some(field) = state.custom_field(field_type, &name) else {
            item.problem("name_key", format!("is not an active {field_type} field"));
            return None;
        };
        let Some(value) = read_value(state, field, value) else {
            let kind = field.text("value_type").unwrap_or_default();
            item.problem("value", format!("does not suit a {kind} field"));
            return None;
        };
        Some((field.text("name_key")?.to_owned(), row_value(field, value)))
    });
    items.map(|items| items.into_iter().flatten().collect())
}

/// Returns the values of a row after an update. Fields that are not in the body are cleared, or
/// kept if the switch for the resource is `merge`.
pub(super) fn merged_values(
    state: &State,
    field_type: &str,
    current: Option<&Map<String, Value>>,
    sent: Map<String, Value>,
) -> Map<String, Value> {
    let mut values = current
        .filter(|_| merges(state, field_type))
        .cloned()
        .unwrap_or_else(|| state.unset_fields(field_type));
    values.extend(sent);
    values
}

/// Returns `true` if a row has the option whose id is in the filter `custom_field_option_id`.
pub(super) fn has_option(state: &State, filter: &Filter, values: &Map<String, Value>) -> bool {
    filter.ids().iter().any(|option| {
        let Some(option) = state.records.get("custom_field_options", *option) else {
            return false;
        };
        let field = option
            .integer("custom_field_id")
            .and_then(|id| state.records.get("custom_fields", id));
        let value = field
            .and_then(|field| field.text("name_key"))
            .and_then(|key| values.get(key)?.get("value"));
        match (value, option.text("name")) {
            (Some(Value::String(one)), Some(name)) => one == name,
            (Some(Value::Array(many)), Some(name)) => many.iter().any(|one| one == name),
            _ => false,
        }
    })
}

fn merges(state: &State, field_type: &str) -> bool {
    let switch = match field_type {
        "candidate" => state.switches.candidate_custom_fields,
        _ => state.switches.application_custom_fields,
    };
    switch == CustomFieldsUpdate::Merge
}

fn name(item: &mut ClosedBody) -> Option<FieldName> {
    let (key, id) = (item.text("name_key"), item.integer("custom_field_id"));
    if key.as_ref().is_some_and(|key| key.chars().count() > 255) {
        item.problem("name_key", "is longer than 255 characters");
    }
    match (key, id) {
        (Some(key), None) => Some(FieldName::Key(key)),
        (None, Some(id)) => Some(FieldName::Id(id)),
        _ => {
            item.problem(
                "name_key",
                "exactly one of name_key and custom_field_id is required",
            );
            None
        }
    }
}

/// Returns the value as a row shows it, or `None` if it does not suit the field. A select reads as
/// the option's name (observed live).
fn read_value(state: &State, field: &Record, value: Value) -> Option<Value> {
    if value.is_null() {
        return Some(value);
    }
    match field.text("value_type")? {
        "short_text" | "long_text" | "rich_text" | "url" => value.is_string().then_some(value),
        "yes_no" => value.is_boolean().then_some(value),
        "number" => value.is_number().then_some(value),
        "date" => value
            .as_str()
            .and_then(time::parse_day)
            .is_some()
            .then_some(value),
        "user" => value
            .as_i64()
            .filter(|user| state.users.contains_key(user))
            .map(Value::from),
        "single_select" => option(state, field, &value),
        "multi_select" => value
            .as_array()?
            .iter()
            .map(|one| option(state, field, one))
            .collect(),
        "currency" => value.get("amount").is_some().then_some(value),
        "currency_range" => value.get("min_amount").is_some().then_some(value),
        "number_range" => value.get("min_value").is_some().then_some(value),
        _ => None,
    }
}

fn option(state: &State, field: &Record, value: &Value) -> Option<Value> {
    let mut options = state.custom_field_options(field.id);
    let option = options.find(|option| match value {
        Value::String(name) => option.text("name") == Some(name),
        Value::Number(id) => id.as_i64() == Some(option.id),
        _ => false,
    });
    option?.text("name").map(Value::from)
}

fn is_well_formed(value: &Value, ranges: bool) -> bool {
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
