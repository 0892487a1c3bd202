use chrono::{DateTime, Utc};
use greenhouse_core::UserId;
use serde_json::Value;

use super::{filter::filter, ids::CustomFieldId, row::row, words::words};
use crate::{HarvestClient, List, Route};

impl HarvestClient {
    /// Lists the definitions of custom fields with `GET /v3/custom_fields` (filters documented,
    /// rows in the official description). The values are in the rows of candidates, applications,
    /// jobs and users.
    pub fn custom_fields(&self, filter: &CustomFieldFilter) -> List<CustomField> {
        List::new(self, LIST, &filter.query)
    }
}

filter! {
    /// Filter for custom fields (documented).
    pub struct CustomFieldFilter of CustomFieldId {
        /// Filters by kind of record.
        field_type: CustomFieldType,
        /// Filters by whether the field is active. Default: both.
        active: bool,
        /// Filters by name.
        name: String,
        /// Filters by key.
        name_key: String,
    }
}

row! {
    /// Custom field (official description).
    pub struct CustomField {
        /// Id.
        pub id: CustomFieldId,
        /// Name.
        pub name: Option<String>,
        /// Key of the field in rows and request bodies.
        pub name_key: Option<String>,
        /// Records that have the field.
        pub field_type: Option<CustomFieldType>,
        /// Type of the values.
        pub value_type: Option<CustomFieldValueType>,
        /// Position among the fields of its kind.
        pub sort_order: Option<i64>,
        /// `true` if only some users can see the values.
        pub private: Option<bool>,
        /// `true` if a value is required.
        pub required: Option<bool>,
        /// `true` if a change of the value requires an approval.
        pub require_approval: Option<bool>,
        /// `true` if a change of the value creates a new version of an offer.
        pub trigger_new_version: Option<bool>,
        /// `true` if the field is in use.
        pub active: Option<bool>,
        /// User who made the last change.
        pub updated_by_id: Option<UserId>,
        /// Special meaning in Greenhouse: `employment_type`, `offer_documents`, `start_date`,
        /// `school_name`, `degree`, `discipline` or `offer_opening`. Absent for the customer's own
        /// fields.
        pub internal_type: Option<String>,
        /// `true` if job boards show the field.
        pub expose_in_job_board_api: Option<bool>,
        /// Placeholder text of the empty field.
        pub placeholder: Option<String>,
        /// Description of the field.
        pub description: Option<String>,
        /// Applications that have the field. Absent for other records.
        pub application_type: Option<CustomFieldApplicationType>,
        /// `true` if only the API can write the field.
        pub api_only: Option<bool>,
        /// `true` if approvals of jobs depend on the field.
        pub use_for_job_approvals: Option<bool>,
        /// `true` if approvals of offers depend on the field.
        pub use_for_offer_approvals: Option<bool>,
        /// Name of the field in templates.
        pub template_token_string: Option<String>,
        /// Default value. Its form is not described.
        pub default_value: Option<Value>,
        /// Creation time.
        pub created_at: Option<DateTime<Utc>>,
        /// Time of the last change.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

words! {
    /// Records that have a custom field (official description).
    pub enum CustomFieldType {
        /// Jobs.
        Job = "job",
        /// Openings.
        Opening = "opening",
        /// Greenhouse's own fields.
        Standard = "standard",
        /// Offers.
        Offer = "offer",
        /// Payment frequencies.
        CompensationFrequency = "compensation_frequency",
        /// Candidates.
        Candidate = "candidate",
        /// Referrals.
        ReferralQuestion = "referral_question",
        /// Applications.
        Application = "application",
        /// Rejections.
        RejectionQuestion = "rejection_question",
        /// Forms.
        Form = "form",
        /// Agency submissions.
        AgencyQuestion = "agency_question",
        /// Users.
        UserAttribute = "user_attribute",
    }
}

words! {
    /// Types of custom field values (official description). Later API versions add masked
    /// types whose names end in `_hris` (documented). They are parsed as `Other`.
    pub enum CustomFieldValueType {
        /// One line of text.
        ShortText = "short_text",
        /// Several lines of text.
        LongText = "long_text",
        /// A boolean.
        YesNo = "yes_no",
        /// One of the options.
        SingleSelect = "single_select",
        /// Any number of the options.
        MultiSelect = "multi_select",
        /// An amount of money.
        Currency = "currency",
        /// A number.
        Number = "number",
        /// A date.
        Date = "date",
        /// A URL.
        Url = "url",
        /// Two amounts of money.
        CurrencyRange = "currency_range",
        /// Two numbers.
        NumberRange = "number_range",
        /// A user.
        User = "user",
        /// A value from another system.
        Linked = "linked",
        /// A heading, without a value.
        Header = "header",
        /// A text to read, without a value.
        Statement = "statement",
        /// A file.
        Attachment = "attachment",
        /// Text with markup.
        RichText = "rich_text",
    }
}

words! {
    /// Applications that have a custom field (official description).
    pub enum CustomFieldApplicationType {
        /// All applications.
        All = "all_applications",
        /// Applications of candidates.
        Candidate = "candidate_applications",
        /// Applications of prospects.
        Prospect = "prospect_applications",
    }
}

pub(super) const LIST: Route = Route::get("/v3/custom_fields", "harvest:custom_fields:list");
