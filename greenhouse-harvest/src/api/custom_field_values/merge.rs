use std::collections::BTreeMap;

use serde_json::{Map, Number, Value};

use super::{
    CustomFieldInput, CustomFieldValue, CustomFields, Money, MoneyRange, NewCustomFieldValue,
    NumberRange, number_in,
};

/// Changes to custom fields, by `name_key`. Ids are not accepted as keys, because rows do not
/// contain field ids, so an id could not be matched with a field in the row.
pub type CustomFieldChanges = BTreeMap<String, CustomFieldInput>;

/// Returns the complete list to write so that only these fields change: the row's fields with the
/// changes applied.
///
/// An update may replace the complete list. Two independent clients assume this for candidates
/// (neither observed nor documented); for applications, it is unknown. To write one field, read the
/// row and write the result of this function. Then no other field is lost in either case. A
/// concurrent change between the read and the write can be lost, and the API has no call that
/// prevents this loss.
///
/// Fields that are empty and stay empty are omitted.
///
/// # Errors
///
/// [`MergeError::Unwritable`] if the value of a field cannot be written back as it was read.
pub fn merge_custom_fields(
    current: &CustomFields,
    changes: &CustomFieldChanges,
) -> Result<Vec<NewCustomFieldValue>, MergeError> {
    let (mut whole, mut unwritable) = (Vec::new(), Vec::new());
    for (key, value) in current {
        if changes.contains_key(key) {
            continue;
        }
        match to_input(value) {
            Ok(Some(value)) => whole.push(NewCustomFieldValue::of_key(key, value)),
            Ok(None) => {}
            Err(Unwritable) => unwritable.push(key.clone()),
        }
    }
    if !unwritable.is_empty() {
        return Err(MergeError::Unwritable { fields: unwritable });
    }
    let changes = changes.iter();
    whole.extend(changes.map(|(key, value)| NewCustomFieldValue::of_key(key, value.clone())));
    Ok(whole)
}

/// Reason why custom fields cannot be updated without losing a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MergeError {
    /// The row does not contain the values, because the member is null or was not requested. If the
    /// record certainly has no values, pass an empty map to [`merge_custom_fields`].
    #[error("the record was read without its custom fields")]
    NotRead,
    /// The values of these fields cannot be written back as they were read: files, links, masked
    /// values, unknown forms.
    #[error("cannot write back the values of these custom fields: {}", fields.join(", "))]
    Unwritable {
        /// Fields, by `name_key`.
        fields: Vec<String>,
    },
}

/// Same as [`merge_custom_fields`], for a row. Unreadable values of the row's fields are in
/// `unknown`.
pub(in crate::api) fn merge_of_row(
    current: Option<&CustomFields>,
    unknown: &Map<String, Value>,
    changes: &CustomFieldChanges,
) -> Result<Vec<NewCustomFieldValue>, MergeError> {
    let current = current.ok_or(MergeError::NotRead)?;
    match unknown.get("custom_fields") {
        None => merge_custom_fields(current, changes),
        Some(Value::Object(unread)) => {
            let left = unread.keys().filter(|key| !changes.contains_key(*key));
            let fields: Vec<String> = left.cloned().collect();
            if fields.is_empty() {
                merge_custom_fields(current, changes)
            } else {
                Err(MergeError::Unwritable { fields })
            }
        }
        Some(_) => Err(MergeError::NotRead),
    }
}

struct Unwritable;

