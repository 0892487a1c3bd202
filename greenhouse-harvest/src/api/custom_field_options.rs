use chrono::{DateTime, Utc};

use super::{
    filter::filter,
    ids::{CustomFieldId, CustomFieldOptionId},
    row::row,
};
use crate::{HarvestClient, List, Route};

impl HarvestClient {
    /// Lists options of select fields with `GET /v3/custom_field_options` (filters documented, rows
    /// in the official description).
    pub fn custom_field_options(
        &self,
        filter: &CustomFieldOptionFilter,
    ) -> List<CustomFieldOption> {
        List::new(self, LIST, &filter.query)
    }
}

filter! {
    /// Filter for options of custom fields (documented).
    pub struct CustomFieldOptionFilter of CustomFieldOptionId {
        /// Filters by custom field.
        custom_field_ids: [CustomFieldId],
        /// Filters by key of the custom field.
        custom_field_key: String,
        /// Filters by whether the option is active. Default: both.
        active: bool,
    }
}

row! {
    /// Option of a custom field (official description). Rows contain the option's name as the
    /// field's value (observed live). Writes accept the option's id or name (several clients
    /// agree).
    pub struct CustomFieldOption {
        /// Id.
        pub id: CustomFieldOptionId,
        /// Custom field.
        pub custom_field_id: Option<CustomFieldId>,
        /// Name.
        pub name: Option<String>,
        /// The customer's own id for the option.
        pub external_id: Option<String>,
        /// Position among the options.
        pub sort_order: Option<i64>,
        /// `true` if the option can be selected.
        pub active: Option<bool>,
        /// Creation time.
        pub created_at: Option<DateTime<Utc>>,
        /// Time of the last change.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

pub(super) const LIST: Route = Route::get(
    "/v3/custom_field_options",
    "harvest:custom_field_options:list",
);
