use chrono::{DateTime, Utc};
use greenhouse_core::CustomFieldId;

use super::{filter::filter, row::row};
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
    pub struct CustomFieldOption of CustomFieldOptionId {
        /// The custom field.
        custom_field_id: CustomFieldId,
        /// The name.
        name: String,
        /// The customer's own id for it.
        external_id: String,
        /// Its place among the options.
        sort_order: i64,
        /// Whether it can be chosen.
        active: bool,
        /// When it was made.
        created_at: DateTime<Utc>,
        /// When it was last changed.
        updated_at: DateTime<Utc>,
    }
}

pub(super) const LIST: Route = Route::get(
    "/v3/custom_field_options",
    "harvest:custom_field_options:list",
);