/// Converts a value to the form used in request bodies. `None` if the field is empty.
fn to_input(field: &CustomFieldValue) -> Result<Option<CustomFieldInput>, Unwritable> {
    let Some(value) = &field.value else {
        return Ok(None);
    };
    if value.as_array().is_some_and(Vec::is_empty) {
        return Ok(None);
    }
    let input = match field.kind.as_deref().unwrap_or_default() {
        // Texts of a form, without values.
        "header" | "statement" => return Ok(None),
        "attachment" | "linked" => None,
        // A masked value would be written as its mask.
        kind if kind.ends_with("_hris") => None,
        "number" => number_in(value).map(CustomFieldInput::Number),
        "currency" => Money::read(value).map(CustomFieldInput::Money),
        "currency_range" => MoneyRange::read(value).map(CustomFieldInput::MoneyRange),
        "number_range" => NumberRange::read(value).map(CustomFieldInput::NumberRange),
        "user" => user(value).map(CustomFieldInput::Number),
        _ => plain(value),
    };
    input.map(Some).ok_or(Unwritable)
}

fn plain(value: &Value) -> Option<CustomFieldInput> {
    match value {
        Value::Null => None,
        Value::Bool(value) => Some(CustomFieldInput::Switch(*value)),
        Value::Number(number) => Some(CustomFieldInput::Number(number.clone())),
        Value::String(text) => Some(CustomFieldInput::Text(text.clone())),
        Value::Array(items) => {
            let texts = items.iter().map(|item| item.as_str().map(str::to_owned));
            let numbers = items.iter().map(|item| match item {
                Value::Number(number) => Some(number.clone()),
                _ => None,
            });
            let texts = texts.collect::<Option<_>>().map(CustomFieldInput::Texts);
            texts.or_else(|| {
                numbers
                    .collect::<Option<_>>()
                    .map(CustomFieldInput::Numbers)
            })
        }
        Value::Object(_) => Money::read(value)
            .map(CustomFieldInput::Money)
            .or_else(|| MoneyRange::read(value).map(CustomFieldInput::MoneyRange))
            .or_else(|| NumberRange::read(value).map(CustomFieldInput::NumberRange)),
    }
}

/// Returns the id of a user. The form in rows is not described; webhooks contain an object.
fn user(value: &Value) -> Option<Number> {
    let id = match value {
        Value::Object(members) => members.get("user_id").or_else(|| members.get("id"))?,
        value => value,
    };
    number_in(id).filter(Number::is_i64)
}

#[cfg(test)]
mod tests {
    use proptest::{collection::btree_map, prelude::*};
    use serde_json::{from_value, json, to_value};

    use super::*;
    use crate::api::Application;

    fn row(custom_fields: Value) -> Application {
        from_value(json!({"id": 1, "custom_fields": custom_fields})).unwrap()
    }

    fn change(key: &str, value: impl Into<CustomFieldInput>) -> CustomFieldChanges {
        [(key.to_owned(), value.into())].into()
    }

