use crate::rows::tables::Table;
use crate::rows::tables::{flag, id, number, object, one_of, table, text};

/// Custom fields (official specification).
pub(super) const FIELDS: Table = table!(
    "custom_fields",
    "Custom field",
    &[
        text("name"),
        text("name_key"),
        one_of(
            "field_type",
            &[
                "candidate",
                "application",
                "job",
                "opening",
                "standard",
                "offer",
                "compensation_frequency",
                "referral_question",
                "rejection_question",
                "form",
                "agency_question",
                "user_attribute",
            ],
        ),
        one_of(
            "value_type",
            &[
                "short_text",
                "long_text",
                "yes_no",
                "single_select",
                "multi_select",
                "currency",
                "number",
                "date",
                "url",
                "currency_range",
                "number_range",
                "user",
                "linked",
                "header",
                "statement",
                "attachment",
                "rich_text",
            ],
        ),
        number("sort_order", 0),
        flag("private", false),
        flag("required", false),
        flag("require_approval", false),
        flag("trigger_new_version", false),
        flag("active", true),
        id("updated_by_id").or_null(),
        text("internal_type").or_null(),
        flag("expose_in_job_board_api", false),
        text("placeholder").or_null(),
        text("description").or_null(),
        one_of(
            "application_type",
            &[
                "all_applications",
                "candidate_applications",
                "prospect_applications",
            ],
        )
        .or_null(),
        flag("api_only", false),
        flag("use_for_job_approvals", false).or_null(),
        flag("use_for_offer_approvals", false).or_null(),
        text("template_token_string").or_null(),
        object("default_value").or_null(),
    ],
    &[
        ("field_type", "field_type"),
        ("active", "active"),
        ("name", "name"),
        ("name_key", "name_key"),
    ],
);

/// Options of a select field (official specification).
pub(super) const OPTIONS: Table = table!(
    "custom_field_options",
    "Custom field option",
    &[
        id("custom_field_id"),
        text("name"),
        text("external_id").or_null(),
        number("sort_order", 0),
        flag("active", true),
    ],
    &[
        ("custom_field_ids", "custom_field_id"),
        ("custom_field_key", "custom_field_id"),
        ("active", "active"),
    ],
);
