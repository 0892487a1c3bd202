use crate::rows::tables::Table;
use crate::rows::tables::{id, object, table, time};

/// Details of a rejection (official specification). `rejected_by_id` is null if the rejection was
/// automatic (documented).
pub(super) const DETAILS: Table = table!(
    "rejection_details",
    "Rejection detail",
    &[
        id("application_id"),
        time("rejected_at"),
        id("rejected_by_id").or_null(),
        id("rejection_reason_id").or_null(),
        id("rejection_note_id").or_null(),
        object("question_custom_fields").or_null(),
    ],
    &[
        ("application_ids", "application_id"),
        ("rejection_reason_ids", "rejection_reason_id"),
        ("custom_field_option_id", "question_custom_fields"),
    ],
);