    #[test]
    fn values_are_written_back_in_an_accepted_form() {
        for (kind, read, expected) in [
            ("short_text", json!("a"), Ok(Some(json!("a")))),
            ("short_text", json!(""), Ok(Some(json!("")))),
            ("short_text", json!(null), Ok(None)),
            ("yes_no", json!(false), Ok(Some(json!(false)))),
            ("single_select", json!("Yes"), Ok(Some(json!("Yes")))),
            (
                "multi_select",
                json!(["A", "B"]),
                Ok(Some(json!(["A", "B"]))),
            ),
            ("multi_select", json!([1, 2]), Ok(Some(json!([1, 2])))),
            ("multi_select", json!([]), Ok(None)),
            ("multi_select", json!(["A", 2]), Err(())),
            ("number", json!(85), Ok(Some(json!(85)))),
            ("number", json!("85.0"), Ok(Some(json!(85.0)))),
            ("number", json!("many"), Err(())),
            ("date", json!("2026-06-02"), Ok(Some(json!("2026-06-02")))),
            (
                "currency",
                json!({"amount": "100.5", "unit": "EUR"}),
                Ok(Some(json!({"amount": 100.5, "currency_code": "EUR"}))),
            ),
            ("currency", json!("100.5"), Err(())),
            (
                "currency",
                json!({"amount": 1, "currency_code": "EUR", "per": "year"}),
                Err(()),
            ),
            (
                "currency_range",
                json!({"min_value": "1", "max_value": "2", "unit": "EUR"}),
                Ok(Some(
                    json!({"min_amount": 1, "max_amount": 2, "currency_code": "EUR"}),
                )),
            ),
            (
                "number_range",
                json!({"min_value": 1, "max_value": 2}),
                Ok(Some(json!({"min_value": 1, "max_value": 2}))),
            ),
            ("user", json!(7), Ok(Some(json!(7)))),
            (
                "user",
                json!({"user_id": 7, "name": "Lee"}),
                Ok(Some(json!(7))),
            ),
            ("user", json!("Lee Brandt"), Err(())),
            ("header", json!("About you"), Ok(None)),
            ("attachment", json!("https://files.example.net/a"), Err(())),
            ("short_text_hris", json!("***"), Err(())),
            ("short_text_hris", json!(null), Ok(None)),
            (
                "a_new_kind",
                json!({"amount": 1, "currency_code": "EUR"}),
                Ok(Some(json!({"amount": 1, "currency_code": "EUR"}))),
            ),
            ("a_new_kind", json!({"parts": [1]}), Err(())),
        ] {
            let row = row(json!({"other": {"name": "O", "type": kind, "value": read}}));
            let merged = row.custom_fields_with(&change("level", "Yes"));
            let new = json!({"name_key": "level", "value": "Yes"});
            let merged = merged.map(|whole| to_value(whole).unwrap());
            let expected = match expected {
                Ok(Some(value)) => Ok(json!([{"name_key": "other", "value": value}, new])),
                Ok(None) => Ok(json!([new])),
                Err(()) => Err(MergeError::Unwritable {
                    fields: vec!["other".to_owned()],
                }),
            };
            assert_eq!(merged, expected, "{kind} {read}");
        }
    }

    #[test]
    fn unreadable_values_are_not_lost_silently() {
        let changes = change("level", CustomFieldInput::Clear);
        for unread in [json!(null), json!("none"), json!([1])] {
            let merged = row(unread).custom_fields_with(&changes);
            assert_eq!(merged, Err(MergeError::NotRead));
        }
        let odd = row(json!({"odd": 7, "level": 9}));
        let fields = vec!["odd".to_owned()];
        assert_eq!(
            odd.custom_fields_with(&changes),
            Err(MergeError::Unwritable { fields })
        );
        let cleared = to_value(
            row(json!({"level": 9}))
                .custom_fields_with(&changes)
                .unwrap(),
        );
        assert_eq!(
            cleared.unwrap(),
            json!([{"name_key": "level", "value": null}])
        );
    }

    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(json!(null)),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".{0,8}".prop_map(Value::from),
            prop::collection::vec("[a-z]{0,4}", 0..4).prop_map(Value::from),
        ]
    }

    proptest! {
        #[test]
        fn other_fields_survive_an_update_that_replaces_or_adds(
            before in btree_map("[a-f]{1,2}", value(), 0..8),
            changed in btree_map("[a-f]{1,2}", ".{0,8}", 0..8),
        ) {
            let members = before.iter().map(|(key, value)| {
                (key.clone(), json!({"name": key, "type": "short_text", "value": value}))
            });
            let row = row(Value::Object(members.collect()));
            let changes = changed.iter().map(|(key, text)| (key.clone(), text.clone().into()));
            let whole = row.custom_fields_with(&changes.collect()).unwrap();
            let whole = to_value(whole).unwrap();

            let mut expected: BTreeMap<String, Value> = before;
            expected.extend(changed.into_iter().map(|(key, text)| (key, text.into())));
            expected.retain(|_, value| !value.is_null() && *value != json!([]));
            let items = whole.as_array().unwrap();
            let after: BTreeMap<String, Value> = items.iter().map(|item| {
                (item["name_key"].as_str().unwrap().to_owned(), item["value"].clone())
            }).collect();
            prop_assert_eq!(items.len(), after.len(), "each field once");
            prop_assert_eq!(after, expected);
        }
    }
}
