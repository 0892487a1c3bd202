use std::collections::BTreeMap;

use serde_json::Value;

use super::row::part;

/// The values of custom fields as rows have them, by `name_key` (official description).
pub type CustomFields = BTreeMap<String, CustomFieldValue>;

part! {
    /// The value of a custom field, as rows have it (official description).
    pub struct CustomFieldValue {
        /// The name of the field.
        name: String,
        /// The type of the field.
        kind = "type": String,
        /// The value: a single select's is the option's name (observed live); a number may be a text such as `"85.0"`
        /// (unknown).
        value: Value,
    }
}
