use chrono::{DateTime, Utc};
use greenhouse_core::UserId;
use serde_json::Value;

use super::{filter::filter, ids::CustomFieldId, row::row, words::words};
use crate::{HarvestClient, List, Route};

impl HarvestClient {
    /// `GET /v3/custom_fields`: the definitions (filters documented, rows in the official description). The values are in
    /// the rows of candidates, applications, jobs and users.
    pub fn custom_fields(&self, filter: &CustomFieldFilter) -> List<CustomField> {
        List::new(self, LIST, &filter.query)
    }
}

filter! {
    /// Which custom fields to list (documented).
    pub struct CustomFieldFilter of CustomFieldId {
        /// Of this kind of record.
        field_type: CustomFieldType,
        /// Whether they are in use; without it, both kinds.
        active: bool,
        /// With this name.
        name: String,
        /// With this key.
        name_key: String,
    }
}

row! {
    /// A custom field (official description).
    pub struct CustomField {
        /// The id.
        pub id: CustomFieldId,
        /// The name.
        pub name: Option<String>,
        /// By what rows and bodies call it.
        pub name_key: Option<String>,
        /// Which records have it.
        pub field_type: Option<CustomFieldType>,
        /// What its values are.
        pub value_type: Option<CustomFieldValueType>,
        /// Its place among the others of its kind.
        pub sort_order: Option<i64>,
        /// Whether only some users may see its values.
        pub private: Option<bool>,
        /// Whether it has to be filled in.
        pub required: Option<bool>,
        /// Whether a change of its value has to be approved.
        pub require_approval: Option<bool>,
        /// Whether a change of its value makes a new version of an offer.
        pub trigger_new_version: Option<bool>,
        /// Whether it is in use.
        pub active: Option<bool>,
        /// Who changed it last.
        pub updated_by_id: Option<UserId>,
        /// What it is to Greenhouse itself: `employment_type`, `offer_documents`, `start_date`, `school_name`, `degree`,
        /// `discipline` or `offer_opening`; none for the customer's own.
        pub internal_type: Option<String>,
        /// Whether job boards show it.
        pub expose_in_job_board_api: Option<bool>,
        /// What stands in it while it is empty.
        pub placeholder: Option<String>,
        /// What it is for.
        pub description: Option<String>,
        /// Which applications have it; none for other records.
        pub application_type: Option<CustomFieldApplicationType>,
        /// Whether it can be written through the API only.
        pub api_only: Option<bool>,
        /// Whether approvals of jobs depend on it.
        pub use_for_job_approvals: Option<bool>,
        /// Whether approvals of offers depend on it.
        pub use_for_offer_approvals: Option<bool>,
        /// By what templates call it.
        pub template_token_string: Option<String>,
        /// What it holds where nothing was entered; the form is not described.
        pub default_value: Option<Value>,
        /// When it was made.
        pub created_at: Option<DateTime<Utc>>,
        /// When it was last changed.
        pub updated_at: Option<DateTime<Utc>>,
    }
}

words! {
    /// Which records have a custom field (official description).
    pub enum CustomFieldType {
        /// Jobs.
        Job = "job",
        /// Openings.
        Opening = "opening",
        /// Greenhouse's own.
        Standard = "standard",
        /// Offers.
        Offer = "offer",
        /// How often something is paid.
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
        /// Submissions of agencies.
        AgencyQuestion = "agency_question",
        /// Users.
        UserAttribute = "user_attribute",
    }
}

words! {
    /// What the values of a custom field are (official description). Later there are masked kinds, too, ending in `_hris`
    /// (documented): they read as other words.
    pub enum CustomFieldValueType {
        /// A line.
        ShortText = "short_text",
        /// Several lines.
        LongText = "long_text",
        /// A switch.
        YesNo = "yes_no",
        /// One of the options.
        SingleSelect = "single_select",
        /// Any of the options.
        MultiSelect = "multi_select",
        /// An amount of money.
        Currency = "currency",
        /// A number.
        Number = "number",
        /// A day.
        Date = "date",
        /// A link.
        Url = "url",
        /// Two amounts of money.
        CurrencyRange = "currency_range",
        /// Two numbers.
        NumberRange = "number_range",
        /// A user.
        User = "user",
        /// Taken from elsewhere.
        Linked = "linked",
        /// None: a heading.
        Header = "header",
        /// None: a text to read.
        Statement = "statement",
        /// A file.
        Attachment = "attachment",
        /// Text with markup.
        RichText = "rich_text",
    }
}

words! {
    /// Which applications have a custom field (official description).
    pub enum CustomFieldApplicationType {
        /// All.
        All = "all_applications",
        /// Those of candidates.
        Candidate = "candidate_applications",
        /// Those of prospects.
        Prospect = "prospect_applications",
    }
}

pub(super) const LIST: Route = Route::get("/v3/custom_fields", "harvest:custom_fields:list");
