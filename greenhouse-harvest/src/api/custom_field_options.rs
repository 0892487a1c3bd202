use chrono::{DateTime, Utc};

use super::{
    filter::filter,
    ids::{CustomFieldId, CustomFieldOptionId},
    row::row,
};
use crate::{HarvestClient, List, Route};

impl HarvestClient {
    /// `GET /v3/custom_field_options`: what can be chosen in select fields (filters documented, rows in the official
    /// description).
    pub fn custom_field_options(
        &self,
        filter: &CustomFieldOptionFilter,
    ) -> List<CustomFieldOption> {
        List::new(self, LIST, &filter.query)
    }
}

filter! {
    /// Which options to list (documented).
    pub struct CustomFieldOptionFilter of CustomFieldOptionId {
        /// Of these custom fields.
        custom_field_ids: [CustomFieldId],
        /// Of the custom field with this key.
        custom_field_key: String,
        /// Whether they can be chosen; without it, both kinds.
        active: bool,
    }
}

row! {
    /// An option of a custom field (official description). Values read as its name (observed live), and are written as its id
    /// or its name (several clients agree).
    pub struct CustomFieldOption {
        /// The id.
        pub id: CustomFieldOptionId,
        /// The custom field.
        pub custom_field_id: Option<CustomFieldId>,
        /// The name.
        pub name: Option<String>,
        /// The customer's own id for it.
        pub external_id: Option<String>,
        /// Its place among the options.
        pub sort_order: Option<i64>,
        /// Whether it can be chosen.
        pub active: Option<bool>,
        /// When it was made.
        pub created_at: Option<DateTime<Utc>>,
        /// When it was last changed.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

pub(super) const LIST: Route = Route::get(
    "/v3/custom_field_options",
    "harvest:custom_field_options:list",
);
