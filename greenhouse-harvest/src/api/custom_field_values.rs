mod merge;
mod new;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::{Number, Value};

use super::row::part;

pub use self::{
    merge::{CustomFieldChanges, MergeError, merge_custom_fields},
    new::{CustomFieldInput, CustomFieldRef, Money, MoneyRange, NewCustomFieldValue, NumberRange},
};

pub(super) use self::merge::merge_of_row;

/// Values of custom fields in rows, by `name_key` (official description).
pub type CustomFields = BTreeMap<String, CustomFieldValue>;

part! {
    /// Value of a custom field in a row (official description).
    pub struct CustomFieldValue {
        /// Name of the field.
        pub name: Option<String>,
        /// Type of the field, such as `short_text` or `single_select`.
        pub kind = "type": Option<String>,
        /// Value. For a single select, the option's name (observed live). It is unknown whether a
        /// number can be a text such as `"85.0"`.
        pub value: Option<Value>,
    }
}

impl CustomFieldValue {
    /// Returns the value if it is a text.
    pub fn text(&self) -> Option<&str> {
        self.value.as_ref()?.as_str()
    }

    /// Returns the value if it is a number or a text that contains a number.
    pub fn number(&self) -> Option<f64> {
        number_in(self.value.as_ref()?)?.as_f64()
    }

    /// Returns the value if it is a boolean.
    pub fn flag(&self) -> Option<bool> {
        self.value.as_ref()?.as_bool()
    }

    /// Returns the value if it is a date.
    pub fn day(&self) -> Option<NaiveDate> {
        self.text()?.parse().ok()
    }

    /// Returns the names of the selected options of a single or multiple select.
    pub fn options(&self) -> Vec<&str> {
        match &self.value {
            Some(Value::String(option)) => vec![option],
            Some(Value::Array(options)) => options.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// Returns the value if it is an amount of money. The form in rows is not described. Accepts
    /// the forms that writes and webhooks use.
    pub fn money(&self) -> Option<Money> {
        Money::read(self.value.as_ref()?)
    }
}

/// Returns the number, or the number that a text contains.
fn number_in(value: &Value) -> Option<Number> {
    match value {
        Value::Number(number) => Some(number.clone()),
        Value::String(text) => serde_json::from_str(text.trim()).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;

    #[test]
    fn a_value_is_converted_to_the_requested_type() {
        let of = |value: Value| CustomFieldValue {
            name: None,
            kind: None,
            value: Some(value),
            unknown: Map::new(),
        };
        for (value, number) in [
            (json!(85), Some(85.0)),
            (json!("85.0"), Some(85.0)),
            (json!(" -7 "), Some(-7.0)),
            (json!("NaN"), None),
            (json!("1e999"), None),
            (json!("85 points"), None),
            (json!([85]), None),
            (json!(true), None),
        ] {
            assert_eq!(of(value.clone()).number(), number, "{value}");
        }
        assert_eq!(of(json!("Yes")).options(), ["Yes"]);
        assert_eq!(of(json!(["A", 7, "B"])).options(), ["A", "B"]);
        assert!(of(json!({})).options().is_empty());
        assert_eq!(of(json!(true)).flag(), Some(true));
        assert_eq!(of(json!("true")).flag(), None);
        let day = of(json!("2026-06-02")).day().unwrap();
        assert_eq!(day.to_string(), "2026-06-02");
        let money = of(json!({"amount": "100.5", "unit": "EUR"})).money();
        assert_eq!(
            money,
            Some(Money::new(Number::from_f64(100.5).unwrap(), "EUR"))
        );
    }
}
