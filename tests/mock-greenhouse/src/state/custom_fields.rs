use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use crate::rows::Record;
use crate::state::{ActError, State};

/// Reference to a custom field in a request body.
#[derive(Debug, Clone)]
pub(crate) enum FieldName {
    Key(String),
    Id(i64),
}

impl State {
    /// Finds an active field of this type by key or id.
    pub(crate) fn custom_field(&self, field_type: &str, name: &FieldName) -> Option<&Record> {
        self.fields_of(field_type).find(|field| match name {
            FieldName::Key(key) => field.text("name_key") == Some(key),
            FieldName::Id(id) => field.id == *id,
        })
    }

    /// Returns the active options of a field.
    pub(crate) fn custom_field_options(&self, field: i64) -> impl Iterator<Item = &Record> {
        self.records
            .of("custom_field_options")
            .values()
            .filter(move |option| {
                option.integer("custom_field_id") == Some(field) && option.is("active")
            })
    }

    /// Returns the values of a new row, in which every active field is null.
    pub(crate) fn unset_fields(&self, field_type: &str) -> Map<String, Value> {
        self.fields_of(field_type)
            .filter_map(|field| {
                Some((
                    field.text("name_key")?.to_owned(),
                    row_value(field, Value::Null),
                ))
            })
            .collect()
    }

    /// Adds a field with options. Its key is derived from the name. Returns the ids of the field
    /// and its options.
    pub(crate) fn add_custom_field(
        &mut self,
        field_type: &str,
        name: &str,
        value_type: &str,
        options: &[&str],
        now: DateTime<Utc>,
    ) -> Result<(i64, Vec<i64>), ActError> {
        let row = json!({
            "name": name,
            "name_key": key_of(name),
            "field_type": field_type,
            "value_type": value_type,
        });
        let field = self.add_record("custom_fields", row, now)?;
        let mut ids = Vec::new();
        for (sort_order, option) in (0i64..).zip(options) {
            let row = json!({ "custom_field_id": field, "name": option, "sort_order": sort_order });
            ids.push(self.add_record("custom_field_options", row, now)?);
        }
        Ok((field, ids))
    }

    /// Adds the field without a value to every row of its type.
    pub(super) fn add_field_to_rows(&mut self, id: i64) {
        let Some(field) = self.records.get("custom_fields", id) else {
            return;
        };
        let Some(key) = field.text("name_key").map(str::to_owned) else {
            return;
        };
        let unset = row_value(field, Value::Null);
        let kind = field.text("field_type").unwrap_or_default().to_owned();
        let rows: Vec<&mut Map<String, Value>> = match kind.as_str() {
            "candidate" => self
                .candidates
                .values_mut()
                .map(|row| &mut row.custom_fields)
                .collect(),
            "application" => self
                .applications
                .values_mut()
                .map(|row| &mut row.custom_fields)
                .collect(),
            "job" => self
                .jobs
                .values_mut()
                .map(|row| &mut row.custom_fields)
                .collect(),
            "user_attribute" => self
                .users
                .values_mut()
                .map(|row| &mut row.custom_fields)
                .collect(),
            _ => Vec::new(),
        };
        for values in rows {
            values.entry(&key).or_insert_with(|| unset.clone());
        }
    }

    fn fields_of(&self, field_type: &str) -> impl Iterator<Item = &Record> {
        self.records
            .of("custom_fields")
            .values()
            .filter(move |field| field.text("field_type") == Some(field_type) && field.is("active"))
    }
}

/// Returns a value as rows show it (official specification).
pub(crate) fn row_value(field: &Record, value: Value) -> Value {
    json!({ "name": field.text("name"), "type": field.text("value_type"), "value": value })
}

fn key_of(name: &str) -> String {
    name.to_lowercase()
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { '_' })
        .collect()
}
